using System;
using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Observe;

/// <summary>
/// Watches what devices without restrictions use, for a time and at the owner's word, so that a profile can be suggested: every half minute
/// the kernel's table of flows, and meanwhile the names they ask for, by way of the forwarder. Nothing of it is recorded.
/// </summary>
internal sealed class Observer : IDisposable
{
    /// <summary>Most devices at once, those included of which only what was seen is left.</summary>
    public const int MaxDevices = 16;

    /// <summary>How long, when it is not said.</summary>
    public const long DefaultMs = 86_400_000;

    /// <summary>The longest that may be asked for.</summary>
    public const long LongestMs = 30 * DefaultMs;

    /// <summary>How often the flows are looked at, milliseconds.</summary>
    public const long PeriodMs = 30_000;

    private const byte Tcp = 6, Udp = 17;
    private const ushort Dns = 53, Dhcp = 67, Ntp = 123, Dhcp6 = 547;
    private readonly DaemonState _state;
    private readonly INeighbours? _neighbours;
    private readonly List<Observation> _all = [];
    private readonly List<Ipv6Address> _own = [];
    private readonly Deadline _next;
    private ConntrackDump? _dump;
    private long _unixMs;
    private int _look;

    /// <summary>An observer of nobody.</summary>
    /// <param name="state">The daemon.</param>
    /// <param name="neighbours">Who has which IPv6 address; null where IPv6 flows are not looked at.</param>
    public Observer(DaemonState state, INeighbours? neighbours)
    {
        (_state, _neighbours) = (state, neighbours);
        _next = new Deadline(Look);
        state.Enforcement.Observed = AddressesOn;
    }

    /// <summary>Begins to observe a device; what was seen of it before is forgotten.</summary>
    /// <param name="mac">Which device.</param>
    /// <param name="untilUnixMs">The end, Unix milliseconds; 0 for a day from now.</param>
    /// <param name="now">The turn's time.</param>
    /// <returns>Null when it is observed, or why not.</returns>
    public string? Start(MacAddress mac, long untilUnixMs, Instant now)
    {
        long length = untilUnixMs == 0 ? DefaultMs : untilUnixMs - now.UnixMs;
        if (length is <= 0 or > LongestMs) return "a device is observed for a time to come, thirty days at most";
        if (!MayObserve(mac)) return $"{mac} is under a profile or a decision, and uses only what that allows";
        if (LeaseOf(mac) is not { } lease) return $"{mac} holds no lease now; `dwirm leases` lists those that are present";
        if (OpenDump() is { } fault) return $"flows cannot be read: {fault}";
        _all.RemoveAll(one => one.Mac == mac);
        if (_all.Count >= MaxDevices && !_all.Remove(_all.Find(static one => !one.IsRunning)!))
        {
            return $"{MaxDevices} devices are observed already; `dwirm observe MAC --stop` ends one";
        }
        _all.Add(new Observation(mac, lease.Network, now.UnixMs, now.MonotonicMs + length));
        _state.History(now, mac, "observed", "owner", "what it uses is looked at for a time");
        _state.Loop.Deadlines.Set(_next, now.MonotonicMs);
        Refresh(true);
        return null;
    }

    /// <summary>Ends the observation of a device; what was seen stays for a suggestion.</summary>
    public string? Stop(MacAddress mac, Instant now)
    {
        if (Find(mac) is not { IsRunning: true } one) return $"{mac} is not observed";
        one.UntilMs = 0;
        _state.History(now, mac, "unobserved", "owner", "");
        Refresh(true);
        return null;
    }

    /// <summary>What was seen of a device; null when it was never observed in this run.</summary>
    public Observation? Find(MacAddress mac) => _all.Find(one => one.Mac == mac);

    /// <summary>Stands for a device at the forwarder; null when it is not observed, or is under a profile by now.</summary>
    public Device? AskerAt(MacAddress mac, string network) =>
        _all.Count > 0 && Find(mac) is { IsRunning: true } one && one.Network == network && MayObserve(mac) ? one.Asker : null;

    /// <summary>A lease changed: the device may have another address, or none.</summary>
    public void LeaseChanged(MacAddress mac)
    {
        if (_all.Count > 0 && Find(mac) is { IsRunning: true }) Refresh(false);
    }

