using System;
using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Terms;

namespace Dwirm.Policy;

/// <summary>Decides on requests: facts in, decision out, nothing touched.</summary>
/// <remarks>
/// Each category is decided by the first rule that matches it. What is granted is the request, with missing options filled from registry and
/// site, and only ever narrowed from there: by the registry's fixed ports, the rule, the owner's amendment and the checks on forwards and
/// addresses, in this order. A category that is left to the owner makes the whole profile pending, because an interim answer would be a guess.
/// </remarks>
public sealed class PolicyEngine
{
    private const string Owner = "owner";
    private const string DefaultDecision = "default decision";

    private readonly SitePolicy _policy;
    private readonly CategoryRegistry _registry;

    /// <summary>An engine for one version of policy and registry.</summary>
    public PolicyEngine(SitePolicy policy, CategoryRegistry registry)
    {
        (_policy, _registry) = (policy, registry);
        Grammar = ReferenceEquals(policy.Zones, ZoneTable.Default) ? ProfileGrammar.Default : ProfileGrammar.Default with { Zones = policy.Zones };
    }

    /// <summary>The categories and templates it knows.</summary>
    public CategoryRegistry Registry => _registry;

    /// <summary>Zone codes of schedules.</summary>
    public ZoneTable Zones => _policy.Zones;

    /// <summary>How profiles are read on this site.</summary>
    public ProfileGrammar Grammar { get; }

    /// <summary>Decides on one request. The same input gives the same outcome.</summary>
    public Negotiation Negotiate(NegotiationInput input)
    {
        if (input.Verdict is OwnerVerdict.Deny or OwnerVerdict.Revoke) return RefusedByOwner(input);
        if (input.Verdict == OwnerVerdict.FullAccess)
        {
            if (!IsFullAccessDenied(Subject(input, CategoryRegistry.FullAccess, default, [], PortSet.Empty))) return Unrestricted(input, [], Owner);
            // A rule's deny stands above the owner's word; what is left of it is an approval of what was asked.
            input = input with { Verdict = OwnerVerdict.Approve };
        }
        List<CategoryReview> reviews = Review(input);
        foreach (CategoryReview review in reviews)
        {
            if (review.Decision == PolicyDecision.Ask) return Pending(reviews);
        }
        foreach (CategoryReview review in reviews)
        {
            if (CategoryRegistry.IsFullAccess(review.Request.Name) && !review.Refused) return Unrestricted(input, reviews, DecidedBy(input, reviews));
        }
        return Settled(input, reviews);
    }

    private List<CategoryReview> Review(NegotiationInput input)
    {
        var reviews = new List<CategoryReview>(input.Profile.Categories.Count);
        var forwards = new ForwardReview(input, _policy.ReservedExternalPorts);
        var endpoints = new EndpointReview(input);
        int rated = 0;
        foreach (CategoryRequest request in input.Profile.Categories)
        {
            CategoryDefinition? row = _registry.Find(request.Name);
            var review = new CategoryReview(request, ServiceTerms.Fill(request, row, _policy.Defaults));
            reviews.Add(review);
            PolicyRule? rule = FindRule(input, review);
            Decide(input, review, rule);
            if (review.Refused || CategoryRegistry.IsFullAccess(request.Name)) continue;
            review.Reach = rule?.Reach ?? _policy.Defaults.Reach;
            if (input.Explain) review.ReportFilled(row);
            review.ReportFaults();
            if (row is { FixedPorts: true, Ports: { } ports }) LimitPorts(review, ports, $"the category {row.Name}");
            if (rule is not null) Amend(input, review, rule);
            if (input.Amendment is not null) Amend(input, review, input.Amendment.Find(request.Direction, request.Name)!);
            endpoints.Decide(review);
            forwards.Decide(review, rule?.Amend.PortForward ?? ForwardPolicy.Ask, rule?.Amend.ExternalPorts, rule is null ? "the default" : Named(rule));
            if (!review.Refused && !review.Terms.Rate.IsLine && ++rated > Grant.MaxRatedServices)
            {
                review.Refuse($"a device can have {Grant.MaxRatedServices} services with a rate, and this is one more");
            }
        }
        return reviews;
    }

