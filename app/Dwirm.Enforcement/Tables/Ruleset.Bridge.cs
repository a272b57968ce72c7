using Dwirm.Wire.Netlink;
using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <content>
/// The bridge table: frames between ports never reach the inet table, and the bridge learns addresses from them. No conntrack here: answers
/// are allowed by <c>seen</c>, which the allowed direction fills, and always together with the grant itself, so that taking the grant away
/// cuts both directions.
/// </content>
internal static partial class Ruleset
{
    private const uint Arp = 0x0806, Ipv6 = 0x86dd, Eapol = 0x888e, Vlan = 0x8100, ServiceVlan = 0x88a8, Broadcast = 1, Multicast = 2;

    public static void WriteBridge(RulesetSink to, RulesetOptions options)
    {
        to.Table(NfFamily.Bridge);
        for (SetId id = SetId.L2Port; id < SetId.Count; id++) to.Set(Sets.Get(id));
        to.Counter("spoofed");
        to.Counter("l2viol");
        FrameRefusals(to, options);
        FrameIdentity(to);
        NeighbourDiscovery(to, options);
        BetweenPorts(to);
        FromDevice(to);
        ToDevice(to);
        FromDevice6(to);
        ToDevice6(to);
        FromRouter(to);
        to.EndTable();
    }

    private static void FrameRefusals(RulesetSink to, RulesetOptions options)
    {
        to.Chain("spoof");
        to.Count("spoofed").Done();
        if (options.Log) to.LimitEach(SetId.L2LogBudget, EtherSaddr, 1, 5).Log("l2spoof ", LogGroup, 96).Done();
        to.Drop();

        to.Chain("viol");
        to.Count("l2viol").Done();
        if (options.Log) to.LimitEach(SetId.L2LogBudget, EtherSaddr, 1, 5).Log("l2viol ", LogGroup, 96).Done();
        to.Drop();

        // What floods to every port by itself is no attempt on anybody: it is not let through, and not reported.
        to.Chain("flood");
        to.Is(PacketType, Broadcast, "broadcast").Drop();
        to.Is(PacketType, Multicast, "multicast").Drop();
        to.Goto("viol");
    }

    private static void FrameIdentity(RulesetSink to)
    {
        to.BaseChain("pre", "filter", NftHook.Prerouting, -300, "-300");
        to.Verdicts(SetId.L2Dev, EtherSaddr);
        to.Goto("not_theirs");

        // A tag leads into another network of the router, which may know nothing of the device. Tag 0 is a priority and no network.
        to.Chain("src_managed");
        to.Is(EtherType, Vlan, "0x8100").Any(VlanTag, 0x0fff, "0x0fff").Goto("spoof");
        to.Is(EtherType, ServiceVlan, "0x88a8").Goto("spoof");
        to.In(SetId.L2Bind4, EtherSaddr, IpSaddr).Accept();
        to.In(SetId.L2Bind6, EtherSaddr, Ip6Saddr).Goto("v6_managed");
        to.Is(EtherType, Arp, "arp").Goto("arp_managed");
        to.Is(IpSaddr, 0, "0.0.0.0").Is(IpDaddr, 0xffffffff, "255.255.255.255").Is(UdpSport, 68, "68").Is(UdpDport, 67, "67").Accept();
        // A profile can make a DHCP message longer than a frame; a later fragment of it has no ports to look at.
        to.Is(IpSaddr, 0, "0.0.0.0").Is(IpDaddr, 0xffffffff, "255.255.255.255").Is(IpProtocol, 17, "udp").Any(IpFragment, 0x1fff, "0x1fff").Accept();
        to.Is(EtherType, Ipv6, "ip6").Goto("unbound6");
        to.Is(EtherType, Eapol, "0x888e").Accept();
        to.Goto("spoof");

        to.Chain("src_full");
        to.Goto("not_theirs");

        // Nobody else may use a managed device's addresses.
        to.Chain("not_theirs");
        to.In(SetId.L2Own4, IpSaddr).Goto("spoof");
        to.In(SetId.L2Own6, Ip6Saddr).Goto("spoof");
        to.In(SetId.L2Own4, ArpSaddrIp).Goto("spoof");
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").In(SetId.L2NdHeld, NdTarget).Goto("spoof");

        // An address-conflict probe (RFC 5227) for its own address, and ARP that says what is so.
        to.Chain("arp_managed");
        to.Is(ArpSaddrIp, 0, "0.0.0.0").In(SetId.L2Bind4, EtherSaddr, ArpDaddrIp).Accept();
        to.In(SetId.L2Bind4, ArpSaddrEther, ArpSaddrIp).Accept();
        to.Goto("spoof");
    }

