using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>One network device with our HTB on it.</summary>
internal sealed class ShapedDevice(int index, string name)
{
    public int Index { get; } = index;

    public string Name { get; } = name;

    /// <summary>Its classes by minor, as far as we know.</summary>
    public Dictionary<ushort, WantedClass> Classes { get; } = [];
}

/// <summary>Makes and deletes classes with their queues, many to a request: the kernel answers for each.</summary>
internal sealed class ClassWriter(NetlinkChannel channel, Action<string> log)
{
    private const int Frame = 1514, QueueFrames = 6000, StepsPerRequest = 128;

    /// <summary>One service has few flows, and a house thousands of services: 5 KiB a class, where the kernel's own choice is 75.</summary>
    private const uint Flows = 64;

    private readonly List<Step> _steps = [];
    private uint _sequence;
    private bool? _fairQueue;

    /// <summary>True when something was refused since this was last set to false; a class that was refused is not in its device's list.</summary>
    public bool Failed { get; set; }

    /// <summary>Makes a class or changes it.</summary>
    public void Put(ShapedDevice device, ushort minor, in WantedClass wanted)
    {
        uint handle = TcMessages.Handle(TrafficClass.Major, minor);
        channel.Writer.PutHtbClass(Next(device, minor, StepKind.Class), device.Index, TcMessages.Handle(TrafficClass.Major, wanted.Parent), handle, wanted.Shape);
        device.Classes[minor] = wanted;
        if (wanted.Queue == 0) return;
        if (_fairQueue == true) PutFairQueue(Next(device, minor, StepKind.Queue), device, handle, wanted.Queue);
        else PutQueue(device, minor, handle, wanted.Queue);
    }

    /// <summary>Deletes a class; one above others goes after them.</summary>
    public void Delete(ShapedDevice device, ushort minor)
    {
        channel.Writer.DeleteHtbClass(Next(device, minor, StepKind.Delete), device.Index, TcMessages.Handle(TrafficClass.Major, minor));
        device.Classes.Remove(minor);
    }

    /// <summary>Sends what waits.</summary>
    public void Flush()
    {
        if (_steps.Count == 0) return;
        channel.TransactEach("tc", _sequence, _steps.Count, Refused);
        _steps.Clear();
    }

    // About 100 ms of the rate, or a fair queue where the kernel has one. Without it a class gets the kernel's long default queue, no more.
    private void PutQueue(ShapedDevice device, ushort minor, uint handle, long rate)
    {
        if (_fairQueue is null)
        {
            Flush();
            uint sequence = channel.NextSequence();
            PutFairQueue(sequence, device, handle, rate);
            NetlinkError? error = channel.Transact("tc fq_codel", sequence, sequence);
            _fairQueue = error?.Errno != NetlinkError.NotFound;
            if (_fairQueue == true) return;
        }
        uint octets = (uint)Math.Clamp(rate / 10, QueueFrames, 64 << 20);
        channel.Writer.PutBfifo(Next(device, minor, StepKind.Queue), device.Index, handle, octets);
    }

    private void PutFairQueue(uint sequence, ShapedDevice device, uint handle, long rate)
    {
        uint frameUs = (uint)Math.Min(Frame * 1_500_000L / rate, 5_000_000), target = Math.Max(5000, frameUs);
        channel.Writer.PutFqCodel(sequence, device.Index, handle, target, Math.Max(100_000, 4 * target), 1024, Flows);
    }

    private uint Next(ShapedDevice device, ushort minor, StepKind kind)
    {
        if (_steps.Count == StepsPerRequest) Flush();
        uint sequence = channel.NextSequence();
        if (_steps.Count == 0) _sequence = sequence;
        _steps.Add(new Step(device, minor, kind));
        return sequence;
    }

    private void Refused(int number, NetlinkError error)
    {
        Step step = _steps[number];
        if (step.Kind == StepKind.Delete && error.Errno == NetlinkError.NotFound) return;
        Failed = true;
        if (step.Kind == StepKind.Class) step.Device.Classes.Remove(step.Minor);
        else if (step.Kind == StepKind.Delete) step.Device.Classes[step.Minor] = default;
        string what = step.Kind == StepKind.Queue ? "queue of class" : "class";
        log($"{step.Device.Name} {what} 1:{step.Minor:x}: {error}");
    }

    private enum StepKind : byte
    {
        Class,
        Queue,
        Delete,
    }

    private sealed class Step(ShapedDevice device, ushort minor, StepKind kind)
    {
        public ShapedDevice Device { get; } = device;

        public ushort Minor { get; } = minor;

        public StepKind Kind { get; } = kind;
    }
}
