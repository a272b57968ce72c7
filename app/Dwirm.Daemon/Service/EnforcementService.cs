using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Store;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>Keeps the kernel at what grants, leases and the clock say: computes the plan when something changed and hands it over.</summary>
public sealed partial class EnforcementService : IDisposable
{
    private const long RetryMs = 1000, TrustPollMs = 5000;
    private readonly DeviceTable _devices;
    private readonly Dhcpv4Engine _dhcp;
    private readonly INameResolver _names;
    private readonly Deadlines _deadlines;
    private readonly Deadline _edge;
    private readonly ILocalZone _zone;
    private readonly Log _log;
    private readonly Func<IKernel> _open;
    private IKernel? _kernel;
    private DaemonConfig _config;
    private readonly List<MacAddress> _dirty = [];
    private InterfaceTable? _interfaces;
    private PlanInput? _input;
    private long _nextChangeMs = long.MaxValue;
    private bool _allDirty = true, _linksChanged, _looksAgain, _isOpened;
    private bool _planSawTrustedClock;
    private bool _decisionsAreLost;
    private string[] _notes = [];

    /// <summary>Enforcement of what the given tables hold; the kernel is opened with the first plan.</summary>
    internal EnforcementService(DeviceTable devices, Dhcpv4Engine dhcp, INameResolver names, ILocalZone zone, Deadlines deadlines, Log log,
        DaemonConfig config, Func<IKernel> open)
    {
        (_devices, _dhcp, _names, _zone) = (devices, dhcp, names, zone);
        (_deadlines, _log, _config, _open) = (deadlines, log, config, open);
        _edge = new Deadline(OnEdge);
    }

    /// <summary>What this kernel can do; null until it was asked.</summary>
    public KernelSupport? Support => _kernel?.Support;

    /// <summary>The kernel's side; null until the first plan was made.</summary>
    internal IKernel? Kernel => _kernel;

    /// <summary>Called once, when the kernel is there and before the first plan is made: what an earlier run left can still be read.</summary>
    internal Action<IKernel, Instant>? Opened { get; set; }

    /// <summary>Why the kernel refused the last plan; null while kernel and plan agree.</summary>
    public string? Fault { get; private set; }

    /// <summary>Links and addresses, as last read.</summary>
    public InterfaceTable? Interfaces
    {
        get => _interfaces;
        set
        {
            (_interfaces, _linksChanged) = (value, true);
            // Our own addresses decide what a name may stand for, and which addresses hosts form; everything else about links is no device's affair.
            if (_input is null) return;
            bool same = SameAddresses(_input.Uplinks, PlannedUplinks()) && SamePrefixes(_input.Networks, PlannedNetworks()) && Same(_input.Elsewhere, Elsewhere());
            if (!same) MarkDirty();
        }
    }

    /// <summary>A network as it is planned; null when it is not served.</summary>
    internal PlannedNetwork? NetworkOf(string name)
    {
        foreach (PlannedNetwork network in Input().Networks)
        {
            if (network.Name == name) return network;
        }
        return null;
    }

    /// <summary>Tells whether the DNS forwarder listens on a network, so that devices may be redirected to it; after a change <see cref="MarkDirty()"/>.</summary>
    internal Func<string, bool> HasForwarder { get; set; } = static _ => false;

    /// <summary>Addresses of ordinary devices that are observed, by network; the kernel follows at the end of the turn.</summary>
    internal Func<string, IReadOnlyList<Ipv4Address>> Observed { get; set; } = static _ => [];

    /// <summary>Another device is observed, or one less: what is no device's own is made anew, and nothing else.</summary>
    internal void ObservedChanged()
    {
        if (_input is not null) _input = _input with { Networks = PlannedNetworks() };
        (_linksChanged, _looksAgain) = (true, true);
    }

    /// <summary>True while our tables are in the kernel as they were left, or nothing was put there yet.</summary>
    public bool IsIntact => _kernel is null || Fault is not null || _kernel.IsIntact();

    /// <summary>Everything may have changed; the kernel follows at the end of the turn.</summary>
    public void MarkDirty() => (_allDirty, _input) = (true, null);

