using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Plans;

/// <summary>Everything the kernel is to enforce at one moment, as data: computed from grants, leases and the clock, compared with what the kernel has.</summary>
/// <param name="Networks">The networks whose DHCP is ours.</param>
/// <param name="Uplinks">The outside: devices and addresses that port forwards listen on.</param>
/// <param name="Devices">Every device that is known, at most one per MAC.</param>
public sealed record EnforcementPlan(
    IReadOnlyList<PlannedNetwork> Networks,
    IReadOnlyList<PlannedUplink> Uplinks,
    IReadOnlyList<PlannedDevice> Devices);

/// <summary>What devices that never negotiated may do on a network.</summary>
public enum NetworkPosture : byte
{
    /// <summary>Everything the firewall allows.</summary>
    Open,

    /// <summary>DHCP, DNS and NTP of the router only.</summary>
    Quarantine,

    /// <summary>The internet by way of the router, but no other device of the router's networks.</summary>
    Isolate,
}

/// <summary>What becomes of a managed device's questions to another resolver than the router's (port 53).</summary>
public enum ForeignDns : byte
{
    /// <summary>They are answered by the router's resolver, and the device does not notice.</summary>
    Redirect,

    /// <summary>They are refused, and counted as what they are.</summary>
    Block,

    /// <summary>They go where the device wants.</summary>
    Allow,
}

/// <summary>A network of ours.</summary>
/// <param name="Name">Logical name in UCI.</param>
/// <param name="Device">Linux network device, for example <c>br-lan</c>.</param>
/// <param name="IsBridge">True when <paramref name="Device"/> is a bridge, so that the bridge table applies to it.</param>
/// <param name="Prefix">The router's own address on it, with the prefix length.</param>
/// <param name="Posture">For devices that are not in the plan.</param>
public sealed record PlannedNetwork(string Name, string Device, bool IsBridge, Ipv4Prefix Prefix, NetworkPosture Posture)
{
    /// <summary>The router's own IPv6 addresses on it, with their prefix lengths; link-local ones are implied.</summary>
    public IReadOnlyList<Ipv6Prefix> Prefixes6 { get; init; } = [];

    /// <summary>True while the DNS forwarder listens there: managed devices' questions to the router are redirected to it.</summary>
    public bool HasForwarder { get; init; }

    /// <summary>Ordinary devices that are observed: they ask as managed ones do, so that their endpoints are known by name.</summary>
    public IReadOnlyList<Ipv4Address> Observed { get; init; } = [];

    /// <summary>What becomes of their questions to others.</summary>
    public ForeignDns ForeignDns { get; init; }
}

/// <summary>An interface to the outside.</summary>
/// <param name="Name">Logical name in UCI.</param>
/// <param name="Device">Linux network device.</param>
/// <param name="Addresses">Its present IPv4 addresses.</param>
public sealed record PlannedUplink(string Name, string Device, IReadOnlyList<Ipv4Address> Addresses)
{
    /// <summary>Its present IPv6 addresses.</summary>
    public IReadOnlyList<Ipv6Address> Addresses6 { get; init; } = [];
}

/// <summary>How a device is treated as a whole.</summary>
public enum DevicePosture : byte
{
    /// <summary>Reaches and is reached through its services only; with none, only the router's DHCP, DNS and NTP are left.</summary>
    Managed,

    /// <summary>Not restricted; only kept from using managed devices' addresses. One service, if it has one, stands for all it sends through the router.</summary>
    FullAccess,

    /// <summary>As its network treats devices that are not in the plan, but its one service stands for all it sends through the router.</summary>
    Ordinary,
}

/// <summary>One device under enforcement.</summary>
public sealed record PlannedDevice
{
    /// <summary>Hardware address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Linux device of its network; empty when that network is not served any more.</summary>
    public required string Device { get; init; }

    /// <summary>Treatment.</summary>
    public required DevicePosture Posture { get; init; }

    /// <summary>IPv4 addresses that are its own: its lease.</summary>
    public IReadOnlyList<Ipv4Address> Addresses4 { get; init; } = [];

    /// <summary>IPv6 addresses that are its own; the EUI-64 link-local address is implied.</summary>
    public IReadOnlyList<Ipv6Address> Addresses6 { get; init; } = [];

