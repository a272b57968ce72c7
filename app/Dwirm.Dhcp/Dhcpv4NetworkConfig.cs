using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>What is served on one network. Read from configuration, never changed in place.</summary>
public sealed record Dhcpv4NetworkConfig
{
    /// <summary>The largest dynamic pool, in addresses; a wider range is cut off at its upper end.</summary>
    public const int MaximumPoolSize = 65536;

    /// <summary>Logical network, such as <c>lan</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The router's own address on the network, with the prefix length.</summary>
    public required Ipv4Prefix RouterPrefix { get; init; }

    /// <summary>First address of the dynamic pool. Above <see cref="PoolEnd"/> there is none.</summary>
    public Ipv4Address PoolStart { get; init; } = new(1);

    /// <summary>Last address of the dynamic pool.</summary>
    public Ipv4Address PoolEnd { get; init; }

    /// <summary>False when only clients with a reserved address are served.</summary>
    public bool DynamicDhcp { get; init; } = true;

    /// <summary>Lease time in seconds; <see cref="long.MaxValue"/> is infinite.</summary>
    public long LeaseSeconds { get; init; } = 12 * 3600;

    /// <summary>True when nobody else serves this link: wishes of unknown clients are then refused or taken over instead of passed by.</summary>
    public bool Authoritative { get; init; } = true;

    /// <summary>Named clients. Where two claim the same identity or address the first counts.</summary>
    public IReadOnlyList<Dhcpv4Host> Hosts { get; init; } = [];

    /// <summary>Option 3. Empty: none is sent.</summary>
    public IReadOnlyList<Ipv4Address> Routers { get; init; } = [];

    /// <summary>Option 6.</summary>
    public IReadOnlyList<Ipv4Address> Dns { get; init; } = [];

    /// <summary>Option 42.</summary>
    public IReadOnlyList<Ipv4Address> Ntp { get; init; } = [];

    /// <summary>Option 15, or empty.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Option 100, the POSIX TZ string, or empty; sent on request (RFC 4833).</summary>
    public string ZonePosix { get; init; } = "";

    /// <summary>Option 101, the name in the tz database, or empty; sent on request (RFC 4833).</summary>
    public string ZoneName { get; init; } = "";

    /// <summary>Configured options, first to last; they come before what the properties above would send.</summary>
    public IReadOnlyList<Dhcpv4OptionRule> Options { get; init; } = [];

    /// <summary>What gives clients tags.</summary>
    public IReadOnlyList<Dhcpv4TagRule> TagRules { get; init; } = [];

    /// <summary>What booting clients are told; of several that hold the last counts, and one with a condition before one without.</summary>
    public IReadOnlyList<Dhcpv4BootRule> Boots { get; init; } = [];

    /// <summary>Tags every client of the network has: its device's name.</summary>
    public TagSet Tags { get; init; }

    /// <summary>Tag of clients that a host entry was found for (<c>known</c>).</summary>
    public TagSet KnownTag { get; init; }

    /// <summary>Tag of clients without option 53 (<c>bootp</c>).</summary>
    public TagSet BootpTag { get; init; }

    /// <summary>Tags given by the range from <see cref="PoolStart"/> to <see cref="PoolEnd"/> (<c>networkid</c>).</summary>
    public TagSet RangeTags { get; init; }

    /// <summary>Whom that range is for.</summary>
    public TagCondition RangeCondition { get; init; }

    /// <summary>Further ranges, asked in this order behind the first.</summary>
    public IReadOnlyList<Dhcpv4Range> MoreRanges { get; init; } = [];

    /// <summary>True when a DISCOVER with option 80 is answered by an ACK at once (RFC 4039).</summary>
    public bool RapidCommit { get; init; }

    /// <summary>True when new clients get the lowest free address, else one that depends on who they are.</summary>
    public bool SequentialIp { get; init; }

    /// <summary>True when an address that nobody here was ever seen with is probed before it is offered.</summary>
    public bool Probe { get; init; }

    /// <summary>True when nobody may call itself localhost or wpad.</summary>
    public bool RefuseBogusNames { get; init; }

    /// <summary>Most leases of every state that are kept for all networks; null for the sizes of the ranges and a thousand more.</summary>
    public int? MaximumLeases { get; init; }

    /// <summary>The network whose relays this one is reached by; empty for a network with a device of its own.</summary>
    public string RelayedVia { get; init; } = "";

    /// <summary>Addresses in the dynamic pool, at most <see cref="MaximumPoolSize"/>.</summary>
    public int PoolSize
    {
        get
        {
            if (PoolStart > PoolEnd) return 0;
            long size = (long)PoolEnd.Value - PoolStart.Value + 1;
            return size > MaximumPoolSize ? MaximumPoolSize : (int)size;
        }
    }

    /// <summary>
    /// The range that OpenWrt's <c>start</c> and <c>limit</c> mean: start counts from the network address and wraps inside the host part, the
    /// ends are kept off network, broadcast and the router. Start above End when nothing is left.
    /// </summary>
    /// <param name="router">The router's address with the prefix length.</param>
    /// <param name="start">Offset of the first address.</param>
    /// <param name="limit">Number of addresses.</param>
    public static (Ipv4Address Start, Ipv4Address End) PoolFrom(Ipv4Prefix router, uint start, uint limit)
    {
        long network = router.Network.Value, broadcast = router.BroadcastAddress.Value, own = router.Address.Value;
        (long lower, long upper) = router.Length <= 30 ? (network + 1, broadcast - 1) : (network, broadcast);
        long first = network | (start & ~router.Mask.Value);
        if (first < lower) first = lower;
        if (first == own) first++;
        long last = first + limit - 1;
        if (last > upper) last = upper;
        if (last == own) last--;
        return first > last ? (new Ipv4Address(1), Ipv4Address.Any) : (new Ipv4Address((uint)first), new Ipv4Address((uint)last));
    }
}
