using System;
using System.Collections.Generic;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>RFC 2131 section 4.3.1: which address is offered.</summary>
public sealed class DiscoverTests
{
    [Fact]
    public void The_same_client_is_offered_the_same_address_by_every_engine_of_one_seed()
    {
        var first = new LanServer();
        var second = new LanServer();
        var different = new HashSet<Ipv4Address>();
        for (int i = 1; i <= 20; i++)
        {
            Ipv4Address address = first.Discover(Mac(i));
            Assert.Equal(address, second.Discover(Mac(i)));
            Assert.InRange(address.Value, Ip("192.168.1.100").Value, Ip("192.168.1.249").Value);
            Assert.True(different.Add(address));
        }
        Assert.Equal(new LanServer().Discover(Mac(7)), new LanServer().Discover(Mac(7)));
        Assert.NotEqual(new LanServer(seed: 1).Discover(Mac(7)), new LanServer(seed: 2).Discover(Mac(7)));
    }

    [Fact]
    public void An_offer_is_held_for_sixty_seconds_and_then_gone()
    {
        var server = new LanServer();
        Ipv4Address address = server.Discover(Mac(1));
        Assert.Equal(LeaseState.Offered, server.Engine.Leases.ByAddress(address)!.State);
        Assert.Equal(server.NowMs + 60_000, server.Engine.NextExpiryMs);
        Assert.Empty(server.After(TimeSpan.FromMilliseconds(59_999)));
        Assert.Equal(1, server.Engine.Count);
        Assert.Empty(server.After(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(0, server.Engine.Count);
        Assert.Equal(long.MaxValue, server.Engine.NextExpiryMs);
    }

    [Fact]
    public void A_repeated_discover_holds_the_same_address_longer()
    {
        var server = new LanServer();
        Ipv4Address address = server.Discover(Mac(1));
        server.After(TimeSpan.FromSeconds(50));
        Assert.Equal(address, server.Discover(Mac(1)));
        server.After(TimeSpan.FromSeconds(50));
        Assert.NotNull(server.Engine.Leases.ByAddress(address));
    }

    [Fact]
    public void A_bound_client_is_offered_what_it_has_and_keeps_it()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        Assert.Equal(lease.Address, server.Discover(Mac(1)));
        Assert.Same(lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void A_former_client_gets_its_old_address_again_even_when_an_offer_in_between_ran_out()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        Assert.Equal(Dhcpv4Action.Released, server.Send(Dhcpv4Builder.Release(Mac(1), lease.Address, Router)).Action);
        long freed = server.NowMs;
        server.After(TimeSpan.FromDays(3));
        Assert.Equal(lease.Address, server.Discover(Mac(1)));
        server.After(TimeSpan.FromMinutes(2));
        Lease remembered = server.Engine.Leases.ByAddress(lease.Address)!;
        Assert.Equal((LeaseState.Free, freed), (remembered.State, remembered.ExpiresMs));
        Assert.Equal(lease.Address, server.Discover(Mac(1)));
    }

    [Fact]
    public void A_new_client_gets_the_address_it_wishes_if_nobody_else_ever_had_it()
    {
        var server = new LanServer();
        Ipv4Address wish = Ip("192.168.1.222");
        Dhcpv4Builder Wishing(int client, Ipv4Address address) =>
            Dhcpv4Builder.Discover(Mac(client)).Address(Dhcpv4OptionCode.RequestedAddress, address);
        Assert.Equal(wish, server.Send(Wishing(1, wish)).Lease!.Address);
        Assert.NotEqual(wish, server.Send(Wishing(2, wish)).Lease!.Address);
        foreach (string refused in new[] { "192.168.1.1", "192.168.1.99", "192.168.1.250", "192.168.1.0", "192.168.1.255", "10.0.0.1", "0.0.0.0" })
        {
            Assert.NotEqual(Ip(refused), server.Send(Wishing(3, Ip(refused))).Lease!.Address);
        }
    }

    [Fact]
    public void A_full_pool_is_served_to_the_last_address_and_then_ignored()
    {
        var server = new LanServer();
        var seen = new HashSet<Ipv4Address>();
        for (int i = 0; i < 150; i++) Assert.True(seen.Add(server.Lease(Mac(i)).Address));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(200)), IgnoreReason.NoAddress);
        server.After(TimeSpan.FromHours(12));
        server.Discover(Mac(200));
    }

