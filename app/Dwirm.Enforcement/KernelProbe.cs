using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Tables;
using Dwirm.Linux;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <summary>What we need, or can use, of a kernel.</summary>
public enum KernelFeature : byte
{
    /// <summary>Tables of family inet.</summary>
    Inet,

    /// <summary>Sets of ranges over several fields, maps and timeouts.</summary>
    Ranges,

    /// <summary>Sets that rules fill, with a rate for each element.</summary>
    DynamicSets,

    /// <summary>Lookups in connection tracking.</summary>
    Conntrack,

    /// <summary>Port forwards and masquerading.</summary>
    Nat,

    /// <summary>Lookups in the routing table.</summary>
    Fib,

    /// <summary>Logging to a group.</summary>
    Log,

    /// <summary>Tables of family bridge.</summary>
    Bridge,

    /// <summary>Connection tracking's own netlink family.</summary>
    ConntrackMessages,

    /// <summary>The shaper.</summary>
    Htb,

    /// <summary>Fair queues below the shaper.</summary>
    FairQueue,
}

/// <summary>Asks the kernel what it can do, by transactions that are checked and thrown away. Changes nothing, and needs the rights of root.</summary>
public sealed class KernelProbe : IDisposable
{
    private const string Table = "dwirm-probe", Chain = "probe", Set = "set";
    private const int Loopback = 1, InvalidArgument = 22, Exists = 17;
    private readonly NetlinkChannel _netfilter, _route;

    private KernelProbe(NetlinkSocket netfilter, NetlinkSocket route) => (_netfilter, _route) = (new NetlinkChannel(netfilter), new NetlinkChannel(route));

