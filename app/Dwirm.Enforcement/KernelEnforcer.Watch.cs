using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <summary>Takes one thing the kernel refused, and how often.</summary>
/// <param name="mac">Who sent it.</param>
/// <param name="destination">Where to; IPv4 as ::ffff:a.b.c.d.</param>
/// <param name="protocol">IP protocol.</param>
/// <param name="port">Destination port.</param>
/// <param name="packets">Packets in the last hour.</param>
public delegate void RefusedHandler(MacAddress mac, Ipv6Address destination, byte protocol, ushort port, ulong packets);

/// <content>What others do to what is ours, and what the kernel counted.</content>
public sealed partial class KernelEnforcer
{
    /// <inheritdoc/>
    public bool IsOurs(uint portId) => portId == _netfilter.PortId || portId == _route.PortId;

    /// <inheritdoc/>
    public bool OthersChanged() => _tables.OthersChanged();

    /// <inheritdoc/>
    public void DistrustTables() => _tables.Distrust();

    /// <inheritdoc/>
    public void DistrustShaping() => _shaper.Distrust();

    /// <inheritdoc/>
    public bool ReadRefused(RefusedHandler take) => ReadRefused(SetId.Violations, take) && ReadRefused(SetId.Violations6, take);

    private bool ReadRefused(SetId set, RefusedHandler take) => _tables.Dump(set, (in NetlinkMessage message) => NftElementReader.Each(message, (key, _, counted) =>
    {
        // ether saddr . ip daddr . l4proto . th dport, each padded to four octets
        if (key.Length != Sets.Get(set).KeyLength) return;
        Ipv6Address destination = set == SetId.Violations6 ? Ipv6Address.Read(key[8..]) : Ipv6Address.Mapped(Ipv4Address.Read(key[8..]));
        ReadOnlySpan<byte> rest = key[^8..];
        take(MacAddress.Read(key), destination, rest[0], (ushort)((rest[4] << 8) | rest[5]), counted.Packets);
    })) == null;

    /// <inheritdoc/>
    public void ReadTotals(Action<string, long> take)
    {
        foreach (NfFamily family in (ReadOnlySpan<NfFamily>)[NfFamily.Inet, NfFamily.Bridge])
        {
            if (family == NfFamily.Bridge && !_tables.Options.Bridge) continue;
            uint sequence = _netfilter.NextSequence();
            _netfilter.Writer.DumpCounters(sequence, family, Ruleset.TableName);
            _ = _netfilter.Dump("nft counters", sequence, (in NetlinkMessage message) =>
            {
                if (NftEvents.TryReadCounter(message, out string name, out ulong packets)) take(name, (long)packets);
            });
        }
    }

    /// <inheritdoc/>
    public bool ReadFlowtables(Action<NftFlowtable> take)
    {
        uint sequence = _netfilter.NextSequence();
        _netfilter.Writer.DumpFlowtables(sequence);
        return _netfilter.Dump("nft flowtables", sequence, (in NetlinkMessage message) =>
        {
            if (NftEvents.TryReadFlowtable(message, out NftFlowtable flowtable)) take(flowtable);
        }) == null;
    }

    /// <inheritdoc/>
    public NetlinkError? EndOffload(NftFlowtable flowtable)
    {
        var rules = new List<(string Chain, ulong Handle)>();
        uint sequence = _netfilter.NextSequence();
        _netfilter.Writer.DumpRules(sequence, flowtable.Family, flowtable.Table);
        NetlinkError? error = _netfilter.Dump("nft rules", sequence, (in NetlinkMessage message) =>
        {
            if (NftEvents.TryReadOffloadRule(message, out string chain, out ulong handle)) rules.Add((chain, handle));
        });
        if (error != null) return error;
        uint begin = _netfilter.NextSequence();
        _netfilter.Writer.BatchBegin(begin, 0);
        foreach ((string chain, ulong handle) in rules)
            _netfilter.Writer.DeleteRule(_netfilter.NextSequence(), flowtable.Family, flowtable.Table, chain, handle);
        int start = _netfilter.Writer.Length;
        uint last = _netfilter.NextSequence();
        _netfilter.Writer.DeleteFlowtable(last, flowtable.Family, flowtable.Table, flowtable.Name);
        _netfilter.Writer.AddFlags(start, NetlinkFlags.Ack);
        _netfilter.Writer.BatchEnd(_netfilter.NextSequence());
        return _netfilter.Transact("nft flowtable delete", begin, last);
    }
}
