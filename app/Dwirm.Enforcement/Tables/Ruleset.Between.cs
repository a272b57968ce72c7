using Dwirm.Enforcement.Shaping;
using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <content>
/// From one managed device to another, through the router. Both have to have asked, one to provide and one to consume, and both services
/// have to be on. A flow's mark has room for one of the two, so it has neither: every packet is looked up anew, and taking either service
/// away cuts it. The packet's mark carries the service from one lookup to the next.
/// </content>
internal static partial class Ruleset
{
    private const uint Related = 0x4;

    private static void Between(RulesetSink to)
    {
        Between4(to);
        Between6(to);

        // Each lookup in live counts for its service; the queue is that of the one who consumes.
        to.Chain("between_both");
        to.Put(Priority, SetId.Live, CtDirection, Mark).Goto("between_ok");
        to.Goto("cut");

        to.Chain("between_ok");
        to.Is(Priority, TrafficClass.Policed, PolicedText).In(SetId.Police, CtDirection, Mark).Drop();
        to.SetMark(GrantedBit).Done();
        to.Accept();
    }

    private static void Between4(RulesetSink to)
    {
        to.Chain("between4");
        to.Is(L4Protocol, 1, "icmp").Any(CtState, Related, "related").Goto("between_error");
        to.Put(Mark, SetId.P4, IifName, IpDaddr, L4Protocol, Dport).Goto("between4_provided");
        to.Put(Mark, SetId.P4Range, IpSaddr, IifName, IpDaddr, L4Protocol, Dport).Goto("between4_provided");
        to.Goto("violation");

        to.Chain("between4_provided");
        to.Put(Priority, SetId.Live, CtDirection, Mark).Goto("between4_consumed");
        to.Goto("cut");

        to.Chain("between4_consumed");
        to.Put(Mark, SetId.C4, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("between_both");
        to.Put(Mark, SetId.C4Range, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("between_both");
        to.Goto("violation");

        to.Chain("between4_reply");
        to.Is(L4Protocol, 1, "icmp").Any(CtState, Related, "related").Goto("between_error");
        to.Put(Mark, SetId.P4, OifName, IpSaddr, L4Protocol, Sport).Goto("between4_provided_reply");
        to.Put(Mark, SetId.P4Range, IpDaddr, OifName, IpSaddr, L4Protocol, Sport).Goto("between4_provided_reply");
        to.Goto("cut");

        to.Chain("between4_provided_reply");
        to.Put(Priority, SetId.Live, CtDirection, Mark).Goto("between4_consumed_reply");
        to.Goto("cut");

        to.Chain("between4_consumed_reply");
        to.Put(Mark, SetId.C4, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("between_both");
        to.Put(Mark, SetId.C4Range, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("between_both");
        to.Goto("cut");

        // Errors about a flow are needed for path MTU discovery.
        to.Chain("between_error");
        to.SetMarkBit(GrantedBit).Accept();
    }

    // The flow's mark is the device for as long as it takes to look: a device's number alone is no service, so live knows nothing of it.
    private static void Between6(RulesetSink to)
    {
        to.Chain("between6");
        to.Is(L4Protocol, 58, "ipv6-icmp").Any(CtState, Related, "related").Goto("between_error");
        to.Put(CtMark, SetId.Device6, Ip6Daddr).Done();
        to.Put(Mark, SetId.P6, IifName, CtMark, L4Protocol, Dport).Goto("between6_provided");
        to.Put(Mark, SetId.P6Range, Ip6Saddr, IifName, CtMark, L4Protocol, Dport).Goto("between6_provided");
        to.Goto("violation");

        to.Chain("between6_provided");
        to.Put(Priority, SetId.Live, CtDirection, Mark).Goto("between6_consumed");
        to.Goto("cut");

        to.Chain("between6_consumed");
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(Mark, SetId.C6, CtMark, Ip6Daddr, L4Protocol, Dport).Goto("between_both");
        to.Put(Mark, SetId.C6Range, CtMark, Ip6Daddr, L4Protocol, Dport).Goto("between_both");
        to.Goto("violation");

        to.Chain("between6_reply");
        to.Is(L4Protocol, 58, "ipv6-icmp").Any(CtState, Related, "related").Goto("between_error");
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(Mark, SetId.P6, OifName, CtMark, L4Protocol, Sport).Goto("between6_provided_reply");
        to.Put(Mark, SetId.P6Range, Ip6Daddr, OifName, CtMark, L4Protocol, Sport).Goto("between6_provided_reply");
        to.Goto("cut");

        to.Chain("between6_provided_reply");
        to.Put(Priority, SetId.Live, CtDirection, Mark).Goto("between6_consumed_reply");
        to.Goto("cut");

        to.Chain("between6_consumed_reply");
        to.Put(CtMark, SetId.Device6, Ip6Daddr).Done();
        to.Put(Mark, SetId.C6, CtMark, Ip6Saddr, L4Protocol, Sport).Goto("between_both");
        to.Put(Mark, SetId.C6Range, CtMark, Ip6Saddr, L4Protocol, Sport).Goto("between_both");
        to.Goto("cut");
    }
}