    /// <summary>Opens the sockets it asks by.</summary>
    /// <exception cref="LinuxException">The kernel refused a socket.</exception>
    public static KernelProbe Open()
    {
        NetlinkSocket netfilter = NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_NETFILTER);
        try
        {
            return new KernelProbe(netfilter, NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_ROUTE));
        }
        catch (LinuxException)
        {
            netfilter.Dispose();
            throw;
        }
    }

    /// <summary>The interfaces of this namespace.</summary>
    public InterfaceTable Interfaces() => InterfaceTable.Read(_route);

    /// <summary>Null when the kernel has it; else what it said.</summary>
    public NetlinkError? Try(KernelFeature feature) => feature switch
    {
        KernelFeature.ConntrackMessages => AskConntrack(),
        KernelFeature.Htb => AskQdisc("htb"),
        KernelFeature.FairQueue => AskQdisc("fq_codel"),
        _ => Transaction(feature),
    };

    /// <summary>The root queue of each device by index, and whether anybody else chose it: what the kernel gives by itself has no handle, and ours is htb 1:.</summary>
    public Dictionary<int, (string Kind, bool Chosen)> Roots()
    {
        var roots = new Dictionary<int, (string Kind, bool Chosen)>();
        uint sequence = _route.NextSequence();
        _route.Writer.DumpQdiscs(sequence);
        _ = _route.Dump("tc qdiscs", sequence, (in NetlinkMessage message) =>
        {
            if (TcReader.TryRead(message, TcMessages.NewQdisc, out TcObject qdisc) && qdisc.Parent == TcMessages.Root)
                roots[qdisc.Device] = (qdisc.Kind, qdisc.Handle != 0 && !(qdisc.Kind == "htb" && qdisc.Handle >> 16 == 1));
        });
        return roots;
    }

    /// <summary>Every flowtable, whoever made it.</summary>
    public List<NftFlowtable> Flowtables()
    {
        var found = new List<NftFlowtable>();
        uint sequence = _netfilter.NextSequence();
        _netfilter.Writer.DumpFlowtables(sequence);
        _ = _netfilter.Dump("nft flowtables", sequence, (in NetlinkMessage message) =>
        {
            if (NftEvents.TryReadFlowtable(message, out NftFlowtable flowtable)) found.Add(flowtable);
        });
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _netfilter.Dispose();
        _route.Dispose();
    }

    private NetlinkError? AskConntrack()
    {
        uint sequence = _netfilter.NextSequence();
        _netfilter.Writer.GetConntrackStatistics(sequence);
        return _netfilter.Transact("conntrack", sequence, sequence);
    }

    private NetlinkError? AskQdisc(string kind)
    {
        uint sequence = _route.NextSequence();
        _route.Writer.ProbeQdisc(sequence, Loopback, kind);
        NetlinkError? error = _route.Transact($"tc {kind}", sequence, sequence);
        // Refused for its options, so it is known; EEXIST where somebody put a queue on the loopback device, which tells nothing.
        return error is { Errno: InvalidArgument or Exists } ? null : error ?? new NetlinkError($"tc {kind}", NetlinkError.NoAnswer);
    }

    private NetlinkError? Transaction(KernelFeature feature)
    {
        NetlinkWriter writer = _netfilter.Writer;
        NfFamily family = feature == KernelFeature.Bridge ? NfFamily.Bridge : NfFamily.Inet;
        uint begin = _netfilter.NextSequence();
        writer.BatchBegin(begin, 0);
        writer.NewTable(_netfilter.NextSequence(), family, Table);
        if (feature == KernelFeature.Nat) writer.NewBaseChain(_netfilter.NextSequence(), family, Table, Chain, "nat", NftHook.Postrouting, 100);
        else writer.NewBaseChain(_netfilter.NextSequence(), family, Table, Chain, "filter", NftHook.Forward, 0);
        WriteSet(feature, family);
        using (writer.NewRule(_netfilter.NextSequence(), family, Table, Chain)) WriteRule(feature);
        int start = writer.Length;
        uint last = _netfilter.NextSequence();
        writer.NewTable(last, family, Table);
        writer.AddFlags(start, NetlinkFlags.Ack);
        return _netfilter.Transact("nft probe", begin, last); // no end: nothing is committed
    }

    private void WriteSet(KernelFeature feature, NfFamily family)
    {
        if (feature == KernelFeature.Ranges)
        {
            _netfilter.Writer.NewSet(_netfilter.NextSequence(), family, Table, new NftSet
            {
                Name = Set,
                Id = 1,
                Flags = NftSetFlags.Interval | NftSetFlags.Map | NftSetFlags.Concatenation | NftSetFlags.Timeout,
                KeyType = NftType.Join(NftType.Ipv4, NftType.Port),
                KeyLength = 8,
                DataType = NftType.Mark,
                DataLength = 4,
                FieldLengths = [4, 2],
                Counter = true,
            });
        }
        else if (feature == KernelFeature.DynamicSets)
        {
            _netfilter.Writer.NewSet(_netfilter.NextSequence(), family, Table, new NftSet
            {
                Name = Set,
                Id = 1,
                Flags = NftSetFlags.Dynamic | NftSetFlags.Timeout,
                KeyType = NftType.Mark,
                KeyLength = 4,
                TimeoutMs = 60_000,
                Size = 16,
            });
        }
    }

    private void WriteRule(KernelFeature feature)
    {
        NetlinkWriter writer = _netfilter.Writer;
        switch (feature)
        {
            case KernelFeature.DynamicSets:
                writer.Meta(NftMeta.Mark, 1);
                writer.UpdateSetLimited(Set, 1, 1, 1, 5);
                break;
            case KernelFeature.Conntrack: writer.Ct(NftCt.Mark, 1); break;
            case KernelFeature.Nat: writer.Masquerade(); break;
            case KernelFeature.Fib: writer.FibDestinationType(1); break;
            case KernelFeature.Log: writer.LogGroup("probe", Ruleset.LogGroup, 96); break;
            default: writer.Meta(NftMeta.Mark, 1); break;
        }
    }
}
