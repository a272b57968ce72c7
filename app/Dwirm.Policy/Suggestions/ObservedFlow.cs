using Dwirm.Wire;

namespace Dwirm.Policy.Suggestions;

/// <summary>Something a device was seen to use, or to serve.</summary>
public sealed class ObservedFlow
{
    /// <summary>Which side opened the connection: Consume when the device did.</summary>
    public required ServiceDirection Direction { get; init; }

    /// <summary>Tcp or Udp, never both.</summary>
    public required Transports Transport { get; init; }

    /// <summary>The port that was connected to.</summary>
    public required ushort Port { get; init; }

    /// <summary>The name the device had asked for before; empty when it is not known. Only under Consume.</summary>
    public string Name { get; init; } = "";

    /// <summary>The other side, as last seen; IPv4 as ::ffff:0:0/96.</summary>
    public Ipv6Address Peer { get; set; }

    /// <summary>In how many looks it was there.</summary>
    public int Sightings { get; set; }

    /// <summary>When it was seen last, Unix milliseconds.</summary>
    public long LastUnixMs { get; set; }
}
