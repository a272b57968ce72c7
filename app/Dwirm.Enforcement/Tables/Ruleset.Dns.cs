using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <content>
/// Port 53 of managed devices goes to the forwarder, so that an address is in their sets before they hear of it. A resolver that a grant
/// names by itself is reached as any other endpoint; one that only a wide grant covers is not.
/// </content>
internal static partial class Ruleset
{
    /// <summary>The forwarder's port, UDP and TCP.</summary>
    public const ushort ForwarderPort = 5354;

    // What one device may ask before its packets are not even looked at: the daemon's own limit is lower, this one keeps a flood from the
    // socket that all devices of a network share.
    private const uint DnsRate = 200, DnsBurst = 400;

    private static void Names(RulesetSink to)
    {
        to.Chain("dns4");
        to.Put(CtMark, SetId.C4, IpSaddr, IpDaddr, L4Protocol, Dport).Accept();
        to.Goto("dns_redirect");

        to.Chain("dns6");
        to.Put(CtMark, SetId.Device6, Ip6Saddr).Done();
        to.Put(CtMark, SetId.C6, CtMark, Ip6Daddr, L4Protocol, Dport).Accept();
        to.Goto("dns_redirect");

        to.Chain("dns_redirect");
        to.Is(FibDaddrType, Local, "local").Goto("dns_here");
        to.In(SetId.DnsForeign, IifName, L4Protocol, Dport).Goto("dns_here");

        // nft wants to know whose port it is before it writes one.
        to.Chain("dns_here");
        to.Is(L4Protocol, 17, "udp").Redirect(ForwarderPort);
        to.Is(L4Protocol, 6, "tcp").Redirect(ForwarderPort);

        // Marked for the firewall, whose zone may let in port 53 only.
        to.Chain("dns_in");
        to.LimitEach(SetId.DnsBudget, EtherSaddr, DnsRate, DnsBurst).SetMarkBit(GrantedBit).Accept();
        to.Count("dns_flood").Drop();
    }
}
