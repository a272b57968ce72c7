namespace Dwirm.TestKit;

/// <summary>
/// DHCPv4 messages octet by octet, a field a line. Capture command: <c>tcpdump -i br-lan -s 0 -w dhcp.pcap udp port 67 or udp port 68</c>,
/// UDP payload as tshark shows it with <c>-x</c>.
/// </summary>
public static class GoldenDhcpv4
{
    /// <summary>DHCPDISCOVER as busybox udhcpc sends it.</summary>
    public static byte[] UdhcpcDiscover =>
    [
        0x01,                                           // op BOOTREQUEST
        0x01,                                           // htype Ethernet
        0x06,                                           // hlen 6
        0x00,                                           // hops
        0x4d, 0x2a, 0x91, 0x0c,                         // xid
        0x00, 0x00,                                     // secs
        0x00, 0x00,                                     // flags
        0x00, 0x00, 0x00, 0x00,                         // ciaddr
        0x00, 0x00, 0x00, 0x00,                         // yiaddr
        0x00, 0x00, 0x00, 0x00,                         // siaddr
        0x00, 0x00, 0x00, 0x00,                         // giaddr
        0x02, 0x00, 0x00, 0x00, 0x00, 0x11,             // chaddr
        .. Zeros(10),                                   // chaddr padding
        .. Zeros(64),                                   // sname
        .. Zeros(128),                                  // file
        0x63, 0x82, 0x53, 0x63,                         // magic cookie
        0x35, 0x01, 0x01,                               // 53 message type: DISCOVER
        0x3d, 0x07, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x11, // 61 client identifier: htype 1, MAC
        0x39, 0x02, 0x02, 0x40,                         // 57 maximum message size: 576
        0x37, 0x07, 0x01, 0x03, 0x06, 0x0c, 0x0f, 0x1c, 0x2a, // 55 parameter request list: 1 3 6 12 15 28 42
        0x3c, 0x0c, 0x75, 0x64, 0x68, 0x63, 0x70, 0x20, 0x31, 0x2e, 0x33, 0x35, 0x2e, 0x30, // 60 vendor class: "udhcp 1.35.0"
        0xff,                                           // end
        .. Zeros(20),                                   // padding to 300
    ];

    /// <summary>The OFFER of 192.168.1.150 that answers <see cref="UdhcpcDiscover"/>.</summary>
    public static byte[] Offer =>
    [
        0x02,                                           // op BOOTREPLY
        0x01,                                           // htype Ethernet
        0x06,                                           // hlen 6
        0x00,                                           // hops
        0x4d, 0x2a, 0x91, 0x0c,                         // xid of the DISCOVER
        0x00, 0x00,                                     // secs
        0x00, 0x00,                                     // flags of the DISCOVER
        0x00, 0x00, 0x00, 0x00,                         // ciaddr
        0xc0, 0xa8, 0x01, 0x96,                         // yiaddr 192.168.1.150
        0x00, 0x00, 0x00, 0x00,                         // siaddr
        0x00, 0x00, 0x00, 0x00,                         // giaddr
        0x02, 0x00, 0x00, 0x00, 0x00, 0x11,             // chaddr
        .. Zeros(10),                                   // chaddr padding
        .. Zeros(64),                                   // sname
        .. Zeros(128),                                  // file
        0x63, 0x82, 0x53, 0x63,                         // magic cookie
        0x35, 0x01, 0x02,                               // 53 message type: OFFER
        0x36, 0x04, 0xc0, 0xa8, 0x01, 0x01,             // 54 server identifier: 192.168.1.1
        0x33, 0x04, 0x00, 0x00, 0xa8, 0xc0,             // 51 lease time: 43200 s
        0x3a, 0x04, 0x00, 0x00, 0x54, 0x60,             // 58 T1: 21600 s
        0x3b, 0x04, 0x00, 0x00, 0x93, 0xa8,             // 59 T2: 37800 s
        0x01, 0x04, 0xff, 0xff, 0xff, 0x00,             // 1 subnet mask: 255.255.255.0
        0x03, 0x04, 0xc0, 0xa8, 0x01, 0x01,             // 3 router: 192.168.1.1
        0x06, 0x04, 0xc0, 0xa8, 0x01, 0x01,             // 6 DNS: 192.168.1.1
        0x0f, 0x03, 0x6c, 0x61, 0x6e,                   // 15 domain: "lan"
        0x1c, 0x04, 0xc0, 0xa8, 0x01, 0xff,             // 28 broadcast: 192.168.1.255
        0x2a, 0x04, 0xc0, 0xa8, 0x01, 0x01,             // 42 NTP: 192.168.1.1
        0x3d, 0x07, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x11, // 61 client identifier echoed (RFC 6842)
        0xff,                                           // end: octet 306
    ];

    /// <summary>
    /// A message whose client identifier (61) is split over options, file and sname (RFC 3396 with overload 3), around other options.
    /// In aggregate order it reads 00 11 22 33 44 55 66 77.
    /// </summary>
    public static byte[] SplitClientId =>
    [
        0x01, 0x01, 0x06, 0x00,                         // op BOOTREQUEST, Ethernet, hlen 6, hops
        0x00, 0x00, 0x00, 0x2a,                         // xid
        0x00, 0x00, 0x80, 0x00,                         // secs, flags: broadcast
        .. Zeros(16),                                   // ciaddr, yiaddr, siaddr, giaddr
        0x02, 0x00, 0x00, 0x00, 0x00, 0x12,             // chaddr
        .. Zeros(10),                                   // chaddr padding
        0x3d, 0x02, 0x66, 0x77,                         // sname: 61, third piece
        0xff, .. Zeros(59),                             // sname: end
        0x00, 0x00,                                     // file: pad
        0x3d, 0x03, 0x33, 0x44, 0x55,                   // file: 61, second piece
        0x0c, 0x03, 0x63, 0x61, 0x6d,                   // file: 12 host name "cam"
        0xff, .. Zeros(115),                            // file: end
        0x63, 0x82, 0x53, 0x63,                         // magic cookie
        0x35, 0x01, 0x01,                               // 53 message type: DISCOVER
        0x3d, 0x03, 0x00, 0x11, 0x22,                   // 61, first piece
        0x34, 0x01, 0x03,                               // 52 overload: file and sname
        0xff,                                           // end
    ];

    /// <summary>Zeros.</summary>
    public static byte[] Zeros(int count) => new byte[count];
}
