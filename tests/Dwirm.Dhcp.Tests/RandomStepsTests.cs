using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

/// <summary>
/// 300 clients do 10,000 random things to a pool that is too small for them. A model beside the engine believes what clients were told and what
/// was recorded, nothing else.
/// </summary>
public sealed class RandomStepsTests
{
    private const int Clients = 300;
    private static readonly Ipv4Address Foreign = Ip("10.1.2.3");

    private readonly LanServer _server;
    private readonly Dictionary<Ipv4Address, Lease> _recorded = [];
    private readonly Dictionary<Ipv4Address, int> _held = [];
    private readonly Dictionary<Ipv4Address, int> _reserved = [];
    private readonly Ipv4Address[] _known = new Ipv4Address[Clients];
    private int _acks;

    public RandomStepsTests()
    {
        var hosts = new List<Dhcpv4Host>();
        for (int i = 0; i < 20; i++)
        {
            Ipv4Address address = i % 2 == 0 ? new Ipv4Address(0xc0a8010au + (uint)i) : new Ipv4Address(0xc0a80164u + (uint)i);
            hosts.Add(new Dhcpv4Host { Macs = [Mac(i)], Name = $"host{i}", Address = address });
            _reserved.Add(address, i);
        }
        _server = new LanServer(Network([.. hosts]) with { LeaseSeconds = 3600 });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ten_thousand_random_steps_break_no_rule(int seed)
    {
        var random = new Random(seed);
        var expired = new List<Lease>();
        for (int step = 0; step < 10_000; step++)
        {
            _server.NowMs += random.Next(0, 60_000);
            expired.Clear();
            _server.Engine.Expire(_server.Now, expired);
            foreach (Lease lease in expired) Ended(lease);
            Step(random, random.Next(Clients));
            if (step % 500 == 0) CompareWithTable();
        }
        CompareWithTable();
        Assert.InRange(_acks, 1000, 10_000);
        Assert.All(Enum.GetValues<Dhcpv4Action>(), action => Assert.True(action == Dhcpv4Action.InformAck || _server.Engine.Decided(action) > 30));
    }

    private void Step(Random random, int client)
    {
        MacAddress mac = Mac(client);
        Ipv4Address address = random.Next(10) switch
        {
            0 => new Ipv4Address(0xc0a80100u + (uint)random.Next(256)),
            1 => Foreign,
            _ => _known[client],
        };
        Ipv4Address server = random.Next(10) == 0 ? Ip("192.168.1.2") : Router;
        Dhcpv4Builder message = random.Next(9) switch
        {
            0 or 1 => Dhcpv4Builder.Discover(mac),
            2 => Dhcpv4Builder.Discover(mac).Address(Dhcpv4OptionCode.RequestedAddress, address),
            3 or 4 => Dhcpv4Builder.Select(mac, address, server),
            5 => Dhcpv4Builder.Reboot(mac, address),
            6 => Dhcpv4Builder.Renew(mac, address),
            7 => Dhcpv4Builder.Release(mac, address, server),
            _ => random.Next(2) == 0 ? Dhcpv4Builder.Decline(mac, address, server) : Dhcpv4Builder.Renew(mac, address),
        };
        Follow(client, _server.Send(message, unicast: random.Next(2) == 0));
    }

    private void Follow(int client, Dhcpv4Decision decision)
    {
        if (decision.Ended is { } ended) Ended(ended);
        if (decision.Action is Dhcpv4Action.Offer or Dhcpv4Action.Ack) CheckGivenTo(client, decision.Lease!.Address);
        if (decision.Changed is { } changed) _recorded[changed.Address] = changed;
        switch (decision.Action)
        {
            case Dhcpv4Action.Offer:
                _known[client] = decision.Lease!.Address;
                break;
            case Dhcpv4Action.Ack:
                _acks++;
                Assert.Same(decision.Lease, decision.Changed);
                Assert.Equal((LeaseState.Bound, Mac(client)), (decision.Lease!.State, decision.Lease.Mac));
                Assert.DoesNotContain(_held, pair => pair.Value == client && pair.Key != decision.Changed!.Address);
                _held[decision.Lease.Address] = client;
                _known[client] = decision.Lease.Address;
                break;
            case Dhcpv4Action.Released or Dhcpv4Action.Declined:
                Assert.Equal(Mac(client), decision.Changed!.Mac);
                _held.Remove(decision.Changed.Address);
                break;
            default:
                Assert.Null(decision.Changed);
                break;
        }
    }

    /// <summary>Nobody else holds it, it is not the router's, it is of the pool or reserved, and a reserved one is its owner's.</summary>
    private void CheckGivenTo(int client, Ipv4Address address)
    {
        if (_held.TryGetValue(address, out int holder)) Assert.Equal(client, holder);
        Assert.NotEqual(Router, address);
        if (_reserved.TryGetValue(address, out int owner)) Assert.Equal(owner, client);
        else Assert.InRange(address.Value, Ip("192.168.1.100").Value, Ip("192.168.1.249").Value);
        Assert.False(_recorded.TryGetValue(address, out Lease? record) && record.State == LeaseState.Declined, "a resting address was given");
    }

    private void Ended(Lease lease)
    {
        Assert.Equal(LeaseState.Free, lease.State);
        _recorded[lease.Address] = lease;
        _held.Remove(lease.Address);
    }

    /// <summary>What was recorded is what the table holds, apart from offers, and one address is one client's.</summary>
    private void CompareWithTable()
    {
        List<Lease> durable = [.. _server.Engine.Leases.Where(lease => lease.State is LeaseState.Bound or LeaseState.Declined)];
        Assert.Equal(
            _recorded.Values.Where(lease => lease.State is LeaseState.Bound or LeaseState.Declined).OrderBy(lease => lease.Address),
            durable.OrderBy(lease => lease.Address));
        List<Lease> bound = [.. durable.Where(lease => lease.State == LeaseState.Bound)];
        Assert.Equal(bound.Count, bound.Select(lease => lease.Address).Distinct().Count());
        Assert.Equal(bound.Count, bound.Select(lease => lease.Mac).Distinct().Count());
        Assert.Equal(bound.Select(lease => lease.Address).ToHashSet(), [.. _held.Keys]);
        Assert.InRange(_server.Engine.Count, 0, _server.Engine.Leases.Capacity);
        foreach (Lease lease in bound) Assert.Same(lease, _server.Engine.Leases.ByMac(lease.Mac, Lan));
    }
}
