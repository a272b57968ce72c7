using System;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>RFC 2131 section 4.3.2: the four states a DHCPREQUEST can come from.</summary>
public sealed class RequestTests
{
    private static readonly Ipv4Address OtherServer = Ip("192.168.1.2");

    [Fact]
    public void Selecting_binds_the_offered_address()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        Assert.Equal(LeaseState.Bound, lease.State);
        Assert.Equal(server.NowMs + 43_200_000, lease.ExpiresMs);
        Assert.Equal(Mac(1), lease.Mac);
        Assert.Equal(Lan, lease.Network);
        Assert.Same(lease, server.Engine.Leases.ByMac(Mac(1), Lan));
        Assert.Null(server.Engine.Leases.ByMac(Mac(1), "guest"));
        Assert.Equal(1, server.Engine.Decided(Dhcpv4Action.Ack));
    }

    [Fact]
    public void Selecting_another_server_takes_our_offer_back()
    {
        var server = new LanServer();
        Ipv4Address offered = server.Discover(Mac(1));
        server.ExpectIgnored(Dhcpv4Builder.Select(Mac(1), Ip("192.168.1.77"), OtherServer), IgnoreReason.OtherServer);
        Assert.Null(server.Engine.Leases.ByAddress(offered));
    }

    [Fact]
    public void Selecting_another_server_leaves_a_binding_alone()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.ExpectIgnored(Dhcpv4Builder.Select(Mac(1), lease.Address, OtherServer), IgnoreReason.OtherServer);
        Assert.Same(lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void Selecting_another_address_than_the_offered_is_refused()
    {
        var server = new LanServer();
        Ipv4Address offered = server.Discover(Mac(1));
        Ipv4Address other = offered == Ip("192.168.1.200") ? Ip("192.168.1.201") : Ip("192.168.1.200");
        server.Expect(Dhcpv4Builder.Select(Mac(1), other, Router), Dhcpv4Action.Nak);
        Assert.Null(server.Engine.Leases.ByAddress(other));
        server.Expect(Dhcpv4Builder.Select(Mac(1), offered, Router), Dhcpv4Action.Ack);
        server.Expect(Dhcpv4Builder.Select(Mac(1), other, Router), Dhcpv4Action.Nak);
    }

    [Fact]
    public void Selecting_what_somebody_else_holds_is_refused()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.Expect(Dhcpv4Builder.Select(Mac(2), lease.Address, Router), Dhcpv4Action.Nak);
        Ipv4Address offered = server.Discover(Mac(3));
        server.Expect(Dhcpv4Builder.Select(Mac(2), offered, Router), Dhcpv4Action.Nak);
        Assert.Same(lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void Selecting_after_the_offer_ran_out_still_binds_while_the_address_is_free()
    {
        var server = new LanServer();
        Ipv4Address offered = server.Discover(Mac(1));
        server.After(TimeSpan.FromMinutes(5));
        server.Expect(Dhcpv4Builder.Select(Mac(1), offered, Router), Dhcpv4Action.Ack);
    }

    [Fact]
    public void Selecting_without_a_requested_address_is_incomplete() => new LanServer().ExpectIgnored(
        Dhcpv4Builder.Message(Dhcpv4MessageType.Request, Mac(1)).Address(Dhcpv4OptionCode.ServerIdentifier, Router), IgnoreReason.Incomplete);

    [Fact]
    public void A_request_that_names_nothing_is_incomplete() =>
        new LanServer().ExpectIgnored(Dhcpv4Builder.Message(Dhcpv4MessageType.Request, Mac(1)), IgnoreReason.Incomplete);

    public static TheoryData<bool, string, Dhcpv4Action, IgnoreReason> UnknownRebooters => new()
    {
        { true, "192.168.1.120", Dhcpv4Action.Ack, IgnoreReason.None },
        { true, "192.168.1.20", Dhcpv4Action.Nak, IgnoreReason.None },
        { true, "192.168.1.1", Dhcpv4Action.Nak, IgnoreReason.None },
        { true, "10.0.0.7", Dhcpv4Action.Nak, IgnoreReason.None },
        { true, "255.255.255.255", Dhcpv4Action.Nak, IgnoreReason.None },
        { false, "192.168.1.120", Dhcpv4Action.Ignore, IgnoreReason.UnknownClient },
        { false, "10.0.0.7", Dhcpv4Action.Ignore, IgnoreReason.UnknownClient },
    };

    [Theory]
    [MemberData(nameof(UnknownRebooters))]
    public void Init_reboot_and_rebinding_of_an_unknown_client(bool authoritative, string address, Dhcpv4Action action, IgnoreReason reason)
    {
        foreach (Dhcpv4Builder message in new[] { Dhcpv4Builder.Reboot(Mac(1), Ip(address)), Dhcpv4Builder.Renew(Mac(1), Ip(address)) })
        {
            Dhcpv4Decision decision = new LanServer(Network() with { Authoritative = authoritative }).Send(message);
            Assert.Equal((action, reason), (decision.Action, decision.Reason));
            Assert.Equal(action == Dhcpv4Action.Ack, decision.Changed is not null);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Init_reboot_of_a_known_client(bool authoritative)
    {
        var server = new LanServer(Network() with { Authoritative = authoritative });
        Lease lease = server.Lease(Mac(1));
        server.After(TimeSpan.FromHours(1));
        Dhcpv4Decision again = server.Send(Dhcpv4Builder.Reboot(Mac(1), lease.Address));
        Assert.Equal(Dhcpv4Action.Ack, again.Action);
        Assert.Equal(server.NowMs + 43_200_000, again.Changed!.ExpiresMs);
        server.Expect(Dhcpv4Builder.Reboot(Mac(1), Ip("10.0.0.7")), Dhcpv4Action.Nak);
        server.Expect(Dhcpv4Builder.Reboot(Mac(1), new Ipv4Address(lease.Address.Value ^ 1)), Dhcpv4Action.Nak);
        Assert.Same(again.Lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void Init_reboot_with_an_address_that_went_to_somebody_else_is_refused()
    {
        var server = new LanServer(Network() with { PoolEnd = Ip("192.168.1.100") });
        Lease lease = server.Lease(Mac(1));
        server.Send(Dhcpv4Builder.Release(Mac(1), lease.Address, Router));
        server.Lease(Mac(2));
        server.Expect(Dhcpv4Builder.Reboot(Mac(1), lease.Address), Dhcpv4Action.Nak);
        Assert.Equal(Mac(2), server.Engine.Leases.ByAddress(lease.Address)!.Mac);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Renewing_and_rebinding_extend_the_lease_for_hours(bool unicast)
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        for (int i = 0; i < 1000; i++)
        {
            Assert.Empty(server.After(TimeSpan.FromHours(6)));
            Dhcpv4Decision decision = server.Send(Dhcpv4Builder.Renew(Mac(1), lease.Address), unicast);
            Assert.Equal(Dhcpv4Action.Ack, decision.Action);
            Assert.Equal(server.NowMs + 43_200_000, decision.Changed!.ExpiresMs);
            Assert.Null(decision.Ended);
        }
        Assert.Equal(1, server.Engine.Count);
        Assert.Equal(LeaseState.Free, Assert.Single(server.After(TimeSpan.FromHours(12))).State);
        Assert.Equal(Dhcpv4Action.Ack, server.Send(Dhcpv4Builder.Renew(Mac(1), lease.Address), unicast).Action);
    }

    [Fact]
    public void Renewing_is_answered_where_rebinding_of_an_unknown_client_is_not()
    {
        var config = Network() with { Authoritative = false };
        Dhcpv4Builder message = Dhcpv4Builder.Renew(Mac(1), Ip("192.168.1.120"));
        new LanServer(config).Expect(message, Dhcpv4Action.Ack, unicast: true);
        new LanServer(config).ExpectIgnored(message, IgnoreReason.UnknownClient, unicast: false);
        new LanServer(config).Expect(Dhcpv4Builder.Renew(Mac(1), Ip("192.168.1.9")), Dhcpv4Action.Nak, unicast: true);
    }

    [Fact]
    public void Renewing_somebody_elses_address_is_refused()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.Expect(Dhcpv4Builder.Renew(Mac(2), lease.Address), Dhcpv4Action.Nak, unicast: true);
        server.Expect(Dhcpv4Builder.Renew(Mac(2), lease.Address), Dhcpv4Action.Nak, unicast: false);
        Assert.Same(lease, server.Engine.Leases.ByAddress(lease.Address));
    }

    [Fact]
    public void A_renewal_that_names_a_server_is_checked_against_it()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        server.Expect(Dhcpv4Builder.Renew(Mac(1), lease.Address).Address(Dhcpv4OptionCode.ServerIdentifier, Router), Dhcpv4Action.Ack);
        server.ExpectIgnored(
            Dhcpv4Builder.Renew(Mac(1), lease.Address).Address(Dhcpv4OptionCode.ServerIdentifier, OtherServer), IgnoreReason.OtherServer);
    }

    [Theory]
    [InlineData(43200L, null, 43200L)]
    [InlineData(43200L, 600u, 600L)]
    [InlineData(43200L, 1u, 120L)]
    [InlineData(43200L, 99999u, 43200L)]
    [InlineData(43200L, uint.MaxValue, 43200L)]
    [InlineData(60L, 90u, 60L)]
    [InlineData(long.MaxValue, null, long.MaxValue)]
    [InlineData(long.MaxValue, 600u, 600L)]
    public void A_client_can_ask_for_less_time_never_for_more(long configured, uint? wish, long seconds)
    {
        var server = new LanServer(Network() with { LeaseSeconds = configured });
        Dhcpv4Builder message = Dhcpv4Builder.Select(Mac(1), server.Discover(Mac(1)), Router);
        if (wish is { } w) message.Option(51, (byte)(w >> 24), (byte)(w >> 16), (byte)(w >> 8), (byte)w);
        Dhcpv4Decision decision = server.Send(message);
        Assert.Equal(seconds, decision.LeaseSeconds);
        Assert.Equal(seconds == long.MaxValue ? long.MaxValue : server.NowMs + seconds * 1000, decision.Lease!.ExpiresMs);
    }

    [Fact]
    public void An_infinite_lease_never_ends()
    {
        var server = new LanServer(Network() with { LeaseSeconds = long.MaxValue });
        server.Lease(Mac(1));
        Assert.Equal(long.MaxValue, server.Engine.NextExpiryMs);
        Assert.Empty(server.After(TimeSpan.FromDays(10_000)));
    }

    [Fact]
    public void Renewing_a_plain_client_allocates_its_lease_record_and_nothing_else()
    {
        var server = new LanServer();
        Lease lease = server.Lease(Mac(1));
        byte[] octets = Dhcpv4Builder.Renew(Mac(1), lease.Address).Text(Dhcpv4OptionCode.HostName, "cam").ClientId().Build();
        var buffer = new byte[1500];
        RenewAndReply(server, octets, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = lease with { ExpiresMs = 1 };
        long record = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) RenewAndReply(server, octets, buffer);
        Assert.Equal(100 * record, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal("cam", server.Engine.Leases.ByAddress(lease.Address)!.Hostname);
    }

    private static void RenewAndReply(LanServer server, byte[] octets, byte[] buffer)
    {
        server.NowMs += 1000;
        if (!Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _)) throw new InvalidOperationException();
        Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now, unicast: true);
        if (!server.Engine.TryWriteReply(packet, decision, default, 224, buffer, out _)) throw new InvalidOperationException();
    }
}
