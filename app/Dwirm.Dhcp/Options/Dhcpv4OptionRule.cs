namespace Dwirm.Dhcp.Options;

/// <summary>Where the value of a configured option stands in a reply.</summary>
public enum Dhcpv4Container : byte
{
    /// <summary>It is an option of its own.</summary>
    None = 0,

    /// <summary>Inside option 43, for clients whose vendor class (option 60) contains <see cref="Dhcpv4OptionRule.Vendor"/>.</summary>
    Vendor,

    /// <summary>Inside the option whose code is <see cref="Dhcpv4OptionRule.Outer"/>.</summary>
    Encapsulated,

    /// <summary>Inside option 125 under the enterprise number <see cref="Dhcpv4OptionRule.Outer"/> (RFC 3925 section 4).</summary>
    Enterprise,
}

/// <summary>One configured option, as its octets go out. Later rules of a network come before earlier ones.</summary>
public sealed class Dhcpv4OptionRule
{
    /// <summary>Code; inside a container the code of the sub-option.</summary>
    public required byte Code { get; init; }

    /// <summary>The octets, at most 255. None: an option the server sends by itself is left out, any other is sent empty.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>Whom it is for. A rule with a condition that holds comes before one without.</summary>
    public TagCondition Condition { get; init; }

    /// <summary>True when it is sent whether or not the client asks for it.</summary>
    public bool Force { get; init; }

    /// <summary>Where it stands.</summary>
    public Dhcpv4Container Container { get; init; }

    /// <summary>For <see cref="Dhcpv4Container.Vendor"/>: octets the client's option 60 must contain; none means any.</summary>
    public byte[] Vendor { get; init; } = [];

    /// <summary>Code of the outer option, or the enterprise number.</summary>
    public uint Outer { get; init; }

    /// <summary>True when a client with this vendor class and these tags gets it inside option 43.</summary>
    internal bool IsForVendor(System.ReadOnlySpan<byte> vendorClass, in TagSet tags) => Container == Dhcpv4Container.Vendor &&
        Condition.Holds(tags) && System.MemoryExtensions.IndexOf(vendorClass, (System.ReadOnlySpan<byte>)Vendor) >= 0;
}

/// <summary>What a booting client is told (<c>config boot</c>): file, sname and siaddr of the reply.</summary>
public sealed class Dhcpv4BootRule
{
    /// <summary>Whom it is for.</summary>
    public TagCondition Condition { get; init; }

    /// <summary>ASCII, at most 127 octets: the field file, or option 67 for a client that asks for it.</summary>
    public required byte[] File { get; init; }

    /// <summary>ASCII, at most 63 octets: the field sname, or option 66 for a client that asks for it. May be empty.</summary>
    public byte[] ServerName { get; init; } = [];

    /// <summary>siaddr; 0 for the router.</summary>
    public Wire.Ipv4Address ServerAddress { get; init; }
}
