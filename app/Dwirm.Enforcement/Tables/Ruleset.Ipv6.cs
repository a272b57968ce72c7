using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <content>
/// IPv6 through the router. A device has many addresses and takes new ones by itself (RFC 4862, RFC 8981), so a flow is first given to the
/// device whose address it has (<c>id6</c>), and what that device is granted is looked up by the device.
/// </content>
internal static partial class Ruleset
{
    private const uint RouterSolicit = 133, RouterAdvert = 134, NeighborSolicit = 135, NeighborAdvert = 136, Redirect = 137;
    private const uint MldQuery = 130, MldReport = 131, Mld2Report = 143, Echo6Request = 128;
    private const uint LearnRate = 2, LearnBurst = 16;

    private static void Identity6(RulesetSink to, RulesetOptions options)
    {
        // A managed device speaks from an address that is not known as its own: perhaps one it has just formed. Duplicate address detection
        // (RFC 4862 section 5.4) and packets from the network's own prefixes are shown to the daemon, so that it can learn the address.
        to.Chain("unbound6");
        to.In(SetId.Own6, Ip6Saddr).Goto("spoof");
        if (options.Log)
        {
            to.Is(Ip6Saddr, 0, "::").Is(Ip6HopLimit, 255, "255").Is(Icmpv6Type, NeighborSolicit, "nd-neighbor-solicit")
                .LimitEach(SetId.LearnBudget, EtherSaddr, LearnRate, LearnBurst).Log("dad ", AddressLogGroup, 128).Done();
            to.In(SetId.Net6, IifName, Ip6Saddr)
                .LimitEach(SetId.LearnBudget, EtherSaddr, LearnRate, LearnBurst).Log("src6 ", AddressLogGroup, 128).Drop();
        }
        to.Is(Ip6Saddr, 0, "::").In(SetId.Discovery, Icmpv6Type).Goto("discovery_hops");
        to.Goto("spoof");

        // A device that never negotiated, in quarantine: neighbour discovery and DHCPv6 beside what IPv4 has. On the link only: a message
        // that says it is discovery and is for somebody outside would be routed like any other.
        to.Chain("unknown6");
        to.Is(PacketType, Multicast, "multicast").In(SetId.Discovery, Icmpv6Type).Goto("discovery_hops");
        to.Is(FibDaddrType, Local, "local").In(SetId.Discovery, Icmpv6Type).Goto("discovery_hops");
        to.Is(PacketType, Multicast, "multicast").Is(UdpSport, 546, "546").Is(UdpDport, 547, "547").Accept();
        to.Goto("violation");

        to.Chain("discovery_hops");
        to.Is(Ip6HopLimit, 255, "255").Accept();
        to.Is(Ip6HopLimit, 1, "1").Accept();
        to.Goto("spoof");
    }

    // The mark is the device first, then the device's service; a service's number is never 0, so the two are never taken for each other.
    private static void Classification6(RulesetSink to)
    {
        to.Chain("from6");
        to.Is(CtDirection, Reply, "reply").Goto("from6_reply");
        to.In(SetId.Own6, Ip6Daddr).Goto("between6");
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(CtMark, SetId.C6, CtMark, Ip6Daddr, L4Protocol, Dport).Goto("enter");
        to.In(SetId.DnsBlocked, IifName, L4Protocol, Dport).Goto("violation");
        to.Put(CtMark, SetId.C6Range, CtMark, Ip6Daddr, L4Protocol, Dport).Goto("enter");
        to.In(SetId.DnsAllowed, IifName, L4Protocol, Dport).In(SetId.Uplink, OifName).Goto("ok");
        to.Any(CtState, EstablishedOrRelated, "established,related").Goto("cut");
        to.Goto("violation");

        // No address translation here: a port forward is a pinhole, an element of the uplink's own.
        to.Chain("to6");
        to.Is(CtDirection, Reply, "reply").Goto("to6_reply");
        to.Put(CtMark, SetId.Device6, Ip6Daddr).Done();
        to.Put(CtMark, SetId.P6, IifName, CtMark, L4Protocol, Dport).Goto("enter");
        to.Put(CtMark, SetId.P6Range, Ip6Saddr, IifName, CtMark, L4Protocol, Dport).Goto("enter");
        to.Any(CtState, EstablishedOrRelated, "established,related").Goto("cut");
        to.Goto("violation");

        to.Chain("from6_reply");
        to.In(SetId.Own6, Ip6Daddr).Goto("between6_reply");
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(CtMark, SetId.P6, OifName, CtMark, L4Protocol, Sport).Goto("enter");
        to.Put(CtMark, SetId.P6Range, Ip6Daddr, OifName, CtMark, L4Protocol, Sport).Goto("enter");
        to.Goto("cut");

        to.Chain("to6_reply");
        to.Put(CtMark, SetId.Device6, Ip6Daddr).Done();
        to.Put(CtMark, SetId.C6, CtMark, Ip6Saddr, L4Protocol, Sport).Goto("enter");
        to.Put(CtMark, SetId.C6Range, CtMark, Ip6Saddr, L4Protocol, Sport).Goto("enter");
        to.In(SetId.DnsAllowed, OifName, L4Protocol, Sport).In(SetId.Uplink, IifName).Goto("ok");
        to.Goto("cut");
    }

    // Errors (types 1 to 4) about a flow of the router's own are needed for path MTU discovery; about a granted flow they carry its mark
    // and never come here. Router advertisements and redirects of a managed device are lies.
    private static void Router6(RulesetSink to)
    {
        to.Chain("in6");
        to.Is(CtDirection, Reply, "reply").Accept();
        to.In(SetId.DnsPort, IifName, L4Protocol, Dport).Goto("dns_in");
        to.In(SetId.Discovery, Icmpv6Type).Goto("discovery_hops");
        to.In(SetId.Base, L4Protocol, Dport).Accept();
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(CtMark, SetId.C6, CtMark, Ip6Daddr, L4Protocol, Dport).Goto("enter");
        to.Is(Icmpv6Type, Echo6Request, "echo-request").Limit(5, 5).Accept();
        to.Is(Icmpv6Type, 1, "destination-unreachable").Limit(5, 5).Accept();
        to.Is(Icmpv6Type, 2, "packet-too-big").Limit(5, 5).Accept();
        to.Is(Icmpv6Type, 3, "time-exceeded").Limit(5, 5).Accept();
        to.Is(Icmpv6Type, 4, "parameter-problem").Limit(5, 5).Accept();
        to.Goto("violation");
    }
}
