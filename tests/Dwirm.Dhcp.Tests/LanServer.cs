using System;
using System.Collections.Generic;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp.Tests;

/// <summary>An engine for 192.168.1.1/24 with a clock that the test turns, and the client's side of the messages.</summary>
internal sealed class LanServer
{
    public const string Lan = "lan";

    public static readonly Ipv4Address Router = Ip("192.168.1.1");

    private readonly List<Lease> _expired = [];

    public LanServer(Dhcpv4NetworkConfig? config = null, int? maximumLeases = null, uint seed = 1)
    {
        Config = config ?? Network();
        Engine = new Dhcpv4Engine([Config], seed, maximumLeases);
    }

    public Dhcpv4NetworkConfig Config { get; }

    public Dhcpv4Engine Engine { get; }

    public long NowMs { get; set; } = 1_000_000;

    public Instant Now => new(NowMs, NowMs + 1_700_000_000_000, true);

    public static Ipv4Address Ip(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new ArgumentException(text);

    public static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new ArgumentException(text);

    public static MacAddress Mac(int number) => new(0x020000000000ul | (uint)number);

    public static Dhcpv4NetworkConfig Network(params Dhcpv4Host[] hosts) => new()
    {
        Name = Lan,
        RouterPrefix = Prefix("192.168.1.1/24"),
        PoolStart = Ip("192.168.1.100"),
        PoolEnd = Ip("192.168.1.249"),
        LeaseSeconds = 43200,
        Hosts = hosts,
        Routers = [Router],
        Dns = [Router],
        Ntp = [Router],
        Domain = "lan",
        ZonePosix = "CET-1CEST,M3.5.0,M10.5.0/3",
        ZoneName = "Europe/Berlin",
    };

    public Dhcpv4Decision Send(Dhcpv4Builder message, bool unicast = false, string network = Lan) => Send(message.Build(), unicast, network);

    public Dhcpv4Decision Send(byte[] octets, bool unicast = false, string network = Lan)
    {
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault fault), fault.ToString());
        return Engine.Decide(packet, network, Router, Now, unicast);
    }

    /// <summary>DISCOVER; the offered address, which must be offered.</summary>
    public Ipv4Address Discover(MacAddress mac)
    {
        Dhcpv4Decision decision = Send(Dhcpv4Builder.Discover(mac));
        Assert.Equal(Dhcpv4Action.Offer, decision.Action);
        Assert.Null(decision.Changed);
        return decision.Lease!.Address;
    }

    /// <summary>DISCOVER and REQUEST; the lease, which must be given.</summary>
    public Lease Lease(MacAddress mac)
    {
        Dhcpv4Decision decision = Send(Dhcpv4Builder.Select(mac, Discover(mac), Router));
        Assert.Equal(Dhcpv4Action.Ack, decision.Action);
        Assert.Same(decision.Lease, decision.Changed);
        Assert.Same(decision.Lease, Engine.Leases.ByAddress(decision.Lease!.Address));
        return decision.Lease!;
    }

    public IReadOnlyList<Lease> After(TimeSpan time)
    {
        NowMs += (long)time.TotalMilliseconds;
        _expired.Clear();
        Engine.Expire(Now, _expired);
        return [.. _expired];
    }

    public void Expect(Dhcpv4Builder message, Dhcpv4Action action, bool unicast = false) => Assert.Equal(action, Send(message, unicast).Action);

    public void ExpectIgnored(Dhcpv4Builder message, IgnoreReason reason, bool unicast = false, string network = Lan)
    {
        long before = Engine.Ignored(reason);
        Dhcpv4Decision decision = Send(message, unicast, network);
        Assert.Equal((Dhcpv4Action.Ignore, reason), (decision.Action, decision.Reason));
        Assert.Null(decision.Changed);
        Assert.Equal(before + 1, Engine.Ignored(reason));
    }
}
