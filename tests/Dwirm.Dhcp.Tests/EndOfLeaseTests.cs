using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>DHCPRELEASE, DHCPDECLINE, DHCPINFORM (RFC 2131 sections 4.3.3 to 4.3.5), expiry, restart and reload.</summary>
public sealed class EndOfLeaseTests
{
    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void A_release_frees_the_lease_and_keeps_the_record()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.NowMs += 5000;
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Release(Mac(1), lease.Address, Router));
        Assert.Equal(Dhcpv4Action.Released, decision.Action);
        Assert.Equal((LeaseState.Free, server.NowMs, lease.Address), (decision.Changed!.State, decision.Changed.ExpiresMs, decision.Changed.Address));
        Assert.Same(decision.Changed, server.Engine.Leases.ByAddress(lease.Address));
        Assert.Equal(long.MaxValue, server.Engine.NextExpiryMs);
        server.ExpectIgnored(Dhcpv4Builder.Release(Mac(1), lease.Address, Router), IgnoreReason.NotTheirAddress);
    }

    [Fact]
    public void Nobody_can_release_or_decline_what_is_not_theirs()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.ExpectIgnored(Dhcpv4Builder.Release(Mac(2), lease.Address, Router), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Decline(Mac(2), lease.Address, Router), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Release(Mac(1), Ip("192.168.1.9"), Router), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Decline(Mac(1), Ip("192.168.1.9"), Router), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Release(Mac(1), lease.Address, Ip("192.168.1.2")), IgnoreReason.OtherServer);
        server.ExpectIgnored(Dhcpv4Builder.Decline(Mac(1), lease.Address, Ip("192.168.1.2")), IgnoreReason.OtherServer);
        server.ExpectIgnored(Dhcpv4Builder.Message(Dhcpv4MessageType.Decline, Mac(1)), IgnoreReason.Incomplete);
        Assert.Same(lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void A_declined_address_rests_for_ten_minutes_and_the_client_gets_another()
    {
        var server = new LanServer(Network() with { PoolEnd = Ip("192.168.1.101") });
        Lease lease = server.Lease(Mac(1));
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Decline(Mac(1), lease.Address, Router));
        Assert.Equal((Dhcpv4Action.Declined, LeaseState.Declined), (decision.Action, decision.Changed!.State));
        Assert.NotEqual(lease.Address, server.Lease(Mac(1)).Address);
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(2)), IgnoreReason.NoAddress);
        server.Expect(Dhcpv4Builder.Reboot(Mac(2), lease.Address), Dhcpv4Action.Nak);
        Assert.Empty(server.After(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1)));
        Lease ended = Assert.Single(server.After(TimeSpan.FromMilliseconds(1)));
        Assert.Equal((LeaseState.Free, lease.Address), (ended.State, ended.Address));
        Assert.Equal(lease.Address, server.Discover(Mac(2)));
    }

    [Fact]
    public void An_offer_can_be_declined_as_well()
    {
        var server = new LanServer();
        Ipv4Address offered = server.Discover(Mac(1));
        server.Expect(Dhcpv4Builder.Decline(Mac(1), offered, Router), Dhcpv4Action.Declined);
        Assert.NotEqual(offered, server.Discover(Mac(1)));
    }

    [Fact]
    public void Inform_is_answered_without_a_lease_for_addresses_of_the_link()
    {
        var server = new LanServer();
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Inform(Mac(1), Ip("192.168.1.20")));
        Assert.Equal(Dhcpv4Action.InformAck, decision.Action);
        Assert.Null(decision.Lease);
        Assert.Null(decision.Changed);
        Assert.Equal(0, server.Engine.Count);
        server.ExpectIgnored(Dhcpv4Builder.Inform(Mac(1), Ip("8.8.8.8")), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Inform(Mac(1), Ip("192.168.1.255")), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Inform(Mac(1), Router), IgnoreReason.NotTheirAddress);
        server.ExpectIgnored(Dhcpv4Builder.Inform(Mac(1), Ipv4Address.Any), IgnoreReason.Incomplete);
    }

    [Fact]
    public void Leases_run_out_in_order_whatever_order_they_began_in()
    {
        var server = new LanServer();
        var random = new Random(5);
        var leases = new List<Lease>();
        for (int i = 0; i < 100; i++)
        {
            Ipv4Address address = server.Discover(Mac(i));
            uint seconds = (uint)random.Next(200, 40_000);
            leases.Add(server.Send(Dhcpv4Builder.Select(Mac(i), address, Router)
                .Option(51, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds)).Lease!);
        }
        foreach (long expires in leases.Select(lease => lease.ExpiresMs).Order().Distinct())
        {
            Assert.Equal(expires, server.Engine.NextExpiryMs);
            IReadOnlyList<Lease> ended = server.After(TimeSpan.FromMilliseconds(expires - server.NowMs));
            Assert.All(ended, lease => Assert.Equal((LeaseState.Free, expires), (lease.State, lease.ExpiresMs)));
            Assert.NotEmpty(ended);
        }
        Assert.Equal(100, server.Engine.Count);
        Assert.Equal(long.MaxValue, server.Engine.NextExpiryMs);
    }

    [Fact]
    public void A_restart_with_the_recorded_leases_goes_on_where_it_was()
    {
        var before = new LanServer();
        Lease bound = before.Lease(Mac(1));
        Lease freed = before.Lease(Mac(2));
        freed = before.Send(Dhcpv4Builder.Release(Mac(2), freed.Address, Router)).Changed!;
        Lease declined = before.Lease(Mac(3));
        declined = before.Send(Dhcpv4Builder.Decline(Mac(3), declined.Address, Router)).Changed!;
        before.Discover(Mac(4));

        var after = new LanServer(seed: 99);
        after.Engine.Restore(before.Engine.Leases);
        Assert.Equal(3, after.Engine.Count);
        Assert.Equal(declined.ExpiresMs, after.Engine.NextExpiryMs);
        after.Expect(Dhcpv4Builder.Renew(Mac(1), bound.Address), Dhcpv4Action.Ack);
        Assert.Equal(freed.Address, after.Discover(Mac(2)));
        Assert.NotEqual(declined.Address, after.Discover(Mac(3)));
        after.Expect(Dhcpv4Builder.Reboot(Mac(9), bound.Address), Dhcpv4Action.Nak);
        after.Expect(Dhcpv4Builder.Reboot(Mac(9), declined.Address), Dhcpv4Action.Nak);
    }

    [Fact]
    public void A_reload_keeps_leases_and_refuses_what_no_longer_fits()
    {
        var server = new LanServer();
        Lease first = server.Lease(Mac(1)), second = server.Lease(Mac(2));
        server.Engine.Configure([Network(new Dhcpv4Host { Macs = [Mac(3)], Address = first.Address, Name = "nas" }) with { LeaseSeconds = 600 }]);
        Assert.Same(first, server.Engine.Leases.ByAddress(first.Address));
        server.Expect(Dhcpv4Builder.Renew(Mac(1), first.Address), Dhcpv4Action.Nak);
        Assert.NotEqual(first.Address, server.Discover(Mac(3)));
        Dhcpv4Decision renewed = server.Send(Dhcpv4Builder.Renew(Mac(2), second.Address));
        Assert.Equal((Dhcpv4Action.Ack, 600L), (renewed.Action, renewed.LeaseSeconds));

        Lease moved = server.Lease(Mac(1));
        Assert.NotEqual(first.Address, moved.Address);
        Assert.Equal(first.Address, server.Discover(Mac(3)));
    }

    [Fact]
    public void The_leases_of_a_network_that_is_gone_run_out()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.Engine.Configure([]);
        server.ExpectIgnored(Dhcpv4Builder.Renew(Mac(1), lease.Address), IgnoreReason.UnknownNetwork);
        Assert.Equal(lease.Address, Assert.Single(server.After(TimeSpan.FromHours(12))).Address);
        server.Engine.Configure([Network()]);
        Assert.Equal(lease.Address, server.Discover(Mac(1)));
    }

    [Fact]
    public void A_moved_client_tells_which_binding_ended()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.Engine.Configure([Network(new Dhcpv4Host { Macs = [Mac(1)], Address = Ip("192.168.1.10"), Name = "nas" })]);
        Assert.Equal(Ip("192.168.1.10"), server.Discover(Mac(1)));
        Assert.Equal(LeaseState.Bound, server.Engine.Leases.ByAddress(lease.Address)!.State);
        Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Select(Mac(1), Ip("192.168.1.10"), Router));
        Assert.Equal((Dhcpv4Action.Ack, Ip("192.168.1.10")), (decision.Action, decision.Changed!.Address));
        Assert.Equal((LeaseState.Free, lease.Address), (decision.Ended!.State, decision.Ended.Address));
        Assert.Same(decision.Ended, server.Engine.Leases.ByAddress(lease.Address));
        Assert.Equal(Ip("192.168.1.10"), server.Engine.Leases.ByMac(Mac(1), Lan)!.Address);
    }

    [Fact]
    public void A_full_table_forgets_the_oldest_free_lease_and_nothing_in_use()
    {
        var server = new LanServer(maximumLeases: 5);
        var leases = new List<Lease>();
        for (int i = 0; i < 5; i++) leases.Add(server.Lease(Mac(i)));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(9)), IgnoreReason.TableFull);
        Ipv4Address unused = Ip("192.168.1.249");
        if (server.Engine.Leases.ByAddress(unused) is null) server.ExpectIgnored(Dhcpv4Builder.Reboot(Mac(9), unused), IgnoreReason.TableFull);
        server.Send(Dhcpv4Builder.Release(Mac(3), leases[3].Address, Router));
        server.NowMs++;
        server.Send(Dhcpv4Builder.Release(Mac(1), leases[1].Address, Router));
        server.Lease(Mac(9));
        Assert.Equal(5, server.Engine.Count);
        Assert.Equal(LeaseState.Free, server.Engine.Leases.ByAddress(leases[1].Address)!.State);
        Assert.Null(server.Engine.Leases.ByMac(Mac(3), Lan));
    }

    [Fact]
    public void The_table_holds_the_pools_and_a_thousand_more()
    {
        var guest = new Dhcpv4NetworkConfig
        {
            Name = "guest",
            RouterPrefix = Prefix("10.0.0.1/8"),
            PoolStart = Ip("10.1.0.0"),
            PoolEnd = Ip("10.255.0.0"),
        };
        Assert.Equal(150 + 65536 + 1000, new Dhcpv4Engine([Network(), guest], 1).Leases.Capacity);
    }

    [Fact]
    public void One_card_with_several_identifiers_is_found_by_the_lease_that_counts()
    {
        var server = new LanServer();
        Lease boot = server.Send(Dhcpv4Builder.Select(Mac(1), server.Send(Dhcpv4Builder.Discover(Mac(1)).ClientId(0, 7)).Lease!.Address, Router)
            .ClientId(0, 7)).Lease!;
        Lease system = server.Lease(Mac(1));
        Assert.NotEqual(boot.Address, system.Address);
        server.Send(Dhcpv4Builder.Release(Mac(1), system.Address, Router));
        Assert.Same(boot, server.Engine.Leases.ByMac(Mac(1), Lan));
        server.Send(Dhcpv4Builder.Renew(Mac(1), system.Address));
        server.Send(Dhcpv4Builder.Release(Mac(1), boot.Address, Router).ClientId(0, 7));
        Assert.Equal(system.Address, server.Engine.Leases.ByMac(Mac(1), Lan)!.Address);
        Assert.Equal(2, server.Engine.Leases.Select(lease => lease.Address).Distinct().Count());
    }
}