    /// <summary>Something changed that the plan of one device depends on: its record, grant or lease. It may be gone by now.</summary>
    public void MarkDirty(MacAddress mac)
    {
        if (_allDirty) return;
        if (_devices.Find(mac) is { } device)
        {
            if (device.IsPlanDirty) return;
            device.IsPlanDirty = true;
        }
        _dirty.Add(mac);
    }

    /// <summary>Another address is known for a host name, or one less: the devices whose grant uses it follow.</summary>
    /// <param name="host">The name as grants have it, in lower case.</param>
    public void NameChanged(string host)
    {
        foreach (Device device in _devices.All)
        {
            if (device.Grant is { } grant && PlanBuilder.Uses(grant, host)) MarkDirty(device.Record.Mac);
        }
    }

    /// <summary>Everything in the batch is recorded now, and may be enforced.</summary>
    public void Recorded(StoreBatch batch)
    {
        foreach (StoreChange change in batch.Changes)
        {
            if (change.Record is not DeviceRecord record || _devices.Find(record.Mac) is not { } device) continue;
            device.Recorded = record;
            MarkDirty(record.Mac);
        }
    }

    /// <summary>
    /// True while a store that was set aside tells that decisions are lost: whoever is not on record may have been restricted, so an open
    /// network is treated as a quarantine until the owner has dealt with it.
    /// </summary>
    public bool DecisionsAreLost
    {
        get => _decisionsAreLost;
        set
        {
            if (value != _decisionsAreLost) MarkDirty();
            _decisionsAreLost = value;
        }
    }

    /// <summary>The posture that is enforced on a network now.</summary>
    public NetworkPosture PostureOf(NetworkSettings network) => _decisionsAreLost ? NetworkPosture.Quarantine : network.Posture;

    /// <summary>Takes over another configuration.</summary>
    public void Configure(DaemonConfig newConfig)
    {
        _config = newConfig;
        MarkDirty();
    }

    /// <summary>The whole plan as it stands at <paramref name="now"/>, for people.</summary>
    /// <param name="now">The turn's time.</param>
    /// <param name="nextChangeMs">Monotonic milliseconds of the next schedule edge, <see cref="long.MaxValue"/> for none.</param>
    public EnforcementPlan Plan(Instant now, out long nextChangeMs)
    {
        List<PlanDevice> devices = [];
        foreach (Device device in _devices.All)
        {
            if (InputOf(device, now) is { } one) devices.Add(one);
        }
        return PlanBuilder.Build(Input() with { Devices = devices }, now, out nextChangeMs);
    }

    /// <summary>Brings the kernel to the plan if anything changed. What did not change is not looked at.</summary>
    /// <returns>True when the kernel enforces the present plan.</returns>
    public bool Commit(Instant now)
    {
        if (!_allDirty && !_linksChanged && _dirty.Count == 0) return true;
        string? text = Open(now) ?? _kernel!.Apply(Change(now), now)?.ToString();
        if (text is not null)
        {
            if (Fault != text) _log.Error($"the kernel refused the enforcement plan, nothing new is granted: {text}");
            (Fault, _allDirty) = (text, true);
            _deadlines.Set(_edge, now.MonotonicMs + RetryMs);
            return false;
        }
        if (Fault is not null) _log.Info("the kernel enforces the plan again");
        SayNotes();
        (Fault, _allDirty, _linksChanged, _looksAgain, _planSawTrustedClock) = (null, false, false, false, now.WallIsTrusted);
        SetEdge(now);
        return true;
    }

    /// <summary>The usage counters of every live service, by service id.</summary>
    public bool ReadUsage(Dictionary<uint, ServiceUsage> usage) => _kernel?.ReadUsage(usage) ?? false;

    /// <summary>The usage counters of some devices, by service id; those of others may be among them. Cheap for few devices.</summary>
    public bool ReadUsage(IReadOnlyList<MacAddress> devices, Dictionary<uint, ServiceUsage> usage) => _kernel?.ReadUsage(devices, usage) ?? false;

    /// <inheritdoc/>
    public void Dispose() => _kernel?.Dispose();

    // Rates that are policed because SQM or qosify stands at the root, for instance: said when it begins.
    private void SayNotes()
    {
        string[] notes = _kernel?.Support.Notes ?? [];
        foreach (string note in notes)
        {
            if (Array.IndexOf(_notes, note) < 0) _log.Warning(note);
        }
        _notes = notes;
    }

