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

/// <summary>What one service has used since it was granted.</summary>
/// <param name="OriginalPackets">Packets from the side that opened the flows, through the router.</param>
/// <param name="OriginalBytes">Octets of them, from the network header on.</param>
/// <param name="ReplyPackets">Packets of the other side, through the router.</param>
/// <param name="ReplyBytes">Octets of them.</param>
/// <param name="LocalPackets">Frames between ports of the bridge, both directions.</param>
/// <param name="LocalBytes">Octets of them.</param>
/// <param name="Dropped">Packets, of the above or not, that were too many for its rate.</param>
public readonly record struct ServiceUsage(
    ulong OriginalPackets, ulong OriginalBytes, ulong ReplyPackets, ulong ReplyBytes, ulong LocalPackets, ulong LocalBytes, ulong Dropped = 0);

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
    private ElementLedger _ledger;
    private readonly NftTables _tables;
    private readonly Shaper _shaper;
    private readonly Action<string> _log;
    private InterfaceTable? _interfaces;
    private KernelSupport? _support;
    private bool _applied;

    private KernelEnforcer(NetlinkSocket netfilter, NetlinkSocket route, Action<string> log)
    {
        _log = log;
        _netfilter = new NetlinkChannel(netfilter);
        _route = new NetlinkChannel(route);
        _ledger = new ElementLedger(_names);
        _tables = new NftTables(_netfilter, _names, log);
        _shaper = new Shaper(_route, log);
    }

    /// <summary>What this kernel can do, and what came in the way of the last plan.</summary>
    public KernelSupport Support => _support ??= Describe();

    /// <summary>What the kernel has, as far as we know: sorted.</summary>
    internal List<Element> Shadow
    {
        get
        {
            List<Element> all = [];
            _ledger.EachBlock(all.AddRange);
            all.Sort();
            return all;
        }
    }

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
        InterfaceTable interfaces = change.Interfaces ?? InterfaceTable.Read(_route);
        if (interfaces.Error != null) return interfaces.Error;
        bool look = change.IsWhole || !ReferenceEquals(interfaces, _interfaces);
        _ledger.Take(change);
        bool crowded = _shaper.Crowded, reshaped = _shaper.Prepare(change, _ledger, interfaces);
        if (reshaped) _ledger.MarkAll();
        if (look || reshaped || crowded != _shaper.Crowded) _support = null;
        _ledger.Diff.IsReload = !_tables.IsLoaded;
        _ledger.Build(change, look ? interfaces.BridgePorts : null, now.MonotonicMs, _shaper.Unshaped);
        var withdrawn = new List<uint>();
        if (!_applied) TakeOver(withdrawn);
        NetlinkError? error = _tables.Commit(_ledger.Diff, _ledger.EachBlock, now.MonotonicMs);
        if (error != null)
        {
            _ledger.Discard();
            return error;
        }
        withdrawn.AddRange(_tables.Withdrawn);
        CutFlows(withdrawn);
        FollowGenerations();
        _ledger.Accept();
        _shaper.Retire();
        (_applied, _interfaces) = (true, interfaces);
        return null;
    }

    /// <summary>Makes the kernel enforce exactly <paramref name="plan"/>.</summary>
    /// <returns>As <see cref="Apply(PlanChange, Instant)"/>.</returns>
    public NetlinkError? Apply(EnforcementPlan plan, Instant now) => Apply(PlanChange.Whole(plan), now);

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
        _ledger = new ElementLedger(_names);
        NetlinkError? tables = _tables.Delete(), shaping = _shaper.Delete();
        return tables ?? shaping;
    }

    /// <inheritdoc/>
    public void ReadAddresses(Action<MacAddress, Ipv6Address> take)
    {
        const int Ether = InterfaceNames.Size, Address = Ether + 8;
        _tables.Dump(SetId.Bind6, (in NetlinkMessage message) => NftElementReader.Each(message, (key, _, _) =>
        {
            if (key.Length == Address + Ipv6Address.Size) take(MacAddress.Read(key[Ether..]), Ipv6Address.Read(key[Address..]));
        }));
    }

    /// <summary>Closes the sockets; what is in the kernel stays.</summary>
    public void Dispose()
    {
        _netfilter.Dispose();
        _route.Dispose();
    }

    /// <summary>
    /// What an earlier run left: services that were live and are not any more lose their flows, and answers that were on their way across
    /// a bridge stay allowed.
    /// </summary>
    private void TakeOver(List<uint> before)
    {
        var wanted = new HashSet<uint>();
        _ledger.EachBlock(block => AddLive(block, wanted, uint.MaxValue));
        foreach (uint sid in _tables.ReadLive())
        {
            if (!wanted.Contains(sid)) before.Add(sid);
        }
        _tables.CarryAnswers(CarriedAnswers);
    }

    /// <summary>What a generation that ended used is forgotten.</summary>
    private void FollowGenerations()
    {
        var goesOn = new HashSet<uint>();
        foreach (LedgerEntry entry in _ledger.Changed)
        {
            uint generation = _ledger.Effective(entry)?.Generation ?? 0;
            if (_applied && entry.Generation != 0 && entry.Generation != generation) _tables.Usage.Forget(entry.Generation);
            entry.Generation = generation;
            if (!_applied) goesOn.Add(generation);
        }
        if (!_applied) _tables.Usage.Keep(goesOn);
    }

    private static void AddLive(List<Element> block, HashSet<uint> into, uint mask)
    {
        foreach (Element element in block)
        {
            if (element.Set == SetId.Live) into.Add(element.Mark & mask);
        }
    }

    /// <summary>Deletes the connection-tracking entries of services that are gone: the elements cut the flows, this tidies up behind them.</summary>
    private void CutFlows(List<uint> withdrawn)
    {
        if (withdrawn.Count == 0) return;
        var generations = new HashSet<uint>();
        var block = new List<Element>();
        foreach (LedgerEntry entry in _ledger.Changed)
        {
            block.Clear();
            PackedElements.Unpack(entry.Next, block);
            AddLive(block, generations, DeviceMask);
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
        if (!_tables.Options.Log) notes.Add("no logging to groups (kmod-nfnetlink-log): violations are counted, not reported, and IPv6 addresses that devices form are not learnt");
        if (ReadFlag(BridgeCallPath)) notes.Add($"{BridgeCallPath} is 1: bridged frames pass the firewall twice; set it to 0");
        if (!_shaper.Supported) notes.Add("no HTB (kmod-sched-core): rates are policed, not shaped");
        if (_shaper.Crowded) notes.Add($"more devices have rates than there are traffic classes for ({TrafficClass.MaxSlot + 1}): the others are policed, not shaped");
        if (_ledger.Incomplete) notes.Add("the plan has more forwards or ranges than fit; what is beyond is not granted");
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
