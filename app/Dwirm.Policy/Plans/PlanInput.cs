using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Plans;

/// <summary>Everything a plan is made of.</summary>
public sealed record PlanInput
{
    /// <summary>The networks whose DHCP is ours. A device of another network has no address and no service.</summary>
    public required IReadOnlyList<PlannedNetwork> Networks { get; init; }

    /// <summary>The outside.</summary>
    public IReadOnlyList<PlannedUplink> Uplinks { get; init; } = [];

    /// <summary>Prefixes on the router's other links, IPv4 as ::ffff:0:0/96: no device's own name leads there, nor to the router's addresses in them.</summary>
    public IReadOnlyList<Ipv6Prefix> Elsewhere { get; init; } = [];

    /// <summary>Every device that is on record, in any order; not looked at when one device is planned.</summary>
    public IEnumerable<PlanDevice> Devices { get; init; } = [];

    /// <summary>What is known of host names.</summary>
    public required INameResolver Names { get; init; }

    /// <summary>The router's own zone.</summary>
    public required ILocalZone Zone { get; init; }
}

/// <summary>A device, with what it holds now.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Grant">Its grant, or null.</param>
/// <param name="Address">Its leased address; null while it has no lease.</param>
/// <param name="QuotaSpent">True when today's quota of its controls is used up.</param>
public sealed record PlanDevice(DeviceRecord Record, Grant? Grant, Ipv4Address? Address, bool QuotaSpent = false)
{
    /// <summary>The IPv6 addresses that were learnt to be its own; the EUI-64 link-local address is implied.</summary>
    public IReadOnlyList<Ipv6Address> Addresses6 { get; init; } = [];
}