    /// <summary>The kernel's side, opened if it is not, for what has to be known before the first plan; null where it cannot be.</summary>
    internal IKernel? OpenKernel() => Open() is null ? _kernel : null;

    private string? Open()
    {
        try
        {
            _kernel ??= _open();
            return null;
        }
        catch (LinuxException e)
        {
            return e.Message;
        }
    }

    private string? Open(Instant now)
    {
        if (Open() is { } fault) return fault;
        if (_isOpened) return null;
        _isOpened = true;
        Opened?.Invoke(_kernel!, now);
        return null;
    }

    // The plan of what is marked, or of everything.
    private PlanChange Change(Instant now)
    {
        List<PlannedDevice> planned = [];
        List<MacAddress> removed = [];
        PlanInput input = Input();
        if (_allDirty)
        {
            _nextChangeMs = long.MaxValue;
            foreach (Device device in _devices.All)
            {
                if (Plan(device, input, now) is { } one) planned.Add(one);
            }
        }
        else
        {
            // One that was forgotten and came back is marked twice.
            foreach (MacAddress mac in _dirty)
            {
                if (_devices.Find(mac) is { } device) device.IsPlanDirty = true;
            }
            foreach (MacAddress mac in _dirty)
            {
                Device? device = _devices.Find(mac);
                if (device is { IsPlanDirty: false }) continue;
                if (device is not null && Plan(device, input, now) is { } one) planned.Add(one);
                else removed.Add(mac);
            }
        }
        _dirty.Clear();
        return new PlanChange
        {
            Networks = input.Networks,
            Uplinks = input.Uplinks,
            IsWhole = _allDirty,
            Devices = planned,
            Removed = removed,
            // Read anew by the enforcer: then it makes what is no device's own anew, too.
            Interfaces = _looksAgain ? null : _interfaces,
        };
    }

    private PlannedDevice? Plan(Device device, PlanInput input, Instant now)
    {
        (device.IsPlanDirty, device.PlanChangesMs) = (false, long.MaxValue);
        PlanDevice? one = InputOf(device, now);
        device.PlannedAddress = one?.Address;
        if (one is null) return null;
        PlannedDevice? planned = PlanBuilder.Plan(input, one, now, out long changesMs);
        device.PlanChangesMs = changesMs;
        _nextChangeMs = Math.Min(_nextChangeMs, changesMs);
        return planned;
    }

    private PlanDevice? InputOf(Device device, Instant now)
    {
        if (device.Enforceable is not { } record) return null;
        Lease? lease = _dhcp.Leases.ByMac(record.Mac, record.Network);
        Ipv4Address? address = lease is { State: LeaseState.Bound } ? lease.Address : null;
        List<Ipv6Address> addresses6 = [];
        foreach (LearntAddress learnt in device.Addresses6) addresses6.Add(learnt.Address);
        return new PlanDevice(record, record.HasGrant ? device.Grant : null, address, device.IsQuotaSpent(now, _zone)) { Addresses6 = addresses6 };
    }

    private PlanInput Input() => _input ??= new PlanInput
    {
        Networks = PlannedNetworks(),
        Uplinks = PlannedUplinks(),
        Elsewhere = Elsewhere(),
        Names = _names,
        Zone = _zone,
    };

    private void OnEdge(Instant now)
    {
        // While the clock is not trusted the edge only polls for trust (DWIRM-13).
        if (Fault is not null || (now.WallIsTrusted && !_planSawTrustedClock)) MarkDirty();
        else if (now.WallIsTrusted)
        {
            _nextChangeMs = long.MaxValue;
            foreach (Device device in _devices.All)
            {
                if (device.PlanChangesMs <= now.MonotonicMs) MarkDirty(device.Record.Mac);
                else _nextChangeMs = Math.Min(_nextChangeMs, device.PlanChangesMs);
            }
        }
        SetEdge(now);
    }

    private void SetEdge(Instant now)
    {
        long dueMs = now.WallIsTrusted ? _nextChangeMs : Math.Min(_nextChangeMs, now.MonotonicMs + TrustPollMs);
        if (dueMs == long.MaxValue) _deadlines.Cancel(_edge);
        else _deadlines.Set(_edge, Math.Max(dueMs, now.MonotonicMs + 1));
    }
}