    [Fact]
    public void An_exhausted_pool_takes_the_address_that_has_been_free_for_longest()
    {
        var server = new LanServer();
        var leases = new List<Lease>();
        for (int i = 0; i < 150; i++) leases.Add(server.Lease(Mac(i)));
        foreach (int i in new[] { 70, 20, 110 })
        {
            server.After(TimeSpan.FromSeconds(1));
            Assert.Equal(Dhcpv4Action.Released, server.Send(Dhcpv4Builder.Release(Mac(i), leases[i].Address, Router)).Action);
        }
        Assert.Equal(leases[70].Address, server.Lease(Mac(300)).Address);
        Assert.Equal(leases[20].Address, server.Lease(Mac(301)).Address);
        Assert.Equal(leases[110].Address, server.Discover(Mac(110)));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(20)), IgnoreReason.NoAddress);
    }

    [Fact]
    public void A_lease_that_ran_out_is_nobody_elses_before_that_was_reported()
    {
        var server = new LanServer(Network() with { PoolEnd = Ip("192.168.1.100") });
        Lease lease = server.Lease(Mac(1));
        server.NowMs = lease.ExpiresMs + 1;
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(2)), IgnoreReason.NoAddress);
        Lease ended = Assert.Single(server.After(TimeSpan.Zero));
        Assert.Equal((LeaseState.Free, lease.Address, Mac(1), lease.ExpiresMs), (ended.State, ended.Address, ended.Mac, ended.ExpiresMs));
        Assert.Equal(lease.Address, server.Discover(Mac(2)));
    }

    [Fact]
    public void Addresses_of_the_router_and_its_servers_are_never_offered()
    {
        var config = Network() with
        {
            PoolStart = Ip("192.168.1.0"),
            PoolEnd = Ip("192.168.1.255"),
            RouterPrefix = Prefix("192.168.1.1/24"),
            Dns = [Ip("192.168.1.53")],
            Ntp = [Ip("192.168.1.123")],
            Routers = [Ip("192.168.1.254")],
        };
        var server = new LanServer(config);
        var seen = new HashSet<Ipv4Address>();
        for (int i = 0; i < 250; i++) seen.Add(server.Lease(Mac(i)).Address);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(250)), IgnoreReason.NoAddress);
        foreach (string own in new[] { "192.168.1.0", "192.168.1.1", "192.168.1.53", "192.168.1.123", "192.168.1.254", "192.168.1.255" })
        {
            Assert.DoesNotContain(Ip(own), seen);
        }
        Assert.Equal(250, seen.Count);
    }

    [Fact]
    public void A_local_address_that_is_learnt_late_is_taken_out_of_the_pool()
    {
        var config = Network() with { PoolStart = Ip("192.168.1.100"), PoolEnd = Ip("192.168.1.101") };
        var server = new LanServer(config);
        Lease lease = server.Lease(Mac(1));
        server.Send(Dhcpv4Builder.Release(Mac(1), lease.Address, Router));
        Assert.True(Dhcpv4Packet.TryParse(Dhcpv4Builder.Discover(Mac(2)).Build(), out Dhcpv4Packet packet, out ParseFault _));
        Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, lease.Address, server.Now);
        Assert.NotEqual(lease.Address, decision.Lease!.Address);
        Assert.True(Dhcpv4Packet.TryParse(Dhcpv4Builder.Discover(Mac(3)).Build(), out packet, out ParseFault _));
        Assert.Equal(IgnoreReason.NoAddress, server.Engine.Decide(packet, Lan, lease.Address, server.Now).Reason);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)), IgnoreReason.NoAddress);
    }

    [Fact]
    public void A_range_outside_the_prefix_offers_only_what_lies_inside()
    {
        var server = new LanServer(Network() with { PoolStart = Ip("192.168.1.253"), PoolEnd = Ip("192.168.3.10") });
        Assert.InRange(server.Discover(Mac(1)).Value, Ip("192.168.1.253").Value, Ip("192.168.1.254").Value);
        server.Discover(Mac(2));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)), IgnoreReason.NoAddress);
        var none = new LanServer(Network() with { PoolStart = Ip("10.0.0.1"), PoolEnd = Ip("10.0.0.9") });
        none.ExpectIgnored(Dhcpv4Builder.Discover(Mac(3)), IgnoreReason.NoAddress);
    }

    [Fact]
    public void A_client_is_its_identifier_and_its_hardware_address_together()
    {
        var server = new LanServer();
        Dhcpv4Builder From(int mac, params byte[] id) => Dhcpv4Builder.Discover(Mac(mac)).ClientId(id);
        Ipv4Address first = server.Send(From(1, 1, 2, 3)).Lease!.Address;
        Assert.Equal(first, server.Send(From(1, 1, 2, 3)).Lease!.Address);
        Assert.NotEqual(first, server.Send(From(1, 1, 2, 4)).Lease!.Address);
        Assert.NotEqual(first, server.Send(From(2, 1, 2, 3)).Lease!.Address);
        Assert.NotEqual(first, server.Discover(Mac(1)));
        Assert.Equal("010203", server.Engine.Leases.ByAddress(first)!.ClientId);
        Assert.Equal(4, server.Engine.Count);
    }

    [Fact]
    public void Without_an_ethernet_address_a_client_identifier_is_needed()
    {
        var server = new LanServer();
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Hardware(32, 0), IgnoreReason.NoClientIdentity);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Hardware(1, 16), IgnoreReason.NoClientIdentity);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Hardware(6, 6), IgnoreReason.NoClientIdentity);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Hardware(32, 0).Option(61), IgnoreReason.NoClientIdentity);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Long(61, new byte[256]), IgnoreReason.NoClientIdentity);

        Lease first = server.Send(Dhcpv4Builder.Discover(Mac(1)).Hardware(32, 0).ClientId(0xff, 1)).Lease!;
        Lease second = server.Send(Dhcpv4Builder.Discover(Mac(1)).Hardware(32, 0).ClientId(0xff, 2)).Lease!;
        Assert.NotEqual(first.Address, second.Address);
        Assert.NotEqual(first.Mac, second.Mac);
        Assert.All([first.Mac, second.Mac], mac => Assert.Equal(0x03ul, mac.Value >> 40));
        server.Send(Dhcpv4Builder.Discover(Mac(1)).Long(61, new byte[255]));
    }

    [Fact]
    public void Relayed_messages_are_served_from_their_own_link_only()
    {
        var server = new LanServer();
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Ip("10.9.0.1")), IgnoreReason.Relayed);
        server.Expect(Dhcpv4Builder.Discover(Mac(1)).Giaddr(Ip("192.168.1.2")), Dhcpv4Action.Offer);
    }

    [Theory]
    [Trait("Requirement", "DHC-05")]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(99)]
    [InlineData(240)]
    public void Message_types_that_are_not_a_clients_are_counted_and_ignored(byte type) =>
        new LanServer().ExpectIgnored(Dhcpv4Builder.Message(type, Mac(1)), IgnoreReason.UnknownMessageType);

    [Fact]
    public void Replies_bootp_and_other_networks_are_counted_and_ignored()
    {
        var server = new LanServer();
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)).Op(2), IgnoreReason.NotARequest);
        server.ExpectIgnored(new Dhcpv4Builder(Mac(1)), IgnoreReason.Bootp);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)), IgnoreReason.UnknownNetwork, network: "guest");
        Assert.Equal(3, server.Engine.Decided(Dhcpv4Action.Ignore));
    }
}
