using System;
using System.Text;
using Dwirm.Dhcp.Options;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;
using static Dwirm.Dhcp.Tests.ReplyTests;

namespace Dwirm.Dhcp.Tests;

/// <summary>What later RFCs add to RFC 2131: rapid commit, names, relays, BOOTP, clients that are told to do without.</summary>
public sealed class ProtocolTests
{
    private static readonly Ipv4Address Relay = Ip("10.9.0.2");

    private static LanServer WithRelayed(string via = Lan)
    {
        var server = new LanServer();
        server.Engine.Configure(
        [
            server.Config,
            new Dhcpv4NetworkConfig
            {
                Name = "far", RouterPrefix = Prefix("10.9.0.1/16"), PoolStart = Ip("10.9.1.0"), PoolEnd = Ip("10.9.1.9"), RelayedVia = via,
                Routers = [Ip("10.9.0.1")],
            },
        ]);
        return server;
    }

    [Fact]
    public void Rapid_commit_binds_at_once_where_both_want_it()
    {
        var server = new LanServer(Network() with { RapidCommit = true });
        Dhcpv4Builder discover = Dhcpv4Builder.Discover(Mac(1)).Option(80).Requesting(3);
        byte[] reply = Reply(server, discover.Build());
        Assert.Equal([53, 54, 80, 51, 58, 59, 1, 3], Codes(reply));
        Assert.Equal([Dhcpv4MessageType.Ack], Value(reply, 53));
        Assert.Equal(LeaseState.Bound, server.Engine.Leases.ByMac(Mac(1), Lan)!.State);
        Dhcpv4Decision again = server.Send(discover);
        Assert.Equal((Dhcpv4Action.Ack, true, true), (again.Action, again.IsRapid, ReferenceEquals(again.Lease, again.Changed)));
        server.Expect(Dhcpv4Builder.Discover(Mac(2)), Dhcpv4Action.Offer);
        new LanServer().Expect(discover, Dhcpv4Action.Offer);
    }

