namespace Dwirm.Policy;

/// <summary>A closed range of transport ports.</summary>
/// <param name="Low">First port, 1 to 65535.</param>
/// <param name="High">Last port, not below <paramref name="Low"/>.</param>
public readonly record struct PortRange(ushort Low, ushort High)
{
    /// <summary>How many ports the range holds.</summary>
    public int Count => High - Low + 1;

    /// <summary>True when <paramref name="port"/> lies in the range.</summary>
    public bool Contains(int port) => port >= Low && port <= High;

    /// <summary>True when the two ranges share a port.</summary>
    public bool Overlaps(PortRange other) => Low <= other.High && other.Low <= High;

    /// <summary><c>80</c> or <c>88-99</c>, as the profile grammar writes it.</summary>
    public override string ToString() => Low == High ? Low.ToString() : $"{Low}-{High}";
}

/// <summary>The transports a service may use; the profile does not name one, the hints do (DWIRM-15).</summary>
[System.Flags]
public enum Transports : byte
{
    /// <summary>Neither: nothing is allowed.</summary>
    None = 0,

    /// <summary>TCP, protocol number 6.</summary>
    Tcp = 1,

    /// <summary>UDP, protocol number 17.</summary>
    Udp = 2,

    /// <summary>TCP and UDP: what an unknown hint, or none, selects.</summary>
    Both = Tcp | Udp,
}

/// <summary>Which side opens the connections of a service.</summary>
public enum ServiceDirection : byte
{
    /// <summary>Peers open connections to the device.</summary>
    Provide,

    /// <summary>The device opens connections to its endpoints.</summary>
    Consume,
}
