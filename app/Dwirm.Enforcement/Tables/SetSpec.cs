using System;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tables;

/// <summary>The shape of one set or map.</summary>
internal sealed record SetSpec(SetId Id, NfFamily Family, string Name, KeyPart[] Parts)
{
    /// <summary>What it maps to; none for a set.</summary>
    public DataKind Data { get; init; }

    public NftSetFlags Flags { get; init; }

    public uint Size { get; init; }

    public uint TimeoutSeconds { get; init; }

    public bool Counter { get; init; }

    /// <summary>True when each element is found only above a rate of its own, and counts what is.</summary>
    public bool Limit { get; init; }

    /// <summary>The rate in the declaration of such a set, octets per second; every element has its own.</summary>
    public const uint DefaultLimit = 1_000_000;

    /// <summary>True when its elements are ranges; such a set is never given two elements that overlap.</summary>
    public bool IsInterval => (Flags & NftSetFlags.Interval) != 0;

    /// <summary>True when rules fill it; the ledger knows nothing of its elements.</summary>
    public bool IsDynamic => (Flags & NftSetFlags.Dynamic) != 0;

    public bool IsMap => Data != DataKind.None;

    /// <summary>Octets of the key with every field padded to four.</summary>
    public int KeyLength { get; } = LengthOf(Parts);

    public int DataLength => Data switch
    {
        DataKind.Mark or DataKind.Class or DataKind.Address => 4,
        DataKind.AddressPort => 8,
        _ => 0,
    };

    private static int LengthOf(KeyPart[] parts)
    {
        int length = 0;
        foreach (KeyPart part in parts) length += Padded(LengthOf(part));
        return length;
    }

    public static int Padded(int length) => (length + 3) & ~3;

    public static int LengthOf(KeyPart part) => part switch
    {
        KeyPart.IfName or KeyPart.Ip6 or KeyPart.NdTarget => 16,
        KeyPart.Ether => 6,
        KeyPart.Port => 2,
        KeyPart.Protocol or KeyPart.Icmpv6Type or KeyPart.Direction => 1,
        _ => 4,
    };

    /// <summary>nft's number for a key type.</summary>
    public static uint TypeOf(KeyPart part) => part switch
    {
        KeyPart.IfName => NftType.IfName,
        KeyPart.Ether => NftType.Ether,
        KeyPart.Source4 or KeyPart.Destination4 => NftType.Ipv4,
        KeyPart.Ip6 => NftType.Ipv6,
        KeyPart.NdTarget => NftType.Integer,
        KeyPart.Protocol => NftType.Protocol,
        KeyPart.Port => NftType.Port,
        KeyPart.Icmpv6Type => NftType.Icmpv6Type,
        KeyPart.Direction => NftType.Direction,
        _ => NftType.Mark,
    };

    /// <summary>nft's word for a key type.</summary>
    public static string TypeName(KeyPart part) => part switch
    {
        KeyPart.IfName => "ifname",
        KeyPart.Ether => "ether_addr",
        KeyPart.Source4 or KeyPart.Destination4 => "ipv4_addr",
        KeyPart.Ip6 => "ipv6_addr",
        KeyPart.Protocol => "inet_proto",
        KeyPart.Port => "inet_service",
        KeyPart.Icmpv6Type => "icmpv6_type",
        KeyPart.Direction => "ct_dir",
        KeyPart.Mark => "mark",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    /// <summary>nft's words for a data type.</summary>
    public string DataName => Data switch
    {
        DataKind.Verdict => "verdict",
        DataKind.Mark => "mark",
        DataKind.Class => "classid",
        DataKind.Address => "ipv4_addr",
        _ => "ipv4_addr . inet_service",
    };

    /// <summary>nft's number for the data type.</summary>
    public uint DataType => Data switch
    {
        DataKind.Verdict => NftType.Verdict,
        DataKind.Mark => NftType.Mark,
        DataKind.Class => NftType.ClassId,
        DataKind.Address => NftType.Ipv4,
        DataKind.AddressPort => NftType.Join(NftType.Ipv4, NftType.Port),
        _ => 0,
    };
}

/// <summary>The catalogue of sets.</summary>
internal static class Sets
{
    private const NftSetFlags Timed = NftSetFlags.Timeout;
    private const NftSetFlags Ranges = NftSetFlags.Interval | NftSetFlags.Concatenation;
    private const NftSetFlags Dynamic = NftSetFlags.Dynamic | NftSetFlags.Timeout;

    /// <summary>Devices with a budget of their own at once: as many as are kept on record, for one without room is refused.</summary>
    public const int BudgetSize = 16384;

    private static readonly SetSpec[] All = Catalogue();

    public static SetSpec Get(SetId id) => All[(int)id];

