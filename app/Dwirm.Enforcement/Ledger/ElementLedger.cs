using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Dwirm.Enforcement.Kernel;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <summary>One device of the ledger.</summary>
internal sealed class LedgerEntry(MacAddress mac)
{
    public MacAddress Mac { get; } = mac;

    /// <summary>What is planned; null when it is gone.</summary>
    public PlannedDevice? Planned { get; set; }

    /// <summary>Its elements in the kernel, as far as we know: sorted, as <see cref="PackedElements"/>.</summary>
    public byte[] Elements { get; set; } = [];

    /// <summary>Its elements with the present change; null when it has no part in it.</summary>
    public byte[]? Next { get; set; }

    /// <summary>The generation whose services are in the kernel; 0 for none.</summary>
    public uint Generation { get; set; }

    /// <summary>The slot of its traffic classes; -1 for none.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>True while it waits for its elements to be made.</summary>
    public bool IsMarked { get; set; }
}

/// <summary>
/// What the kernel has and is to have, device by device: what a change does not concern is not looked at. A change is taken, built, and then
/// accepted or discarded, as the kernel says; after one that was discarded the next has to be whole.
/// </summary>
internal sealed class ElementLedger(InterfaceNames names)
{
    private readonly Dictionary<MacAddress, LedgerEntry> _devices = [];
    private readonly List<LedgerEntry> _changed = [];
    private readonly List<MacAddress> _affected = [];
    private readonly ClaimTable _claims = new();
    private readonly LedgerBuilder _builder = new(names);
    private readonly List<Element> _have = [];
    private readonly List<byte> _scratch = [];
    private Element[] _globals = [];
    private Element[]? _nextGlobals;
    private bool _whole = true;

    /// <summary>What the change means for the kernel.</summary>
    public LedgerDiff Diff { get; } = new();

    /// <summary>The devices that the change concerns; those without a plan are gone.</summary>
    public List<LedgerEntry> Changed => _changed;

    /// <summary>Every device of the ledger.</summary>
    public Dictionary<MacAddress, LedgerEntry>.ValueCollection All => _devices.Values;

    /// <summary>The device, or null.</summary>
    public LedgerEntry? Find(MacAddress mac) => _devices.GetValueOrDefault(mac);

    /// <summary>True when a bound left something out that the plan asks for; it is then not granted.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>Takes a change; <see cref="Changed"/> is then known.</summary>
    public void Take(PlanChange change)
    {
        if (_whole && !change.IsWhole) throw new InvalidOperationException("the first plan, and one after a refusal, is a whole one");
        _changed.Clear();
        _affected.Clear();
        if (change.IsWhole)
        {
            (_whole, Incomplete) = (true, false);
            _claims.Clear();
            foreach (LedgerEntry entry in _devices.Values)
            {
                entry.Planned = null;
                Mark(entry);
            }
        }
        foreach (MacAddress mac in change.Removed) Put(mac, null);
        foreach (PlannedDevice device in change.Devices) Put(device.Mac, device);
        foreach (MacAddress mac in _affected)
        {
            if (_devices.TryGetValue(mac, out LedgerEntry? entry)) Mark(entry);
        }
    }

    /// <summary>All devices are part of the change: something changed that the elements of each depend on.</summary>
    public void MarkAll()
    {
        foreach (LedgerEntry entry in _devices.Values) Mark(entry);
    }

    /// <summary>The device as it may be enforced: without what it claims and another one holds.</summary>
    public PlannedDevice? Effective(LedgerEntry entry) => entry.Planned is { } planned ? _claims.Effective(planned) : null;

    /// <summary>Makes the elements of what changed; <see cref="Diff"/> is then known.</summary>
    /// <param name="change">The change that was taken.</param>
    /// <param name="ports">Ports of bridges; null when they are what they were.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="unshaped">Devices that have no HTB of ours although rates are wanted there.</param>
    public void Build(PlanChange change, IReadOnlyList<BridgePort>? ports, long nowMs, HashSet<string> unshaped)
    {
        Diff.Clear();
        _builder.Begin(change.Networks, change.Uplinks, _claims, nowMs, unshaped);
        if (ports is not null)
        {
            _nextGlobals = _builder.Globals(ports);
            Diff.Add(_globals, _nextGlobals);
        }
        foreach (LedgerEntry entry in _changed)
        {
            Span<Element> want = Effective(entry) is { } device ? _builder.Device(device) : [];
            _have.Clear();
            PackedElements.Unpack(entry.Elements, _have);
            // The same again costs no memory.
            bool same = Diff.Add(CollectionsMarshal.AsSpan(_have), want);
            entry.Next = same ? entry.Elements : PackedElements.Pack(want, _scratch);
        }
        Incomplete |= _builder.Incomplete;
        Diff.Sort();
    }

    /// <summary>The kernel has the change.</summary>
    public void Accept()
    {
        _globals = _nextGlobals ?? _globals;
        foreach (LedgerEntry entry in _changed)
        {
            (entry.Elements, entry.Next, entry.IsMarked) = (entry.Next!, null, false);
            if (entry.Planned is null) _devices.Remove(entry.Mac);
        }
        End(false);
    }

    /// <summary>The kernel has what it had.</summary>
    public void Discard()
    {
        foreach (LedgerEntry entry in _changed) (entry.Next, entry.IsMarked) = (null, false);
        End(true);
    }

    /// <summary>Hands on all elements with the present change, in sorted blocks; a block is good until the next.</summary>
    public void EachBlock(Action<List<Element>> take)
    {
        var block = new List<Element>(_nextGlobals ?? _globals);
        take(block);
        foreach (LedgerEntry entry in _devices.Values)
        {
            block.Clear();
            PackedElements.Unpack(entry.Next ?? entry.Elements, block);
            take(block);
        }
    }

    private void End(bool whole)
    {
        (_whole, _nextGlobals) = (whole, null);
        _changed.Clear();
        Diff.Clear();
    }

    private void Put(MacAddress mac, PlannedDevice? planned)
    {
        if (!_devices.TryGetValue(mac, out LedgerEntry? entry))
        {
            if (planned is null) return;
            entry = new LedgerEntry(mac);
            _devices.Add(mac, entry);
        }
        PlannedDevice? before = entry.Planned;
        entry.Planned = planned;
        _claims.Replace(before, planned, _devices, _affected);
        Mark(entry);
    }

    private void Mark(LedgerEntry entry)
    {
        if (entry.IsMarked) return;
        entry.IsMarked = true;
        _changed.Add(entry);
    }
}