    /// <summary>Upper 24 bits of its service ids; 1 to 0xffffff, 0 when it has no services.</summary>
    public uint Generation { get; init; }

    /// <summary>Class slot, 0 to 4093; -1 when no service has a rate.</summary>
    public int Slot { get; init; } = -1;

    /// <summary>Greatest throughput of all its services together towards it, bits per second; 0 for no limit.</summary>
    public long DownBitsPerSecond { get; init; }

    /// <summary>Greatest throughput of all its services together from it, bits per second; 0 for no limit.</summary>
    public long UpBitsPerSecond { get; init; }

    /// <summary>Its services, active or not; at most 15 with a rate.</summary>
    public IReadOnlyList<PlannedService> Services { get; init; } = [];
}

/// <summary>One service of a device.</summary>
public sealed record PlannedService
{
    /// <summary>Number within the device, 1 to 255; the low octet of the service id (sid = Generation * 256 + Id).</summary>
    public required byte Id { get; init; }

    /// <summary>Which side opens connections.</summary>
    public required ServiceDirection Direction { get; init; }

    /// <summary>Category name, for people; never used as a kernel name.</summary>
    public required string Category { get; init; }

    /// <summary>True while the schedule is open and the clock is trusted.</summary>
    public required bool Active { get; init; }

    /// <summary>Monotonic milliseconds at which <see cref="Active"/> ends by schedule; 0 when it does not. The kernel element times out a little later by itself.</summary>
    public long ActiveUntilMs { get; init; }

    /// <summary>Greatest throughput, bits per second in each direction; 0 for line rate.</summary>
    public long RateBitsPerSecond { get; init; }

    /// <summary>Provide: ports that peers on the device's own network may open.</summary>
    public IReadOnlyList<PlannedPort> Ports { get; init; } = [];

    /// <summary>Provide: whose devices may open <see cref="Ports"/>.</summary>
    public ServiceReach Reach { get; init; }

    /// <summary>Provide: who may connect, by IPv4 address; from Endpoints under Provide. See <see cref="IsForEveryone"/>.</summary>
    public IReadOnlyList<Ipv4Prefix> Sources { get; init; } = [];

    /// <summary>Provide: who may connect, by IPv6 address.</summary>
    public IReadOnlyList<Ipv6Address> Sources6 { get; init; } = [];

    /// <summary>True when no source is named, of either family: then every peer of the network may connect.</summary>
    public bool IsForEveryone => Sources.Count == 0 && Sources6.Count == 0;

    /// <summary>Provide: forwards from the outside, pairwise equal in size. For IPv6 the inside ports are opened to the uplink, nothing is translated.</summary>
    public IReadOnlyList<PlannedForward> Forwards { get; init; } = [];

    /// <summary>Consume: where the device may connect by IPv4, names already resolved.</summary>
    public IReadOnlyList<PlannedEndpoint> Endpoints { get; init; } = [];

    /// <summary>Consume: where the device may connect by IPv6.</summary>
    public IReadOnlyList<PlannedEndpoint6> Endpoints6 { get; init; } = [];
}

/// <summary>Ports of one transport.</summary>
/// <param name="Transport">Tcp or Udp, never both.</param>
/// <param name="Range">The ports.</param>
public readonly record struct PlannedPort(Transports Transport, PortRange Range);

/// <summary>A port forward; port k of one range maps to port k of the other.</summary>
/// <param name="Transport">Tcp or Udp, never both.</param>
/// <param name="External">Ports on the uplink addresses.</param>
/// <param name="Internal">Ports on the device, same count.</param>
public readonly record struct PlannedForward(Transports Transport, PortRange External, PortRange Internal);

/// <summary>A destination a device may connect to.</summary>
/// <param name="Destination">Address or prefix; 0.0.0.0/0 for anywhere.</param>
/// <param name="Transport">Tcp or Udp, never both.</param>
/// <param name="Range">Destination ports.</param>
public readonly record struct PlannedEndpoint(Ipv4Prefix Destination, Transports Transport, PortRange Range);

/// <summary>An IPv6 destination a device may connect to.</summary>
/// <param name="Destination">The address.</param>
/// <param name="Transport">Tcp or Udp, never both.</param>
/// <param name="Range">Destination ports.</param>
public readonly record struct PlannedEndpoint6(Ipv6Address Destination, Transports Transport, PortRange Range);
