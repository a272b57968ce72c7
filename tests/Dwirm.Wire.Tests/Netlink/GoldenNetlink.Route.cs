namespace Dwirm.Wire.Tests.Netlink;

/// <content>Traffic control (linux/pkt_sched.h), conntrack and rtnetlink.</content>
internal static partial class GoldenNetlink
{
    /// <summary><c>tc qdisc replace dev X root handle 1: htb default 0</c></summary>
    public static byte[] HtbRoot => Hex(
        """
        48 00 00 00 | length 72
        24 00 05 05 | RTM_NEWQDISC, REQUEST|ACK|REPLACE|CREATE
        0d 00 00 00 | sequence 13
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        00 00 01 00 | handle 1:
        ff ff ff ff | parent TC_H_ROOT
        00 00 00 00 | info
        08 00 01 00 | TCA_KIND, length 8
        68 74 62 00 | "htb"
        1c 00 02 80 | TCA_OPTIONS, nested, length 28
        18 00 02 00 | TCA_HTB_INIT, length 24
        03 00 00 00 0a 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 | version 3, rate2quantum 10, default class 0, debug 0, direct packets 0
        """);

    /// <summary><c>tc class replace dev X parent 1:110 classid 1:111 htb rate 8kbit ceil 2mbit burst 3000 cburst 3000 quantum 1514</c></summary>
    public static byte[] HtbClass => Hex(
        """
        68 08 00 00 | length 2152
        28 00 05 04 | RTM_NEWTCLASS, REQUEST|ACK|CREATE
        0e 00 00 00 | sequence 14
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        11 01 01 00 | handle 1:111
        10 01 01 00 | parent 1:110
        00 00 00 00 | info
        08 00 01 00 | TCA_KIND, length 8
        68 74 62 00 | "htb"
        3c 08 02 80 | TCA_OPTIONS, nested, length 2108
        30 00 01 00 | TCA_HTB_PARMS, length 48
        03 01 00 00 ff ff 00 00 e8 03 00 00 | rate: cell log 3, Ethernet, overhead 0, cell align -1, mpu 0, 1,000 octets a second
        03 01 00 00 ff ff 00 00 90 d0 03 00 | ceil: the same, 250,000 octets a second
        78 41 cb 02 | buffer: 3,000 octets in ticks of 64 ns at the rate
        6c dc 02 00 | cbuffer: at the ceil
        ea 05 00 00 | quantum 1,514
        00 00 00 00 | level
        00 00 00 00 | prio
        04 04 04 00 | TCA_HTB_RTAB, length 1028
        @rtab 1000 | 256 ticks
        04 04 03 00 | TCA_HTB_CTAB, length 1028
        @rtab 250000 | 256 ticks
        """);

    /// <summary><c>tc qdisc replace dev X parent 1:111 bfifo limit 25000</c></summary>
    public static byte[] Bfifo => Hex(
        """
        38 00 00 00 | length 56
        24 00 05 05 | RTM_NEWQDISC, REQUEST|ACK|REPLACE|CREATE
        0f 00 00 00 | sequence 15
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        00 00 00 00 | no handle: the kernel picks one
        11 01 01 00 | parent 1:111
        00 00 00 00 | info
        0a 00 01 00 | TCA_KIND, length 10
        62 66 69 66 6f 00 | "bfifo"
        00 00 | padding
        08 00 02 00 | TCA_OPTIONS, length 8
        a8 61 00 00 | limit 25,000 octets
        """);

