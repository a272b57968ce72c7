using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <content>IPv6 inside a bridge: neighbour discovery that says what is so, and the same two-sided grants as for IPv4, keyed by the MAC.</content>
internal static partial class Ruleset
{
    private static void NeighbourDiscovery(RulesetSink to, RulesetOptions options)
    {
        to.Chain("v6_managed");
        to.Is(Icmpv6Type, RouterAdvert, "nd-router-advert").Goto("spoof");
        to.Is(Icmpv6Type, Redirect, "nd-redirect").Goto("spoof");
        // Who asks for listeners (RFC 3810) is taken for a multicast router, and the bridge sends it everybody's multicast.
        to.Is(Icmpv6Type, MldQuery, "mld-listener-query").Goto("spoof");
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").In(SetId.L2NdOwn, EtherSaddr, NdTarget).Accept();
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").Goto("spoof");
        to.Accept();

        // From :: comes what a host says before it has an address: duplicate address detection (RFC 4862 section 5.4), only for an address
        // the device may have, multicast listener reports and router solicitations. Another address of the network's prefixes is shown to
        // the daemon, which decides whether it is the device's; until then nothing comes from it.
        to.Chain("unbound6");
        to.In(SetId.L2Own6, Ip6Saddr).Goto("spoof");
        to.Is(Ip6Saddr, 0, "::").Is(Ip6HopLimit, 255, "255").Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit")
            .In(SetId.L2NdOwn, EtherSaddr, NdTarget).Accept();
        to.Is(Ip6Saddr, 0, "::").Is(Icmpv6Type, MldReport, "mld-listener-report").Accept();
        to.Is(Ip6Saddr, 0, "::").Is(Icmpv6Type, Mld2Report, "mld2-listener-report").Accept();
        to.Is(Ip6Saddr, 0, "::").Is(Ip6HopLimit, 255, "255").Is(Icmpv6Type, RouterSolicit, "nd-router-solicit").Accept();
        if (options.Log)
        {
            to.Is(Ip6Saddr, 0, "::").Is(Ip6HopLimit, 255, "255").Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit")
                .LimitEach(SetId.L2LearnBudget, EtherSaddr, LearnRate, LearnBurst).Log("dad ", AddressLogGroup, 128).Drop();
            to.In(SetId.L2Net6, IifName, Ip6Saddr)
                .LimitEach(SetId.L2LearnBudget, EtherSaddr, LearnRate, LearnBurst).Log("src6 ", AddressLogGroup, 128).Drop();
        }
        to.Goto("spoof");
    }

    private static void FromDevice6(RulesetSink to)
    {
        to.Chain("lan_from6");
        to.In(SetId.L2Seen6, Ip6Daddr, Ip6Saddr, L4Protocol, Dport, Sport).Put(Mark, SetId.L2Provide6, EtherSaddr, L4Protocol, Sport).Goto("lan_answer6");
        to.In(SetId.L2Seen6, Ip6Daddr, Ip6Saddr, L4Protocol, Dport, Sport)
            .Put(Mark, SetId.L2Provide6Range, Ip6Daddr, EtherSaddr, L4Protocol, Sport).Goto("lan_answer6");
        to.Put(Mark, SetId.L2Consume6, EtherSaddr, Ip6Daddr, L4Protocol, Dport).Goto("lan_consume6");
        to.Put(Mark, SetId.L2Consume6Range, EtherSaddr, Ip6Daddr, L4Protocol, Dport).Goto("lan_consume6");
        to.Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit").Accept();
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").Accept();
        to.Goto("flood");

        to.Chain("lan_answer6");
        to.In(SetId.L2Up, Mark).Drop();
        to.NotIn(SetId.L2Managed, EtherDaddr).Accept();
        to.Put(Mark, SetId.L2Consume6, EtherDaddr, Ip6Saddr, L4Protocol, Sport).Goto("lan_in");
        to.Put(Mark, SetId.L2Consume6Range, EtherDaddr, Ip6Saddr, L4Protocol, Sport).Goto("lan_in");
        to.Goto("viol");

        to.Chain("lan_consume6");
        to.In(SetId.L2Up, Mark).Drop();
        to.NotIn(SetId.L2Managed, EtherDaddr).Remember(SetId.L2Seen6, Ip6Saddr, Ip6Daddr, L4Protocol, Sport, Dport).Accept();
        to.Put(Mark, SetId.L2Provide6, EtherDaddr, L4Protocol, Dport).Goto("lan_provide6");
        to.Put(Mark, SetId.L2Provide6Range, Ip6Saddr, EtherDaddr, L4Protocol, Dport).Goto("lan_provide6");
        to.Goto("viol");
    }

    private static void ToDevice6(RulesetSink to)
    {
        to.Chain("lan_to6");
        to.Put(Mark, SetId.L2Provide6, EtherDaddr, L4Protocol, Dport).Goto("lan_provide6");
        to.Put(Mark, SetId.L2Provide6Range, Ip6Saddr, EtherDaddr, L4Protocol, Dport).Goto("lan_provide6");
        to.In(SetId.L2Seen6, Ip6Daddr, Ip6Saddr, L4Protocol, Dport, Sport)
            .Put(Mark, SetId.L2Consume6, EtherDaddr, Ip6Saddr, L4Protocol, Sport).Goto("lan_in");
        to.In(SetId.L2Seen6, Ip6Daddr, Ip6Saddr, L4Protocol, Dport, Sport)
            .Put(Mark, SetId.L2Consume6Range, EtherDaddr, Ip6Saddr, L4Protocol, Sport).Goto("lan_in");
        to.Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit").Accept();
        to.Is(Icmpv6Type, NeighborAdvert, "nd-neighbor-advert").Accept();
        to.Goto("flood");

        to.Chain("lan_provide6");
        to.In(SetId.L2Down, Mark).Drop();
        to.Remember(SetId.L2Seen6, Ip6Saddr, Ip6Daddr, L4Protocol, Sport, Dport).Accept();
        to.Goto("viol");
    }
}
