using System;
using System.Collections.Generic;
using Dwirm.TestKit;
using Dwirm.Wire;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>What strangers can take, and what they cannot take away.</summary>
public sealed class LimitTests
{
    private static Dhcpv4Builder DiscoverAs(int mac, int id) => Dhcpv4Builder.Discover(Mac(mac)).ClientId((byte)(id >> 8), (byte)id);

    [Fact]
    public void Offers_to_strangers_leave_room_for_known_clients()
    {
        var server = new LanServer();
        Lease known = server.Lease(Mac(1));
        server.Send(Dhcpv4Builder.Release(Mac(1), known.Address, Router));
        for (int i = 0; i < 75; i++) server.Discover(Mac(100 + i));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(200)), IgnoreReason.TooManyNewClients);
        Assert.Equal(known.Address, server.Lease(Mac(1)).Address);
        Assert.NotEmpty(server.Engine.Leases);
        server.After(TimeSpan.FromMinutes(1));
        server.Discover(Mac(200));
    }

    [Fact]
    public void New_clients_are_taken_on_at_a_bounded_rate_and_known_ones_always()
    {
        var server = new LanServer();
        Lease known = server.Lease(Mac(1));
        int bound = 1;
        for (int i = 0; i < 1000; i++)
        {
            Dhcpv4Decision offer = server.Send(Dhcpv4Builder.Discover(Mac(1000 + i)));
            if (offer.Action != Dhcpv4Action.Offer) continue;
            Dhcpv4Decision ack = server.Send(Dhcpv4Builder.Select(Mac(1000 + i), offer.Lease!.Address, Router));
            if (ack.Action != Dhcpv4Action.Ack) continue;
            bound++;
            server.Send(Dhcpv4Builder.Release(Mac(1000 + i), ack.Lease!.Address, Router));
        }
        Assert.Equal(300, bound);
        server.Expect(Dhcpv4Builder.Renew(Mac(1), known.Address), Dhcpv4Action.Ack, unicast: true);
        server.After(TimeSpan.FromMilliseconds(Dhcpv4Engine.OfferMs));
        for (int i = 0; i < 60_000 / Dhcpv4Engine.NewcomerIntervalMs; i++) server.Lease(Mac(3000 + i));
        Dhcpv4Decision late = server.Send(Dhcpv4Builder.Discover(Mac(4000)));
        server.ExpectIgnored(Dhcpv4Builder.Select(Mac(4000), late.Lease!.Address, Router), IgnoreReason.TooManyNewClients);
    }

    [Fact]
    public void A_host_entry_is_never_a_stranger()
    {
        var hosts = new List<Dhcpv4Host>();
        for (int i = 0; i < 400; i++) hosts.Add(new Dhcpv4Host { Macs = [Mac(i)] });
        var server = new LanServer(Network([.. hosts]) with { RouterPrefix = Prefix("192.168.1.1/22"), PoolEnd = Ip("192.168.2.0"), PoolStart = Ip("192.168.1.0") });
        server.Engine.Configure([server.Config with { PoolStart = Ip("192.168.0.0"), PoolEnd = Ip("192.168.3.255") }]);
        for (int i = 0; i < 400; i++) server.Lease(Mac(i));
    }

    [Fact]
    public void The_address_of_a_client_that_stayed_is_kept_for_a_week()
    {
        var server = new LanServer(Network() with { PoolEnd = Ip("192.168.1.101") });
        Lease stayed = server.Lease(Mac(1)), passed = server.Lease(Mac(2));
        server.After(TimeSpan.FromHours(7));
        server.Expect(Dhcpv4Builder.Renew(Mac(1), stayed.Address), Dhcpv4Action.Ack, unicast: true);
        server.After(TimeSpan.FromHours(13));
        Assert.Equal(passed.Address, server.Lease(Mac(3)).Address);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(4)), IgnoreReason.NoAddress);
        Assert.Equal(stayed.Address, server.Discover(Mac(1)));
        server.After(TimeSpan.FromDays(7));
        server.Lease(Mac(3));
        Assert.Equal(stayed.Address, server.Lease(Mac(5)).Address);
    }

    [Fact]
    public void One_card_has_a_few_identities_and_not_more()
    {
        var server = new LanServer();
        for (int i = 0; i < Dhcpv4Engine.MaximumIdentities; i++)
        {
            Dhcpv4Decision offer = server.Send(DiscoverAs(1, i));
            server.Expect(Dhcpv4Builder.Select(Mac(1), offer.Lease!.Address, Router).ClientId((byte)(i >> 8), (byte)i), Dhcpv4Action.Ack);
        }
        server.ExpectIgnored(DiscoverAs(1, 100), IgnoreReason.TooManyIdentities);
        Lease oldest = server.Engine.Leases.ByMac(Mac(1), Lan)!;
        server.Send(Dhcpv4Builder.Release(Mac(1), oldest.Address, Router).ClientId(Convert.FromHexString(oldest.ClientId)));
        server.Expect(DiscoverAs(1, 100), Dhcpv4Action.Offer);
        Assert.Equal(Dhcpv4Engine.MaximumIdentities, server.Engine.Count);
        server.Expect(DiscoverAs(2, 100), Dhcpv4Action.Offer);
    }

    [Fact]
    public void One_card_lays_only_a_few_addresses_to_rest()
    {
        var server = new LanServer();
        int declined = 0;
        for (int i = 0; i < 100; i++)
        {
            Dhcpv4Decision offer = server.Send(Dhcpv4Builder.Discover(Mac(1)));
            if (offer.Action != Dhcpv4Action.Offer) continue;
            if (server.Send(Dhcpv4Builder.Decline(Mac(1), offer.Lease!.Address, Router)).Action == Dhcpv4Action.Declined) declined++;
        }
        Assert.InRange(declined, 1, Dhcpv4Engine.MaximumIdentities);
        server.Lease(Mac(2));
    }

    [Fact]
    public void An_address_nobody_was_seen_with_is_probed_once_before_it_is_offered()
    {
        var server = new LanServer(Network() with { Probe = true });
        Dhcpv4Decision first = server.Send(Dhcpv4Builder.Discover(Mac(1)));
        Assert.True(first.NeedsProbe);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(1)), IgnoreReason.Probing);
        server.After(TimeSpan.FromMilliseconds(Dhcpv4Engine.ProbeMs));
        Dhcpv4Decision second = server.Send(Dhcpv4Builder.Discover(Mac(1)));
        Assert.Equal((Dhcpv4Action.Offer, false, first.Lease!.Address), (second.Action, second.NeedsProbe, second.Lease!.Address));
        server.Expect(Dhcpv4Builder.Select(Mac(1), first.Lease.Address, Router), Dhcpv4Action.Ack);
        server.Send(Dhcpv4Builder.Release(Mac(1), first.Lease.Address, Router));
        Assert.False(server.Send(Dhcpv4Builder.Discover(Mac(1))).NeedsProbe);
        Assert.False(new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Address = Ip("192.168.1.9") }) with { Probe = true }).Send(Dhcpv4Builder.Discover(Mac(1))).NeedsProbe);
    }

    [Fact]
    public void An_address_that_somebody_answers_for_rests_and_another_is_offered()
    {
        var server = new LanServer(Network() with { Probe = true });
        Ipv4Address taken = server.Send(Dhcpv4Builder.Discover(Mac(1))).Lease!.Address;
        Assert.True(server.Engine.Conflict(taken, server.Now));
        Assert.False(server.Engine.Conflict(taken, server.Now));
        Dhcpv4Decision next = server.Send(Dhcpv4Builder.Discover(Mac(1)));
        Assert.NotEqual(taken, next.Lease!.Address);
        Assert.True(next.NeedsProbe);
        server.Expect(Dhcpv4Builder.Reboot(Mac(1), taken), Dhcpv4Action.Nak);
        // Nothing was ever durable of it, so nothing of it ends.
        Assert.Empty(server.After(TimeSpan.FromMilliseconds(Dhcpv4Engine.DeclineRestMs)));
        Assert.Null(server.Engine.Leases.ByAddress(taken));
    }

    [Fact]
    public void Who_answers_for_every_address_is_not_believed_for_long()
    {
        var server = new LanServer(Network() with { Probe = true });
        for (int i = 0; i < Dhcpv4Engine.MaximumConflicts; i++) Assert.True(server.Engine.Conflict(server.Discover(Mac(1)), server.Now));
        Ipv4Address last = server.Discover(Mac(1));
        Assert.False(server.Engine.Conflict(last, server.Now));
        Dhcpv4Decision offer = server.Send(Dhcpv4Builder.Discover(Mac(1)));
        Assert.Equal((Dhcpv4Action.Offer, false, last), (offer.Action, offer.NeedsProbe, offer.Lease!.Address));
        server.After(TimeSpan.FromMilliseconds(Dhcpv4Engine.DeclineRestMs));
        Assert.True(server.Engine.Conflict(server.Discover(Mac(2)), server.Now));
    }

    [Fact]
    public void A_full_table_forgets_strangers_first()
    {
        var server = new LanServer(Network() with { MaximumLeases = 2 });
        Lease stayed = server.Lease(Mac(1));
        server.After(TimeSpan.FromHours(7));
        server.Send(Dhcpv4Builder.Renew(Mac(1), stayed.Address), unicast: true);
        server.Send(Dhcpv4Builder.Release(Mac(1), stayed.Address, Router));
        server.After(TimeSpan.FromSeconds(1));
        Lease stranger = server.Lease(Mac(2));
        server.Send(Dhcpv4Builder.Release(Mac(2), stranger.Address, Router));
        server.Lease(Mac(3));
        Assert.NotNull(server.Engine.Leases.ByAddress(stayed.Address));
        Assert.Equal(2, server.Engine.Count);
    }
}