    private PolicyRule? FindRule(NegotiationInput input, CategoryReview review)
    {
        PortSet external = review.Terms.Forward?.External ?? PortSet.Empty;
        RuleSubject subject = Subject(input, review.Request.Name, review.Request.Direction, review.Terms.Hints.Names, external);
        return FindRule(subject);
    }

    private PolicyRule? FindRule(in RuleSubject subject)
    {
        foreach (PolicyRule rule in _policy.Rules)
        {
            if (rule.Match.Applies(subject, rule.Decision)) return rule;
        }
        return null;
    }

    private static RuleSubject Subject(
        NegotiationInput input, string category, ServiceDirection direction, IReadOnlyList<string> hints, PortSet external) => new(
            input.Profile.Description ?? "",
            category,
            direction,
            hints,
            external,
            input.Mac,
            input.Network,
            input.VendorClass,
            input.Authenticated,
            input.Source);

    // Rule, then owner: a deny stays a deny, an ask is settled by approval, and an accept of Full Access needs proof or approval (DWIRM-17).
    private void Decide(NegotiationInput input, CategoryReview review, PolicyRule? rule)
    {
        PolicyDecision decision = rule?.Decision ?? _policy.Decision;
        string by = rule is null ? $"the {DefaultDecision}" : Named(rule);
        review.Rule = rule?.Name ?? "";
        review.Because($"{by} says {Text(decision)}");
        bool approved = input.Verdict == OwnerVerdict.Approve;
        bool unproven = CategoryRegistry.IsFullAccess(review.Request.Name) && !input.Authenticated;
        if (decision == PolicyDecision.Accept && unproven && !approved)
        {
            review.Because("Full Access without DHCP authentication is the owner's to give");
            decision = PolicyDecision.Ask;
        }
        if (decision == PolicyDecision.Ask && approved)
        {
            review.Because("the owner approved it");
            decision = PolicyDecision.Accept;
        }
        review.Decision = decision;
        if (decision == PolicyDecision.Deny) review.Refuse($"refused by {by}", denied: true);
        else if (input.Amendment is { } amendment && amendment.Find(review.Request.Direction, review.Request.Name) is null)
        {
            review.Decision = PolicyDecision.Deny;
            review.Refuse("it is not in the owner's amendment", denied: true);
        }
    }

    private static void Amend(NegotiationInput input, CategoryReview review, PolicyRule rule)
    {
        RuleAmendment amend = rule.Amend;
        string by = Named(rule);
        if (amend.Ports is not null) LimitPorts(review, amend.Ports, by);
        review.LimitRate(amend.MaxRate, by);
        if (amend.Schedule is not null) review.LimitSchedule(amend.Schedule, by, input.Zone, input.Now.UnixSeconds);
        if (amend.Endpoints is not null) EndpointReview.Limit(review, amend.Endpoints, by);
    }

    private static void Amend(NegotiationInput input, CategoryReview review, CategoryRequest amendment)
    {
        const string by = "the owner's amendment";
        for (ProfileOption option = ProfileOption.Ports; option <= ProfileOption.Endpoints; option++)
        {
            if (amendment.StateOf(option) != OptionState.Faulty) continue;
            review.Refuse($"{by} has a fault in {option.Key()}: {amendment.FaultOf(option).Describe()}", denied: true);
            return;
        }
        if (amendment.Ports is not null) LimitPorts(review, amendment.Ports, by);
        if (amendment.Rate is { } rate) review.LimitRate(rate, by);
        if (amendment.Schedule is not null) review.LimitSchedule(amendment.Schedule, by, input.Zone, input.Now.UnixSeconds);
        if (amendment.Endpoints is not null) EndpointReview.Limit(review, amendment, by);
        bool forwardGiven = amendment.StateOf(ProfileOption.PortFwd) != OptionState.Absent;
        if (forwardGiven && review.Terms.Forward is { } asked && !asked.Equals(amendment.PortFwd))
        {
            // Part of a forward would be another mapping than the one the device announces to its peers.
            review.SetForward(null, $"PortFwd {asked} is not in {by}");
        }
    }

