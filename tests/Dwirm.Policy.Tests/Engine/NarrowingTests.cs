using System.Linq;
using Dwirm.Policy.Rules;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class NarrowingTests
{
    [Theory]
    // ports
    [InlineData("""{"Ports":"80-90"}""", "ports", "85-95", """{"Ports":"85-90"}""")]
    [InlineData("""{"Ports":"80"}""", "ports", "1-65535", """{"Ports":"80"}""")]
    [InlineData("""{"Ports":"80","Rate":"1Mbps"}""", "ports", "81", """{"Ports":"","Rate":""}""")]
    // rate
    [InlineData("""{"Ports":"80","Rate":"8mBPS"}""", "maxRate", "4Mbps", """{"Ports":"80","Rate":"4Mbps"}""")]
    [InlineData("""{"Ports":"80","Rate":"8mBPS"}""", "maxRate", "9Mbps", """{"Ports":"80","Rate":"8mBPS"}""")]
    [InlineData("""{"Ports":"80","Rate":"Line"}""", "maxRate", "1Gbps", """{"Ports":"80","Rate":"1Gbps"}""")]
    [InlineData("""{"Ports":"80","Rate":"Line"}""", "maxRate", "Line", """{"Ports":"80","Rate":"Line"}""")]
    [InlineData("""{"Ports":"80"}""", "maxRate", "5Kbps", """{"Ports":"80","Rate":"5Kbps"}""")]
    // schedule
    [InlineData("""{"Ports":"80","Schedule":"02:00-04:59"}""", "schedule", "01:00-05:59", """{"Ports":"80","Schedule":"02:00-04:59"}""")]
    [InlineData("""{"Ports":"80","Schedule":"02:00-04:59"}""", "schedule", "04:00-05:59", """{"Ports":"80","Schedule":"04:00-04:59"}""")]
    [InlineData("""{"Ports":"80"}""", "schedule", "22:00-05:59L", """{"Ports":"80","Schedule":"22:00-05:59L"}""")]
    [InlineData("""{"Ports":"80","Schedule":"02:00-04:59"}""", "schedule", "05:00-05:59", """{"Ports":"","Schedule":""}""")]
    // the longer of two parts, because an answer has one window
    [InlineData("""{"Ports":"80","Schedule":"20:00-08:59"}""", "schedule", "05:00-21:59", """{"Ports":"80","Schedule":"05:00-08:59"}""")]
    public void A_rule_narrows_and_the_answer_says_so(string options, string key, string value, string answer)
    {
        RuleAmendment amend = key switch
        {
            "ports" => new RuleAmendment { Ports = Ports(value) },
            "maxRate" => new RuleAmendment { MaxRate = Rate(value) },
            _ => new RuleAmendment { Schedule = Window(value) },
        };
        Negotiation outcome = Decide(Site(Rule("narrow", PolicyDecision.Accept, amend: amend)), One("Provide", "Thing", options));
        Assert.Equal(One("Provide", "Thing", answer), outcome.AnswerJson);
        Assert.Equal(options == answer ? DeviceState.Granted : DeviceState.Amended, outcome.State);
        Assert.Equal(options == answer, outcome.Services[0].Reasons.Count == 1);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-11")]
    [Trait("Requirement", "DWIRM-27")]
    public void A_local_and_a_fixed_window_are_joined_so_that_the_answer_holds_all_year()
    {
        SitePolicy night = Site(Rule("night", PolicyDecision.Accept, amend: new RuleAmendment { Schedule = Window("01:00-05:59L") }));
        string json = One("Provide", "Thing", """{"Ports":"80","Schedule":"02:00-04:59"}""");
        // 01:00-05:59 local is 00:00-04:59 GMT in winter and 23:00-03:59 GMT in summer.
        Negotiation outcome = Decide(night, Input(json) with { Zone = new SummerZone() });
        Assert.Equal("02:00-03:59", outcome.Grant!.Services[0].Schedule.ToString());
        Assert.Contains("\"Schedule\":\"02:00-03:59\"", outcome.AnswerJson);
        Assert.Equal(DeviceState.Granted, Decide(night, Input(json)).State);
        string never = One("Provide", "Thing", """{"Ports":"80","Schedule":"12:00-12:30EST"}""");
        Assert.Empty(Decide(night, Input(never) with { Zone = new SummerZone() }).Grant!.Services);
    }

    [Theory]
    [InlineData("""{"Ports":"80,5683","Hints":"HTTP, COAP"}""", "5683", """{"Ports":"5683","Hints":"COAP"}""", "5683/udp")]
    [InlineData("""{"Ports":"80,443,22","Hints":"HTTP, HTTPS, SSH"}""", "22", """{"Ports":"22","Hints":"HTTP, HTTPS, SSH"}""", "22/tcp")]
    [InlineData("""{"Ports":"80-90","Hints":"COAP"}""", "82,84", """{"Ports":"82,84","Hints":"COAP"}""", "82/udp 84/udp")]
    [InlineData("""{"Ports":"1-9,80","Hints":"COAP, HTTP"}""", "2,4,80", """{"Ports":"2,4,80","Hints":"COAP, COAP, HTTP"}""", "2/udp 4/udp 80/tcp")]
    // Two hints for three ranges belong to all of them; two ranges are left, and each takes one hint: narrower, never wider.
    [InlineData("""{"Ports":"1,2,3","Hints":"HTTP, COAP"}""", "1,2", """{"Ports":"1,2","Hints":"HTTP, COAP"}""", "1/tcp 2/udp")]
    [Trait("Requirement", "DWIRM-15")]
    [Trait("Requirement", "DWIRM-27")]
    public void Hints_stay_with_their_ports(string options, string allowed, string answer, string granted)
    {
        SitePolicy policy = Site(Rule("narrow", PolicyDecision.Accept, amend: new RuleAmendment { Ports = Ports(allowed) }));
        Negotiation outcome = Decide(policy, One("Provide", "Thing", options));
        Assert.Equal(One("Provide", "Thing", answer), outcome.AnswerJson);
        Assert.Equal(granted, Text(outcome.Grant!.Services[0]));
    }

    [Theory]
    [InlineData("""{"Ports":"7"}""", "7/tcp+udp")]
    [InlineData("""{"Ports":"7","Hints":"GOPHER"}""", "7/tcp+udp")]
    [InlineData("""{"Ports":"7","Hints":"ssh"}""", "7/tcp")]
    [InlineData("""{"Ports":"7","Hints":"NTP, SSH"}""", "7/tcp+udp")]
    [InlineData("""{"Ports":"7,8","Hints":"NTP"}""", "7/udp 8/udp")]
    [Trait("Requirement", "DWIRM-15")]
    public void Hints_choose_the_transport_of_the_ports_and_add_none(string options, string granted) =>
        Assert.Equal(granted, Text(Decide(Generous, One("Provide", "Thing", options)).Grant!.Services[0]));

    [Theory]
    [InlineData("""{"Ports":"0"}""", """{"Ports":""}""", false)]
    [InlineData("""{"Ports":"80","Rate":"fast"}""", """{"Ports":"80","Rate":""}""", true)]
    [InlineData("""{"Ports":"80","Schedule":"25:00-26:00"}""", """{"Ports":"80","Schedule":""}""", true)]
    [InlineData("""{"Ports":"80","Schedule":"02:00-04:59IST"}""", """{"Ports":"80","Schedule":""}""", true)]
    [InlineData("""{"Ports":"1-2,80","PortFwd":"1-2:8010"}""", """{"Ports":"1-2,80","PortFwd":""}""", true)]
    public void A_faulty_option_is_blank_and_filled_by_the_default_or_by_nothing(string options, string answer, bool granted)
    {
        Negotiation outcome = Decide(Generous, One("Provide", "Thing", options));
        Assert.Equal(One("Provide", "Thing", answer), outcome.AnswerJson);
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Equal(granted ? 1 : 0, outcome.Grant!.Services.Count);
        if (!granted) return;
        Assert.Equal("1Mbps", outcome.Grant.Services[0].Rate.ToString());
        Assert.True(outcome.Grant.Services[0].Schedule.IsAllDay);
        Assert.Empty(outcome.Grant.Services[0].Forwards);
    }

    [Fact]
    public void A_faulty_option_that_a_rule_bounds_is_answered_with_the_bound()
    {
        SitePolicy policy = Site(Rule("slow", PolicyDecision.Accept, amend: new RuleAmendment { MaxRate = Rate("5Kbps") }));
        Negotiation outcome = Decide(policy, One("Provide", "Thing", """{"Ports":"80","Rate":"fast"}"""));
        Assert.Equal(One("Provide", "Thing", """{"Ports":"80","Rate":"5Kbps"}"""), outcome.AnswerJson);
        Assert.Equal(5000, outcome.Grant!.Services[0].Rate.BitsPerSecond);
    }

    [Fact]
    public void The_owners_amendment_lists_what_may_be_granted()
    {
        const string asked = """{"IoT Profile":{"Provide":{"A":{"Ports":"80,443","PortFwd":"80:8080","Rate":"2Mbps"},"B":{"Ports":"7"},"C":{"Ports":"9","Hints":"NTP"}}}}""";
        const string amendment = """{"IoT Profile":{"Provide":{"a":{"Ports":"80","PortFwd":"","Rate":"9Mbps","Schedule":"01:00-01:59"},"C":{}}}}""";
        Negotiation outcome = Decide(
            SitePolicy.Default, Input(asked) with { Verdict = OwnerVerdict.Approve, Amendment = Parse(amendment), Once = true });
        Assert.Equal(
            """{"IoT Profile":{"Provide":{"A":{"Ports":"80","PortFwd":"","Rate":"2Mbps","Schedule":"01:00-01:59"},"B":{"Ports":""},"C":{"Ports":"9","Hints":"NTP"}}}}""",
            outcome.AnswerJson);
        Assert.Equal("owner, once", outcome.DecidedBy);
        Assert.Equal([ServiceOutcome.Amended, ServiceOutcome.Denied, ServiceOutcome.Accepted], outcome.Services.Select(service => service.Decision));
    }

    [Fact]
    public void An_amendment_cannot_widen_and_a_faulty_one_grants_nothing()
    {
        NegotiationInput input = Input(One("Provide", "A", """{"Ports":"80","Rate":"1Kbps","Schedule":"01:00-01:59"}""")) with { Verdict = OwnerVerdict.Approve };
        string wide = """{"IoT Profile":{"Provide":{"A":{"Ports":"1-65535","PortFwd":"80:8080","Rate":"Line","Schedule":"All Day"},"B":{"Ports":"22"}}}}""";
        Negotiation outcome = Decide(Generous, input with { Amendment = Parse(wide) });
        Assert.Equal(input.Profile.CanonicalJson, outcome.AnswerJson);
        Assert.Single(outcome.Grant!.Services);
        string faulty = One("Provide", "A", """{"Rate":"much"}""");
        Assert.Null(Decide(Generous, input with { Amendment = Parse(faulty) }).Grant);
    }

    private static string Text(GrantedService service) => string.Join(' ', service.Ports.Select(ports =>
        $"{ports.Range}/{(ports.Transports == Transports.Both ? "tcp+udp" : ports.Transports == Transports.Tcp ? "tcp" : "udp")}"));
}