    private static SetSpec[] Catalogue()
    {
        var all = new SetSpec[(int)SetId.Count];
        foreach (SetSpec spec in Inet()) all[(int)spec.Id] = spec;
        foreach (SetSpec spec in Bridge()) all[(int)spec.Id] = spec;
        return all;
    }

    private static SetSpec[] Inet() =>
    [
        In(SetId.Lan, "lan", KeyPart.IfName),
        In(SetId.Uplink, "uplink", KeyPart.IfName),
        In(SetId.Isolated, "isolated", KeyPart.IfName),
        In(SetId.Full, "full", KeyPart.Ether),
        In(SetId.Wan4, "wan4", KeyPart.Destination4),
        In(SetId.Hairpin, "hairpin", KeyPart.IfName, KeyPart.Source4) with { Flags = Ranges },
        In(SetId.Base, "base", KeyPart.Protocol, KeyPart.Port),
        In(SetId.Discovery, "discovery", KeyPart.Icmpv6Type),
        In(SetId.Posture, "posture", KeyPart.IfName) with { Flags = NftSetFlags.Map, Data = DataKind.Verdict },
        In(SetId.Dev, "dev", KeyPart.Ether) with { Flags = NftSetFlags.Map, Data = DataKind.Verdict },
        In(SetId.Bind4, "bind4", KeyPart.IfName, KeyPart.Ether, KeyPart.Source4) with { Flags = Timed },
        In(SetId.Bind6, "bind6", KeyPart.IfName, KeyPart.Ether, KeyPart.Ip6) with { Flags = Timed },
        In(SetId.Own4, "own4", KeyPart.Source4) with { Flags = Timed },
        In(SetId.Own6, "own6", KeyPart.Ip6) with { Flags = Timed },
        // Whose address it is: the device's generation in the upper 24 bits of a mark. What IPv6 grants is keyed by that, so a device may have
        // many addresses, and take new ones, without another element for any of its services.
        Marks(SetId.Device6, "id6", Timed, KeyPart.Ip6),
        In(SetId.Net6, "net6", KeyPart.IfName, KeyPart.Ip6) with { Flags = Ranges },
        In(SetId.Live, "live", KeyPart.Direction, KeyPart.Mark) with { Flags = Timed | NftSetFlags.Map, Data = DataKind.Class, Counter = true },
        // A device whose traffic through the router is one service.
        Marks(SetId.Whole, "whole", NftSetFlags.None, KeyPart.Ether),
        Marks(SetId.C4, "c4", Timed, KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.C4Range, "c4r", Ranges, KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.C6, "c6", Timed, KeyPart.Mark, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.C6Range, "c6r", Ranges, KeyPart.Mark, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.P4, "p4", Timed, KeyPart.IfName, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        // Provides that name their sources, and port ranges above sixteen: the source address stands in front, 0.0.0.0/0 for every peer.
        // A service with sources has no element in p4, so nobody else gets in.
        Marks(SetId.P4Range, "p4r", Ranges, KeyPart.Source4, KeyPart.IfName, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.P6, "p6", Timed, KeyPart.IfName, KeyPart.Mark, KeyPart.Protocol, KeyPart.Port),
        Marks(SetId.P6Range, "p6r", Ranges, KeyPart.Ip6, KeyPart.IfName, KeyPart.Mark, KeyPart.Protocol, KeyPart.Port),
        In(SetId.Forward4, "fwd4", KeyPart.Protocol, KeyPart.Port) with { Flags = Timed | NftSetFlags.Map, Data = DataKind.AddressPort },
        In(SetId.Forward4Range, "fwd4r", KeyPart.Protocol, KeyPart.Port) with { Flags = Ranges | NftSetFlags.Map, Data = DataKind.Address },
        In(SetId.Police, "police", KeyPart.Direction, KeyPart.Mark) with { Limit = true },
        // What a device sends to the router itself leaves by no queue.
        In(SetId.PoliceInput, "police_in", KeyPart.Direction, KeyPart.Mark) with { Limit = true },
        In(SetId.Violations, "viol", KeyPart.Ether, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port)
            with { Flags = Dynamic, Size = 4096, TimeoutSeconds = 3600, Counter = true },
        In(SetId.Violations6, "viol6", KeyPart.Ether, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port)
            with { Flags = Dynamic, Size = 4096, TimeoutSeconds = 3600, Counter = true },
        // Filled by whoever makes up hardware addresses, and full it keeps quiet about everybody: forgotten as soon as a budget is whole again.
        In(SetId.LogBudget, "vlog", KeyPart.Ether) with { Flags = Dynamic, Size = BudgetSize, TimeoutSeconds = 10 },
        In(SetId.Dns, "dns", KeyPart.IfName, KeyPart.Protocol, KeyPart.Port),
        In(SetId.DnsForeign, "dns_foreign", KeyPart.IfName, KeyPart.Protocol, KeyPart.Port),
        In(SetId.DnsAllowed, "dns_allowed", KeyPart.IfName, KeyPart.Protocol, KeyPart.Port),
        In(SetId.DnsBlocked, "dns_blocked", KeyPart.IfName, KeyPart.Protocol, KeyPart.Port),
        In(SetId.DnsPort, "dns_port", KeyPart.IfName, KeyPart.Protocol, KeyPart.Port),
        In(SetId.DnsBudget, "dns_budget", KeyPart.Ether) with { Flags = Dynamic, Size = BudgetSize, TimeoutSeconds = 60 },
        In(SetId.Observed, "observed", KeyPart.Source4),
        In(SetId.LearnBudget, "learn", KeyPart.Ether) with { Flags = Dynamic, Size = BudgetSize, TimeoutSeconds = 600 },
    ];

    private static SetSpec[] Bridge() =>
    [
        L2(SetId.L2Port, "port", KeyPart.IfName) with { Flags = NftSetFlags.Map, Data = DataKind.Verdict },
        L2(SetId.L2Dev, "dev", KeyPart.Ether) with { Flags = NftSetFlags.Map, Data = DataKind.Verdict },
        L2(SetId.L2Class, "l2class", KeyPart.Ether) with { Flags = NftSetFlags.Map, Data = DataKind.Verdict },
        L2(SetId.L2Managed, "managed", KeyPart.Ether),
        L2(SetId.L2Bind4, "bind4", KeyPart.Ether, KeyPart.Source4) with { Flags = Timed },
        L2(SetId.L2Bind6, "bind6", KeyPart.Ether, KeyPart.Ip6) with { Flags = Timed },
        L2(SetId.L2NdOwn, "ndown", KeyPart.Ether, KeyPart.NdTarget) with { Flags = Timed },
        L2(SetId.L2NdHeld, "ndheld", KeyPart.NdTarget) with { Flags = Timed },
        L2(SetId.L2Own4, "own4", KeyPart.Source4) with { Flags = Timed },
        L2(SetId.L2Own6, "own6", KeyPart.Ip6) with { Flags = Timed },
        L2(SetId.L2Net6, "net6", KeyPart.IfName, KeyPart.Ip6) with { Flags = Ranges },
        L2Marks(SetId.L2Provide, "lp4", Timed, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2ProvideRange, "lp4r", Timed | Ranges, KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2Consume, "lc4", Timed, KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2ConsumeRange, "lc4r", Timed | Ranges, KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port),
        // The MAC names the device: its IPv6 address was checked against it when the frame came in.
        L2Marks(SetId.L2Provide6, "lp6", Timed, KeyPart.Ether, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2Provide6Range, "lp6r", Timed | Ranges, KeyPart.Ip6, KeyPart.Ether, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2Consume6, "lc6", Timed, KeyPart.Ether, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port),
        L2Marks(SetId.L2Consume6Range, "lc6r", Timed | Ranges, KeyPart.Ether, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port),
        L2(SetId.L2Up, "lup", KeyPart.Mark) with { Limit = true },
        L2(SetId.L2Down, "ldown", KeyPart.Mark) with { Limit = true },
        L2(SetId.L2Seen, "seen", KeyPart.Source4, KeyPart.Destination4, KeyPart.Protocol, KeyPart.Port, KeyPart.Port)
            with { Flags = Dynamic, Size = 65535, TimeoutSeconds = 180 },
        L2(SetId.L2Seen6, "seen6", KeyPart.Ip6, KeyPart.Ip6, KeyPart.Protocol, KeyPart.Port, KeyPart.Port)
            with { Flags = Dynamic, Size = 65535, TimeoutSeconds = 180 },
        L2(SetId.L2LearnBudget, "learn", KeyPart.Ether) with { Flags = Dynamic, Size = BudgetSize, TimeoutSeconds = 600 },
        L2(SetId.L2LogBudget, "vlog", KeyPart.Ether) with { Flags = Dynamic, Size = BudgetSize, TimeoutSeconds = 10 },
    ];

    private static SetSpec In(SetId id, string name, params KeyPart[] parts) => new(id, NfFamily.Inet, name, parts);

    private static SetSpec L2(SetId id, string name, params KeyPart[] parts) => new(id, NfFamily.Bridge, name, parts);

    private static SetSpec L2Marks(SetId id, string name, NftSetFlags flags, params KeyPart[] parts) =>
        new(id, NfFamily.Bridge, name, parts) { Flags = flags | NftSetFlags.Map, Data = DataKind.Mark, Counter = true };

    private static SetSpec Marks(SetId id, string name, NftSetFlags flags, params KeyPart[] parts) =>
        new(id, NfFamily.Inet, name, parts) { Flags = flags | NftSetFlags.Map, Data = DataKind.Mark };
}
