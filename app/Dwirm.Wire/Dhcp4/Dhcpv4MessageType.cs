namespace Dwirm.Wire.Dhcp4;

/// <summary>Values of option 53 (RFC 2132 section 9.6). Any other value passes through as a number.</summary>
public static class Dhcpv4MessageType
{
    /// <summary>Not a value on the wire: the message carries no option 53, so it is BOOTP.</summary>
    public const byte None = 0;

    /// <summary>DHCPDISCOVER, from a client.</summary>
    public const byte Discover = 1;

    /// <summary>DHCPOFFER, from a server.</summary>
    public const byte Offer = 2;

    /// <summary>DHCPREQUEST, from a client.</summary>
    public const byte Request = 3;

    /// <summary>DHCPDECLINE, from a client.</summary>
    public const byte Decline = 4;

    /// <summary>DHCPACK, from a server.</summary>
    public const byte Ack = 5;

    /// <summary>DHCPNAK, from a server.</summary>
    public const byte Nak = 6;

    /// <summary>DHCPRELEASE, from a client.</summary>
    public const byte Release = 7;

    /// <summary>DHCPINFORM, from a client.</summary>
    public const byte Inform = 8;

    /// <summary>DHCPFORCERENEW, from a server, unasked and authenticated (RFC 3203).</summary>
    public const byte ForceRenew = 9;

    /// <summary>DHCPDWIRMCLIENT: a device's profile. The shipped default, a setting, because no number is assigned.</summary>
    public const byte DefaultDwirmClient = 240;

    /// <summary>DHCPDWIRMSERVER: the router's answer. The shipped default, a setting, because no number is assigned.</summary>
    public const byte DefaultDwirmServer = 241;
}
