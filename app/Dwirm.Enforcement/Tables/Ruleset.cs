using Dwirm.Enforcement.Shaping;
using Dwirm.Wire.Netlink;
using static Dwirm.Enforcement.Tables.Field;

namespace Dwirm.Enforcement.Tables;

/// <summary>What the kernel can do, where kernels differ.</summary>
/// <param name="Bridge">Bridge tables (kmod-nft-bridge).</param>
/// <param name="Log">Logging to a group (kmod-nfnetlink-log).</param>
internal readonly record struct RulesetOptions(bool Bridge, bool Log);

/// <summary>
/// The rules. They are constant: what changes are elements of sets. Per established packet one lookup decides, (direction, ct mark) in
/// <c>live</c>: it gives the verdict, counts, and names the traffic class. ct mark is the id of the service (sid), never used twice, so
/// taking the two elements of a sid away cuts its running flows at once.
/// </summary>
/// <remarks>
/// Priorities: identity before conntrack (raw - 10), decisions before fw4's (filter - 10) because an accept ends only our chain while a
/// drop is final, port forwards before fw4's redirects (dstnat - 5).
/// </remarks>
internal static partial class Ruleset
{
    /// <summary>Name of both tables.</summary>
    public const string TableName = "dwirm";

    /// <summary>The packet mark bit that says "granted": fw4 and the bridge table look for it.</summary>
    public const uint GrantedBit = 0x10000000;

    /// <summary>Log group of violations and spoofed frames.</summary>
    public const ushort LogGroup = 17;

    /// <summary>Log group of IPv6 addresses that devices of ours want to use.</summary>
    public const ushort AddressLogGroup = 18;

    private const string GrantedText = "0x10000000", PolicedText = "1:fff0";
    private const uint Reply = 1, Local = 2, Dnat = 0x20, EstablishedOrRelated = 0x6;
    private const uint EchoRequest = 8;

    public static void WriteInet(RulesetSink to, RulesetOptions options)
    {
        to.Table(NfFamily.Inet);
        for (SetId id = SetId.Lan; id < SetId.L2Port; id++) to.Set(Sets.Get(id));
        to.Counter("spoofed");
        to.Counter("cut_off");
        to.Counter("violations");
        to.Counter("dns_flood");
        Refusals(to, options);
        Identity(to);
        Identity6(to, options);
        Forwarding(to);
        Classification(to);
        Classification6(to);
        Between(to);
        Router(to);
        Router6(to);
        Names(to);
        PortForwards(to);
        to.EndTable();
    }

    private static void Refusals(RulesetSink to, RulesetOptions options)
    {
        to.Chain("spoof");
        to.Count("spoofed").Done();
        if (options.Log) to.LimitEach(SetId.LogBudget, EtherSaddr, 1, 5).Log("spoof ", LogGroup, 96).Done();
        to.Drop();

        to.Chain("violation");
        to.Count("violations").Done();
        to.Remember(SetId.Violations, EtherSaddr, IpDaddr, L4Protocol, Dport).Done();
        to.Remember(SetId.Violations6, EtherSaddr, Ip6Daddr, L4Protocol, Dport).Done();
        if (options.Log) to.LimitEach(SetId.LogBudget, EtherSaddr, 1, 5).Log("viol ", LogGroup, 96).Done();
        to.Drop();

        to.Chain("cut");
        to.Count("cut_off").Done();
        to.Drop();
    }