    private static void LimitPorts(CategoryReview review, PortSet ports, string by)
    {
        review.LimitPorts(ports, by);
        EndpointReview.LimitPorts(review, ports, by);
    }

    private static Negotiation Settled(NegotiationInput input, List<CategoryReview> reviews)
    {
        bool anyGranted = false, forwardAsked = false, endpointAsked = false;
        foreach (CategoryReview review in reviews)
        {
            anyGranted |= !review.Denied;
            forwardAsked |= review.ForwardAsked;
            endpointAsked |= review.EndpointAsked;
        }
        string decidedBy = DecidedBy(input, reviews);
        if (!anyGranted) return Refused(input, Decisions(reviews), StateOfRefusal(input), decidedBy);
        List<AnswerService> answers = Answers(reviews);
        string answer = ProfileAnswer.AmendedJson(input.Profile, answers);
        bool asAsked = answer == input.Profile.CanonicalJson;
        return new Negotiation
        {
            State = asAsked ? DeviceState.Granted : DeviceState.Amended,
            AnswerJson = answer,
            ShortAnswerJson = asAsked
                ? ProfileAnswer.StatusJson(input.Profile.Description, accept: true)
                : ProfileAnswer.AmendedJson(input.Profile, answers, echoUnknown: false),
            Grant = new Grant { Services = Number(reviews) },
            Services = Decisions(reviews),
            DecidedBy = decidedBy,
            ForwardAsked = forwardAsked,
            EndpointAsked = endpointAsked,
        };
    }

    // Services with a rate first: their number is also their traffic class, of which there are fifteen.
    private static List<GrantedService> Number(List<CategoryReview> reviews)
    {
        var services = new List<GrantedService>(reviews.Count);
        foreach (bool line in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (CategoryReview review in reviews)
            {
                if (!review.Refused && review.Terms.Rate.IsLine == line) services.Add(review.Service((byte)(services.Count + 1)));
            }
        }
        return services;
    }

    private static Negotiation Pending(List<CategoryReview> reviews)
    {
        var decisions = new List<ServiceDecision>(reviews.Count);
        foreach (CategoryReview review in reviews)
        {
            var reasons = new List<string>(review.Reasons);
            if (review.Decision != PolicyDecision.Ask) reasons.Add("it waits with the rest of the profile");
            ServiceOutcome outcome = review.Denied ? ServiceOutcome.Denied : ServiceOutcome.Pending;
            decisions.Add(new ServiceDecision(review.Request.Direction, review.Request.Name, outcome, review.Rule, reasons) { Asked = review.Decision == PolicyDecision.Ask });
        }
        return new Negotiation
        {
            State = DeviceState.Pending,
            AnswerJson = null,
            ShortAnswerJson = null,
            Grant = null,
            Services = decisions,
            DecidedBy = "",
        };
    }

    // Whatever else was asked is covered, but for forwards: they would need services, and a device without restriction has none.
    private static Negotiation Unrestricted(NegotiationInput input, List<CategoryReview> reviews, string decidedBy)
    {
        var answers = new List<AnswerService>();
        var decisions = new List<ServiceDecision>();
        bool asAsked = true;
        for (int i = 0; i < input.Profile.Categories.Count; i++)
        {
            CategoryRequest request = input.Profile.Categories[i];
            bool forward = request.PortFwd is not null;
            asAsked &= !forward;
            answers.Add(new AnswerService { Direction = request.Direction, Category = request.Name, PortFwd = forward ? "" : null });
            List<string> reasons = ["full access covers it"];
            if (forward) reasons.Add("PortFwd was not granted: full access has no forwards, set one in the router's firewall");
            ServiceOutcome outcome = forward ? ServiceOutcome.Amended : ServiceOutcome.Accepted;
            decisions.Add(new ServiceDecision(request.Direction, request.Name, outcome, i < reviews.Count ? reviews[i].Rule : "", reasons));
        }
        return new Negotiation
        {
            State = DeviceState.FullAccess,
            AnswerJson = ProfileAnswer.AmendedJson(input.Profile, answers),
            ShortAnswerJson = asAsked
                ? ProfileAnswer.StatusJson(input.Profile.Description, accept: true)
                : ProfileAnswer.AmendedJson(input.Profile, answers, echoUnknown: false),
            Grant = Grant.Unrestricted,
            Services = decisions,
            DecidedBy = decidedBy,
        };
    }

