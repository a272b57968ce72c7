using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Shaping;
using Dwirm.Enforcement.Tables;
using Dwirm.Linux;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <summary>What one service has used since its elements were last written.</summary>
/// <param name="OriginalPackets">Packets from the side that opened the flows, through the router.</param>
/// <param name="OriginalBytes">Octets of them, from the network header on.</param>
/// <param name="ReplyPackets">Packets of the other side, through the router.</param>
/// <param name="ReplyBytes">Octets of them.</param>
/// <param name="LocalPackets">Frames between ports of the bridge, both directions.</param>
/// <param name="LocalBytes">Octets of them.</param>
public readonly record struct ServiceUsage(
    ulong OriginalPackets, ulong OriginalBytes, ulong ReplyPackets, ulong ReplyBytes, ulong LocalPackets, ulong LocalBytes);

/// <summary>What this kernel enforces.</summary>
/// <param name="BridgeTable">True when frames between ports of a bridge are looked at.</param>
/// <param name="Htb">True when rates are shaped.</param>
/// <param name="Notes">What is missing or in the way, a line each, for people.</param>
public sealed record KernelSupport(bool BridgeTable, bool Htb, string[] Notes);

/// <summary>
/// Puts plans into the kernel of this network namespace: tables <c>inet dwirm</c> and <c>bridge dwirm</c>, HTB classes, and the deletion of
/// connection-tracking entries of what was withdrawn. Not for use from several threads.
/// </summary>
/// <remarks>
/// Order: classes are made before rules name them, rules change in one transaction, only then classes go. Disposing leaves everything in
/// the kernel; a new instance takes over with its first <see cref="Apply(PlanChange, Instant)"/>, in one transaction, and flows of services whose id did not
/// change go on.
/// </remarks>
public sealed partial class KernelEnforcer : IKernel
{
    /// <summary>Mark of what the router itself sends past the inet table, by a packet socket: the bridge table lets nothing else reach a managed device.</summary>
    public const uint GrantedMark = Ruleset.GrantedBit;

    private const string BridgeCallPath = "/proc/sys/net/bridge/bridge-nf-call-iptables";
    private const uint DeviceMask = 0xffffff00;
    private const int CarriedAnswers = 4096;

    private readonly NetlinkChannel _netfilter;
    private readonly NetlinkChannel _route;
    private readonly InterfaceNames _names = new();
    private readonly LedgerBuilder _builder;
    private readonly NftTables _tables;
    private readonly Shaper _shaper;
    private readonly Action<string> _log;
    private readonly Dictionary<MacAddress, PlannedDevice> _planned = [];
    private bool _applied;

    private KernelEnforcer(NetlinkSocket netfilter, NetlinkSocket route, Action<string> log)
    {
        _log = log;
        _netfilter = new NetlinkChannel(netfilter);
        _route = new NetlinkChannel(route);
        _builder = new LedgerBuilder(_names);
        _tables = new NftTables(_netfilter, _names, log);
        _shaper = new Shaper(_route, log);
        Support = Describe();
    }

    /// <summary>What this kernel can do, and what came in the way of the last plan.</summary>
    public KernelSupport Support { get; private set; }

    internal IReadOnlyList<Element> Shadow => _tables.Shadow;

    internal InterfaceNames Names => _names;

