namespace Dwirm.Wire.Tests.Netlink;

/// <content>Packets logged to groups (linux/netfilter/nfnetlink_log.h).</content>
internal static partial class GoldenNetlink
{
    /// <summary><c>ulogd</c> or <c>tcpdump -i nflog:17</c>, which bind likewise in several messages.</summary>
    public static byte[] BindLogGroup => Hex(
        """
        38 00 00 00 | length 56
        01 04 05 00 | NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG, REQUEST|ACK
        05 00 00 00 | sequence 5
        00 00 00 00 | port id
        00 00 00 11 | nfgenmsg: AF_UNSPEC, version 0, group 17
        05 00 01 00 | NFULA_CFG_CMD, length 5
        01 00 00 00 | NFULNL_CFG_CMD_BIND, padding
        0a 00 02 00 | NFULA_CFG_MODE, length 10
        00 00 00 80 | copy 128 octets
        02 00 00 00 | NFULNL_COPY_PACKET, padding
        08 00 04 00 | NFULA_CFG_TIMEOUT, length 8
        00 00 00 0a | 100 ms
        08 00 05 00 | NFULA_CFG_QTHRESH, length 8
        00 00 00 01 | each packet at once
        """);

    /// <summary><c>nft add rule … log prefix "viol " group 17</c>, as the kernel sends it.</summary>
    public static byte[] LoggedPacket => Hex(
        """
        58 00 00 00 | length 88
        00 04 00 00 | NFNL_SUBSYS_ULOG, NFULNL_MSG_PACKET
        00 00 00 00 | sequence 0
        00 00 00 00 | port id
        02 00 00 11 | nfgenmsg: AF_INET, version 0, group 17
        08 00 01 00 | NFULA_PACKET_HDR, length 8
        08 00 02 00 | IPv4, NF_INET_FORWARD, padding
        0a 00 0a 00 | NFULA_PREFIX, length 10
        76 69 6f 6c 20 00 | "viol "
        00 00 | padding
        08 00 04 00 | NFULA_IFINDEX_INDEV, length 8
        00 00 00 03 | 3
        08 00 06 00 | NFULA_IFINDEX_PHYSINDEV, length 8
        00 00 00 04 | 4
        08 00 05 00 | NFULA_IFINDEX_OUTDEV, length 8
        00 00 00 05 | 5
        10 00 08 00 | NFULA_HWADDR, length 16
        00 06 00 00 | six octets, padding
        02 00 00 00 00 10 00 00 | 02:00:00:00:00:10, padding
        08 00 09 00 | NFULA_PAYLOAD, length 8
        45 00 00 14 | the packet
        """);
}