    [Theory]
    [InlineData(0x00, "cam", "03ffff", "cam.lan")]
    [InlineData(0x01, "cam.other.example", "01ffff", "cam.lan")]
    [InlineData(0x09, "", "", "")]
    public void A_name_in_text_is_answered_in_text(byte flags, string name, string head, string full)
    {
        byte[] value = Value(Reply(new LanServer(), Dhcpv4Builder.Discover(Mac(1)).Option(81, [flags, 0, 0, .. Encoding.ASCII.GetBytes(name)]).Build()), 81);
        Assert.Equal(head + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(full)), Convert.ToHexStringLower(value));
    }

    [Fact]
    public void A_name_in_wire_form_is_answered_in_wire_form()
    {
        var server = new LanServer(Network() with { Domain = "home.example" });
        byte[] value = Value(Reply(server, Dhcpv4Builder.Discover(Mac(1)).Option(81, [4, 0, 0, 3, .. "cam"u8]).Build()), 81);
        Assert.Equal([7, 255, 255, 3, .. "cam"u8, 4, .. "home"u8, 7, .. "example"u8, 0], value);
        Assert.Empty(Value(Reply(server, Dhcpv4Builder.Discover(Mac(1)).Text(12, "cam").Requesting(81).Build()), 81));
    }

    [Theory]
    [InlineData(0, 63)]
    [InlineData(4, 63)]
    [InlineData(4, 1)]
    public void A_long_domain_never_overruns_the_name(byte flags, int label)
    {
        var server = new LanServer(Network() with { Domain = string.Join('.', new string('d', label), new string('e', 63), new string('f', 63), new string('g', 60)) });
        byte[] name = Encoding.ASCII.GetBytes(new string('h', 63));
        byte[] option = flags == 4 ? [flags, 0, 0, 63, .. name] : [flags, 0, 0, .. name];
        Assert.InRange(Value(Reply(server, Dhcpv4Builder.Discover(Mac(1)).Option(81, option).U16(57, 1500).Build()), 81).Length, 66, 255);
    }

    [Fact]
    public void A_relays_link_chooses_the_network()
    {
        LanServer server = WithRelayed();
        Dhcpv4Decision byGiaddr = server.Send(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Relay).Option(82, 1, 1, 7));
        Assert.Equal(("far", Dhcpv4Action.Offer), (byGiaddr.Network!.Name, byGiaddr.Action));
        Assert.Equal("far", server.Send(Dhcpv4Builder.Discover(Mac(2)).Giaddr(Ip("192.168.1.2")).Option(82, 5, 4, 10, 9, 0, 0)).Network!.Name);
        Assert.Equal("lan", server.Send(Dhcpv4Builder.Discover(Mac(3)).Giaddr(Relay).Option(82, 5, 4, 192, 168, 1, 0)).Network!.Name);
        Dhcpv4Builder subnet = Dhcpv4Builder.Discover(Mac(4)).Option(118, 10, 9, 0, 0).Requesting(3);
        Assert.Equal("far", server.Send(subnet).Network!.Name);
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 118], Codes(Reply(server, subnet.Build())));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(5)).Giaddr(Ip("172.16.0.1")), IgnoreReason.Relayed);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(5)).Option(118, 172, 16, 0, 0), IgnoreReason.Relayed);
        server.Expect(Dhcpv4Builder.Discover(Mac(5)).Option(82, 5, 4, 10, 9, 0, 0), Dhcpv4Action.Offer);
    }

    [Fact]
    public void Nobody_helps_himself_to_a_network_that_is_not_relayed_through_his()
    {
        LanServer server = WithRelayed(via: "office");
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Relay), IgnoreReason.Relayed);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Option(118, 10, 9, 0, 0), IgnoreReason.Relayed);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Ip("192.168.1.2")).Option(82, 5, 4, 10, 9, 0, 0), IgnoreReason.Relayed);
    }

    [Fact]
    public void A_client_behind_a_relay_renews_by_itself()
    {
        LanServer server = WithRelayed();
        Ipv4Address offered = server.Send(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Relay)).Lease!.Address;
        Dhcpv4Decision bound = server.Send(Dhcpv4Builder.Select(Mac(1), offered, Router).Giaddr(Relay));
        Assert.Equal(Dhcpv4Action.Ack, bound.Action);
        Dhcpv4Decision renewed = server.Send(Dhcpv4Builder.Renew(Mac(1), offered), unicast: true);
        Assert.Equal((Dhcpv4Action.Ack, "far"), (renewed.Action, renewed.Network!.Name));
        server.Expect(Dhcpv4Builder.Renew(Mac(9), Ip("172.16.0.1")), Dhcpv4Action.Nak, unicast: true);
    }

    [Fact]
    public void A_relay_may_want_to_be_taken_for_the_server()
    {
        LanServer server = WithRelayed();
        byte[] information = [11, 4, 10, 9, 0, 2];
        Dhcpv4Decision offer = server.Send(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Relay).Option(82, information));
        Assert.Equal(Relay, offer.ServerId);
        server.Expect(Dhcpv4Builder.Select(Mac(1), offer.Lease!.Address, Relay).Giaddr(Relay).Option(82, information), Dhcpv4Action.Ack);
        Assert.Equal(Router, server.Send(Dhcpv4Builder.Discover(Mac(2)).Option(82, information)).ServerId);
    }

    [Fact]
    public void Relay_information_comes_back_last_and_whole()
    {
        byte[] information = [1, 3, 1, 2, 3, 151, 2, 0, 9];
        byte[] reply = Reply(new LanServer(), Dhcpv4Builder.Discover(Mac(1)).Giaddr(Ip("192.168.1.2")).Option(82, information).ClientId(1, 2).Requesting(3).Build());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 61, 82], Codes(reply));
        Assert.Equal(information, Value(reply, 82));
    }

    [Fact]
    public void A_bootp_client_gets_what_was_reserved_for_it_and_nobody_else_anything()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Address = Ip("192.168.1.10"), Name = "old" }, new Dhcpv4Host { Macs = [Mac(2)] }) with
        {
            BootpTag = TagSet.Of(0),
            Boots = [new Dhcpv4BootRule { File = "kernel"u8.ToArray(), Condition = new TagCondition(TagSet.Of(0), default) }],
        });
        byte[] request = new Dhcpv4Builder(Mac(1)).Build();
        Dhcpv4Decision decision = server.Send(request);
        Assert.Equal((Dhcpv4Action.Ack, true, long.MaxValue), (decision.Action, decision.IsBootp, decision.Lease!.ExpiresMs));
        byte[] reply = Reply(server, request);
        Assert.Equal([1, 3, 6, 12, 15, 28], Codes(reply));
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal((Ip("192.168.1.10"), (byte)'k', Router), (packet.Yiaddr, reply[108], packet.Siaddr));
        server.ExpectIgnored(new Dhcpv4Builder(Mac(2)), IgnoreReason.Bootp);
        server.ExpectIgnored(new Dhcpv4Builder(Mac(3)), IgnoreReason.Bootp);
    }

    [Fact]
    public void A_client_without_an_address_hears_whether_to_make_one_up_if_it_asks_and_the_administrator_has_said_so()
    {
        Dhcpv4NetworkConfig closed = Network() with { DynamicDhcp = false };
        var server = new LanServer(closed with { Options = [new Dhcpv4OptionRule { Code = 116, Value = [0] }] });
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(1)).Option(116, 1).Requesting(3).Build());
        Assert.Equal([53, 54, 116], Codes(reply));
        Assert.Equal([0], Value(reply, 116));
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        Assert.True(packet.Yiaddr.IsAny);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)), IgnoreReason.NoAddress);
        new LanServer(closed).ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Option(116, 1), IgnoreReason.NoAddress);
    }

    [Fact]
    public void Some_clients_are_answered_by_broadcast_whatever_they_say()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Broadcast = true }));
        Assert.True(server.Send(Dhcpv4Builder.Discover(Mac(1))).Broadcast);
        Assert.True(Dhcpv4Packet.TryParse(Reply(server, Dhcpv4Builder.Discover(Mac(1)).Build()), out Dhcpv4Packet packet, out ParseFault _));
        Assert.True(packet.BroadcastFlag);
        Assert.False(server.Send(Dhcpv4Builder.Discover(Mac(2))).Broadcast);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("WPAD")]
    public void Nobody_calls_itself_what_would_mislead_others(string name)
    {
        var server = new LanServer(Network() with { RefuseBogusNames = true });
        Assert.Equal("", server.Send(Dhcpv4Builder.Discover(Mac(1)).Text(12, name)).Lease!.Hostname);
        Assert.Equal(name, new LanServer().Send(Dhcpv4Builder.Discover(Mac(1)).Text(12, name)).Lease!.Hostname);
    }

    [Fact]
    public void A_client_identifier_is_found_with_and_without_its_leading_zero()
    {
        var server = new LanServer(Network(new Dhcpv4Host { ClientId = "6361", Address = Ip("192.168.1.9") }));
        Assert.Equal(Ip("192.168.1.9"), server.Send(Dhcpv4Builder.Discover(Mac(1)).ClientId(0, 0x63, 0x61)).Lease!.Address);
    }
}
