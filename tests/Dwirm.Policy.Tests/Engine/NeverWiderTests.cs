using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

/// <summary>Whatever device, registry and policy say: a grant is inside the request with its defaults, and is what the answer says.</summary>
public class NeverWiderTests
{
    private const int Cases = 1500;
    private static readonly SummerZone Zone = new();

    // Every 41 minutes of two days in winter and two in summer: every minute of the day is near one.
    private static readonly Instant[] Moments =
    [
        .. new[] { 0, 180 }.SelectMany(day => Enumerable.Range(0, 70).Select(i => (day * 1440L + i * 41) * 60_000)).Select(ms => Now with { UnixMs = Now.UnixMs + ms }),
    ];

    [Fact]
    [Trait("Requirement", "DWIRM-05")]
    [Trait("Requirement", "DWIRM-15")]
    [Trait("Requirement", "DWIRM-27")]
    public void A_grant_is_inside_the_request_and_inside_the_rule()
    {
        int services = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new RandomCases(seed);
            NegotiationInput input = Input(random.Profile()) with { Zone = Zone };
            SitePolicy policy = random.Policy();
            CategoryRegistry registry = random.Registry();
            Negotiation outcome = Decide(policy, input, registry);
            foreach (GrantedService service in outcome.Grant?.Services ?? [])
            {
                services++;
                CategoryRequest request = input.Profile.Find(service.Direction, service.Category)!;
                ServiceDecision decision = outcome.Services.Single(one => one.Direction == service.Direction && one.Category == service.Category);
                PolicyRule? rule = policy.Rules.FirstOrDefault(one => one.Name == decision.Rule);
                string about = $"seed {seed}: {service.Category} of {input.Profile.CanonicalJson} became {outcome.AnswerJson}";
                CheckInside(service, request, registry.Find(service.Category), policy.Defaults, about);
                if (rule is not null) CheckRule(service, rule, about);
            }
        }
        Assert.InRange(services, Cases / 2, Cases * 10);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    [Trait("Requirement", "DWIRM-27")]
    public void The_answer_asked_again_is_granted_as_it_stands()
    {
        int amended = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new RandomCases(seed);
            NegotiationInput input = Input(random.Profile()) with { Zone = Zone };
            SitePolicy policy = random.Policy();
            CategoryRegistry registry = random.Registry();
            Negotiation outcome = Decide(policy, input, registry);
            if (outcome.Grant is null)
            {
                Assert.Contains("\"Status\":\"Deny\"", outcome.AnswerJson);
                continue;
            }
            if (outcome.State == DeviceState.Amended) amended++;
            // A site without rules, with the same defaults: it grants what the answer says, if the answer says all.
            SitePolicy open = Generous with { Defaults = policy.Defaults };
            NegotiationInput again = input with { Profile = Parse(outcome.AnswerJson!), Verdict = OwnerVerdict.Approve };
            Negotiation second = Decide(open, again, registry);
            string about = $"seed {seed}: {input.Profile.CanonicalJson} became {outcome.AnswerJson}, which became {second.AnswerJson}";
            Assert.True(Seen(outcome.Grant) == Seen(second.Grant!), $"{about}\n{outcome.Grant.ToJson()}\n{second.Grant!.ToJson()}");
            Assert.Equal(outcome.State == DeviceState.Granted, outcome.AnswerJson == input.Profile.CanonicalJson);
        }
        Assert.InRange(amended, Cases / 4, Cases);
    }

    [Fact]
    public void What_is_granted_survives_its_text()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new RandomCases(seed);
            Grant? grant = Decide(random.Policy(), Input(random.Profile()) with { Verdict = OwnerVerdict.Approve }, random.Registry()).Grant;
            if (grant is null) continue;
            Assert.True(Grant.TryParse(grant.ToJson(), out Grant? read));
            Assert.Equal(grant.ToJson(), read!.ToJson());
        }
    }

    private static void CheckInside(GrantedService service, CategoryRequest request, CategoryDefinition? row, ServiceDefaults site, string about)
    {
        PortSet ports = request.StateOf(ProfileOption.Ports) switch
        {
            OptionState.Absent => row?.Ports ?? PortSet.Empty,
            OptionState.Valid => request.Ports!,
            _ => PortSet.Empty,
        };
        Hints hints = request.StateOf(ProfileOption.Hints) == OptionState.Valid ? request.Hints! : row?.Hints ?? Hints.None;
        foreach (GrantedPorts granted in service.Ports)
        {
            for (int port = granted.Range.Low; port <= granted.Range.High; port += Math.Max(1, granted.Range.Count - 1))
            {
                int index = ports.Ranges.ToList().FindIndex(range => range.Contains(port));
                Assert.True(index >= 0, $"port {port}: {about}");
                Transports asked = hints.TransportsFor(index, ports.Ranges.Count);
                Assert.True((granted.Transports & ~asked) == 0 && granted.Transports != Transports.None, $"transport of {port}: {about}");
            }
            if (row is { FixedPorts: true }) Assert.True(row.Ports!.Contains(granted.Range), about);
        }
        BitRate rate = request.Rate ?? row?.Rate ?? site.Rate;
        Assert.True(service.Rate.Min(rate) == service.Rate, $"rate: {about}");
        DailyWindow window = request.Schedule ?? row?.Schedule ?? site.Schedule;
        CheckWindow(service, window, about);
        foreach (GrantedForward forward in service.Forwards)
        {
            Assert.Equal(forward.Internal.Count, forward.External.Count);
            Assert.Contains(Enumerable.Range(0, request.PortFwd!.Count).Select(request.PortFwd.PairAt), pair =>
                pair.Internal.Contains(forward.Internal.Low) && pair.Internal.Contains(forward.Internal.High)
                && forward.External.Low - forward.Internal.Low == pair.External.Low - pair.Internal.Low);
        }
        CheckEndpoints(service, request, row, site, ports, about);
    }

    private static void CheckEndpoints(
        GrantedService service, CategoryRequest request, CategoryDefinition? row, ServiceDefaults site, PortSet ports, string about)
    {
        IEnumerable<EndpointName> asked = request.Endpoints?.Where(one => one.Name is not null).Select(one => one.Name!) ?? row?.Endpoints ?? site.Endpoints;
        foreach (GrantedEndpoint granted in service.Endpoints)
        {
            bool found = asked.Any(one => one.Host == granted.Host.Name && (granted.Transports & ~one.Transports) == 0
                && (one.Port is { } port ? granted.Range == new PortRange((ushort)port, (ushort)port) : ports.Contains(granted.Range)));
            Assert.True(found, $"{granted}: {about}");
            bool trusted = request.Endpoints is null;
            Assert.True(trusted || granted.Host.Literal is not { } address || address.Value >> 16 != 0xc0a8, about);
        }
    }

    private static void CheckRule(GrantedService service, PolicyRule rule, string about)
    {
        Assert.True(rule.Decision != PolicyDecision.Deny, about);
        Assert.True(service.Rate.Min(rule.Amend.MaxRate) == service.Rate, about);
        if (rule.Amend.Schedule is not null) CheckWindow(service, rule.Amend.Schedule, about);
        if (rule.Amend.Ports is not null)
        {
            Assert.All(service.Ports, ports => Assert.True(rule.Amend.Ports.Contains(ports.Range), about));
            Assert.All(service.Endpoints, endpoint => Assert.True(rule.Amend.Ports.Contains(endpoint.Range), about));
        }
        if (rule.Amend.PortForward != ForwardPolicy.Allow) Assert.Empty(service.Forwards);
        if (rule.Amend.Endpoints is not { } patterns) return;
        IEnumerable<string> hosts = service.Endpoints.Select(one => one.Host.Name).Concat(service.Sources.Select(one => one.Name)).ToList();
        Assert.True(hosts.Any(), about);
        Assert.All(hosts, host => Assert.True(patterns.Any(pattern => Glob.IsMatch(pattern, host)), about));
    }

    private static void CheckWindow(GrantedService service, DailyWindow bound, string about)
    {
        foreach (Instant moment in Moments)
        {
            Assert.True(!service.Schedule.IsOpen(moment, Zone) || bound.IsOpen(moment, Zone), $"{service.Schedule} at {moment.UnixMs} outside {bound}: {about}");
        }
    }

    // Whether an address needed the owner's word depends on who asks, not on what is reached.
    private static string Seen(Grant grant) => new Grant
    {
        Services = [.. grant.Services.Select(service => service with { Endpoints = [.. service.Endpoints.Select(one => one with { LocalAllowed = false })] })],
    }.ToJson();
}