    // Who is it? Before conntrack, so that a spoofed packet costs no entry.
    private static void Identity(RulesetSink to)
    {
        to.BaseChain("pre", "filter", NftHook.Prerouting, -310, "raw - 10");
        to.NotIn(SetId.Lan, IifName).Accept();
        to.Verdicts(SetId.Dev, EtherSaddr);
        to.Verdicts(SetId.Posture, IifName);
        to.Goto("src_unknown");

        to.Chain("src_managed");
        to.In(SetId.Bind4, IifName, EtherSaddr, IpSaddr).Accept();
        to.In(SetId.Bind6, IifName, EtherSaddr, Ip6Saddr).Accept();
        to.Is(IpSaddr, 0, "0.0.0.0").Is(IpDaddr, 0xffffffff, "255.255.255.255").Is(UdpSport, 68, "68").Is(UdpDport, 67, "67").Accept();
        to.Is(NfProtocol, 10, "ipv6").Goto("unbound6");
        to.Goto("spoof");

        to.Chain("src_full");
        to.In(SetId.Own4, IpSaddr).Goto("spoof");
        to.In(SetId.Own6, Ip6Saddr).Goto("spoof");
        to.Accept();

        // A device that never negotiated, where the network's posture is quarantine: DHCP, DNS and NTP of the router. A client that
        // rebinds broadcasts from its old address (RFC 2131 section 4.4.5), so the source is not looked at there.
        to.Chain("src_unknown");
        to.In(SetId.Own4, IpSaddr).Goto("spoof");
        to.In(SetId.Own6, Ip6Saddr).Goto("spoof");
        to.Is(IpDaddr, 0xffffffff, "255.255.255.255").Is(UdpSport, 68, "68").Is(UdpDport, 67, "67").Accept();
        to.Is(FibDaddrType, Local, "local").In(SetId.Base, L4Protocol, Dport).Accept();
        to.Is(NfProtocol, 10, "ipv6").Goto("unknown6");
        to.Goto("violation");
    }

    private static void Forwarding(RulesetSink to)
    {
        to.BaseChain("forward", "filter", NftHook.Forward, -10, "filter - 10");
        to.IsNot(CtMark, 0, "0").Put(Priority, SetId.Live, CtDirection, CtMark).Goto("ok");
        // Outside, a device's source address is a lie, and a link-local one may well be that of the provider's router.
        to.In(SetId.Own4, IpSaddr).In(SetId.Lan, IifName).Goto("from4");
        to.In(SetId.Own4, IpDaddr).Goto("to4");
        to.In(SetId.Own6, Ip6Saddr).In(SetId.Lan, IifName).Goto("from6");
        to.In(SetId.Own6, Ip6Daddr).Goto("to6");
        to.In(SetId.Isolated, IifName).NotIn(SetId.Full, EtherSaddr).NotIn(SetId.Uplink, OifName).Goto("violation");
        to.Put(CtMark, SetId.Whole, EtherSaddr).Goto("enter");

        // Policed only where a rate cannot be shaped: nobody else pays for the lookup.
        to.Chain("ok");
        to.Is(Priority, TrafficClass.Policed, PolicedText).In(SetId.Police, CtDirection, CtMark).Drop();
        to.SetMarkBit(GrantedBit).Done();
        to.Accept();
    }