    /// <summary><c>tc qdisc replace dev X parent 1:111 fq_codel target 9084us interval 100ms limit 1024</c></summary>
    public static byte[] FqCodel => Hex(
        """
        50 00 00 00 | length 80
        24 00 05 05 | RTM_NEWQDISC, REQUEST|ACK|REPLACE|CREATE
        10 00 00 00 | sequence 16
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        00 00 00 00 | no handle
        11 01 01 00 | parent 1:111
        00 00 00 00 | info
        0d 00 01 00 | TCA_KIND, length 13
        66 71 5f 63 6f 64 65 6c 00 | "fq_codel"
        00 00 00 | padding
        1c 00 02 80 | TCA_OPTIONS, nested, length 28
        08 00 01 00 | TCA_FQ_CODEL_TARGET, length 8
        7c 23 00 00 | 9,084 microseconds
        08 00 03 00 | TCA_FQ_CODEL_INTERVAL, length 8
        a0 86 01 00 | 100,000 microseconds
        08 00 02 00 | TCA_FQ_CODEL_LIMIT, length 8
        00 04 00 00 | 1,024 packets
        """);

    /// <summary><c>tc class del dev X classid 1:111; tc qdisc del dev X root</c></summary>
    public static byte[] Deletions => Hex(
        """
        24 00 00 00 | length 36
        29 00 05 00 | RTM_DELTCLASS, REQUEST|ACK
        11 00 00 00 | sequence 17
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        11 01 01 00 | handle 1:111
        00 00 00 00 | parent
        00 00 00 00 | info
        24 00 00 00 | length 36
        25 00 05 00 | RTM_DELQDISC, REQUEST|ACK
        12 00 00 00 | sequence 18
        00 00 00 00 | port id
        00 00 00 00 | tcmsg: AF_UNSPEC
        09 00 00 00 | device 9
        00 00 01 00 | handle 1:
        ff ff ff ff | parent TC_H_ROOT
        00 00 00 00 | info
        """);

    /// <summary><c>conntrack -D --mark 0x1000/0xffffff00</c></summary>
    public static byte[] Conntrack => Hex(
        """
        24 00 00 00 | length 36
        02 01 05 00 | IPCTNL_MSG_CT_DELETE, REQUEST|ACK
        13 00 00 00 | sequence 19
        00 00 00 00 | port id
        00 00 00 00 | nfgenmsg: AF_UNSPEC, version 0, resource 0
        08 00 08 00 | CTA_MARK, length 8
        00 00 10 00 | 0x1000
        08 00 15 00 | CTA_MARK_MASK, length 8
        ff ff ff 00 | one device
        """);

    /// <summary><c>conntrack -L</c></summary>
    public static byte[] ConntrackList => Hex(
        """
        14 00 00 00 | length 20
        01 01 01 03 | IPCTNL_MSG_CT_GET, REQUEST|DUMP
        15 00 00 00 | sequence 21
        00 00 00 00 | port id
        00 00 00 00 | nfgenmsg: AF_UNSPEC, version 0, resource 0
        """);

    /// <summary>A flow from inside to outside behind masquerading, as the kernel lists it; counters, timeout and use left out.</summary>
    public static byte[] ConntrackFlow => Hex(
        """
        94 00 00 00 | length 148
        00 01 02 00 | IPCTNL_MSG_CT_NEW, MULTI
        15 00 00 00 | sequence 21
        00 00 00 00 | port id
        02 00 00 00 | nfgenmsg: AF_INET
        34 00 01 80 | CTA_TUPLE_ORIG, nested, length 52
        14 00 01 80 | CTA_TUPLE_IP, nested, length 20
        08 00 01 00 c0 a8 01 14 | CTA_IP_V4_SRC 192.168.1.20
        08 00 02 00 cb 00 71 05 | CTA_IP_V4_DST 203.0.113.5
        1c 00 02 80 | CTA_TUPLE_PROTO, nested, length 28
        05 00 01 00 06 00 00 00 | CTA_PROTO_NUM tcp
        06 00 02 00 c3 50 00 00 | CTA_PROTO_SRC_PORT 50000
        06 00 03 00 01 bb 00 00 | CTA_PROTO_DST_PORT 443
        34 00 02 80 | CTA_TUPLE_REPLY, nested, length 52
        14 00 01 80 | CTA_TUPLE_IP, nested, length 20
        08 00 01 00 cb 00 71 05 | CTA_IP_V4_SRC 203.0.113.5
        08 00 02 00 cb 00 71 02 | CTA_IP_V4_DST 203.0.113.2
        1c 00 02 80 | CTA_TUPLE_PROTO, nested, length 28
        05 00 01 00 06 00 00 00 | CTA_PROTO_NUM tcp
        06 00 02 00 01 bb 00 00 | CTA_PROTO_SRC_PORT 443
        06 00 03 00 04 01 00 00 | CTA_PROTO_DST_PORT 1025
        08 00 03 00 00 00 01 8e | CTA_STATUS: confirmed, source translated, assured, seen reply
        08 00 08 00 00 00 10 01 | CTA_MARK
        08 00 63 00 00 00 00 00 | an attribute of a kernel to come
        """);

