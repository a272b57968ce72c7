using System.Collections.Generic;
using System.Linq;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Tests.Profiles;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class EngineTests
{
    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    [Trait("Requirement", "DWIRM-22")]
    public void The_sample_is_answered_at_once_and_only_the_forward_waits()
    {
        Negotiation outcome = Decide(Shipped, ProfileVectors.Canonical);
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Equal(ProfileVectors.Answered, outcome.AnswerJson);
        Assert.True(outcome.ForwardAsked);
        Assert.False(outcome.EndpointAsked);
        Assert.Equal(
            [ServiceOutcome.Amended, ServiceOutcome.Accepted, ServiceOutcome.Accepted], outcome.Services.Select(service => service.Decision));
        Assert.Equal("video inside the home", outcome.Services[0].Rule);
        Assert.Contains(outcome.Services[0].Reasons, reason => reason.Contains("PortFwd 88-99:8088-8099 was not granted: the owner has not approved it"));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void The_grant_holds_what_was_answered()
    {
        Grant grant = Decide(Shipped, ProfileVectors.Canonical).Grant!;
        Assert.Equal([1, 2, 3], grant.Services.Select(service => (int)service.Id));
        GrantedService video = grant.Find(ServiceDirection.Provide, "video stream")!;
        Assert.Equal([new GrantedPorts(new PortRange(88, 99), Transports.Both)], video.Ports);
        Assert.Empty(video.Forwards);
        Assert.Equal(2_000_000, video.Rate.BitsPerSecond);
        Assert.True(video.Schedule.IsAllDay);
        GrantedService management = grant.Find(ServiceDirection.Provide, "Management")!;
        Assert.Equal([80, 443, 22], management.Ports.Select(ports => (int)ports.Range.Low));
        Assert.All(management.Ports, ports => Assert.Equal(Transports.Tcp, ports.Transports));
        GrantedService update = grant.Find(ServiceDirection.Consume, "Firmware Update")!;
        Assert.Equal("02:00-04:59", update.Schedule.ToString());
        Assert.Equal(
            ["update.example.com:443", "mirror.example-com.example.net:8888", "update.example.com:22"],
            update.Endpoints.Select(endpoint => $"{endpoint.Host.Name}:{endpoint.Range}"));
        Assert.All(update.Endpoints, endpoint => Assert.Equal(Transports.Tcp, endpoint.Transports));
        Assert.All(update.Endpoints, endpoint => Assert.False(endpoint.LocalAllowed));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void Approval_grants_the_forward_and_then_the_answer_is_the_request()
    {
        Negotiation outcome = Decide(Shipped, ProfileVectors.Canonical, OwnerVerdict.Approve);
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.Equal(ProfileVectors.Canonical, outcome.AnswerJson);
        Assert.Equal("""{"IoT Profile":{"Description":"Example Brand Security Camera","Status":"Accept"}}""", outcome.ShortAnswerJson);
        Assert.Equal("owner", outcome.DecidedBy);
        Assert.False(outcome.ForwardAsked);
        GrantedForward forward = Assert.Single(outcome.Grant!.Services[0].Forwards);
        Assert.Equal(new GrantedForward(new PortRange(88, 99), new PortRange(8088, 8099), Transports.Both), forward);
    }

    [Theory]
    [InlineData(OwnerVerdict.Deny, DenyAction.Quarantine, DeviceState.Quarantined)]
    [InlineData(OwnerVerdict.Deny, DenyAction.NoLease, DeviceState.Denied)]
    [InlineData(OwnerVerdict.Revoke, DenyAction.Quarantine, DeviceState.Quarantined)]
    [InlineData(OwnerVerdict.Revoke, DenyAction.NoLease, DeviceState.Quarantined)]
    [Trait("Requirement", "DWIRM-06")]
    [Trait("Requirement", "DWIRM-28")]
    public void The_owners_no_is_a_blanket_deny(OwnerVerdict verdict, DenyAction action, DeviceState state)
    {
        Negotiation outcome = Decide(Generous, Input(ProfileVectors.Canonical) with { Verdict = verdict, DenyAction = action });
        Assert.Equal(state, outcome.State);
        Assert.Equal("""{"IoT Profile":{"Description":"Example Brand Security Camera","Status":"Deny"}}""", outcome.AnswerJson);
        Assert.Equal(outcome.AnswerJson, outcome.ShortAnswerJson);
        Assert.Null(outcome.Grant);
        Assert.All(outcome.Services, service => Assert.Equal(ServiceOutcome.Denied, service.Decision));
    }

    [Fact]
    public void One_category_left_to_the_owner_makes_the_whole_profile_wait()
    {
        const string json = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"554"},"Teleport":{"Ports":"9"}}}}""";
        Negotiation outcome = Decide(Shipped, json);
        Assert.Equal(DeviceState.Pending, outcome.State);
        Assert.Null(outcome.AnswerJson);
        Assert.Null(outcome.ShortAnswerJson);
        Assert.Null(outcome.Grant);
        Assert.All(outcome.Services, service => Assert.Equal(ServiceOutcome.Pending, service.Decision));
        Assert.Contains("the default decision says ask", outcome.Services[1].Reasons);

        Negotiation approved = Decide(Shipped, json, OwnerVerdict.Approve);
        Assert.Equal(DeviceState.Granted, approved.State);
        Assert.Equal(2, approved.Grant!.Services.Count);
    }

    [Fact]
    public void A_rules_deny_outranks_the_owners_approval_and_leaves_the_rest()
    {
        SitePolicy policy = Site(
            Rule("no shells", PolicyDecision.Deny, new RuleMatch { Category = "Management" }), Rule("rest", PolicyDecision.Accept));
        Negotiation outcome = Decide(policy, ProfileVectors.Canonical, OwnerVerdict.Approve);
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Contains("\"Management\":{\"Ports\":\"\",\"Rate\":\"\",\"Schedule\":\"\",\"Hints\":\"\"}", outcome.AnswerJson);
        Assert.Null(outcome.Grant!.Find(ServiceDirection.Provide, "Management"));
        Assert.Equal(2, outcome.Grant.Services.Count);
        Assert.Equal(ServiceOutcome.Denied, outcome.Services[1].Decision);
    }

    [Theory]
    [InlineData(DenyAction.Quarantine, DeviceState.Quarantined)]
    [InlineData(DenyAction.NoLease, DeviceState.Denied)]
    [Trait("Requirement", "DWIRM-28")]
    public void A_profile_whose_every_category_is_denied_is_denied(DenyAction action, DeviceState state)
    {
        SitePolicy policy = Site(Rule("nothing", PolicyDecision.Deny));
        Negotiation outcome = Decide(policy, Input(ProfileVectors.Canonical) with { DenyAction = action });
        Assert.Equal(state, outcome.State);
        Assert.Contains("\"Status\":\"Deny\"", outcome.AnswerJson);
        Assert.Null(outcome.Grant);
        Assert.Equal("nothing", outcome.DecidedBy);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-06")]
    public void Status_from_a_device_changes_nothing()
    {
        string json = ProfileVectors.Canonical.Replace("\"Provide\"", "\"Status\":\"Accept\",\"Provide\"");
        Assert.Equal(Decide(Shipped, ProfileVectors.Canonical).AnswerJson, Decide(Shipped, json).AnswerJson);
        Assert.Equal(DeviceState.Pending, Decide(SitePolicy.Default, json).State);
    }

    [Fact]
    public void The_first_matching_rule_wins()
    {
        SitePolicy policy = Site(
            Rule("slow", PolicyDecision.Accept, new RuleMatch { Description = "*security camera" }, new RuleAmendment { MaxRate = Rate("1Mbps") }),
            Rule("fast", PolicyDecision.Accept));
        Negotiation outcome = Decide(policy, ProfileVectors.Canonical);
        Assert.All(outcome.Services, service => Assert.Equal("slow", service.Rule));
        Assert.Equal([1_000_000, 15_000, 1_000_000], outcome.Grant!.Services.Select(service => service.Rate.BitsPerSecond));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-05")]
    public void Missing_options_come_from_the_registry_then_from_the_site()
    {
        var registry = new CategoryRegistry([new CategoryDefinition { Name = "Radio", Ports = Ports("8000"), Rate = Rate("3Mbps"), Hints = Hints.Parse("HTTP") }]);
        SitePolicy policy = Generous with { Defaults = new ServiceDefaults { Rate = Rate("64Kbps"), Schedule = Window("08:00-19:59L") } };
        Negotiation outcome = Decide(policy, Input(One("Provide", "RADIO", "{}")), registry);
        GrantedService service = Assert.Single(outcome.Grant!.Services);
        Assert.Equal([new GrantedPorts(new PortRange(8000, 8000), Transports.Tcp)], service.Ports);
        Assert.Equal("3Mbps", service.Rate.ToString());
        Assert.Equal("08:00-19:59L", service.Schedule.ToString());
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.Equal(One("Provide", "RADIO", "{}"), outcome.AnswerJson);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-05")]
    public void The_shipped_defaults_are_least_privilege()
    {
        GrantedService service = Assert.Single(Decide(Generous, One("Provide", "Thing", """{"Ports":"7"}""")).Grant!.Services);
        Assert.Equal("1Mbps", service.Rate.ToString());
        Assert.True(service.Schedule.IsAllDay);
        Assert.Empty(service.Forwards);
        Assert.Equal("1-1023", SitePolicy.Default.ReservedExternalPorts.ToString());
        Assert.Equal(PolicyDecision.Ask, SitePolicy.Default.Decision);
    }

    [Theory]
    [InlineData("Provide", "{}", """{"Ports":""}""")]
    [InlineData("Provide", """{"Rate":"1Mbps"}""", """{"Rate":"","Ports":""}""")]
    [InlineData("Consume", "{}", """{"Endpoints":[]}""")]
    [InlineData("Consume", """{"Ports":"443"}""", """{"Ports":"","Endpoints":[]}""")]
    [InlineData("Consume", """{"Endpoints":["host.example"]}""", """{"Endpoints":[]}""")]
    [Trait("Requirement", "DWIRM-05")]
    public void An_unknown_category_that_names_nothing_gets_nothing_and_is_told(string direction, string options, string answer)
    {
        Negotiation outcome = Decide(Generous, One(direction, "Mystery", options));
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Equal(One(direction, "Mystery", answer), outcome.AnswerJson);
        Assert.Empty(outcome.Grant!.Services);
    }

    [Theory]
    [InlineData("{}", "80,443", "{}")]
    [InlineData("""{"Ports":"80"}""", "80", """{"Ports":"80"}""")]
    [InlineData("""{"Ports":"22,80-90"}""", "80", """{"Ports":"80"}""")]
    [Trait("Requirement", "DWIRM-16")]
    public void HTTP_is_80_and_443_whatever_a_row_or_a_device_says(string options, string ports, string answer)
    {
        var registry = new CategoryRegistry([new CategoryDefinition { Name = "http", Ports = Ports("1-65535"), FixedPorts = false }]);
        foreach (CategoryRegistry one in new[] { CategoryRegistry.Baseline, registry })
        {
            Negotiation outcome = Decide(Generous, Input(One("Provide", "HTTP", options)), one);
            GrantedService service = Assert.Single(outcome.Grant!.Services);
            Assert.Equal(ports, string.Join(',', service.Ports.Select(granted => granted.Range)));
            Assert.Equal(One("Provide", "HTTP", answer), outcome.AnswerJson);
        }
    }

    [Fact]
    public void At_most_fifteen_services_have_a_rate_and_those_come_first()
    {
        IEnumerable<string> categories = Enumerable.Range(1, 20).Select(i => $"\"C{i}\":{{\"Ports\":\"{i}\",\"Rate\":\"{(i == 1 ? "Line" : "1Mbps")}\"}}");
        Negotiation outcome = Decide(Generous, $"{{\"IoT Profile\":{{\"Provide\":{{{string.Join(',', categories)}}}}}}}");
        Assert.Equal(16, outcome.Grant!.Services.Count);
        Assert.Equal(Enumerable.Range(1, 16), outcome.Grant.Services.Select(service => (int)service.Id));
        Assert.Equal("C2", outcome.Grant.Services[0].Category);
        Assert.Equal("C1", outcome.Grant.Services[15].Category);
        Assert.Equal(4, outcome.Services.Count(service => service.Decision == ServiceOutcome.Amended));
        Assert.Contains("\"C20\":{\"Ports\":\"\",\"Rate\":\"\"}", outcome.AnswerJson);
    }
}
