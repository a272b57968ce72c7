using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Policy.Plans;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>Takes what the class of a service dropped on one device.</summary>
internal delegate void DropHandler(PlannedDevice device, PlannedService service, uint drops);

/// <summary>
/// Keeps our HTB on networks and uplinks. It has no filters: a packet's priority, set by the lookup that lets it pass, names its class.
/// The root is put in place when a device first needs a class, and only where the kernel's default stood; a root that anybody chose is
/// theirs. Traffic control has no transactions, so every step is one that may be repeated.
/// </summary>
internal sealed class Shaper(NetlinkChannel channel, Action<string> log)
{
    private const uint OurRoot = (uint)TrafficClass.Major << 16;

    private readonly Dictionary<string, ShapedDevice> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<int, RootFacts> _roots = [];
    private readonly List<string> _names = [];
    private readonly List<int> _touched = [];
    private readonly ClassWriter _writer = new(channel, log);
    private readonly WantedClass[] _wanted = new WantedClass[TrafficClass.PerSlot];
    private PlannedDevice?[] _bySlot = [];
    private PlanChange? _plan;
    private InterfaceTable? _interfaces;
    private bool _first = true, _look = true;

    /// <summary>False once the kernel said that it has no HTB.</summary>
    public bool Supported { get; private set; } = true;

    /// <summary>Devices that should be shaped and are not.</summary>
    public HashSet<string> Unshaped { get; } = new(StringComparer.Ordinal);

    /// <summary>True when a device with rates found no slot: there are as many as fit the minor numbers.</summary>
    public bool Crowded { get; private set; }

