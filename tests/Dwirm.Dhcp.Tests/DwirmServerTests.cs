using System;
using System.Linq;
using System.Text;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>DHCPDWIRMSERVER on the wire, and where replies go.</summary>
public sealed class DwirmServerTests
{
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        """{"IoT Profile":{"Description":"Example Brand Security Camera","Status":"Deny"}}""");

    [Fact]
    [Trait("Requirement", "DWIRM-18")]
    public void The_answer_is_written_octet_by_octet()
    {
        byte[] request = Dhcpv4Builder.DwirmClient(Mac(0x11), "{}", 0x0a0b0c0d).ClientId(1, 2).Broadcast().Giaddr(Ip("192.168.1.2")).Build();
        byte[] expected =
        [
            0x02, 0x01, 0x06, 0x00,                     // op BOOTREPLY, Ethernet, hlen 6, hops
            0x0a, 0x0b, 0x0c, 0x0d,                     // xid of the DHCPDWIRMCLIENT
            0x00, 0x00, 0x80, 0x00,                     // secs, flags: broadcast as the client asked
            .. GoldenDhcpv4.Zeros(12),                  // ciaddr, yiaddr, siaddr
            0xc0, 0xa8, 0x01, 0x02,                     // giaddr 192.168.1.2
            0x02, 0x00, 0x00, 0x00, 0x00, 0x11,         // chaddr
            .. GoldenDhcpv4.Zeros(10 + 64 + 128),       // chaddr padding, sname, file
            0x63, 0x82, 0x53, 0x63,                     // magic cookie
            0x35, 0x01, 0xf1,                           // 53 message type: DHCPDWIRMSERVER (241)
            0x36, 0x04, 0xc0, 0xa8, 0x01, 0x01,         // 54 server identifier: 192.168.1.1
            0x3d, 0x02, 0x01, 0x02,                     // 61 client identifier echoed
            0xe0, 0x4f, .. Answer,                      // 224 the answer: 79 octets
            0xff,                                       // end
        ];
        Assert.Equal(expected, Write(request, Answer));
    }

    [Fact]
    [Trait("Requirement", "DHC-02")]
    public void A_later_answer_equals_the_one_that_would_have_been_sent_at_once()
    {
        foreach (int length in new[] { 1, 79, 255, 256, 400 })
        {
            byte[] json = Enumerable.Repeat((byte)'x', length).ToArray();
            byte[] request = Dhcpv4Builder.DwirmClient(Mac(1), "{}", 7).ClientId(1, 2).Giaddr(Ip("192.168.1.2")).Option(82, 1, 1, 9).Build();
            Assert.True(Dhcpv4Packet.TryParse(request, out Dhcpv4Packet packet, out ParseFault _));
            Dhcpv4Correspondent stored = Dhcpv4Correspondent.From(packet);
            byte[] buffer = new byte[2000];
            Array.Fill(buffer, (byte)0xa5);
            Assert.True(Dhcpv4Replies.TryWriteDwirmServer(stored, 241, 224, Router, json, buffer, out int written));
            Assert.Equal(Write(request, json), buffer[..written]);
        }
    }

    [Theory]
    [Trait("Requirement", "DWIRM-24")]
    [InlineData(null, 0, 294, false)]
    [InlineData(null, 0, 295, true)]
    [InlineData(null, 0, 477, true)]
    [InlineData(null, 0, 478, null)]
    [InlineData(1500, 0, 900, false)]
    [InlineData(null, 900, 620, false)]
    [InlineData(null, 900, 1000, null)]
    public void File_and_sname_are_used_before_giving_up(int? option57, int clientLength, int answer, bool? overload)
    {
        Dhcpv4Builder message = Dhcpv4Builder.DwirmClient(Mac(1), "{}");
        if (option57 is { } size) message.U16(57, (ushort)size);
        byte[] request = message.PadTo(clientLength).Build();
        byte[] json = Enumerable.Range(0, answer).Select(i => (byte)i).ToArray();
        Assert.True(Dhcpv4Packet.TryParse(request, out Dhcpv4Packet packet, out ParseFault _));
        bool fits = Dhcpv4Replies.TryWriteDwirmServer(packet, 241, 224, Router, json, new byte[4000], out int written);
        Assert.Equal(overload is not null, fits);
        Assert.InRange(written, 0, packet.PayloadLimit);
        if (!fits) return;
        byte[] reply = Write(request, json);
        Assert.Equal(json, ReplyTests.Value(reply, 224));
        Assert.Equal(overload, ReplyTests.Codes(reply).Contains(52));
    }

    private static byte[] Write(byte[] request, byte[] json)
    {
        Assert.True(Dhcpv4Packet.TryParse(request, out Dhcpv4Packet packet, out ParseFault _));
        var buffer = new byte[2000];
        Array.Fill(buffer, (byte)0xa5);
        Assert.True(Dhcpv4Replies.TryWriteDwirmServer(packet, 241, 224, Router, json, buffer, out int written));
        return buffer[..written];
    }

    public static TheoryData<string, string, bool, Dhcpv4Action, string, string, int, bool> Destinations => new()
    {
        // giaddr, ciaddr, broadcast flag, action, yiaddr → address, port, to the hardware address
        { "0.0.0.0", "0.0.0.0", false, Dhcpv4Action.Offer, "192.168.1.9", "192.168.1.9", 68, true },
        { "0.0.0.0", "0.0.0.0", true, Dhcpv4Action.Offer, "192.168.1.9", "255.255.255.255", 68, false },
        { "192.168.1.2", "0.0.0.0", true, Dhcpv4Action.Offer, "192.168.1.9", "192.168.1.2", 67, false },
        { "192.168.1.2", "192.168.1.9", false, Dhcpv4Action.Nak, "0.0.0.0", "192.168.1.2", 67, false },
        { "0.0.0.0", "192.168.1.9", false, Dhcpv4Action.Nak, "0.0.0.0", "255.255.255.255", 68, false },
        { "0.0.0.0", "192.168.1.9", false, Dhcpv4Action.Ack, "192.168.1.9", "192.168.1.9", 68, false },
        { "0.0.0.0", "192.168.1.9", true, Dhcpv4Action.Ack, "192.168.1.9", "192.168.1.9", 68, false },
        { "0.0.0.0", "203.0.113.5", false, Dhcpv4Action.Offer, "192.168.1.9", "192.168.1.9", 68, true },
        { "0.0.0.0", "192.168.1.9", false, Dhcpv4Action.InformAck, "192.168.1.9", "192.168.1.9", 68, false },
        { "0.0.0.0", "0.0.0.0", false, Dhcpv4Action.Offer, "0.0.0.0", "255.255.255.255", 68, false },
    };

    [Theory]
    [MemberData(nameof(Destinations))]
    public void Replies_go_where_section_4_1_says(
        string giaddr, string ciaddr, bool broadcast, Dhcpv4Action action, string yiaddr, string address, int port, bool toHardware)
    {
        Dhcpv4Builder message = Dhcpv4Builder.Discover(Mac(1)).Giaddr(Ip(giaddr)).Ciaddr(Ip(ciaddr));
        if (broadcast) message.Broadcast();
        Assert.True(Dhcpv4Packet.TryParse(message.Build(), out Dhcpv4Packet packet, out ParseFault _));
        var expected = new Dhcpv4Destination(Ip(address), (ushort)port, toHardware);
        Assert.Equal(expected, Dhcpv4Destination.For(packet, action, Ip(yiaddr)));
    }

    [Fact]
    public void Without_an_ethernet_address_a_reply_is_broadcast()
    {
        Assert.True(Dhcpv4Packet.TryParse(Dhcpv4Builder.Discover(Mac(1)).Hardware(32, 0).Build(), out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(new Dhcpv4Destination(Ipv4Address.Broadcast, 68, false), Dhcpv4Destination.For(packet, Dhcpv4Action.Offer, Ip("192.168.1.9")));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-20")]
    [InlineData(false, "192.168.1.9", "192.168.1.9")]
    [InlineData(true, "192.168.1.9", "192.168.1.9")]
    [InlineData(false, "0.0.0.0", "255.255.255.255")]
    public void A_later_answer_goes_to_the_leased_address(bool broadcast, string bound, string address)
    {
        Dhcpv4Builder message = Dhcpv4Builder.DwirmClient(Mac(1), "{}");
        if (broadcast) message.Broadcast();
        Assert.True(Dhcpv4Packet.TryParse(message.Build(), out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(new Dhcpv4Destination(Ip(address), 68, false), Dhcpv4Correspondent.From(packet).Destination(Ip(bound)));
    }
}
