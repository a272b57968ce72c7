using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>Where a reply goes (RFC 2131 section 4.1): decided here and nowhere else.</summary>
/// <param name="Address">IPv4 destination.</param>
/// <param name="Port">67 for a relay, 68 for a client.</param>
/// <param name="ToHardware">
/// True when the frame has to be sent to the client's hardware address, because the client does not answer ARP for its address yet.
/// </param>
public readonly record struct Dhcpv4Destination(Ipv4Address Address, ushort Port, bool ToHardware)
{
    /// <summary>UDP port of servers and relays.</summary>
    public const ushort ServerPort = 67;

    /// <summary>UDP port of clients.</summary>
    public const ushort ClientPort = 68;

    /// <summary>
    /// The destination of a reply. DHCPDWIRMSERVER is addressed like an OFFER, with the client's leased or offered address as
    /// <paramref name="yiaddr"/>, 0 if it has none.
    /// </summary>
    /// <param name="request">The message that is answered.</param>
    /// <param name="action">The kind of reply.</param>
    /// <param name="yiaddr">The address the reply gives, or the client's own in an INFORM.</param>
    public static Dhcpv4Destination For(in Dhcpv4Packet request, Dhcpv4Action action, Ipv4Address yiaddr) =>
        For(request.Giaddr, request.Ciaddr, request.BroadcastFlag, request.HasEthernetAddress, action, yiaddr);

    /// <summary>The same from stored fields.</summary>
    public static Dhcpv4Destination For(
        Ipv4Address giaddr, Ipv4Address ciaddr, bool broadcastFlag, bool ethernet, Dhcpv4Action action, Ipv4Address yiaddr)
    {
        // "If the 'giaddr' field is non-zero, the server sends any return messages to the 'DHCP server' port on the relay agent."
        if (!giaddr.IsAny) return new Dhcpv4Destination(giaddr, ServerPort, false);

        // "In all cases, when 'giaddr' is zero, the server broadcasts any DHCPNAK messages to 0xffffffff."
        if (action == Dhcpv4Action.Nak) return Everyone;

        // "If 'giaddr' is zero and 'ciaddr' is nonzero, the server unicasts to the address in 'ciaddr'." Only to an address that is the
        // client's by our own records or lies on its link: a forged ciaddr must not aim our replies.
        if (!ciaddr.IsAny && ciaddr == yiaddr) return new Dhcpv4Destination(ciaddr, ClientPort, false);

        // "If the broadcast bit is set, the server broadcasts to 0xffffffff." Otherwise to the hardware address and yiaddr.
        return broadcastFlag || !ethernet || yiaddr.IsAny ? Everyone : new Dhcpv4Destination(yiaddr, ClientPort, true);
    }

    private static Dhcpv4Destination Everyone => new(Ipv4Address.Broadcast, ClientPort, false);
}
