using System.Linq;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class EndpointTests
{
    [Theory]
    [InlineData("""{"Endpoints":["https://a.example/x"]}""", "a.example:443/Tcp")]
    [InlineData("""{"Endpoints":["https://a.example:8443/x"],"Ports":"1"}""", "a.example:8443/Tcp")]
    [InlineData("""{"Endpoints":["coap://a.example"],"Hints":"HTTP"}""", "a.example:5683/Udp")]
    [InlineData("""{"Endpoints":["a.example"],"Ports":"80,5000-5001","Hints":"HTTP, COAP"}""", "a.example:80/Tcp a.example:5000-5001/Udp")]
    [InlineData("""{"Endpoints":["a.example:99"],"Hints":"NTP"}""", "a.example:99/Udp")]
    [InlineData("""{"Endpoints":["203.0.113.5:99"]}""", "203.0.113.5:99/Both")]
    [InlineData("""{"Endpoints":["https://a.example/x","https://a.example/y"]}""", "a.example:443/Tcp")]
    [InlineData("""{"Endpoints":["https://[2001:db8:ffff::1]/x"]}""", "2001:db8:ffff::1:443/Tcp")]
    [InlineData("""{"Endpoints":["[2001:DB8:FFFF:0::1]:8443"]}""", "2001:db8:ffff::1:8443/Both")]
    [InlineData("""{"Endpoints":["2001:db8:ffff::1"],"Ports":"80"}""", "2001:db8:ffff::1:80/Both")]
    [Trait("Requirement", "DWIRM-14")]
    public void An_endpoint_is_a_host_and_a_port(string options, string destinations)
    {
        Negotiation outcome = Decide(Generous, One("Consume", "Thing", options));
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.Equal(destinations, string.Join(' ', Assert.Single(outcome.Grant!.Services).Endpoints.Select(one => $"{one.Host.Name}:{one.Range}/{one.Transports}")));
    }

    [Theory]
    [InlineData("192.168.1.7:80")]
    [InlineData("10.0.0.1:80")]
    [InlineData("169.254.1.1:80")]
    [InlineData("100.64.0.1:80")]
    [InlineData("239.1.2.3:80")]
    [InlineData("198.51.100.2:80")]
    [InlineData("[fd00:1::7]:80")]
    [InlineData("https://[fe80::1]/x")]
    [InlineData("[ff02::fb]:5353")]
    [InlineData("[fec0::1]:80")]
    [InlineData("[64:ff9b::192.168.1.1]:80")]
    [InlineData("[2002:c0a8:101::1]:80")]
    [InlineData("[64:ff9b:1::1]:80")]
    [InlineData("[2001:db8:1:0:5::1]:80")]
    [Trait("Requirement", "DWIRM-14")]
    public void An_address_in_private_or_local_space_waits_for_the_owner(string endpoint)
    {
        NegotiationInput input = Input(One("Consume", "Thing", $$"""{"Endpoints":["https://a.example","{{endpoint}}"]}""")) with
        {
            LocalPrefixes = [new Ipv4Prefix(new Ipv4Address(0xc6336402), 32)],
            LocalPrefixes6 = [Ipv6Prefix.TryParse("2001:db8:1::1/64", out Ipv6Prefix own) ? own : default],
        };
        Negotiation outcome = Decide(Generous, input);
        Assert.True(outcome.EndpointAsked);
        Assert.Equal(One("Consume", "Thing", """{"Endpoints":["https://a.example"]}"""), outcome.AnswerJson);
        Assert.Single(outcome.Grant!.Services[0].Endpoints);

        Negotiation approved = Decide(Generous, input with { Verdict = OwnerVerdict.Approve });
        Assert.False(approved.EndpointAsked);
        Assert.Equal(input.Profile.CanonicalJson, approved.AnswerJson);
        Assert.Equal([false, true], approved.Grant!.Services[0].Endpoints.Select(one => one.LocalAllowed));
    }

    [Theory]
    [InlineData("0.0.0.0:80")]
    [InlineData("127.0.0.1:80")]
    [InlineData("255.255.255.255:80")]
    [InlineData("[::1]:80")]
    [InlineData("[::]:80")]
    [InlineData("[::ffff:203.0.113.5]:80")]
    [InlineData("[::203.0.113.5]:80")]
    [InlineData("*.example.com")]
    [InlineData("https://user@a.example")]
    public void Some_endpoints_are_never_granted(string endpoint)
    {
        Negotiation outcome = Decide(Generous, One("Consume", "Thing", $$"""{"Endpoints":["{{endpoint}}"]}"""), OwnerVerdict.Approve);
        Assert.Equal(One("Consume", "Thing", """{"Endpoints":[]}"""), outcome.AnswerJson);
        Assert.Empty(outcome.Grant!.Services);
        Assert.False(outcome.EndpointAsked);
    }

    [Theory]
    [InlineData("a.example", """["https://a.example"]""")]
    [InlineData("*.EXAMPLE", """["https://a.example","https://b.example:8443/p"]""")]
    [InlineData("?.test", """["sftp://c.test/q"]""")]
    [InlineData("none", "[]")]
    public void A_rule_keeps_the_hosts_it_names(string pattern, string kept)
    {
        SitePolicy policy = Site(Rule("hosts", PolicyDecision.Accept, amend: new RuleAmendment { Endpoints = [pattern] }));
        Negotiation outcome = Decide(policy, One("Consume", "Thing", """{"Endpoints":["https://a.example","https://b.example:8443/p","sftp://c.test/q"]}"""));
        Assert.Equal(One("Consume", "Thing", $$"""{"Endpoints":{{kept}}}"""), outcome.AnswerJson);
    }

    [Fact]
    public void A_rules_ports_bound_the_ports_of_endpoints()
    {
        SitePolicy policy = Site(Rule("tls", PolicyDecision.Accept, amend: new RuleAmendment { Ports = Ports("443") }));
        Negotiation outcome = Decide(policy, One("Consume", "Thing", """{"Endpoints":["https://a.example","http://a.example","b.example"],"Ports":"80,443"}"""));
        Assert.Equal(One("Consume", "Thing", """{"Endpoints":["https://a.example","b.example"],"Ports":"443"}"""), outcome.AnswerJson);
        Assert.All(outcome.Grant!.Services[0].Endpoints, one => Assert.Equal(new PortRange(443, 443), one.Range));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-05")]
    public void Endpoints_of_the_sites_own_files_fill_and_are_trusted()
    {
        Assert.True(EndpointName.TryParse("https://192.168.1.1", out EndpointName? own));
        SitePolicy policy = Generous with { Defaults = new ServiceDefaults { Endpoints = [own!] } };
        Negotiation outcome = Decide(policy, One("Consume", "Thing", "{}"));
        Assert.Equal(DeviceState.Granted, outcome.State);
        GrantedEndpoint endpoint = Assert.Single(outcome.Grant!.Services[0].Endpoints);
        Assert.Equal(("192.168.1.1", true), (endpoint.Host.Name, endpoint.LocalAllowed));
        // A device that says [] asks for nothing, and a row of the registry comes before the site.
        Assert.Empty(Decide(policy, One("Consume", "Thing", """{"Endpoints":[]}""")).Grant!.Services);
        Assert.Empty(Decide(policy, One("Consume", "HTTP", "{}")).Grant!.Services);
    }

    [Fact]
    public void Endpoints_under_provide_are_the_only_sources()
    {
        Negotiation outcome = Decide(Generous, One("Provide", "Thing", """{"Ports":"80","Endpoints":["192.168.1.7","hub.example"]}"""));
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.Equal(["192.168.1.7", "hub.example"], outcome.Grant!.Services[0].Sources.Select(source => source.Name));
        Assert.Empty(outcome.Grant.Services[0].Endpoints);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void Sources_may_be_of_both_families()
    {
        Negotiation outcome = Decide(Generous, One("Provide", "Thing", """{"Ports":"80","Endpoints":["192.168.1.7","[fd00:1::7]"]}"""));
        Assert.Equal(DeviceState.Granted, outcome.State);
        Assert.Equal(["192.168.1.7", "fd00:1::7"], outcome.Grant!.Services[0].Sources.Select(source => source.Name));
        Assert.All(outcome.Grant.Services[0].Sources, source => Assert.False(source.IsName));
    }

    [Fact]
    public void Sources_that_all_fall_away_do_not_open_the_service_to_everyone()
    {
        Negotiation outcome = Decide(Generous, One("Provide", "Thing", """{"Ports":"80","Endpoints":["user@a.example","*"]}"""));
        Assert.Empty(outcome.Grant!.Services);
        Assert.Equal(One("Provide", "Thing", """{"Ports":"","Endpoints":[]}"""), outcome.AnswerJson);
    }

    [Fact]
    public void A_rule_can_name_the_sources_of_a_service_that_is_open_to_all()
    {
        SitePolicy policy = Site(Rule("hub only", PolicyDecision.Accept, amend: new RuleAmendment { Endpoints = ["192.168.1.7"] }));
        Negotiation outcome = Decide(policy, One("Provide", "Thing", """{"Ports":"80"}"""));
        Assert.Equal(One("Provide", "Thing", """{"Ports":"80","Endpoints":["192.168.1.7"]}"""), outcome.AnswerJson);
        Assert.Single(outcome.Grant!.Services[0].Sources);
        SitePolicy patterns = Site(Rule("no host", PolicyDecision.Accept, amend: new RuleAmendment { Endpoints = ["*.lan"] }));
        Assert.Empty(Decide(patterns, One("Provide", "Thing", """{"Ports":"80"}""")).Grant!.Services);
    }

    [Fact]
    public void Too_many_destinations_are_cut_where_the_answer_can_say_it()
    {
        string ports = string.Join(',', Enumerable.Range(0, 64).Select(i => 2 * i + 1));
        string hosts = string.Join(',', Enumerable.Range(0, 6).Select(i => $"\"h{i}.example\""));
        Negotiation outcome = Decide(Generous, One("Consume", "Thing", $$"""{"Ports":"{{ports}}","Endpoints":[{{hosts}}]}"""));
        Assert.Equal(256, outcome.Grant!.Services[0].Endpoints.Count);
        Assert.EndsWith("""
            "Endpoints":["h0.example","h1.example","h2.example","h3.example"]}}}}
            """, outcome.AnswerJson);
    }
}
