using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Policy.Terms;

/// <summary>Decides on Endpoints (DWIRM-14): host and port under Consume, who may connect under Provide.</summary>
internal sealed class EndpointReview(NegotiationInput input)
{
    /// <summary>Most destinations of one service; endpoints beyond are not granted.</summary>
    internal const int MaxDestinations = 256;

    /// <summary>Leaves only endpoints whose host matches one of <paramref name="patterns"/>.</summary>
    /// <remarks>Under Provide without sources of its own a service is open to the whole network: then the patterns that are hosts become its sources.</remarks>
    internal static void Limit(CategoryReview review, IReadOnlyList<string> patterns, string by)
    {
        if (review.Provides && !review.Terms.SourcesNamed)
        {
            var sources = new List<TermsEndpoint>();
            foreach (string pattern in patterns)
            {
                if (EndpointName.TryParse(pattern, out EndpointName? name)) sources.Add(TermsEndpoint.OfSite(name!));
            }
            NameSources(review, sources, by);
            return;
        }
        Keep(review, by, endpoint => MatchesAny(patterns, endpoint.Name.Host));
    }

    /// <summary>Leaves only endpoints that the owner's amendment has too.</summary>
    internal static void Limit(CategoryReview review, CategoryRequest amendment, string by)
    {
        var allowed = new List<TermsEndpoint>();
        foreach (EndpointRequest endpoint in amendment.Endpoints ?? [])
        {
            if (endpoint.Name is not null) allowed.Add(new TermsEndpoint(endpoint.Text, endpoint.Name, Trusted: true));
        }
        if (review.Provides && !review.Terms.SourcesNamed)
        {
            // [] under Provide is "no particular source" where it stands in a request, and it means the same in an amendment of one.
            if (amendment.StateOf(ProfileOption.Endpoints) != OptionState.Blank) NameSources(review, allowed, by);
            return;
        }
        Keep(review, by, endpoint => Lists(allowed, endpoint.Name, review.Provides));
    }

    /// <summary>Leaves only endpoints whose own port, if they have one, is in <paramref name="ports"/>.</summary>
    internal static void LimitPorts(CategoryReview review, PortSet ports, string by)
    {
        if (!review.Provides) Keep(review, by, endpoint => endpoint.Name.Port is not { } port || ports.Contains(port));
    }

    /// <summary>Checks what is left and turns it into destinations; refuses a category with none.</summary>
    internal void Decide(CategoryReview review)
    {
        if (review.Refused) return;
        if (review.Provides) DecideSources(review);
        else DecideDestinations(review);
    }

    private static void DecideSources(CategoryReview review)
    {
        if (review.Terms.SourcesNamed && review.Terms.Endpoints.Count == 0) review.Refuse("none of the named sources is left");
        else if (review.Terms.Ports.IsEmpty) review.Refuse("there are no Ports, neither in the profile nor in the registry, so nothing is offered");
    }

    private void DecideDestinations(CategoryReview review)
    {
        var kept = new List<TermsEndpoint>();
        var destinations = new List<GrantedEndpoint>();
        foreach (TermsEndpoint endpoint in review.Terms.Endpoints)
        {
            string? obstacle = Obstacle(review, endpoint);
            if (obstacle is null && !TryExpand(endpoint, review.Terms, destinations)) obstacle = "the service has too many destinations";
            if (obstacle is null) kept.Add(endpoint);
            else review.Because($"endpoint '{endpoint.Text}' was not granted: {obstacle}");
        }
        if (kept.Count < review.Terms.Endpoints.Count) review.SetEndpoints(kept);
        review.Destinations = destinations;
        if (kept.Count == 0) review.Refuse("there are no Endpoints to connect to, neither in the profile nor in the defaults");
    }

    private string? Obstacle(CategoryReview review, TermsEndpoint endpoint)
    {
        EndpointName name = endpoint.Name;
        if (name.Port is null && review.Terms.Ports.IsEmpty) return "it names no port, and the category has none";
        if (name.IsName) return null;
        // In what the owner assigned 0.0.0.0 is every address outside; a device cannot ask for that.
        if (name.Literal is { IsAny: true } && input.Source == RequestSource.Assigned) return null;
        if (name.IsNobodysLiteral) return "no other host can have this address";
        if (!name.IsSpecialLiteral && !IsLocal(name)) return null;
        if (endpoint.Trusted || input.Verdict == OwnerVerdict.Approve) return null;
        review.EndpointAsked = true;
        return "the owner has not approved an address in private or local space";
    }

    private bool IsLocal(EndpointName name)
    {
        foreach (Ipv4Prefix prefix in input.LocalPrefixes)
        {
            if (name.Literal is { } address && prefix.Contains(address)) return true;
        }
        Ipv6Address? literal = name.Literal is { } version4 ? Ipv6Address.Mapped(version4) : name.Literal6;
        foreach (Ipv6Prefix prefix in input.LocalPrefixes6)
        {
            if (literal is { } address && prefix.Contains(address)) return true;
        }
        return false;
    }

    // Port: the endpoint's own, else every port of the category. Transport: the scheme's where it has one, else what the hints say (DWIRM-15).
    private bool TryExpand(TermsEndpoint endpoint, ServiceTerms terms, List<GrantedEndpoint> destinations)
    {
        EndpointName name = endpoint.Name;
        int count = name.Port is null ? terms.Ports.Ranges.Count : 1;
        if (destinations.Count + count > MaxDestinations) return false;
        var host = new GrantedHost(name.Host, name.Literal, name.Literal6);
        // The owner approved addresses that could be seen. What a name will resolve to could not.
        bool local = endpoint.Trusted || (!name.IsName && input.Verdict == OwnerVerdict.Approve);
        for (int i = 0; i < count; i++)
        {
            PortRange range = name.Port is { } port ? new PortRange((ushort)port, (ushort)port) : terms.Ports.Ranges[i];
            Transports transports = name.Transports & (name.Port is null ? terms.TransportsOf(i) : terms.Hints.Transports);
            // Scheme and hints that contradict each other: the scheme is about this very endpoint.
            if (transports == Transports.None || name.Transports != Transports.Both) transports = name.Transports;
            var destination = new GrantedEndpoint(host, range, transports, local);
            if (!destinations.Contains(destination)) destinations.Add(destination);
        }
        return true;
    }

    private static void NameSources(CategoryReview review, List<TermsEndpoint> sources, string by)
    {
        if (sources.Count == 0)
        {
            review.Refuse($"no host may connect by {by}");
            return;
        }
        review.Because($"only {sources.Count} named sources may connect by {by}");
        review.SetEndpoints(sources);
    }

    private static void Keep(CategoryReview review, string by, System.Predicate<TermsEndpoint> allowed)
    {
        var kept = new List<TermsEndpoint>();
        foreach (TermsEndpoint endpoint in review.Terms.Endpoints)
        {
            if (allowed(endpoint)) kept.Add(endpoint);
            else review.Because($"endpoint '{endpoint.Text}' is not allowed by {by}");
        }
        if (kept.Count < review.Terms.Endpoints.Count) review.SetEndpoints(kept);
    }

    private static bool MatchesAny(IReadOnlyList<string> patterns, string host)
    {
        foreach (string pattern in patterns)
        {
            if (Glob.IsMatch(pattern, host)) return true;
        }
        return false;
    }

    private static bool Lists(List<TermsEndpoint> allowed, EndpointName name, bool hostOnly)
    {
        foreach (TermsEndpoint other in allowed)
        {
            if (other.Name.Host == name.Host && (hostOnly || (other.Name.Port == name.Port && other.Name.Transports == name.Transports))) return true;
        }
        return false;
    }
}