    /// <summary>Opens the netlink sockets in the network namespace of the calling thread; changes nothing.</summary>
    /// <param name="log">Takes one line for the operator at a time.</param>
    /// <exception cref="LinuxException">The kernel refused a socket.</exception>
    public static KernelEnforcer Open(Action<string> log)
    {
        NetlinkSocket netfilter = NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_NETFILTER);
        NetlinkSocket route;
        try
        {
            route = NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_ROUTE);
        }
        catch (LinuxException)
        {
            netfilter.Dispose();
            throw;
        }
        return new KernelEnforcer(netfilter, route, log);
    }

    /// <inheritdoc/>
    public NetlinkError? Apply(PlanChange change, Instant now)
    {
        if (change.IsWhole) _planned.Clear();
        foreach (MacAddress mac in change.Removed) _planned.Remove(mac);
        foreach (PlannedDevice device in change.Devices) _planned[device.Mac] = device;
        var all = new List<PlannedDevice>(_planned.Values);
        all.Sort(static (one, other) => one.Mac.CompareTo(other.Mac));
        return Apply(new EnforcementPlan(change.Networks, change.Uplinks, all), now);
    }

    /// <summary>Makes the kernel enforce exactly <paramref name="plan"/>.</summary>
    /// <returns>Null when it does; else what was refused, and the kernel goes on enforcing what it did before.</returns>
    public NetlinkError? Apply(EnforcementPlan plan, Instant now)
    {
        InterfaceTable interfaces = InterfaceTable.Read(_route);
        if (interfaces.Error != null) return interfaces.Error;
        _shaper.Prepare(plan, interfaces);
        List<Element> desired = _builder.Build(plan, interfaces.BridgePorts, now.MonotonicMs, _shaper.Unshaped);
        var before = new List<uint>();
        if (!_applied) TakeOver(desired, before);
        NetlinkError? error = _tables.Commit(desired, now.MonotonicMs);
        if (error == null)
        {
            _applied = true;
            before.AddRange(_tables.Withdrawn);
            CutFlows(before, desired);
            _shaper.Retire();
        }
        Support = Describe();
        return error;
    }

    /// <summary>
    /// True while our tables are what the last <see cref="Apply(PlanChange, Instant)"/> left, as far as a look at them tells: <c>service firewall stop</c> and
    /// <c>nft flush ruleset</c> delete every table. The look costs one small request while nobody changes the ruleset. When false, apply
    /// the plan again.
    /// </summary>
    public bool IsIntact() => _applied && _tables.IsIntact();

    /// <summary>Removes our tables and qdiscs from the kernel; nothing is enforced any more.</summary>
    public NetlinkError? Cleanup()
    {
        _applied = false;
        NetlinkError? tables = _tables.Delete(), shaping = _shaper.Delete();
        return tables ?? shaping;
    }

    /// <summary>Reads the counters of all live services into <paramref name="usage"/>, which is emptied first; false when the kernel did not answer.</summary>
    /// <remarks>The kernel counts from zero again when a service's elements are written anew: at a restart and when its class or schedule changes.</remarks>
    public bool ReadUsage(Dictionary<uint, ServiceUsage> usage)
    {
        usage.Clear();
        NetlinkError? error = _tables.Dump(SetId.Live, (in NetlinkMessage message) => NftElementReader.Each(message, (key, _, counted) =>
        {
            if (key.Length != 8) return;
            uint sid = NftElementReader.HostU32(key[4..]);
            usage.TryGetValue(sid, out ServiceUsage sum);
            usage[sid] = key[0] == 0
                ? sum with { OriginalPackets = counted.Packets, OriginalBytes = counted.Bytes }
                : sum with { ReplyPackets = counted.Packets, ReplyBytes = counted.Bytes };
        }));
        if (error != null || !_tables.Options.Bridge) return error == null;
        foreach (SetId set in (ReadOnlySpan<SetId>)[SetId.L2Provide, SetId.L2ProvideRange, SetId.L2Consume, SetId.L2ConsumeRange])
            error ??= ReadLocal(set, usage);
        return error == null;
    }

    /// <summary>Closes the sockets; what is in the kernel stays.</summary>
    public void Dispose()
    {
        _netfilter.Dispose();
        _route.Dispose();
    }

    private NetlinkError? ReadLocal(SetId set, Dictionary<uint, ServiceUsage> usage) =>
        _tables.Dump(set, (in NetlinkMessage message) => NftElementReader.Each(message, (_, data, counted) =>
        {
            if (counted.Packets == 0 || data.Length != 4) return;
            uint sid = NftElementReader.HostU32(data);
            usage.TryGetValue(sid, out ServiceUsage sum);
            usage[sid] = sum with { LocalPackets = sum.LocalPackets + counted.Packets, LocalBytes = sum.LocalBytes + counted.Bytes };
        }));

    /// <summary>
    /// What an earlier run left: services that were live and are not any more lose their flows, and answers that were on their way across
    /// a bridge stay allowed.
    /// </summary>
    private void TakeOver(List<Element> desired, List<uint> before)
    {
        var wanted = new HashSet<uint>();
        foreach (Element element in desired)
        {
            if (element.Set == SetId.Live) wanted.Add(element.Mark);
        }
        _tables.Dump(SetId.Live, (in NetlinkMessage message) => NftElementReader.Each(message, (key, _, _) =>
        {
            if (key.Length == 8 && key[0] == 0 && !wanted.Contains(NftElementReader.HostU32(key[4..]))) before.Add(NftElementReader.HostU32(key[4..]));
        }));
        _tables.CarryAnswers(CarriedAnswers);
    }

    /// <summary>Deletes the connection-tracking entries of services that are gone: the elements cut the flows, this tidies up behind them.</summary>
    private void CutFlows(List<uint> withdrawn, List<Element> desired)
    {
        if (withdrawn.Count == 0) return;
        var generations = new HashSet<uint>();
        foreach (Element element in desired)
        {
            if (element.Set == SetId.Live) generations.Add(element.Mark & DeviceMask);
        }
        var done = new HashSet<uint>();
        foreach (uint sid in withdrawn)
        {
            bool whole = !generations.Contains(sid & DeviceMask);
            if (!done.Add(whole ? sid & DeviceMask : sid)) continue;
            uint sequence = _netfilter.NextSequence();
            _netfilter.Writer.DeleteByMark(sequence, whole ? sid & DeviceMask : sid, whole ? DeviceMask : uint.MaxValue);
            NetlinkError? error = _netfilter.Transact("conntrack delete", sequence, sequence);
            if (error is { Errno: not NetlinkError.NotFound }) _log($"{error}: flows are cut, their entries remain until they time out");
        }
    }

    private KernelSupport Describe()
    {
        var notes = new List<string>();
        if (!_tables.Options.Bridge) notes.Add("no bridge tables (kmod-nft-bridge): devices on one bridge reach each other unchecked");
        if (!_tables.Options.Log) notes.Add("no logging to groups (kmod-nfnetlink-log): violations are counted, not reported");
        if (ReadFlag(BridgeCallPath)) notes.Add($"{BridgeCallPath} is 1: bridged frames pass the firewall twice; set it to 0");
        if (!_shaper.Supported) notes.Add("no HTB (kmod-sched-core): rates are policed, not shaped");
        if (_builder.Incomplete) notes.Add("the plan has more forwards or ranges than fit; what is beyond is not granted");
        foreach ((string device, string note) in _shaper.Notes) notes.Add($"{device} {note}".Trim());
        return new KernelSupport(_tables.Options.Bridge, _shaper.Supported, [.. notes]);
    }

    private static bool ReadFlag(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() == "1";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