    /// <summary>Takes a flow of the kernel's table.</summary>
    public void Take(in ConntrackEntry entry)
    {
        // What nobody answered is not used; it may be a scan.
        if (!entry.IsAnswered || entry.Original.Protocol is not (Tcp or Udp)) return;
        Transports transport = entry.Original.Protocol == Tcp ? Transports.Tcp : Transports.Udp;
        foreach (Observation one in _all)
        {
            if (!one.IsRunning) continue;
            ConntrackTuple to = entry.Original;
            if (one.Holds(to.Source))
            {
                if (Consumes(to)) one.See(ServiceDirection.Consume, transport, to.DestinationPort, to.Destination, _look, _unixMs);
            }
            else if (one.Holds(entry.Reply.Source))
            {
                one.See(ServiceDirection.Provide, transport, entry.Reply.SourcePort, entry.Original.Source, _look, _unixMs);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _dump?.Dispose();

    // Questions for names go through the router whatever a profile says, and so does its own time.
    private bool Consumes(in ConntrackTuple to) =>
        to.DestinationPort != Dns && !((to.DestinationPort is Ntp or Dhcp or Dhcp6) && _own.Contains(to.Destination));

    private void Look(Instant now)
    {
        bool ended = false, any = false;
        foreach (Observation one in _all)
        {
            if (one.IsRunning && (one.UntilMs <= now.MonotonicMs || !MayObserve(one.Mac))) (one.UntilMs, ended) = (0, true);
            any |= one.IsRunning;
        }
        Refresh(ended);
        if (!any)
        {
            _dump?.Dispose();
            _dump = null;
            return;
        }
        _state.Loop.Deadlines.Set(_next, now.MonotonicMs + PeriodMs);
        // A table that takes longer than this is read on.
        if (_dump is not { IsRunning: false }) return;
        (_look, _unixMs) = (_look + 1, now.UnixMs);
        ReadOwn();
        ReadNeighbours();
        _dump.Start();
        if (_dump.Fault is not { } fault || !_state.Log.AllowsPacketLine(now)) return;
        _state.Log.Warning($"flows of observed devices cannot be read: {fault}");
    }

    private void Refresh(bool changed)
    {
        foreach (Observation one in _all)
        {
            Ipv4Address? address = one.IsRunning ? LeaseOf(one.Mac)?.Address : null;
            changed |= address != one.Address;
            one.Address = address;
        }
        if (changed) _state.Enforcement.ObservedChanged();
    }

    private void ReadOwn()
    {
        _own.Clear();
        foreach (Ipv4Prefix prefix in _state.LocalPrefixes) _own.Add(Ipv6Address.Mapped(prefix.Address));
        foreach (Ipv6Prefix prefix in _state.LocalPrefixes6) _own.Add(prefix.Address);
    }

    private void ReadNeighbours()
    {
        foreach (Observation one in _all) one.Addresses6.Clear();
        _neighbours?.Read((in Neighbour neighbour) =>
        {
            // A device with more than this is seen in part.
            if (Find(neighbour.Mac) is not { IsRunning: true, Addresses6.Count: < LearntAddress.PerDevice } one) return;
            one.Addresses6.Add(neighbour.Address);
        });
    }

    private List<Ipv4Address> AddressesOn(string network)
    {
        List<Ipv4Address> addresses = [];
        foreach (Observation one in _all)
        {
            if (one.IsRunning && one.Network == network && one.Address is { } address && MayObserve(one.Mac)) addresses.Add(address);
        }
        return addresses;
    }

    private string? OpenDump()
    {
        try
        {
            _dump ??= new ConntrackDump(_state.Loop, Take);
            return null;
        }
        catch (LinuxException fault)
        {
            return fault.Message;
        }
    }

    // Whoever is under a profile uses what that allows, and nothing is learnt from it.
    private bool MayObserve(MacAddress mac) =>
        _state.Devices.Find(mac) is not { } device || device.Record.State is DeviceState.New or DeviceState.FullAccess;

    private Lease? LeaseOf(MacAddress mac)
    {
        foreach (string network in _state.Ports.Keys)
        {
            if (_state.Dhcp.Leases.ByMac(mac, network) is { State: LeaseState.Bound } lease) return lease;
        }
        return null;
    }
}
