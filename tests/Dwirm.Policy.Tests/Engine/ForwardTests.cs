using System.Linq;
using Dwirm.Policy.Rules;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class ForwardTests
{
    private const string Asked = """{"Ports":"88-99","PortFwd":"88-99:8088-8099","Hints":"HTTP"}""";

    [Theory]
    [InlineData(ForwardPolicy.Ask, OwnerVerdict.None, false, true)]
    [InlineData(ForwardPolicy.Ask, OwnerVerdict.Approve, true, false)]
    [InlineData(ForwardPolicy.None, OwnerVerdict.None, false, false)]
    [InlineData(ForwardPolicy.None, OwnerVerdict.Approve, false, false)]
    [InlineData(ForwardPolicy.Allow, OwnerVerdict.None, true, false)]
    [InlineData(ForwardPolicy.Allow, OwnerVerdict.Approve, true, false)]
    [Trait("Requirement", "DWIRM-09")]
    public void A_forward_is_granted_by_the_owner_or_by_a_rule(ForwardPolicy policy, OwnerVerdict verdict, bool granted, bool asked)
    {
        SitePolicy site = Site(Rule("forwards", PolicyDecision.Accept, amend: new RuleAmendment { PortForward = policy }));
        Negotiation outcome = Decide(site, One("Provide", "Thing", Asked), verdict);
        Assert.Equal(asked, outcome.ForwardAsked);
        Assert.Equal(granted ? DeviceState.Granted : DeviceState.Amended, outcome.State);
        Assert.Contains(granted ? "\"PortFwd\":\"88-99:8088-8099\"" : "\"PortFwd\":\"\"", outcome.AnswerJson);
        GrantedForward[] expected = granted ? [new GrantedForward(new PortRange(88, 99), new PortRange(8088, 8099), Transports.Tcp)] : [];
        Assert.Equal(expected, outcome.Grant!.Services[0].Forwards);
    }

    [Theory]
    [InlineData("8000-8099", true)]
    [InlineData("8088-8098", false)]
    [InlineData("9000", false)]
    [Trait("Requirement", "DWIRM-09")]
    public void A_rule_may_name_the_only_outside_ports(string allowed, bool granted)
    {
        var amend = new RuleAmendment { PortForward = ForwardPolicy.Allow, ExternalPorts = Ports(allowed) };
        foreach (OwnerVerdict verdict in (OwnerVerdict[])[OwnerVerdict.None, OwnerVerdict.Approve])
        {
            Negotiation outcome = Decide(Site(Rule("some", PolicyDecision.Accept, amend: amend)), One("Provide", "Thing", Asked), verdict);
            Assert.Equal(granted ? 1 : 0, outcome.Grant!.Services[0].Forwards.Count);
            Assert.Equal(!granted, outcome.Services[0].Reasons.Contains($"PortFwd 88-99:8088-8099 was not granted: rule 'some' allows outside ports {allowed} only"));
        }
    }

    [Theory]
    [InlineData("Provide", """{"Ports":"80","PortFwd":"80-81:8080-8081"}""", "not all inside")]
    [InlineData("Provide", """{"Ports":"80,443","PortFwd":"80,443:8080,1023"}""", "reserved")]
    [InlineData("Consume", """{"Ports":"80","PortFwd":"80:8080","Endpoints":["host.example"]}""", "Provide only")]
    [InlineData("Provide", """{"Ports":"80","PortFwd":"80:9000"}""", "in use already")]
    [Trait("Requirement", "DWIRM-09")]
    public void A_forward_that_cannot_be_is_blank_as_a_whole_and_asks_no_one(string direction, string options, string reason)
    {
        NegotiationInput input = Input(One(direction, "Thing", options));
        ((Ledger)input.Forwards).Taken.Add((new MacAddress(2), Transports.Tcp, new PortRange(9000, 9010)));
        foreach (SitePolicy site in new[] { Generous, Site(Rule("ask", PolicyDecision.Accept)) })
        {
            Negotiation outcome = Decide(site, input);
            Assert.Contains("\"PortFwd\":\"\"", outcome.AnswerJson);
            Assert.False(outcome.ForwardAsked);
            Assert.Contains(outcome.Services[0].Reasons, text => text.Contains(reason));
            Assert.All(outcome.Grant!.Services, service => Assert.Empty(service.Forwards));
        }
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void Two_cameras_with_the_same_outside_port()
    {
        NegotiationInput second = Input(One("Provide", "Thing", Asked)) with { Verdict = OwnerVerdict.Approve };
        ((Ledger)second.Forwards).Taken.Add((new MacAddress(2), Transports.Both, new PortRange(8099, 8099)));
        Assert.Contains("\"PortFwd\":\"\"", Decide(Generous, second).AnswerJson);
        NegotiationInput same = Input(One("Provide", "Thing", Asked)) with { Verdict = OwnerVerdict.Approve };
        ((Ledger)same.Forwards).Taken.Add((Camera, Transports.Both, new PortRange(8088, 8099)));
        Assert.Equal(DeviceState.Granted, Decide(Generous, same).State);
        NegotiationInput other = Input(One("Provide", "Thing", Asked)) with { Verdict = OwnerVerdict.Approve };
        ((Ledger)other.Forwards).Taken.Add((new MacAddress(2), Transports.Udp, new PortRange(8088, 8099)));
        Assert.Equal(DeviceState.Granted, Decide(Generous, other).State);
    }

    [Theory]
    [InlineData("80:8080", "80:8080")]
    [InlineData("80:8080", "80:8081")]
    [Trait("Requirement", "DWIRM-09")]
    public void One_profile_cannot_forward_a_port_twice(string first, string second)
    {
        string json = $$$"""{"IoT Profile":{"Provide":{"A":{"Ports":"80","PortFwd":"{{{first}}}"},"B":{"Ports":"80","PortFwd":"{{{second}}}"} } } }""";
        Negotiation outcome = Decide(Generous, json);
        Assert.Equal([1, 0], outcome.Grant!.Services.Select(service => service.Forwards.Count));
        Assert.Contains("\"B\":{\"Ports\":\"80\",\"PortFwd\":\"\"}", outcome.AnswerJson);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-07")]
    public void A_forward_follows_the_transports_of_the_ports_it_leads_to()
    {
        Negotiation outcome = Decide(Generous, One("Provide", "Thing", """{"Ports":"80-82,83-85","PortFwd":"81-84:9001-9004","Hints":"HTTP, COAP"}"""));
        GrantedForward[] expected =
        [
            new(new PortRange(81, 82), new PortRange(9001, 9002), Transports.Tcp),
            new(new PortRange(83, 84), new PortRange(9003, 9004), Transports.Udp),
        ];
        Assert.Equal(expected, outcome.Grant!.Services[0].Forwards);
    }

    [Fact]
    public void Narrowed_ports_take_the_forward_with_them()
    {
        var amend = new RuleAmendment { PortForward = ForwardPolicy.Allow, Ports = Ports("88-90") };
        Negotiation outcome = Decide(Site(Rule("narrow", PolicyDecision.Accept, amend: amend)), One("Provide", "Thing", Asked));
        Assert.Contains("\"Ports\":\"88-90\",\"PortFwd\":\"\"", outcome.AnswerJson);
    }

    [Theory]
    [InlineData(PolicyDecision.Accept, "8000-8010", true)]
    [InlineData(PolicyDecision.Accept, "8000-8010,22", false)]
    [InlineData(PolicyDecision.Deny, "8000-8010,22", true)]
    [InlineData(PolicyDecision.Deny, "22-32", false)]
    public void Outside_ports_match_all_for_an_accept_and_any_for_a_deny(PolicyDecision decision, string external, bool applies)
    {
        var match = new RuleMatch { ExternalPorts = Ports("8000-8999") };
        var subject = new RuleSubject("", "Thing", ServiceDirection.Provide, [], Ports(external), Camera, "lan", "", false, RequestSource.Dwirm);
        Assert.Equal(applies, match.Applies(subject, decision));
        Assert.False(match.Applies(subject with { ExternalPorts = Ports("") }, decision));
    }
}
