using System.Linq;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Tests.Profiles;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class FullAccessTests
{
    private static readonly SitePolicy Asks = Site(Rule("ask", PolicyDecision.Ask));
    private static readonly SitePolicy Denies = Site(Rule("never", PolicyDecision.Deny, new RuleMatch { Category = "full*" }), Rule("rest", PolicyDecision.Accept));

    [Theory]
    [InlineData("accept", false, OwnerVerdict.None, DeviceState.Pending)]
    [InlineData("accept", true, OwnerVerdict.None, DeviceState.FullAccess)]
    [InlineData("accept", false, OwnerVerdict.Approve, DeviceState.FullAccess)]
    [InlineData("accept", false, OwnerVerdict.FullAccess, DeviceState.FullAccess)]
    [InlineData("ask", true, OwnerVerdict.None, DeviceState.Pending)]
    [InlineData("ask", false, OwnerVerdict.Approve, DeviceState.FullAccess)]
    [InlineData("deny", true, OwnerVerdict.None, DeviceState.Quarantined)]
    [InlineData("deny", true, OwnerVerdict.Approve, DeviceState.Quarantined)]
    [InlineData("deny", true, OwnerVerdict.FullAccess, DeviceState.Quarantined)]
    [Trait("Requirement", "DWIRM-17")]
    public void Full_access_needs_proof_or_the_owner_and_no_deny(string policy, bool authenticated, OwnerVerdict verdict, DeviceState state)
    {
        SitePolicy site = policy switch { "accept" => Generous, "ask" => Asks, _ => Denies };
        foreach (string direction in new[] { "Provide", "Consume" })
        {
            string json = One(direction, "FULL access", "{}");
            Negotiation outcome = Decide(site, Input(json) with { Authenticated = authenticated, Verdict = verdict });
            Assert.Equal(state, outcome.State);
            Assert.Equal(state == DeviceState.FullAccess, outcome.Grant is { FullAccess: true });
            if (state == DeviceState.FullAccess) Assert.Equal(json, outcome.AnswerJson);
            if (state == DeviceState.Quarantined) Assert.Contains("\"Status\":\"Deny\"", outcome.AnswerJson);
        }
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void The_owner_can_give_full_access_to_what_asked_for_less_but_no_forward_comes_with_it()
    {
        Negotiation outcome = Decide(Shipped, ProfileVectors.Canonical, OwnerVerdict.FullAccess);
        Assert.Equal(DeviceState.FullAccess, outcome.State);
        Assert.Equal(Grant.Unrestricted, outcome.Grant);
        Assert.Equal(ProfileVectors.Answered, outcome.AnswerJson);
        Assert.Equal("owner", outcome.DecidedBy);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void Where_a_rule_denies_it_the_owners_full_access_is_an_approval()
    {
        Negotiation outcome = Decide(Denies, ProfileVectors.Canonical, OwnerVerdict.FullAccess);
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.False(outcome.Grant!.FullAccess);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void An_amendment_without_it_refuses_it()
    {
        const string json = """{"IoT Profile":{"Provide":{"Full Access":{},"Web":{"Ports":"80"}}}}""";
        NegotiationInput input = Input(json) with { Verdict = OwnerVerdict.Approve, Amendment = Parse(One("Provide", "Web", "{}")) };
        Negotiation outcome = Decide(Generous, input);
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Equal("""{"IoT Profile":{"Provide":{"Full Access":{"Ports":""},"Web":{"Ports":"80"}}}}""", outcome.AnswerJson);
        Assert.Equal("Web", Assert.Single(outcome.Grant!.Services).Category);
    }

    [Fact]
    public void A_short_answer_is_shorter_and_still_true()
    {
        const string json = """{"IoT Profile":{"Description":"D","x":"unknown","Provide":{"Web":{"Ports":"80","PortFwd":"80:8080"}}}}""";
        Negotiation amended = Decide(Site(Rule("r", PolicyDecision.Accept)), json);
        Assert.Contains("unknown", amended.AnswerJson);
        Assert.Equal("""{"IoT Profile":{"Description":"D","Provide":{"Web":{"Ports":"80","PortFwd":""}}}}""", amended.ShortAnswerJson);
        Assert.Equal("""{"IoT Profile":{"Description":"D","Status":"Accept"}}""", Decide(Generous, json).ShortAnswerJson);
        Assert.Equal("amended", amended.Services.Single().Decision.Text());
    }
}