    /// <summary>Devices that are not shaped, and why.</summary>
    public SortedDictionary<string, string> Notes { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes and changes classes; nothing is taken away yet. Runs before the rules that name the classes.</summary>
    /// <param name="change">The change.</param>
    /// <param name="ledger">What it means for devices.</param>
    /// <param name="interfaces">The interfaces; the same object as before when nothing changed there.</param>
    /// <returns>True when other network devices than before are shaped.</returns>
    public bool Prepare(PlanChange change, ElementLedger ledger, InterfaceTable interfaces)
    {
        _look |= change.IsWhole || !ReferenceEquals(interfaces, _interfaces);
        (_plan, _interfaces) = (change, interfaces);
        _touched.Clear();
        if (change.IsWhole)
        {
            Array.Clear(_bySlot);
            Crowded = false;
        }
        foreach (LedgerEntry entry in ledger.Changed) Seat(entry, ledger.Effective(entry));
        HashSet<string> before = new(Unshaped, StringComparer.Ordinal);
        if (_look && !LookAround()) return false;
        foreach (int slot in Slots()) Prepare(slot);
        _writer.Flush();
        return !before.SetEquals(Unshaped);
    }

    /// <summary>Deletes classes that nothing names any more. Runs after the rules.</summary>
    public void Retire()
    {
        foreach (ShapedDevice device in _devices.Values)
        {
            if (!_look)
            {
                foreach (int slot in _touched) Retire(device, slot);
                continue;
            }
            var seen = new HashSet<int>();
            foreach (ushort minor in new List<ushort>(device.Classes.Keys))
            {
                int slot = (minor >> 4) - 1;
                if (slot >= 0 && seen.Add(slot)) Retire(device, slot);
            }
        }
        _writer.Flush();
        // What was refused is tried again with the next change.
        (_look, _writer.Failed) = (_writer.Failed, false);
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
        (_first, _look) = (true, true);
        return first;
    }

    /// <summary>Forgets what was read: every class is read back, or written once more.</summary>
    public void Distrust()
    {
        _devices.Clear();
        (_first, _look) = (true, true);
    }

    /// <summary>Reads what the classes of all services dropped.</summary>
    public void ReadDrops(DropHandler take)
    {
        foreach (ShapedDevice device in _devices.Values)
        {
            uint sequence = channel.NextSequence();
            channel.Writer.DumpClasses(sequence, device.Index);
            _ = channel.Dump("tc classes", sequence, (in NetlinkMessage message) => TakeDrops(message, device, take));
        }
    }

    /// <summary>Reads what the classes of the services of one device dropped.</summary>
    public void ReadDrops(int slot, DropHandler take)
    {
        if (slot < 0) return;
        foreach (ShapedDevice device in _devices.Values)
        {
            for (int i = 1; i < TrafficClass.PerSlot; i++)
            {
                ushort minor = (ushort)(TrafficClass.MinorOf(slot) + i);
                if (!device.Classes.ContainsKey(minor)) continue;
                uint sequence = channel.NextSequence();
                channel.Writer.GetHtbClass(sequence, device.Index, TcMessages.Handle(TrafficClass.Major, minor));
                _ = channel.Transact("tc class", sequence, sequence, (in NetlinkMessage message) => TakeDrops(message, device, take));
            }
        }
    }

    private void TakeDrops(in NetlinkMessage message, ShapedDevice device, DropHandler take)
    {
        if (!TcReader.TryRead(message, TcMessages.NewClass, out TcObject found) || found.Device != device.Index || found.Drops == 0) return;
        int number = (int)found.Handle & (TrafficClass.PerSlot - 1), slot = ((ushort)found.Handle >> 4) - 1;
        if (number == 0 || slot < 0 || slot >= _bySlot.Length || _bySlot[slot] is not { } owner) return;
        foreach (PlannedService service in owner.Services)
        {
            if (TrafficClass.NumberOf(owner, service) != number) continue;
            take(owner, service, found.Drops);
            return;
        }
    }

    private void Seat(LedgerEntry entry, PlannedDevice? device)
    {
        if (entry.Slot >= 0)
        {
            _touched.Add(entry.Slot);
            if (entry.Slot < _bySlot.Length && _bySlot[entry.Slot]?.Mac == entry.Mac) _bySlot[entry.Slot] = null;
        }
        entry.Slot = device is { Generation: not 0, Slot: >= 0 and <= TrafficClass.MaxSlot } ? device.Slot : -1;
        if (entry.Slot < 0)
        {
            Crowded |= device is not null && HasRate(device);
            return;
        }
        if (entry.Slot >= _bySlot.Length) Array.Resize(ref _bySlot, Math.Max(entry.Slot + 1, 2 * _bySlot.Length));
        _bySlot[entry.Slot] = device;
        _touched.Add(entry.Slot);
    }

    private static bool HasRate(PlannedDevice device)
    {
        bool rated = device.DownBitsPerSecond > 0 || device.UpBitsPerSecond > 0;
        foreach (PlannedService service in device.Services) rated |= service.RateBitsPerSecond > 0;
        return rated && device.Services.Count > 0;
    }

    private List<int> Slots()
    {
        if (!_look) return _touched;
        var all = new List<int>();
        for (int slot = 0; slot < _bySlot.Length; slot++)
        {
            if (_bySlot[slot] is not null) all.Add(slot);
        }
        return all;
    }

    // Which of the plan's devices are there, and whose root they have; false when nothing is to be done.
    private bool LookAround()
    {
        Notes.Clear();
        Unshaped.Clear();
        _names.Clear();
        foreach (PlannedNetwork network in _plan!.Networks) AddName(network.Device);
        foreach (PlannedUplink uplink in _plan.Uplinks) AddName(uplink.Device);
        if (!_first && _devices.Count == 0 && !Array.Exists(_bySlot, static device => device is not null)) return false;
        if (ReadRoots() is { } error)
        {
            Note("", error.ToString());
            return false;
        }
        _first = false;
        foreach (string name in _names)
        {
            InterfaceInfo? info = _interfaces!.ByName(name);
            bool ours = info is not null && _roots.TryGetValue(info.Index, out RootFacts root) && root.Ours;
            bool known = ours && _devices.TryGetValue(name, out ShapedDevice? device) && device.Index == info!.Index;
            if (known) continue;
            _devices.Remove(name);
            if (ours && Adopt(info!) is { } adopted) _devices.Add(name, adopted);
        }
        return true;
    }

    private void AddName(string name)
    {
        if (!_names.Contains(name)) _names.Add(name);
    }

    // The device's traffic leaves by its own network's device towards it, and by every other away from it.
    private bool Want(int slot, string name)
    {
        PlannedDevice? device = slot < _bySlot.Length && _names.Contains(name) ? _bySlot[slot] : null;
        if (device is null) Array.Clear(_wanted);
        else ClassPlan.Of(device, name == device.Device ? device.DownBitsPerSecond : device.UpBitsPerSecond, _wanted);
        return _wanted[0].Parent != 0;
    }

    private void Prepare(int slot)
    {
        foreach (string name in _names)
        {
            if (!Want(slot, name) || Unshaped.Contains(name)) continue;
            if (!_devices.TryGetValue(name, out ShapedDevice? device))
            {
                device = _interfaces!.ByName(name) is { } info ? Install(info) : null;
                if (device is null)
                {
                    Unshaped.Add(name);
                    continue;
                }
                _devices.Add(name, device);
            }
            ushort first = TrafficClass.MinorOf(slot);
            for (int i = 0; i < _wanted.Length; i++)
            {
                ushort minor = (ushort)(first + i);
                if (_wanted[i].Parent == 0 || (device.Classes.TryGetValue(minor, out WantedClass have) && have == _wanted[i])) continue;
                _writer.Put(device, minor, _wanted[i]);
            }
        }
    }

    private void Retire(ShapedDevice device, int slot)
    {
        Want(slot, device.Name);
        ushort first = TrafficClass.MinorOf(slot);
        // A device's own class has the number below its services': from the top down.
        for (int i = _wanted.Length - 1; i >= 0; i--)
        {
            if (_wanted[i].Parent == 0 && device.Classes.ContainsKey((ushort)(first + i))) _writer.Delete(device, (ushort)(first + i));
        }
    }

    /// <summary>Our HTB from an earlier run: its classes are taken over, each to be written once more or deleted.</summary>
    private ShapedDevice? Adopt(InterfaceInfo info)
    {
        var device = new ShapedDevice(info.Index, info.Name);
        return ReadClasses(info.Index, device.Classes) && device.Classes.ContainsKey(ClassPlan.TopMinor) ? device : null;
    }

    private ShapedDevice? Install(InterfaceInfo info)
    {
        if (!Supported) return null;
        _writer.Flush();
        if (!_look && ReadRoots() is { } fault)
        {
            Note(info.Name, $"policed, not shaped: {fault}");
            return null;
        }
        _roots.TryGetValue(info.Index, out RootFacts root);
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
        var device = new ShapedDevice(info.Index, info.Name);
        _writer.Put(device, ClassPlan.TopMinor, new WantedClass(0, ClassPlan.Top, 0));
        _writer.Flush();
        return device.Classes.Count > 0 ? device : null;
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

    private readonly record struct RootFacts(string Kind, uint Handle, uint HtbDefault)
    {
        public bool Ours => Kind == "htb" && Handle == OurRoot && HtbDefault == 0;

        /// <summary>What the kernel gives a device by itself has no handle.</summary>
        public bool IsDefault => Kind is null or "noqueue" or "noop" || (Handle == 0 && Kind is "pfifo_fast" or "fq_codel" or "mq" or "fq" or "pfifo");
    }
}
