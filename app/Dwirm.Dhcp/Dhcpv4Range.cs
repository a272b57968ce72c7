using Dwirm.Dhcp.Options;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>One range of dynamic addresses of a network.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Last address; below <paramref name="Start"/> there is none.</param>
public sealed record Dhcpv4Range(Ipv4Address Start, Ipv4Address End)
{
    /// <summary>Whom it is for.</summary>
    public TagCondition Condition { get; init; }

    /// <summary>Tags that come with an address of it.</summary>
    public TagSet Gives { get; init; }

    /// <summary>Lease time in seconds; <see cref="long.MaxValue"/> is infinite.</summary>
    public long LeaseSeconds { get; init; } = 12 * 3600;

    /// <summary>False when only clients with a reserved address are served.</summary>
    public bool Dynamic { get; init; } = true;
}