    private static void BetweenPorts(RulesetSink to)
    {
        // A frame to every port reaches a device whose address the packet in it has, whatever the device may be asked for.
        to.Chain("to_everybody");
        to.In(SetId.L2Own4, IpDaddr).Goto("viol");
        to.In(SetId.L2Own6, Ip6Daddr).Goto("viol");

        to.BaseChain("forward", "filter", NftHook.Forward, -200, "-200");
        to.Is(PacketType, Broadcast, "broadcast").Jump("to_everybody");
        to.Is(PacketType, Multicast, "multicast").Jump("to_everybody");
        to.Verdicts(SetId.L2Class, EtherSaddr);
        to.Verdicts(SetId.L2Port, IifName);
        to.In(SetId.L2Managed, EtherDaddr).Goto("lan_to");

        to.Chain("lan_full");
        to.In(SetId.L2Managed, EtherDaddr).Goto("lan_to");
        to.Accept();

        // Never negotiated, in quarantine: what managed devices offer, nothing else.
        to.Chain("lan_quarantine");
        to.Is(EtherType, Arp, "arp").Accept();
        to.Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit").Accept();
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").Accept();
        to.In(SetId.L2Managed, EtherDaddr).Goto("lan_to");
        to.Goto("flood");

        // Never negotiated, isolated: the router only, which is not a port.
        to.Chain("lan_isolate");
        to.Goto("flood");
    }

    // The mark is the service, as ct mark is in the inet table: it finds the service's rate. HTB sees no frames between ports, so these are
    // policed. Nobody looks at the mark of a bridged frame afterwards.
    private static void FromDevice(RulesetSink to)
    {
        to.Chain("lan_from");
        to.Is(EtherType, Ipv6, "ip6").Goto("lan_from6");
        to.Is(EtherType, Arp, "arp").Accept();
        to.In(SetId.L2Seen, IpDaddr, IpSaddr, L4Protocol, Dport, Sport).Put(Mark, SetId.L2Provide, IpSaddr, L4Protocol, Sport).Goto("lan_answer");
        to.In(SetId.L2Seen, IpDaddr, IpSaddr, L4Protocol, Dport, Sport)
            .Put(Mark, SetId.L2ProvideRange, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("lan_answer");
        to.Put(Mark, SetId.L2Consume, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("lan_consume");
        to.Put(Mark, SetId.L2ConsumeRange, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("lan_consume");
        to.Goto("flood");

        // An answer to a managed device needs that device's grant as well.
        to.Chain("lan_answer");
        to.In(SetId.L2Up, Mark).Drop();
        to.NotIn(SetId.L2Managed, EtherDaddr).Accept();
        to.Put(Mark, SetId.L2Consume, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("lan_in");
        to.Put(Mark, SetId.L2ConsumeRange, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("lan_in");
        to.Goto("viol");

        // From one managed device to another both have to have asked: one to consume, one to provide.
        to.Chain("lan_consume");
        to.In(SetId.L2Up, Mark).Drop();
        to.NotIn(SetId.L2Managed, EtherDaddr).Remember(SetId.L2Seen, IpSaddr, IpDaddr, L4Protocol, Sport, Dport).Accept();
        to.Put(Mark, SetId.L2Provide, IpDaddr, L4Protocol, Dport).Goto("lan_provide");
        to.Put(Mark, SetId.L2ProvideRange, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("lan_provide");
        to.Goto("viol");
    }

    private static void ToDevice(RulesetSink to)
    {
        to.Chain("lan_to");
        to.Is(EtherType, Ipv6, "ip6").Goto("lan_to6");
        to.Is(EtherType, Arp, "arp").Accept();
        to.Put(Mark, SetId.L2Provide, IpDaddr, L4Protocol, Dport).Goto("lan_provide");
        to.Put(Mark, SetId.L2ProvideRange, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("lan_provide");
        to.In(SetId.L2Seen, IpDaddr, IpSaddr, L4Protocol, Dport, Sport).Put(Mark, SetId.L2Consume, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("lan_in");
        to.In(SetId.L2Seen, IpDaddr, IpSaddr, L4Protocol, Dport, Sport)
            .Put(Mark, SetId.L2ConsumeRange, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("lan_in");
        to.Goto("flood");

        to.Chain("lan_provide");
        to.In(SetId.L2Down, Mark).Drop();
        to.Remember(SetId.L2Seen, IpSaddr, IpDaddr, L4Protocol, Sport, Dport).Accept();
        to.Goto("viol");

        to.Chain("lan_in");
        to.In(SetId.L2Down, Mark).Drop();
        to.Accept();
    }

    // What the router routes onto a bridge has passed the inet table and carries its mark. A DHCP reply to a client that has no address yet
    // leaves by a packet socket, past the inet table.
    private static void FromRouter(RulesetSink to)
    {
        to.BaseChain("output", "filter", NftHook.Output, -200, "-200");
        to.In(SetId.L2Managed, EtherDaddr).Goto("to_managed");

        to.Chain("to_managed");
        to.Any(Mark, GrantedBit, GrantedText).Accept();
        to.Is(EtherType, Arp, "arp").Accept();
        to.Is(UdpSport, 67, "67").Is(UdpDport, 68, "68").Accept();
        to.Goto("viol");
    }
}
