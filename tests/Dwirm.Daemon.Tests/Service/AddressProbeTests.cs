using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>An address is looked for on the link before it is offered for the first time.</summary>
public sealed class AddressProbeTests
{
    private static readonly MacAddress Client = new(0x020000000011), Squatter = new(0x020000000099);

    private sealed class FakeArp(bool works = true) : IArpPort
    {
        public List<Ipv4Address> Asked { get; } = [];

        public bool Closed { get; private set; }

        public bool Probe(Ipv4Address address)
        {
            Asked.Add(address);
            return works;
        }

        public void Dispose() => Closed = true;
    }

    private static AddressProbes Use(TestRouter router, IArpPort? arp) =>
        router.State.Probes = new AddressProbes(router.State, (_, _) => arp);

    [Fact]
    public void The_offer_waits_for_the_link_to_stay_silent_and_nobody_else_waits()
    {
        using var router = new TestRouter();
        var arp = new FakeArp();
        AddressProbes probes = Use(router, arp);
        Assert.Empty(router.Receive(Dhcpv4Builder.Discover(Client)));
        Assert.Empty(router.Receive(Dhcpv4Builder.Discover(Client)));
        Assert.Single(router.Receive(Dhcpv4Builder.Inform(Squatter, router.Lan.RouterAddress with { Value = router.Lan.RouterAddress.Value + 20 })));
        Assert.Empty(router.Wait(200));
        Assert.Equal(2, arp.Asked.Count);
        SentMessage offer = Assert.Single(router.Wait(300));
        Assert.Equal((Dhcpv4MessageType.Offer, arp.Asked[0]), (offer.Type, offer.Address));
        Assert.Equal((0, true), (probes.Count, arp.Closed));
        // Known now: its next offer waits for nothing.
        router.Receive(Dhcpv4Builder.Select(Client, offer.Address, router.Lan.RouterAddress));
        Assert.Single(router.Receive(Dhcpv4Builder.Discover(Client)));
    }

    [Fact]
    public void An_answer_from_somebody_else_leads_to_another_address()
    {
        using var router = new TestRouter();
        var arp = new FakeArp();
        AddressProbes probes = Use(router, arp);
        router.Receive(Dhcpv4Builder.Discover(Client));
        probes.Heard("lan", arp.Asked[0], Client, router.Now);
        probes.Heard("iot", arp.Asked[0], Squatter, router.Now);
        Assert.Equal(1, probes.Count);
        probes.Heard("lan", arp.Asked[0], Squatter, router.Now);
        router.Commit();
        Assert.Equal(2, arp.Asked.Distinct().Count());
        SentMessage offer = router.Wait(200).Concat(router.Wait(300)).Single();
        Assert.Equal(arp.Asked[1], offer.Address);
        Assert.Equal(LeaseState.Declined, router.State.Dhcp.Leases.ByAddress(arp.Asked[0])!.State);
    }

    [Fact]
    public void A_link_that_cannot_be_asked_costs_no_time()
    {
        using var router = new TestRouter();
        Use(router, null);
        Assert.Single(router.Receive(Dhcpv4Builder.Discover(Client)));
        Use(router, new FakeArp(works: false));
        Assert.Single(router.Receive(Dhcpv4Builder.Discover(Squatter)));
    }

    [Fact]
    public void There_is_a_bound_beyond_which_clients_are_answered_at_once()
    {
        using var router = new TestRouter();
        AddressProbes probes = Use(router, new FakeArp());
        for (int i = 0; i < 64; i++) Assert.Empty(router.Receive(Dhcpv4Builder.Discover(new MacAddress(0x020000001000ul + (uint)i))));
        Assert.Equal(64, probes.Count);
        Assert.Single(router.Receive(Dhcpv4Builder.Discover(Client)));
        probes.Drop("lan");
        Assert.Equal(0, probes.Count);
        Assert.Empty(router.Wait(1000));
    }
}
