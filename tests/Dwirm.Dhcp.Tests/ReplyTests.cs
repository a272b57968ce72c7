using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>What stands in a reply, in which order, and what happens where room is short.</summary>
public sealed class ReplyTests
{
    [Fact]
    public void The_reply_to_a_golden_discover_is_the_golden_offer()
    {
        var config = Network(new Dhcpv4Host { Macs = [new MacAddress(0x020000000011)], Address = Ip("192.168.1.150") });
        var server = new LanServer(config);
        Assert.Equal(GoldenDhcpv4.Offer, Reply(server, GoldenDhcpv4.UdhcpcDiscover));
    }

    [Theory]
    [InlineData(new byte[] { 6, 3, 1, 15 }, new[] { 53, 54, 51, 58, 59, 1, 6, 3, 15, 61 })]
    [InlineData(new byte[] { 3, 3, 28, 3, 1 }, new[] { 53, 54, 51, 58, 59, 1, 3, 28, 61 })]
    [InlineData(new byte[] { 200, 224, 66, 51, 54, 53, 52, 82, 61 }, new[] { 53, 54, 51, 58, 59, 1, 61 })]
    [InlineData(new byte[] { 42, 12, 100, 101 }, new[] { 53, 54, 51, 58, 59, 1, 42, 12, 100, 101, 61 })]
    public void Parameters_stand_in_the_order_asked_for_behind_the_ones_that_must_be(byte[] requested, int[] codes)
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Name = "cam" }));
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(1)).ClientId(1, 2, 3).Requesting(requested).Build());
        Assert.Equal(codes, Codes(reply));
    }

    [Fact]
    [Trait("Requirement", "DHC-11")]
    public void Time_zones_are_sent_on_request_only()
    {
        var server = new LanServer();
        byte[] asked = Reply(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(100, 101).Build());
        Assert.Equal("CET-1CEST,M3.5.0,M10.5.0/3", Text(asked, 100));
        Assert.Equal("Europe/Berlin", Text(asked, 101));
        byte[] plain = Reply(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(1, 3).Build());
        Assert.DoesNotContain(100, Codes(plain));
        Assert.DoesNotContain(101, Codes(plain));
    }

    [Fact]
    public void A_client_without_a_list_gets_the_usual_parameters()
    {
        byte[] reply = Reply(new LanServer(), Dhcpv4Builder.Discover(Mac(1)).Build());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 15, 28], Codes(reply));
        Assert.Equal([53, 54, 51, 58, 59, 1, 28],
            Codes(Reply(new LanServer(Network() with { Routers = [], Dns = [], Domain = "" }), Dhcpv4Builder.Discover(Mac(1)).Build())));
    }

    [Fact]
    public void The_name_of_a_host_is_told_but_not_the_one_a_client_chose()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Name = "cam" }));
        Assert.Equal("cam", Text(Reply(server, Dhcpv4Builder.Discover(Mac(1)).Text(12, "x").Requesting(12).Build()), 12));
        Assert.DoesNotContain(12, Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Text(12, "x").Requesting(12).Build())));
    }

    [Fact]
    public void An_infinite_lease_has_no_renewal_times()
    {
        byte[] reply = Reply(new LanServer(Network() with { LeaseSeconds = long.MaxValue }), Dhcpv4Builder.Discover(Mac(1)).Requesting(1).Build());
        Assert.Equal([53, 54, 51, 1], Codes(reply));
        Assert.Equal([0xff, 0xff, 0xff, 0xff], Value(reply, 51).Select(o => (int)o));
    }

    [Fact]
    public void Fixed_fields_come_from_the_client_as_table_3_says()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        byte[] octets = Dhcpv4Builder.Renew(Mac(1), lease.Address, 0xcafebabe).Fixed(3, 2).Fixed(8, 0, 9).Broadcast().Build();
        byte[] reply = Reply(server, octets);
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal((2, 1, 6, 0), (packet.Op, packet.HardwareType, packet.HardwareLength, packet.Hops));
        Assert.Equal((0xcafebabe, 0, 0x8000), (packet.Xid, packet.Secs, packet.Flags));
        Assert.Equal((lease.Address, lease.Address), (packet.Ciaddr, packet.Yiaddr));
        Assert.Equal(Mac(1), packet.Chaddr);
        Assert.Equal(Dhcpv4MessageType.Ack, packet.MessageType);
        Assert.True(packet.TryGetAddress(54, out Ipv4Address id) && id == Router);
    }

    [Fact]
    public void A_refusal_says_who_refuses_and_nothing_else()
    {
        var server = new LanServer();
        byte[] reply = Reply(server, Dhcpv4Builder.Reboot(Mac(1), Ip("10.0.0.1")).ClientId(1, 2).Requesting(1, 3).Giaddr(Ip("192.168.1.2"))
            .Option(82, 1, 2, 3).Build(), "{}"u8);
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal([53, 54, 61, 82], Codes(reply));
        Assert.Equal(Dhcpv4MessageType.Nak, packet.MessageType);
        Assert.True(packet.BroadcastFlag);
        Assert.True(packet.Yiaddr.IsAny && packet.Ciaddr.IsAny);
        Assert.Equal(Ip("192.168.1.2"), packet.Giaddr);
    }

    [Fact]
    public void The_answer_to_inform_has_parameters_and_no_times()
    {
        byte[] reply = Reply(new LanServer(), Dhcpv4Builder.Inform(Mac(1), Ip("192.168.1.20")).Requesting(3, 6, 51).Build());
        Assert.Equal([53, 54, 1, 3, 6], Codes(reply));
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal((Dhcpv4MessageType.Ack, true, Ip("192.168.1.20")), (packet.MessageType, packet.Yiaddr.IsAny, packet.Ciaddr));
    }

    [Fact]
    public void What_asks_for_no_reply_gets_none()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        var buffer = new byte[1500];
        foreach (Dhcpv4Builder message in new[]
        {
            Dhcpv4Builder.Message(99, Mac(1)), Dhcpv4Builder.Release(Mac(1), lease.Address, Router), Dhcpv4Builder.Release(Mac(1), lease.Address, Router),
        })
        {
            Assert.True(Dhcpv4Packet.TryParse(message.Build(), out Dhcpv4Packet packet, out ParseFault _));
            Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now);
            Assert.False(server.Engine.TryWriteReply(packet, decision, default, 224, buffer, out int written));
            Assert.Equal(0, written);
        }
    }

    [Fact]
    [Trait("Requirement", "DWIRM-25")]
    public void A_profile_answer_rides_in_the_offer_and_pushes_out_what_is_merely_asked_for()
    {
        var server = new LanServer(Network() with { Domain = new string('d', 200) });
        byte[] discover = Dhcpv4Builder.Discover(Mac(1)).Requesting(1, 3, 6, 15, 42, 224).Build();
        byte[] answer = Enumerable.Range(0, 300).Select(i => (byte)i).ToArray();

        byte[] small = Reply(server, discover, answer.AsSpan(0, 20));
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 15, 42, 224], Codes(small));
        byte[] large = Reply(server, discover, answer);
        Assert.Equal(answer, Value(large, 224));
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 42, 52], Codes(large).Where(code => code != 224));
        Assert.InRange(large.Length, 300, 548);

        Assert.True(Dhcpv4Packet.TryParse(discover, out Dhcpv4Packet packet, out ParseFault _));
        Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now);
        Assert.False(server.Engine.TryWriteReply(packet, decision, new byte[600], 224, new byte[1500], out _));
        Assert.Equal(1, server.Engine.RepliesTooLarge);
        Assert.True(server.Engine.TryWriteReply(packet, decision, default, 224, new byte[1500], out _));
    }

    [Fact]
    [Trait("Requirement", "DHC-03")]
    public void A_domain_stays_in_one_piece_even_where_it_has_to_move()
    {
        string domain = new('d', 120);
        var server = new LanServer(Network() with { Domain = domain, Dns = [.. Enumerable.Range(2, 40).Select(i => new Ipv4Address(0xc0a80100u + (uint)i))] });
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(3, 6, 15).Build());
        Assert.Equal(domain, Text(reply, 15));
        Assert.Single(Codes(reply), 15);
        Assert.Equal(160, Value(reply, 6).Length);
    }

    [Fact]
    [Trait("Requirement", "DHC-04")]
    public void No_reply_is_longer_than_the_client_takes()
    {
        var server = new LanServer();
        byte[] answer = new byte[900];
        foreach ((int? size, int pad, bool fits) in new (int?, int, bool)[] { (null, 300, false), (400, 300, false), (1000, 300, false), (1280, 300, true), (null, 1300, true) })
        {
            Dhcpv4Builder message = Dhcpv4Builder.Discover(Mac(1)).Requesting(1);
            if (size is { } octets) message.U16(57, (ushort)octets);
            Assert.True(Dhcpv4Packet.TryParse(message.PadTo(pad).Build(), out Dhcpv4Packet packet, out ParseFault _));
            Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now);
            Assert.Equal(fits, server.Engine.TryWriteReply(packet, decision, answer, 224, new byte[4000], out int written));
            Assert.InRange(written, 0, packet.PayloadLimit);
        }
    }

    internal static byte[] Reply(LanServer server, byte[] octets, ReadOnlySpan<byte> answer = default)
    {
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _));
        Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now);
        var buffer = new byte[4000];
        Array.Fill(buffer, (byte)0xa5);
        int limit = packet.PayloadLimit;
        Assert.True(server.Engine.TryWriteReply(packet, decision, answer, 224, buffer, out int written), decision.ToString());
        Assert.All(buffer[limit..], octet => Assert.Equal(0xa5, octet));
        return buffer[..written];
    }

    internal static List<int> Codes(byte[] message)
    {
        Assert.True(Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out ParseFault _));
        var codes = new List<int>();
        foreach (Dhcpv4Option option in packet.Options) codes.Add(option.Code);
        return codes;
    }

    internal static byte[] Value(byte[] message, byte code)
    {
        Assert.True(Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out ParseFault _));
        return packet.TryGetOption(code, new byte[4000], out ReadOnlySpan<byte> value) ? value.ToArray() : [];
    }

    private static string Text(byte[] message, byte code) => Encoding.ASCII.GetString(Value(message, code));
}