    /// <summary>True when a rule denies Full Access to a device that asked for nothing: the owner's word does not lift that (DWIRM-17).</summary>
    public bool DeniesFullAccess(DeviceRecord record) => IsFullAccessDenied(new RuleSubject(
        "", CategoryRegistry.FullAccess, default, [], PortSet.Empty, record.Mac, record.Network, record.VendorClass, record.Authenticated, RequestSource.Dwirm));

    private bool IsFullAccessDenied(in RuleSubject subject)
    {
        foreach (ServiceDirection direction in (ReadOnlySpan<ServiceDirection>)[ServiceDirection.Provide, ServiceDirection.Consume])
        {
            if (FindRule(subject with { Direction = direction })?.Decision == PolicyDecision.Deny) return true;
        }
        return false;
    }

    private static Negotiation RefusedByOwner(NegotiationInput input)
    {
        string word = input.Verdict == OwnerVerdict.Deny ? "the owner denied it" : "the owner took it back";
        var decisions = new List<ServiceDecision>();
        foreach (CategoryRequest request in input.Profile.Categories)
        {
            decisions.Add(new ServiceDecision(request.Direction, request.Name, ServiceOutcome.Denied, "", [word]));
        }
        // What is revoked was granted, so the device holds a lease; a lease cannot be called back, its use can.
        DeviceState state = input.Verdict == OwnerVerdict.Revoke ? DeviceState.Quarantined : StateOfRefusal(input);
        return Refused(input, decisions, state, Owner);
    }

    private static Negotiation Refused(NegotiationInput input, IReadOnlyList<ServiceDecision> decisions, DeviceState state, string decidedBy)
    {
        string answer = ProfileAnswer.StatusJson(input.Profile.Description, accept: false);
        return new Negotiation
        {
            State = state,
            AnswerJson = answer,
            ShortAnswerJson = answer,
            Grant = null,
            Services = decisions,
            DecidedBy = decidedBy,
        };
    }

    private static DeviceState StateOfRefusal(NegotiationInput input) =>
        input.DenyAction == DenyAction.NoLease ? DeviceState.Denied : DeviceState.Quarantined;

    private static List<ServiceDecision> Decisions(List<CategoryReview> reviews)
    {
        var decisions = new List<ServiceDecision>(reviews.Count);
        foreach (CategoryReview review in reviews)
        {
            decisions.Add(new ServiceDecision(review.Request.Direction, review.Request.Name, review.Outcome(), review.Rule, review.Reasons));
        }
        return decisions;
    }

    private static List<AnswerService> Answers(List<CategoryReview> reviews)
    {
        var answers = new List<AnswerService>(reviews.Count);
        foreach (CategoryReview review in reviews) answers.Add(review.Answer());
        return answers;
    }

    private static string DecidedBy(NegotiationInput input, List<CategoryReview> reviews)
    {
        if (input.Verdict == OwnerVerdict.Approve) return input.Once ? $"{Owner}, once" : Owner;
        var names = new List<string>();
        foreach (CategoryReview review in reviews)
        {
            string name = review.Rule.Length > 0 ? review.Rule : DefaultDecision;
            if (!names.Contains(name)) names.Add(name);
        }
        return string.Join("; ", names);
    }

    private static string Named(PolicyRule rule) => $"rule '{rule.Name}'";

    private static string Text(PolicyDecision decision) => decision switch
    {
        PolicyDecision.Accept => "accept",
        PolicyDecision.Deny => "deny",
        _ => "ask",
    };
}
