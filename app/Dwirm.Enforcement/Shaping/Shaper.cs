using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Policy.Plans;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>
/// Keeps our HTB on networks and uplinks. It has no filters: a packet's priority, set by the lookup that lets it pass, names its class.
/// The root is put in place when a device first needs a class, and only where the kernel's default stood; a root that anybody chose is
/// theirs. Traffic control has no transactions, so every step is one that may be repeated.
/// </summary>
internal sealed class Shaper(NetlinkChannel channel, Action<string> log)
{
    private const int Frame = 1514, QueueFrames = 6000;
    private const uint OurRoot = (uint)TrafficClass.Major << 16;

    private readonly Dictionary<string, DeviceState> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<int, RootFacts> _roots = [];
    private Dictionary<string, SortedDictionary<ushort, WantedClass>> _wanted = new(StringComparer.Ordinal);
    private bool _fairQueue = true;
    private bool _first = true;

    /// <summary>False once the kernel said that it has no HTB.</summary>
    public bool Supported { get; private set; } = true;

    /// <summary>Devices that should be shaped and are not.</summary>
    public HashSet<string> Unshaped { get; } = new(StringComparer.Ordinal);

    /// <summary>Devices that are not shaped, and why.</summary>
    public SortedDictionary<string, string> Notes { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes and changes classes; nothing is taken away yet. Runs before the rules that name the classes.</summary>
    public void Prepare(EnforcementPlan plan, InterfaceTable interfaces)
    {
        _wanted = ClassPlan.Of(plan);
        Notes.Clear();
        Unshaped.Clear();
        bool any = _devices.Count > 0;
        foreach (SortedDictionary<ushort, WantedClass> classes in _wanted.Values) any |= classes.Count > 0;
        if (!_first && !any) return;
        if (ReadRoots() is { } error)
        {
            Note("", error.ToString());
            return;
        }
        _first = false;
        foreach ((string name, SortedDictionary<ushort, WantedClass> classes) in _wanted)
        {
            if (interfaces.ByName(name) is not { } info) _devices.Remove(name);
            else Prepare(info, classes);
            if (classes.Count > 0 && !_devices.ContainsKey(name)) Unshaped.Add(name);
        }
    }

    /// <summary>Deletes classes that nothing names any more. Runs after the rules.</summary>
    public void Retire()
    {
        foreach ((string name, DeviceState state) in _devices)
        {
            _wanted.TryGetValue(name, out SortedDictionary<ushort, WantedClass>? wanted);
            var gone = new List<ushort>();
            foreach (ushort minor in state.Classes.Keys)
            {
                if (minor != ClassPlan.TopMinor && wanted?.ContainsKey(minor) != true) gone.Add(minor);
            }
            // A device's own class has the number below its services': delete from the top down.
            gone.Sort();
            for (int i = gone.Count - 1; i >= 0; i--)
            {
                uint sequence = channel.NextSequence();
                channel.Writer.DeleteHtbClass(sequence, state.Index, TcMessages.Handle(TrafficClass.Major, gone[i]));
                NetlinkError? error = channel.Transact("tc class delete", sequence, sequence);
                if (error is null or { Errno: NetlinkError.NotFound }) state.Classes.Remove(gone[i]);
                else log($"{name} class 1:{gone[i]:x}: {error}");
            }
        }
    }

    /// <summary>Removes our roots, wherever they are.</summary>
    public NetlinkError? Delete()
    {
        NetlinkError? first = ReadRoots();
        foreach ((int index, RootFacts root) in _roots)
        {
            if (!root.Ours || !HasOurTop(index)) continue;
            uint sequence = channel.NextSequence();
            channel.Writer.DeleteRoot(sequence, index, root.Handle);
            first ??= channel.Transact("tc qdisc delete", sequence, sequence);
        }
        _devices.Clear();
        _first = true;
        return first;
    }

    /// <summary>Forgets what was read: every class is read back, or written once more.</summary>
    public void Distrust()
    {
        _devices.Clear();
        _first = true;
    }

    private void Prepare(InterfaceInfo info, SortedDictionary<ushort, WantedClass> classes)
    {
        _roots.TryGetValue(info.Index, out RootFacts root);
        bool known = _devices.TryGetValue(info.Name, out DeviceState? state) && state.Index == info.Index && root.Ours;
        if (!known) state = root.Ours ? Adopt(info) : null;
        if (state == null)
        {
            _devices.Remove(info.Name);
            if (classes.Count == 0) return;
            state = Install(info, root);
            if (state == null) return;
        }
        _devices[info.Name] = state;
        foreach ((ushort minor, WantedClass wanted) in classes)
        {
            if (state.Classes.TryGetValue(minor, out WantedClass have) && have == wanted) continue;
            if (PutClass(state, minor, wanted)) state.Classes[minor] = wanted;
        }
    }

    /// <summary>Our HTB from an earlier run: its classes are taken over, each to be written once more or deleted.</summary>
    private DeviceState? Adopt(InterfaceInfo info)
    {
        var state = new DeviceState(info.Index);
        if (!ReadClasses(info.Index, state.Classes) || !state.Classes.ContainsKey(ClassPlan.TopMinor)) return null;
        return state;
    }

    private DeviceState? Install(InterfaceInfo info, RootFacts root)
    {
        if (!Supported) return null;
        if (!root.IsDefault)
        {
            Note(info.Name, $"policed, not shaped: its root qdisc {root.Kind} is not ours");
            return null;
        }
        uint sequence = channel.NextSequence();
        channel.Writer.NewHtbRoot(sequence, info.Index, OurRoot);
        if (channel.Transact("tc qdisc", sequence, sequence) is { } error)
        {
            if (error.Errno == NetlinkError.NotFound) Supported = false;
            Note(info.Name, Supported ? $"policed, not shaped: {error}" : "policed, not shaped: the kernel has no HTB (kmod-sched-core)");
            return null;
        }
        var state = new DeviceState(info.Index);
        return PutClass(state, ClassPlan.TopMinor, new WantedClass(0, ClassPlan.Top, 0)) ? state : null;
    }

    private bool PutClass(DeviceState state, ushort minor, in WantedClass wanted)
    {
        uint handle = TcMessages.Handle(TrafficClass.Major, minor);
        uint sequence = channel.NextSequence();
        channel.Writer.PutHtbClass(sequence, state.Index, TcMessages.Handle(TrafficClass.Major, wanted.Parent), handle, wanted.Shape);
        if (channel.Transact("tc class", sequence, sequence) is { } error)
        {
            log($"class 1:{minor:x}: {error}");
            return false;
        }
        if (wanted.Queue != 0) PutQueue(state.Index, handle, wanted.Queue);
        return true;
    }

    // About 100 ms of the rate, or a fair queue where the kernel has one. Without it a class gets the kernel's long default queue, no more.
    private void PutQueue(int device, uint handle, long rate)
    {
        NetlinkError? error = null;
        if (_fairQueue)
        {
            uint frameUs = (uint)Math.Min(Frame * 1_500_000L / rate, 5_000_000), target = Math.Max(5000, frameUs);
            uint sequence = channel.NextSequence();
            channel.Writer.PutFqCodel(sequence, device, handle, target, Math.Max(100_000, 4 * target), 1024);
            error = channel.Transact("tc fq_codel", sequence, sequence);
            if (error?.Errno == NetlinkError.NotFound) _fairQueue = false;
        }
        if (!_fairQueue)
        {
            uint sequence = channel.NextSequence();
            channel.Writer.PutBfifo(sequence, device, handle, (uint)Math.Clamp(rate / 10, QueueFrames, 64 << 20));
            error = channel.Transact("tc bfifo", sequence, sequence);
        }
        if (error != null) log($"queue of class {handle:x}: {error}");
    }

    private NetlinkError? ReadRoots()
    {
        _roots.Clear();
        uint sequence = channel.NextSequence();
        channel.Writer.DumpQdiscs(sequence);
        return channel.Dump("tc qdiscs", sequence, (in NetlinkMessage message) =>
        {
            if (TcReader.TryRead(message, TcMessages.NewQdisc, out TcObject qdisc) && qdisc.Parent == TcMessages.Root)
                _roots[qdisc.Device] = new RootFacts(qdisc.Kind, qdisc.Handle, qdisc.HtbDefault);
        });
    }

    private bool ReadClasses(int device, Dictionary<ushort, WantedClass> into)
    {
        uint sequence = channel.NextSequence();
        channel.Writer.DumpClasses(sequence, device);
        NetlinkError? error = channel.Dump("tc classes", sequence, (in NetlinkMessage message) =>
        {
            if (!TcReader.TryRead(message, TcMessages.NewClass, out TcObject found) || found.Device != device || found.Handle >> 16 != TrafficClass.Major) return;
            ushort minor = (ushort)found.Handle;
            // Somebody else's HTB may well be 1: too; ours is known by its top class.
            if (minor != ClassPlan.TopMinor || (found.HtbQuantum == ClassPlan.Top.QuantumBytes && found.HtbRate == ClassPlan.Top.RateBytes)) into[minor] = default;
        });
        return error == null;
    }

    private bool HasOurTop(int device)
    {
        var classes = new Dictionary<ushort, WantedClass>();
        return ReadClasses(device, classes) && classes.ContainsKey(ClassPlan.TopMinor);
    }

    private void Note(string device, string text)
    {
        if (!Notes.ContainsKey(device)) Notes[device] = text;
    }

    private sealed record DeviceState(int Index)
    {
        public Dictionary<ushort, WantedClass> Classes { get; } = [];
    }

    private readonly record struct RootFacts(string Kind, uint Handle, uint HtbDefault)
    {
        public bool Ours => Kind == "htb" && Handle == OurRoot && HtbDefault == 0;

        /// <summary>What the kernel gives a device by itself has no handle.</summary>
        public bool IsDefault => Kind is null or "noqueue" or "noop" || (Handle == 0 && Kind is "pfifo_fast" or "fq_codel" or "mq" or "fq" or "pfifo");
    }
}
