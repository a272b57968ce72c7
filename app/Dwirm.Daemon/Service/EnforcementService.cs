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
public sealed class EnforcementService : IDisposable
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
    private InterfaceTable? _interfaces;
    private bool _dirty = true;
    private bool _planSawTrustedClock;
    private bool _decisionsAreLost;

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

    /// <summary>Why the kernel refused the last plan; null while kernel and plan agree.</summary>
    public string? Fault { get; private set; }

    /// <summary>Links and addresses, as last read.</summary>
    public InterfaceTable? Interfaces
    {
        get => _interfaces;
        set => (_interfaces, _dirty) = (value, true);
    }

    /// <summary>True while our tables are in the kernel as they were left, or nothing was put there yet.</summary>
    public bool IsIntact => _kernel is null || Fault is not null || _kernel.IsIntact();

    /// <summary>Something the plan depends on changed; the kernel follows at the end of the turn.</summary>
    public void MarkDirty() => _dirty = true;

    /// <summary>Everything in the batch is recorded now, and may be enforced.</summary>
    public void Recorded(StoreBatch batch)
    {
        foreach (StoreChange change in batch.Changes)
        {
            if (change.Record is DeviceRecord record && _devices.Find(record.Mac) is { } device) device.Recorded = record;
        }
    }

    /// <summary>
    /// True while a store that was set aside tells that decisions are lost: whoever is not on record may have been restricted, so an open
    /// network is treated as a quarantine until the owner has dealt with it.
    /// </summary>
    public bool DecisionsAreLost
    {
        get => _decisionsAreLost;
        set => (_decisionsAreLost, _dirty) = (value, _dirty || value != _decisionsAreLost);
    }

    /// <summary>The posture that is enforced on a network now.</summary>
    public NetworkPosture PostureOf(NetworkSettings network) => _decisionsAreLost ? NetworkPosture.Quarantine : network.Posture;

    /// <summary>Takes over another configuration.</summary>
    public void Configure(DaemonConfig newConfig) => (_config, _dirty) = (newConfig, true);

    /// <summary>The plan as it stands at <paramref name="now"/>.</summary>
    /// <param name="now">The turn's time.</param>
    /// <param name="nextChangeMs">Monotonic milliseconds of the next schedule edge, <see cref="long.MaxValue"/> for none.</param>
    public EnforcementPlan Plan(Instant now, out long nextChangeMs) => PlanBuilder.Build(
        new PlanInput
        {
            Networks = PlannedNetworks(),
            Uplinks = PlannedUplinks(),
            Devices = PlannedDevices(),
            Names = _names,
            Zone = _zone,
        },
        now,
        out nextChangeMs);

    /// <summary>Brings the kernel to the plan if anything changed.</summary>
    /// <returns>True when the kernel enforces the present plan.</returns>
    public bool Commit(Instant now)
    {
        if (!_dirty) return true;
        EnforcementPlan plan = Plan(now, out long nextChangeMs);
        if (Apply(plan, now) is { } text)
        {
            if (Fault != text) _log.Error($"the kernel refused the enforcement plan, nothing new is granted: {text}");
            Fault = text;
            _deadlines.Set(_edge, now.MonotonicMs + RetryMs);
            return false;
        }
        if (Fault is not null) _log.Info("the kernel enforces the plan again");
        (Fault, _dirty, _planSawTrustedClock) = (null, false, now.WallIsTrusted);
        if (!now.WallIsTrusted) nextChangeMs = Math.Min(nextChangeMs, now.MonotonicMs + TrustPollMs);
        if (nextChangeMs == long.MaxValue) _deadlines.Cancel(_edge);
        else _deadlines.Set(_edge, nextChangeMs);
        return true;
    }

    /// <summary>The usage counters of every live service, by service id.</summary>
    public bool ReadUsage(Dictionary<uint, ServiceUsage> usage) => _kernel?.ReadUsage(usage) ?? false;

    /// <inheritdoc/>
    public void Dispose() => _kernel?.Dispose();

    private string? Apply(EnforcementPlan plan, Instant now)
    {
        try
        {
            _kernel ??= _open();
        }
        catch (LinuxException e)
        {
            return e.Message;
        }
        return _kernel.Apply(plan, now)?.ToString();
    }

    private void OnEdge(Instant now)
    {
        // While the clock is not trusted the edge only polls for trust (DWIRM-13).
        if (!now.WallIsTrusted && !_planSawTrustedClock && Fault is null) _deadlines.Set(_edge, now.MonotonicMs + TrustPollMs);
        else _dirty = true;
    }

    private List<PlannedNetwork> PlannedNetworks()
    {
        List<PlannedNetwork> networks = [];
        foreach (NetworkSettings network in _config.Networks)
        {
            networks.Add(new PlannedNetwork(network.Name, network.Device, network.IsBridge, network.Dhcp.RouterPrefix, PostureOf(network)));
        }
        return networks;
    }

    private List<PlannedUplink> PlannedUplinks()
    {
        List<PlannedUplink> uplinks = [];
        foreach ((string name, string device) in _config.Uplinks)
        {
            List<Ipv4Address> addresses = [];
            if (_interfaces?.ByName(device) is { } info)
            {
                foreach (Ipv4Prefix prefix in info.Addresses4) addresses.Add(prefix.Address);
            }
            uplinks.Add(new PlannedUplink(name, device, addresses));
        }
        return uplinks;
    }

    private List<PlanDevice> PlannedDevices()
    {
        List<PlanDevice> planned = [];
        foreach (Device device in _devices.All)
        {
            if (device.Enforceable is not { } record) continue;
            Lease? lease = _dhcp.Leases.ByMac(record.Mac, record.Network);
            Grant? grant = record.GrantJson is null ? null : device.Grant;
            device.PlannedAddress = lease is { State: LeaseState.Bound } ? lease.Address : null;
            planned.Add(new PlanDevice(record, grant, device.PlannedAddress));
        }
        return planned;
    }
}
