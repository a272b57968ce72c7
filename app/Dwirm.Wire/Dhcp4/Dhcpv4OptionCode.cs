namespace Dwirm.Wire.Dhcp4;

/// <summary>DHCPv4 option codes this program speaks of (RFC 2132 unless said otherwise). Any other code passes through as a number.</summary>
public static class Dhcpv4OptionCode
{
    /// <summary>One octet of padding without a length.</summary>
    public const byte Pad = 0;

    /// <summary>Subnet mask, 4 octets (section 3.3).</summary>
    public const byte SubnetMask = 1;

    /// <summary>Routers, 4 octets each (section 3.5).</summary>
    public const byte Router = 3;

    /// <summary>DNS servers, 4 octets each (section 3.8).</summary>
    public const byte DnsServer = 6;

    /// <summary>Host name (section 3.14).</summary>
    public const byte HostName = 12;

    /// <summary>Domain name (section 3.17).</summary>
    public const byte DomainName = 15;

    /// <summary>Broadcast address, 4 octets (section 5.3).</summary>
    public const byte BroadcastAddress = 28;

    /// <summary>Vendor specific information: sub-options of the client's vendor (section 8.4).</summary>
    public const byte VendorSpecific = 43;

    /// <summary>NTP servers, 4 octets each (section 8.3).</summary>
    public const byte NtpServer = 42;

    /// <summary>Requested IP address, 4 octets (section 9.1).</summary>
    public const byte RequestedAddress = 50;

    /// <summary>Lease time in seconds, 4 octets; 0xffffffff is infinite (section 9.2).</summary>
    public const byte LeaseTime = 51;

    /// <summary>Which of file (1), sname (2) or both (3) carry options (section 9.3).</summary>
    public const byte Overload = 52;

    /// <summary>Message type, one octet (section 9.6).</summary>
    public const byte MessageType = 53;

    /// <summary>Server identifier, 4 octets (section 9.7).</summary>
    public const byte ServerIdentifier = 54;

    /// <summary>Parameter request list, one code an octet (section 9.8).</summary>
    public const byte ParameterRequestList = 55;

    /// <summary>Text for people, in DHCPNAK and DHCPDECLINE (section 9.9).</summary>
    public const byte Message = 56;

    /// <summary>Largest datagram the client takes, in octets with IP and UDP header, at least 576 (section 9.10).</summary>
    public const byte MaximumMessageSize = 57;

    /// <summary>T1 in seconds, 4 octets (section 9.11).</summary>
    public const byte RenewalTime = 58;

    /// <summary>T2 in seconds, 4 octets (section 9.12).</summary>
    public const byte RebindingTime = 59;

    /// <summary>Vendor class identifier (section 9.13).</summary>
    public const byte VendorClass = 60;

    /// <summary>Client identifier (section 9.14, RFC 4361, RFC 6842).</summary>
    public const byte ClientIdentifier = 61;

    /// <summary>TFTP server name, and boot file name (sections 9.4, 9.5).</summary>
    public const byte TftpServerName = 66, BootFileName = 67;

    /// <summary>User class (RFC 3004).</summary>
    public const byte UserClass = 77;

    /// <summary>Rapid commit, without value (RFC 4039).</summary>
    public const byte RapidCommit = 80;

    /// <summary>Client FQDN: flags, two result codes, name (RFC 4702).</summary>
    public const byte ClientFqdn = 81;

    /// <summary>Relay agent information (RFC 3046).</summary>
    public const byte RelayAgentInformation = 82;

    /// <summary>Authentication (RFC 3118).</summary>
    public const byte Authentication = 90;

    /// <summary>Time zone as a POSIX TZ string (RFC 4833).</summary>
    public const byte PosixTimeZone = 100;

    /// <summary>Time zone as a name of the tz database (RFC 4833).</summary>
    public const byte TzDatabaseTimeZone = 101;

    /// <summary>Forcerenew nonce capable: the algorithms a client knows, one octet each (RFC 6704 section 3.1.1).</summary>
    public const byte ForceRenewNonceCapable = 145;

    /// <summary>Auto-configure, one octet (RFC 2563).</summary>
    public const byte AutoConfigure = 116;

    /// <summary>Subnet selection: an address of the link the client wants one on (RFC 3011).</summary>
    public const byte SubnetSelection = 118;

    /// <summary>Domain search list (RFC 3397).</summary>
    public const byte DomainSearch = 119;

    /// <summary>SIP servers (RFC 3361).</summary>
    public const byte SipServer = 120;

    /// <summary>Vendor-identifying vendor class, and vendor-specific information (RFC 3925).</summary>
    public const byte VendorIdentifyingClass = 124, VendorIdentifyingOptions = 125;

    /// <summary>Manufacturer Usage Description URL (RFC 8520 section 10).</summary>
    public const byte MudUrl = 161;

    /// <summary>The IoT Profile as JSON: the shipped default, a setting within 224 to 254 (RFC 3942).</summary>
    public const byte DefaultProfile = 224;

    /// <summary>End of a field's options, without a length.</summary>
    public const byte End = 255;
}