    /// <summary><c>ip link; ip -4 address</c></summary>
    public static byte[] Route => Hex(
        """
        20 00 00 00 | length 32
        12 00 01 03 | RTM_GETLINK, REQUEST|DUMP
        14 00 00 00 | sequence 20
        00 00 00 00 | port id
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 | ifinfomsg
        18 00 00 00 | length 24
        16 00 01 03 | RTM_GETADDR, REQUEST|DUMP
        15 00 00 00 | sequence 21
        00 00 00 00 | port id
        02 00 00 00 00 00 00 00 | ifaddrmsg: AF_INET
        """);

    /// <summary><c>ip -6 address; ip -6 neighbour; ip neighbour add fd00:1::10 dev … use</c></summary>
    public static byte[] Neighbours => Hex(
        """
        18 00 00 00 | length 24
        16 00 01 03 | RTM_GETADDR, REQUEST|DUMP
        16 00 00 00 | sequence 22
        00 00 00 00 | port id
        0a 00 00 00 00 00 00 00 | ifaddrmsg: AF_INET6
        1c 00 00 00 | length 28
        1e 00 01 03 | RTM_GETNEIGH, REQUEST|DUMP
        17 00 00 00 | sequence 23
        00 00 00 00 | port id
        0a 00 00 00 00 00 00 00 00 00 00 00 | ndmsg: AF_INET6
        30 00 00 00 | length 48
        1c 00 05 04 | RTM_NEWNEIGH, REQUEST|ACK|CREATE
        18 00 00 00 | sequence 24
        00 00 00 00 | port id
        0a 00 00 00 | ndmsg: AF_INET6
        09 00 00 00 | device 9
        00 00 01 00 | NUD_NONE, NTF_USE
        14 00 01 00 | NDA_DST, length 20
        fd 00 00 01 00 00 00 00 00 00 00 00 00 00 00 10 | fd00:1::10
        """);

    /// <summary>What the second of these is answered with: one neighbour that was heard of, one that never answered.</summary>
    public static byte[] Neighbour => Hex(
        """
        50 00 00 00 | length 80
        1c 00 02 00 | RTM_NEWNEIGH, MULTI
        17 00 00 00 | sequence 23
        00 00 00 00 | port id
        0a 00 00 00 | ndmsg: AF_INET6
        09 00 00 00 | device 9
        04 00 00 01 | NUD_STALE, unicast
        14 00 01 00 | NDA_DST, length 20
        fd 00 00 01 00 00 00 00 00 00 00 00 00 00 00 10 | fd00:1::10
        0a 00 02 00 | NDA_LLADDR, length 10
        02 00 00 00 00 10 | its holder
        00 00 | padding
        14 00 03 00 | NDA_CACHEINFO, length 20
        2c 01 00 00 | confirmed 3 s ago
        64 00 00 00 | used 1 s ago
        2c 01 00 00 | updated 3 s ago
        00 00 00 00 | references
        30 00 00 00 | length 48
        1c 00 02 00 | RTM_NEWNEIGH, MULTI
        17 00 00 00 | sequence 23
        00 00 00 00 | port id
        0a 00 00 00 | ndmsg: AF_INET6
        09 00 00 00 | device 9
        20 00 00 01 | NUD_FAILED, unicast
        14 00 01 00 | NDA_DST, length 20
        fd 00 00 01 00 00 00 00 00 00 00 00 00 00 00 11 | fd00:1::11
        """);
}
