using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tables;

/// <summary>What has to be known of a packet before a field of it means anything.</summary>
internal enum Needs : byte
{
    Nothing,
    Ethernet,
    Ip,
    Ip6,
    Arp,
    Udp,
    Icmp,
    Icmpv6,
}

/// <summary>Where a field comes from.</summary>
internal enum FieldSource : byte
{
    Meta,
    Ct,
    CtOriginal,
    Payload,
    FibDestinationType,
}

/// <summary>Something of a packet or its flow that rules look at: nft's words for it, and how the kernel loads it.</summary>
internal sealed record Field(string Text, FieldSource Source, uint Key, int Length)
{
    public NftBase Base { get; private init; }

    public int Offset { get; private init; }

    public Needs Needs { get; private init; }

    /// <summary>Numbers of <c>meta</c> and <c>ct</c> are in host order, those in the packet in network order.</summary>
    public bool HostOrder => Source != FieldSource.Payload && this != EtherProtocol;

    public static readonly Field IifName = new("iifname", FieldSource.Meta, (uint)NftMeta.IifName, 16);
    public static readonly Field OifName = new("oifname", FieldSource.Meta, (uint)NftMeta.OifName, 16);
    public static readonly Field IifType = new("meta iiftype", FieldSource.Meta, (uint)NftMeta.IifType, 2);
    public static readonly Field EtherProtocol = new("meta protocol", FieldSource.Meta, (uint)NftMeta.Protocol, 2);
    public static readonly Field NfProtocol = new("meta nfproto", FieldSource.Meta, (uint)NftMeta.NfProtocol, 1);
    public static readonly Field L4Protocol = new("meta l4proto", FieldSource.Meta, (uint)NftMeta.L4Protocol, 1);
    public static readonly Field PacketType = new("meta pkttype", FieldSource.Meta, (uint)NftMeta.PacketType, 1);
    public static readonly Field Mark = new("meta mark", FieldSource.Meta, (uint)NftMeta.Mark, 4);
    public static readonly Field Priority = new("meta priority", FieldSource.Meta, (uint)NftMeta.Priority, 4);

    public static readonly Field CtState = new("ct state", FieldSource.Ct, (uint)NftCt.State, 4);
    public static readonly Field CtDirection = new("ct direction", FieldSource.Ct, (uint)NftCt.Direction, 1);
    public static readonly Field CtStatus = new("ct status", FieldSource.Ct, (uint)NftCt.Status, 4);
    public static readonly Field CtMark = new("ct mark", FieldSource.Ct, (uint)NftCt.Mark, 4);
    public static readonly Field CtOriginalDaddr = new("ct original ip daddr", FieldSource.CtOriginal, (uint)NftCt.DestinationIp, 4);

    public static readonly Field FibDaddrType = new("fib daddr type", FieldSource.FibDestinationType, 0, 4);

    public static readonly Field EtherDaddr = In("ether daddr", NftBase.Link, 0, 6, Needs.Ethernet);
    public static readonly Field EtherSaddr = In("ether saddr", NftBase.Link, 6, 6, Needs.Ethernet);
    public static readonly Field EtherType = In("ether type", NftBase.Link, 12, 2, Needs.Nothing);

    /// <summary>Tag control information of an 802.1Q tag; the kernel shows the tag in its place even where a driver has taken it off.</summary>
    public static readonly Field VlanTag = In("@ll,112,16", NftBase.Link, 14, 2, Needs.Nothing);

    public static readonly Field IpFragment = In("ip frag-off", NftBase.Network, 6, 2, Needs.Ip);
    public static readonly Field IpProtocol = In("ip protocol", NftBase.Network, 9, 1, Needs.Ip);
    public static readonly Field IpSaddr = In("ip saddr", NftBase.Network, 12, 4, Needs.Ip);
    public static readonly Field IpDaddr = In("ip daddr", NftBase.Network, 16, 4, Needs.Ip);
    public static readonly Field Ip6HopLimit = In("ip6 hoplimit", NftBase.Network, 7, 1, Needs.Ip6);
    public static readonly Field Ip6Saddr = In("ip6 saddr", NftBase.Network, 8, 16, Needs.Ip6);
    public static readonly Field Ip6Daddr = In("ip6 daddr", NftBase.Network, 24, 16, Needs.Ip6);
    public static readonly Field ArpSaddrEther = In("arp saddr ether", NftBase.Network, 8, 6, Needs.Arp);
    public static readonly Field ArpSaddrIp = In("arp saddr ip", NftBase.Network, 14, 4, Needs.Arp);
    public static readonly Field ArpDaddrIp = In("arp daddr ip", NftBase.Network, 24, 4, Needs.Arp);
    public static readonly Field Sport = In("th sport", NftBase.Transport, 0, 2, Needs.Nothing);
    public static readonly Field Dport = In("th dport", NftBase.Transport, 2, 2, Needs.Nothing);
    public static readonly Field UdpSport = In("udp sport", NftBase.Transport, 0, 2, Needs.Udp);
    public static readonly Field UdpDport = In("udp dport", NftBase.Transport, 2, 2, Needs.Udp);
    public static readonly Field IcmpType = In("icmp type", NftBase.Transport, 0, 1, Needs.Icmp);
    public static readonly Field Icmpv6Type = In("icmpv6 type", NftBase.Transport, 0, 1, Needs.Icmpv6);

    /// <summary>Target address of a neighbour solicitation or advertisement (RFC 4861 section 4.3): nft 1.0.6 has no name for it.</summary>
    public static readonly Field NdTarget = In("@th,64,128", NftBase.Transport, 8, 16, Needs.Nothing);

    private static Field In(string text, NftBase header, int offset, int length, Needs needs) =>
        new(text, FieldSource.Payload, 0, length) { Base = header, Offset = offset, Needs = needs };
}
