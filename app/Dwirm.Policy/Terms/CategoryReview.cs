using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Policy.Terms;

/// <summary>The way of one category through rule, amendment and checks; it ends with the terms, the answer and the reasons.</summary>
internal sealed class CategoryReview
{
    private readonly List<string> _reasons = [];

    internal CategoryReview(CategoryRequest request, ServiceTerms filled)
    {
        Request = request;
        Filled = filled;
        Terms = filled;
    }

    /// <summary>What was asked.</summary>
    internal CategoryRequest Request { get; }

    /// <summary>What was asked, with missing options filled.</summary>
    internal ServiceTerms Filled { get; }

    /// <summary>What is left of it.</summary>
    internal ServiceTerms Terms { get; private set; }

    /// <summary>Name of the rule that matched, empty for none.</summary>
    internal string Rule { get; set; } = "";

    /// <summary>What was decided; the owner's approval is already in it.</summary>
    internal PolicyDecision Decision { get; set; }

    /// <summary>True when nothing is granted under this category.</summary>
    internal bool Refused { get; private set; }

    /// <summary>True when the whole category is refused by a rule or by the owner, and not just left with nothing.</summary>
    internal bool Denied { get; private set; }

    /// <summary>True when a forward is fine but for the owner's approval.</summary>
    internal bool ForwardAsked { get; set; }

    /// <summary>True when an address is fine but for the owner's approval.</summary>
    internal bool EndpointAsked { get; set; }

    /// <summary>Where the device may connect; from <see cref="EndpointReview"/>.</summary>
    internal IReadOnlyList<GrantedEndpoint> Destinations { get; set; } = [];

    /// <summary>Forwards with their transports; from <see cref="ForwardReview"/>.</summary>
    internal IReadOnlyList<GrantedForward> Forwards { get; set; } = [];

    /// <summary>Whose devices may use it.</summary>
    internal ServiceReach Reach { get; set; }

    /// <summary>Under Provide.</summary>
    internal bool Provides => Request.Direction == ServiceDirection.Provide;

    /// <summary>Why.</summary>
    internal IReadOnlyList<string> Reasons => _reasons;

    /// <summary>Adds a sentence.</summary>
    internal void Because(string reason) => _reasons.Add(reason);

    /// <summary>Refuses the category: by a rule or the owner (<paramref name="denied"/>), or because nothing is left of it.</summary>
    internal void Refuse(string reason, bool denied = false)
    {
        Because(reason);
        (Refused, Denied) = (true, Denied || denied);
        Terms = Terms with { Forward = null };
    }

    /// <summary>Replaces the forward.</summary>
    internal void SetForward(PortForward? forward, string reason)
    {
        Because(reason);
        Terms = Terms with { Forward = forward };
    }

    /// <summary>Replaces the endpoints.</summary>
    internal void SetEndpoints(IReadOnlyList<TermsEndpoint> endpoints) =>
        Terms = Terms with { Endpoints = endpoints, SourcesNamed = Terms.SourcesNamed || (Provides && endpoints.Count > 0) };

    /// <summary>Leaves only the ports of <paramref name="limit"/>.</summary>
    internal void LimitPorts(PortSet limit, string by)
    {
        ServiceTerms narrowed = Terms.WithPortsIn(limit);
        if (!narrowed.Ports.Equals(Terms.Ports))
        {
            Because(narrowed.Ports.IsEmpty ? $"no port of {Terms.Ports} is allowed by {by}" : $"Ports {Terms.Ports} became {narrowed.Ports} by {by}");
        }
        Terms = narrowed;
    }

    /// <summary>Leaves at most <paramref name="limit"/>.</summary>
    internal void LimitRate(BitRate limit, string by)
    {
        BitRate narrowed = Terms.Rate.Min(limit);
        if (narrowed == Terms.Rate) return;
        Because($"Rate {Terms.Rate} became {narrowed} by {by}");
        Terms = Terms with { Rate = narrowed };
    }

    /// <summary>Leaves only what is inside <paramref name="limit"/>.</summary>
    internal void LimitSchedule(DailyWindow limit, string by, ILocalZone zone, long unixSeconds)
    {
        if (Terms.Schedule is null || Terms.Schedule.IsInside(limit)) return;
        DailyWindow? narrowed = WindowJoin.Join(Terms.Schedule, limit, zone, unixSeconds);
        if (narrowed is null) Refuse($"Schedule {Terms.Schedule} has no minute in {limit}, the window of {by}");
        else Because($"Schedule {Terms.Schedule} became {narrowed} by {by}, which allows {limit}");
        Terms = Terms with { Schedule = narrowed };
    }

