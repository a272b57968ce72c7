namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// Offsets and sizes of the fixed part of a DHCPv4 message, in octets (RFC 2131 section 2, figure 1).
/// <code>
///   0                   1                   2                   3
///   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///   +---------------+---------------+---------------+---------------+
///  0|     op (1)    |   htype (1)   |   hlen (1)    |   hops (1)    |
///   +---------------+---------------+---------------+---------------+
///  4|                            xid (4)                            |
///   +-------------------------------+-------------------------------+
///  8|           secs (2)            |           flags (2)           |
///   +-------------------------------+-------------------------------+
/// 12|                          ciaddr  (4)                          |
/// 16|                          yiaddr  (4)                          |
/// 20|                          siaddr  (4)                          |
/// 24|                          giaddr  (4)                          |
/// 28|                          chaddr  (16)                         |
/// 44|                          sname   (64)                         |
///108|                          file    (128)                        |
///236|                          magic cookie (4), options (variable) |
///   +---------------------------------------------------------------+
/// </code>
/// </summary>
public static class Dhcpv4Layout
{
    /// <summary>op of messages from a client.</summary>
    public const byte BootRequest = 1;

    /// <summary>op of messages from a server.</summary>
    public const byte BootReply = 2;

    /// <summary>htype of Ethernet and everything that looks like it.</summary>
    public const byte Ethernet = 1;

    /// <summary>The broadcast bit of flags.</summary>
    public const ushort BroadcastFlag = 0x8000;

    /// <summary>The four octets before the options: 99.130.83.99.</summary>
    public const uint MagicCookie = 0x63825363;

    /// <summary>Octets of the fixed part with the cookie; the options begin here.</summary>
    public const int OptionsOffset = 240;

    /// <summary>The shortest message clients and relays must take (RFC 1542 section 2.1); ours are padded to it.</summary>
    public const int MinimumLength = 300;

    /// <summary>The datagram every client takes, with IP and UDP header (RFC 2131 section 2).</summary>
    public const int MinimumMaximumMessageSize = 576;

    /// <summary>IPv4 header without options, and UDP header.</summary>
    public const int IpUdpOverhead = 28;

    internal const int Hops = 3, Xid = 4, Secs = 8, Flags = 10, Ciaddr = 12, Yiaddr = 16, Siaddr = 20, Giaddr = 24, Chaddr = 28, ChaddrSize = 16;
    internal const int Sname = 44, SnameSize = 64, File = 108, FileSize = 128, Cookie = 236;

    /// <summary>
    /// The longest UDP payload a client is known to take: the largest of 576, its option 57 and its own datagram, less the headers. A client
    /// that built a bigger datagram can take one as well.
    /// </summary>
    /// <param name="option57">The client's option 57, 0 when it sent none.</param>
    /// <param name="clientPayload">UDP payload of the client's own message, in octets.</param>
    public static int PayloadLimit(int option57, int clientPayload)
    {
        int limit = MinimumMaximumMessageSize;
        if (option57 > limit) limit = option57;
        if (clientPayload + IpUdpOverhead > limit) limit = clientPayload + IpUdpOverhead;
        return limit - IpUdpOverhead;
    }
}