    // A flow's first packet, and packets of flows whose service is no longer live.
    private static void Classification(RulesetSink to)
    {
        to.Chain("from4");
        to.Is(CtDirection, Reply, "reply").Goto("from4_reply");
        to.In(SetId.Own4, IpDaddr).Goto("between4");
        to.Put(CtMark, SetId.C4, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("enter");
        // A resolver that a grant names by itself came before this; one that only a wide grant covers does not.
        to.In(SetId.DnsBlocked, IifName, L4Protocol, Dport).Goto("violation");
        to.Put(CtMark, SetId.C4Range, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("enter");
        to.In(SetId.DnsAllowed, IifName, L4Protocol, Dport).In(SetId.Uplink, OifName).Goto("ok");
        to.Any(CtState, EstablishedOrRelated, "established,related").Goto("cut");
        to.Goto("violation");

        // From outside only what a port forward brought: a neighbour on the uplink may know the inner address.
        to.Chain("to4");
        to.Is(CtDirection, Reply, "reply").Goto("to4_reply");
        to.NotIn(SetId.Lan, IifName).NoneOf(CtStatus, Dnat, "dnat").Goto("violation");
        to.Put(CtMark, SetId.P4, IifName, IpDaddr, L4Protocol, Dport).Goto("enter");
        to.Put(CtMark, SetId.P4Range, IpSaddr, IifName, IpDaddr, L4Protocol, Dport).Goto("enter");
        to.Any(CtState, EstablishedOrRelated, "established,related").Goto("cut");
        to.Goto("violation");

        // Mirrored keys: a flow whose service got another id is taken over from whichever side speaks first.
        to.Chain("from4_reply");
        to.In(SetId.Own4, IpDaddr).Goto("between4_reply");
        to.Put(CtMark, SetId.P4, OifName, IpSaddr, L4Protocol, Sport).Goto("enter");
        to.Put(CtMark, SetId.P4Range, IpDaddr, OifName, IpSaddr, L4Protocol, Sport).Goto("enter");
        to.Goto("cut");

        to.Chain("to4_reply");
        to.Put(CtMark, SetId.C4, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("enter");
        to.Put(CtMark, SetId.C4Range, IpDaddr, IpSaddr, L4Protocol, Sport).Goto("enter");
        to.In(SetId.DnsAllowed, OifName, L4Protocol, Sport).In(SetId.Uplink, IifName).Goto("ok");
        to.Goto("cut");

        // A service we know, but perhaps outside its schedule.
        to.Chain("enter");
        to.Put(Priority, SetId.Live, CtDirection, CtMark).Goto("ok");
        to.Goto("cut");
    }

    private static void Router(RulesetSink to)
    {
        to.BaseChain("input", "filter", NftHook.Input, -10, "filter - 10");
        to.IsNot(CtMark, 0, "0").In(SetId.PoliceInput, CtDirection, CtMark).Drop();
        to.IsNot(CtMark, 0, "0").Put(Priority, SetId.Live, CtDirection, CtMark).Accept();
        to.In(SetId.Own4, IpSaddr).In(SetId.Lan, IifName).Goto("in4");
        to.In(SetId.Own6, Ip6Saddr).In(SetId.Lan, IifName).Goto("in6");
        // The forwarder serves managed devices, and ordinary ones while they are observed.
        to.In(SetId.DnsPort, IifName, L4Protocol, Dport).In(SetId.Observed, IpSaddr).Goto("dns_in");
        to.In(SetId.DnsPort, IifName, L4Protocol, Dport).Drop();

        to.Chain("in4");
        to.Is(CtDirection, Reply, "reply").Accept();
        to.In(SetId.DnsPort, IifName, L4Protocol, Dport).Goto("dns_in");
        to.In(SetId.Base, L4Protocol, Dport).Accept();
        to.Put(CtMark, SetId.C4, IpSaddr, IpDaddr, L4Protocol, Dport).Goto("enter");
        to.Is(IcmpType, EchoRequest, "echo-request").Limit(5, 5).Accept();
        to.Goto("violation");

        to.BaseChain("output", "filter", NftHook.Output, -10, "filter - 10");
        to.In(SetId.Lan, OifName).SetMarkBit(GrantedBit).Done();
        to.IsNot(CtMark, 0, "0").Put(Priority, SetId.Live, CtDirection, CtMark).Done();
    }

    private static void PortForwards(RulesetSink to)
    {
        to.BaseChain("dstnat", "nat", NftHook.Prerouting, -105, "dstnat - 5");
        to.In(SetId.Wan4, IpDaddr).Dnat(SetId.Forward4);
        to.In(SetId.Wan4, IpDaddr).Dnat(SetId.Forward4Range);
        to.In(SetId.Dns, IifName, L4Protocol, Dport).In(SetId.Own4, IpSaddr).Goto("dns4");
        to.In(SetId.Dns, IifName, L4Protocol, Dport).In(SetId.Own6, Ip6Saddr).Goto("dns6");
        to.In(SetId.Dns, IifName, L4Protocol, Dport).In(SetId.Observed, IpSaddr).Goto("dns_redirect");

        to.BaseChain("srcnat", "nat", NftHook.Postrouting, 95, "srcnat - 5");
        to.Any(CtStatus, Dnat, "dnat").In(SetId.Wan4, CtOriginalDaddr).In(SetId.Hairpin, OifName, IpSaddr).Masquerade();
    }
}
