using System;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>Named clients: reserved addresses, names, lease times.</summary>
public sealed class HostTests
{
    private static readonly Dhcpv4Host Nas = new() { Macs = [Mac(1)], Name = "nas", Address = Ip("192.168.1.10"), LeaseSeconds = 900 };

    [Fact]
    public void A_host_gets_its_address_name_and_time_and_nobody_else_does()
    {
        var server = new LanServer(Network(Nas));
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Select(Mac(1), server.Discover(Mac(1)), Router).Text(12, "other"));
        Assert.Equal((Ip("192.168.1.10"), "nas", 900L), (decision.Lease!.Address, decision.Lease.Hostname, decision.LeaseSeconds));
        Assert.Equal("nas", decision.StaticName);
        server.Expect(Dhcpv4Builder.Reboot(Mac(2), Ip("192.168.1.10")), Dhcpv4Action.Nak);
        server.Expect(Dhcpv4Builder.Select(Mac(2), Ip("192.168.1.10"), Router), Dhcpv4Action.Nak);
    }

    [Fact]
    public void An_address_reserved_inside_the_pool_is_not_dynamic()
    {
        var server = new LanServer(Network(Nas with { Address = Ip("192.168.1.100") }) with { PoolEnd = Ip("192.168.1.101") });
        Assert.Equal(Ip("192.168.1.101"), server.Discover(Mac(2)));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)), IgnoreReason.NoAddress);
        Assert.Equal(Ip("192.168.1.100"), server.Lease(Mac(1)).Address);
        server.Send(Dhcpv4Builder.Release(Mac(1), Ip("192.168.1.100"), Router));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)), IgnoreReason.NoAddress);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)).Address(50, Ip("192.168.1.100")), IgnoreReason.NoAddress);
    }

    [Fact]
    public void A_host_is_known_by_client_identifier_before_hardware_address_before_name()
    {
        var byId = new Dhcpv4Host { ClientId = "FF0102", Address = Ip("192.168.1.11"), Name = "by-id" };
        var byMac = new Dhcpv4Host { Macs = [Mac(1), Mac(2)], Address = Ip("192.168.1.12"), Name = "by-mac" };
        var byName = new Dhcpv4Host { Name = "by-name", Address = Ip("192.168.1.13") };
        var server = new LanServer(Network(byId, byMac, byName));
        Ipv4Address Offered(Dhcpv4Builder message) => server.Send(message).Lease!.Address;
        Assert.Equal(Ip("192.168.1.11"), Offered(Dhcpv4Builder.Discover(Mac(1)).ClientId(0xff, 1, 2).Text(12, "by-name")));
        Assert.Equal(Ip("192.168.1.12"), Offered(Dhcpv4Builder.Discover(Mac(2)).ClientId(0xff, 1).Text(12, "by-name")));
        Assert.Equal(Ip("192.168.1.13"), Offered(Dhcpv4Builder.Discover(Mac(3)).Text(12, "By-Name")));
        Assert.True(Offered(Dhcpv4Builder.Discover(Mac(4)).Text(12, "by-mac")) >= Ip("192.168.1.100"));
    }

    [Fact]
    public void Nobody_takes_the_name_of_a_host()
    {
        var server = new LanServer(Network(Nas));
        Lease Bind(string name) => server.Send(Dhcpv4Builder.Select(Mac(5), server.Discover(Mac(5)), Router).Text(12, name)).Lease!;
        Assert.Equal("", Bind("NAS").Hostname);
        Assert.Equal("laptop", Bind("laptop").Hostname);
        Assert.Equal("laptop", Bind("nas").Hostname);
        Assert.Equal("tablet", Bind("tablet").Hostname);
    }

    [Fact]
    public void Only_named_clients_are_served_without_dynamic_addresses()
    {
        var server = new LanServer(Network(Nas, new Dhcpv4Host { Macs = [Mac(2)], Name = "no-address" }) with { DynamicDhcp = false });
        server.Lease(Mac(1));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(2)), IgnoreReason.NoAddress);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)), IgnoreReason.NoAddress);
        server.Expect(Dhcpv4Builder.Reboot(Mac(3), Ip("192.168.1.120")), Dhcpv4Action.Nak);
    }

    [Fact]
    public void A_host_without_an_address_takes_one_from_the_pool_under_its_name()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(2)], Name = "printer" }));
        Lease lease = server.Lease(Mac(2));
        Assert.Equal("printer", lease.Hostname);
        Assert.InRange(lease.Address.Value, Ip("192.168.1.100").Value, Ip("192.168.1.249").Value);
    }

    [Fact]
    public void An_ignored_host_gets_no_answer_to_anything()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(2)], Ignore = true }));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(2)), IgnoreReason.HostIgnored);
        server.ExpectIgnored(Dhcpv4Builder.Reboot(Mac(2), Ip("192.168.1.120")), IgnoreReason.HostIgnored);
        server.ExpectIgnored(Dhcpv4Builder.Inform(Mac(2), Ip("192.168.1.120")), IgnoreReason.HostIgnored);
    }

    [Fact]
    public void Of_two_cards_of_one_host_the_newer_request_has_the_address()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1), Mac(2)], Address = Ip("192.168.1.10"), Name = "dock" }));
        Lease wired = server.Lease(Mac(1));
        Assert.Equal(wired.Address, server.Discover(Mac(2)));
        Assert.Same(wired, server.Engine.Leases.ByAddress(wired.Address));
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Select(Mac(2), wired.Address, Router));
        Assert.Equal((Dhcpv4Action.Ack, Mac(2)), (decision.Action, decision.Changed!.Mac));
        Assert.Equal((Mac(1), LeaseState.Free, wired.Address), (decision.Ended!.Mac, decision.Ended.State, decision.Ended.Address));
        Assert.Null(server.Engine.Leases.ByMac(Mac(1), Lan));
        server.ExpectIgnored(Dhcpv4Builder.Release(Mac(1), wired.Address, Router), IgnoreReason.NotTheirAddress);
        Assert.Equal(1, server.Engine.Count);
    }

    [Fact]
    public void While_a_reserved_address_rests_its_owner_gets_another()
    {
        var server = new LanServer(Network(Nas));
        Lease lease = server.Lease(Mac(1));
        server.Expect(Dhcpv4Builder.Decline(Mac(1), lease.Address, Router), Dhcpv4Action.Declined);
        Lease other = server.Lease(Mac(1));
        Assert.NotEqual(lease.Address, other.Address);
        server.Expect(Dhcpv4Builder.Renew(Mac(1), other.Address), Dhcpv4Action.Ack);
        server.After(TimeSpan.FromMinutes(10));
        server.Expect(Dhcpv4Builder.Renew(Mac(1), other.Address), Dhcpv4Action.Nak);
        Assert.Equal(lease.Address, server.Lease(Mac(1)).Address);
    }

    [Fact]
    public void A_reservation_of_what_turns_out_to_be_a_local_address_is_not_kept()
    {
        var server = new LanServer(Network(Nas));
        Ipv4Address own = Ip("192.168.1.10");
        Dhcpv4Action Decide(Dhcpv4Builder message, out Ipv4Address address)
        {
            Assert.True(Dhcpv4Packet.TryParse(message.Build(), out Dhcpv4Packet packet, out ParseFault _));
            Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, own, server.Now);
            address = decision.Lease?.Address ?? default;
            return decision.Action;
        }
        Assert.Equal(Dhcpv4Action.Nak, Decide(Dhcpv4Builder.Reboot(Mac(1), own), out _));
        Assert.Equal(Dhcpv4Action.Nak, Decide(Dhcpv4Builder.Select(Mac(1), own, own), out _));
        Assert.Equal(Dhcpv4Action.Offer, Decide(Dhcpv4Builder.Discover(Mac(1)), out Ipv4Address offered));
        Assert.InRange(offered.Value, Ip("192.168.1.100").Value, Ip("192.168.1.249").Value);
    }

    [Fact]
    public void Of_two_hosts_with_one_address_the_first_has_it()
    {
        var server = new LanServer(Network(Nas, Nas with { Macs = [Mac(2)], Name = "copy" }));
        Assert.NotEqual(Nas.Address, server.Lease(Mac(2)).Address);
        Assert.Equal(Nas.Address, server.Lease(Mac(1)).Address);
    }

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("192.168.1.0")]
    [InlineData("192.168.1.255")]
    [InlineData("10.0.0.5")]
    public void A_reservation_that_cannot_be_kept_is_passed_over(string address)
    {
        var server = new LanServer(Network(Nas with { Address = Ip(address) }));
        Assert.InRange(server.Lease(Mac(1)).Address.Value, Ip("192.168.1.100").Value, Ip("192.168.1.249").Value);
    }

    [Theory]
    [InlineData("cam", "cam")]
    [InlineData("Cam-01", "Cam-01")]
    [InlineData("cam.example.com", "cam")]
    [InlineData("Bob's iPhone", "Bob-s-iPhone")]
    [InlineData("--a__b--", "a-b")]
    [InlineData("../../etc/passwd", "")]
    [InlineData("$(reboot)", "reboot")]
    [InlineData("a\n1 2 3", "a-1-2-3")]
    [InlineData("caméra", "cam-ra")]
    [InlineData("...", "")]
    [InlineData("", "")]
    [InlineData("a\0b", "a")]
    public void A_name_becomes_a_valid_label(string name, string expected)
    {
        Span<char> label = stackalloc char[HostLabel.MaximumLength];
        Assert.Equal(expected, label[..HostLabel.Clean(System.Text.Encoding.UTF8.GetBytes(name), label)].ToString());
    }

    [Fact]
    public void A_long_name_is_cut_without_a_hyphen_at_the_end()
    {
        Span<char> label = stackalloc char[HostLabel.MaximumLength];
        byte[] name = System.Text.Encoding.ASCII.GetBytes(new string('a', 62) + "-" + new string('b', 40));
        Assert.Equal(new string('a', 62), label[..HostLabel.Clean(name, label)].ToString());
        Assert.Equal(63, HostLabel.Clean(System.Text.Encoding.ASCII.GetBytes(new string('a', 300)), label));
    }

    [Fact]
    public void Option_81_comes_before_option_12_in_both_of_its_encodings()
    {
        var server = new LanServer();
        string Name(Dhcpv4Builder message) => server.Send(message).Lease!.Hostname;
        Assert.Equal("fq", Name(Dhcpv4Builder.Discover(Mac(1)).Text(12, "plain").Option(81, [0x00, 0, 0, .. "fq.example"u8])));
        Assert.Equal("fq", Name(Dhcpv4Builder.Discover(Mac(2)).Text(12, "plain").Option(81, [0x04, 0, 0, 2, .. "fq"u8, 7, .. "example"u8, 0])));
        Assert.Equal("plain", Name(Dhcpv4Builder.Discover(Mac(3)).Text(12, "plain").Option(81, 0x04, 0, 0, 200, 1)));
        Assert.Equal("plain", Name(Dhcpv4Builder.Discover(Mac(4)).Text(12, "plain").Option(81, 0, 0)));
        Assert.Equal("", Name(Dhcpv4Builder.Discover(Mac(5))));
    }
}