    /// <summary>Says where the options came from that the request leaves out.</summary>
    internal void ReportFilled(CategoryDefinition? row)
    {
        ReportFilled(ProfileOption.Ports, row?.Ports is not null, Filled.Ports.ToString());
        ReportFilled(ProfileOption.Rate, row?.Rate is not null, Filled.Rate.ToString());
        ReportFilled(ProfileOption.Schedule, row?.Schedule is not null, Filled.Schedule?.ToString() ?? "");
        ReportFilled(ProfileOption.Hints, row?.Hints is not null, Filled.Hints.ToString());
        ReportFilled(ProfileOption.Endpoints, row?.Endpoints is not null, string.Join(' ', Texts(Filled.Endpoints)));
    }

    private void ReportFilled(ProfileOption option, bool registered, string value)
    {
        if (Request.StateOf(option) == OptionState.Absent && value.Length > 0) Because($"{option.Key()} {value} comes from {(registered ? "the category registry" : "the site's defaults")}");
    }

    /// <summary>Says what the device wrote wrongly.</summary>
    internal void ReportFaults()
    {
        for (ProfileOption option = ProfileOption.Ports; option <= ProfileOption.Endpoints; option++)
        {
            if (Request.StateOf(option) == OptionState.Faulty) Because($"{option.Key()} was not granted: {Request.FaultOf(option).Describe()}");
        }
        foreach (EndpointRequest endpoint in Request.Endpoints ?? [])
        {
            if (endpoint.Name is null) Because($"endpoint '{endpoint.Text}' was not granted: {endpoint.Fault.Describe()}");
        }
    }

    /// <summary>The answer to this category: null for what stays as it was asked.</summary>
    internal AnswerService Answer() => new()
    {
        Direction = Request.Direction,
        Category = Request.Name,
        Refused = Refused,
        Ports = Terms.Ports.Equals(Filled.Ports) ? null : Terms.Ports.ToString(),
        PortFwd = Equals(Terms.Forward, Filled.Forward) ? null : Terms.Forward?.ToString() ?? "",
        Rate = Terms.Rate == Filled.Rate ? null : Terms.Rate.ToString(),
        Schedule = Equals(Terms.Schedule, Filled.Schedule) ? null : Terms.Schedule?.ToString() ?? "",
        Hints = ReferenceEquals(Terms.Hints, Filled.Hints) ? null : Terms.Hints.ToString(),
        Endpoints = ServiceTerms.Same(Terms.Endpoints, Filled.Endpoints) ? null : Texts(Terms.Endpoints),
    };

    /// <summary>What became of the category.</summary>
    internal ServiceOutcome Outcome()
    {
        if (Denied) return ServiceOutcome.Denied;
        if (Refused || HasFault()) return ServiceOutcome.Amended;
        AnswerService answer = Answer();
        bool asAsked = answer.Ports is null && answer.PortFwd is null && answer.Rate is null && answer.Schedule is null
            && answer.Hints is null && answer.Endpoints is null;
        return asAsked ? ServiceOutcome.Accepted : ServiceOutcome.Amended;
    }

    /// <summary>The service with a number; only for a category that is not refused.</summary>
    internal GrantedService Service(byte id)
    {
        var ports = new List<GrantedPorts>();
        var sources = new List<GrantedHost>();
        if (Provides)
        {
            for (int i = 0; i < Terms.Ports.Ranges.Count; i++) ports.Add(new GrantedPorts(Terms.Ports.Ranges[i], Terms.TransportsOf(i)));
            foreach (TermsEndpoint source in Terms.Endpoints)
            {
                var host = new GrantedHost(source.Name.Host, source.Name.Literal, source.Name.Literal6);
                if (!sources.Contains(host)) sources.Add(host);
            }
        }
        return new GrantedService
        {
            Id = id,
            Direction = Request.Direction,
            Category = Request.Name,
            Rate = Terms.Rate,
            Schedule = Terms.Schedule!,
            Ports = ports,
            Reach = Provides ? Reach : ServiceReach.Network,
            Forwards = Forwards,
            Sources = sources,
            Endpoints = Destinations,
        };
    }

    private bool HasFault()
    {
        for (ProfileOption option = ProfileOption.Ports; option <= ProfileOption.Endpoints; option++)
        {
            if (Request.StateOf(option) == OptionState.Faulty) return true;
        }
        foreach (EndpointRequest endpoint in Request.Endpoints ?? [])
        {
            if (endpoint.Name is null) return true;
        }
        return false;
    }

    private static List<string> Texts(IReadOnlyList<TermsEndpoint> endpoints)
    {
        var texts = new List<string>(endpoints.Count);
        foreach (TermsEndpoint endpoint in endpoints) texts.Add(endpoint.Text);
        return texts;
    }
}
