using System;
using System.Buffers.Binary;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>Where a refused packet came from and where it was to go, read out of octets that a device chose.</summary>
internal struct RefusedPacket
{
    /// <summary>Protocol number that stands for an ARP frame; IP has 255 reserved.</summary>
    public const byte Arp = 255;

    private const ushort EtherIpv4 = 0x0800, EtherIpv6 = 0x86dd, EtherArp = 0x0806;
    private const int MaxExtensions = 4;
    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmpv6 = 58, Sctp = 132;

    /// <summary>The address it claims to be from; an IPv4 address as ::ffff:a.b.c.d.</summary>
    public Ipv6Address Source;

    /// <summary>The address it was sent to, or asks for.</summary>
    public Ipv6Address Destination;

    /// <summary>IP protocol, or <see cref="Arp"/>.</summary>
    public byte Protocol;

    /// <summary>Destination port; 0 where there is none, as in a later fragment.</summary>
    public ushort Port;

    /// <summary>Reads what was logged; false when it is no IPv4, IPv6 or ARP, or too short.</summary>
    public static bool TryRead(in LoggedPacket logged, out RefusedPacket packet)
    {
        packet = default;
        ReadOnlySpan<byte> octets = logged.Payload;
        return logged.EtherType switch
        {
            EtherIpv4 => packet.Version4(octets),
            EtherIpv6 => packet.Version6(octets),
            EtherArp => packet.Resolution(octets),
            _ => false,
        };
    }

    /// <summary>The IPv4 address that is mapped; false for an IPv6 address.</summary>
    public static bool IsMapped(Ipv6Address address, out Ipv4Address version4)
    {
        version4 = new Ipv4Address((uint)address.Value);
        return address.Value >> 32 == 0xffff;
    }

    /// <summary>The address in the text form of its version.</summary>
    public static string Text(Ipv6Address address) => IsMapped(address, out Ipv4Address version4) ? version4.ToString() : address.ToString();

    /// <summary>The protocol's name, or its number.</summary>
    public static string ProtocolName(byte protocol) => protocol switch
    {
        Arp => "arp",
        Icmp => "icmp",
        Tcp => "tcp",
        Udp => "udp",
        Icmpv6 => "icmpv6",
        _ => protocol.ToString(),
    };

    private bool Version4(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < 20 || octets[0] >> 4 != 4) return false;
        int header = (octets[0] & 15) * 4;
        if (header < 20) return false;
        Protocol = octets[9];
        Source = Ipv6Address.Mapped(Ipv4Address.Read(octets[12..]));
        Destination = Ipv6Address.Mapped(Ipv4Address.Read(octets[16..]));
        bool isFirst = (BinaryPrimitives.ReadUInt16BigEndian(octets[6..]) & 0x1fff) == 0;
        if (isFirst && header < octets.Length) Transport(octets[header..]);
        return true;
    }

    private bool Version6(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < 40 || octets[0] >> 4 != 6) return false;
        Protocol = octets[6];
        Source = Ipv6Address.Read(octets[8..]);
        Destination = Ipv6Address.Read(octets[24..]);
        ReadOnlySpan<byte> rest = octets[40..];
        // Hop-by-hop, routing and destination options say how long they are in units of eight octets (RFC 8200 section 4).
        for (int i = 0; i < MaxExtensions && Protocol is 0 or 43 or 60 or 44; i++)
        {
            if (rest.Length < 8) return true;
            bool isFragment = Protocol == 44;
            if (isFragment && (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff8) != 0)
            {
                Protocol = rest[0];
                return true;
            }
            int length = isFragment ? 8 : 8 * (rest[1] + 1);
            Protocol = rest[0];
            if (rest.Length < length) return true;
            rest = rest[length..];
        }
        Transport(rest);
        return true;
    }

    // ar_op, sender MAC, sender IP at 14, target MAC, target IP at 24 (RFC 826).
    private bool Resolution(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < 28 || octets[4] != MacAddress.Size || octets[5] != Ipv4Address.Size) return false;
        Protocol = Arp;
        Source = Ipv6Address.Mapped(Ipv4Address.Read(octets[14..]));
        Destination = Ipv6Address.Mapped(Ipv4Address.Read(octets[24..]));
        return true;
    }

    private void Transport(ReadOnlySpan<byte> octets)
    {
        if (Protocol is Tcp or Udp or Sctp && octets.Length >= 4) Port = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
    }
}
