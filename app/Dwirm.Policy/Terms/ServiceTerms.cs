using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Policy.Terms;

/// <summary>An endpoint with the text it is answered with.</summary>
/// <param name="Text">As the device, or the site, wrote it.</param>
/// <param name="Name">What it means.</param>
/// <param name="Trusted">True when it stands in the site's own files, and not only in the device's request.</param>
internal sealed record TermsEndpoint(string Text, EndpointName Name, bool Trusted)
{
    /// <summary>An endpoint of the site's files, spelled so that reading it again gives the same.</summary>
    internal static TermsEndpoint OfSite(EndpointName name) =>
        new(name.Scheme.Length == 0 ? name.ToString() : $"{name.Scheme}://{name}", name, Trusted: true);
}

/// <summary>The six options of one category with nothing missing: as asked and filled, or as narrowed.</summary>
internal sealed record ServiceTerms
{
    /// <summary>Ports; empty for none.</summary>
    public required PortSet Ports { get; init; }

    /// <summary>Hints; they belong to <see cref="Ports"/> pairwise where there are as many.</summary>
    public required Hints Hints { get; init; }

    /// <summary>Forward, or null.</summary>
    public required PortForward? Forward { get; init; }

    /// <summary>Rate.</summary>
    public required BitRate Rate { get; init; }

    /// <summary>Window; null for never.</summary>
    public required DailyWindow? Schedule { get; init; }

    /// <summary>Endpoints: destinations under Consume, the only sources under Provide.</summary>
    public required IReadOnlyList<TermsEndpoint> Endpoints { get; init; }

    /// <summary>True under Provide when only <see cref="Endpoints"/> may connect, even when none of them is left.</summary>
    public required bool SourcesNamed { get; init; }

    /// <summary>
    /// What a category asks for, missing options filled by the registry's row and then by the site's defaults (DWIRM-05). An option that is
    /// faulty counts as missing, but faulty Ports, PortFwd and Endpoints as nothing: a fault must not open more than was meant.
    /// </summary>
    internal static ServiceTerms Fill(CategoryRequest request, CategoryDefinition? row, ServiceDefaults site)
    {
        bool provides = request.Direction == ServiceDirection.Provide;
        List<TermsEndpoint> endpoints = FillEndpoints(request, row, site, provides);
        return new ServiceTerms
        {
            Ports = request.StateOf(ProfileOption.Ports) switch
            {
                OptionState.Absent => row?.Ports ?? PortSet.Empty,
                OptionState.Valid => request.Ports!,
                _ => PortSet.Empty,
            },
            Hints = request.StateOf(ProfileOption.Hints) == OptionState.Valid ? request.Hints! : row?.Hints ?? Hints.None,
            Forward = request.PortFwd,
            Rate = request.Rate ?? row?.Rate ?? site.Rate,
            Schedule = request.Schedule ?? row?.Schedule ?? site.Schedule,
            Endpoints = endpoints,
            SourcesNamed = provides && (endpoints.Count > 0 || request.StateOf(ProfileOption.Endpoints) is OptionState.Valid or OptionState.Faulty),
        };
    }

    /// <summary>These terms with only the ports of <paramref name="limit"/>; hints that belonged to ports by position go on belonging to them.</summary>
    internal ServiceTerms WithPortsIn(PortSet limit)
    {
        if (Ports.IsSubsetOf(limit)) return this;
        bool paired = Hints.Names.Count == Ports.Ranges.Count;
        var ranges = new List<PortRange>();
        var names = new List<string>();
        for (int i = 0; i < Ports.Ranges.Count; i++)
        {
            foreach (PortRange piece in PortSet.Of(Ports.Ranges[i])!.Intersect(limit).Ranges)
            {
                ranges.Add(piece);
                if (paired) names.Add(Hints.Names[i]);
            }
        }
        return FitIntoAnswer(ranges, paired ? names : null);
    }

    /// <summary>The transports of the range with number <paramref name="index"/>.</summary>
    internal Transports TransportsOf(int index) => Hints.TransportsFor(index, Ports.Ranges.Count);

    /// <summary>True when the two lists name the same endpoints in the same order.</summary>
    internal static bool Same(IReadOnlyList<TermsEndpoint> one, IReadOnlyList<TermsEndpoint> other)
    {
        if (one.Count != other.Count) return false;
        for (int i = 0; i < one.Count; i++)
        {
            if (one[i].Text != other[i].Text) return false;
        }
        return true;
    }

    // Hints are rewritten only where the ports that are left would otherwise be read with other transports.
    private bool HasTransportsOf(ServiceTerms other)
    {
        for (int i = 0; i < Ports.Ranges.Count; i++)
        {
            if (TransportsOf(i) != other.TransportsOf(i)) return false;
        }
        return Hints.Transports == other.Hints.Transports;
    }

    // Cutting ranges can make more of them than a profile may have: what does not fit into an answer is not granted either.
    private ServiceTerms FitIntoAnswer(List<PortRange> ranges, List<string>? names)
    {
        const int longest = 512;
        while (true)
        {
            PortSet ports = PortSet.Of([.. ranges])!;
            string hints = names is null ? Hints.ToString() : string.Join(", ", names);
            bool fits = ranges.Count <= PortSet.DefaultMaxRanges && ports.ToString().Length <= longest && hints.Length <= longest;
            if (fits || ranges.Count == 0)
            {
                ServiceTerms asAsked = this with { Ports = ports };
                if (names is null or { Count: 0 }) return asAsked;
                ServiceTerms rewritten = asAsked with { Hints = Hints.Parse(hints) };
                return rewritten.HasTransportsOf(asAsked) ? asAsked : rewritten;
            }
            ranges.RemoveAt(ranges.Count - 1);
            names?.RemoveAt(names.Count - 1);
        }
    }

    private static List<TermsEndpoint> FillEndpoints(CategoryRequest request, CategoryDefinition? row, ServiceDefaults site, bool provides)
    {
        var endpoints = new List<TermsEndpoint>();
        if (request.StateOf(ProfileOption.Endpoints) == OptionState.Absent)
        {
            IReadOnlyList<EndpointName> defaults = row?.Endpoints ?? (provides ? [] : site.Endpoints);
            foreach (EndpointName name in defaults) endpoints.Add(TermsEndpoint.OfSite(name));
            return endpoints;
        }
        foreach (EndpointRequest asked in request.Endpoints ?? [])
        {
            if (asked.Name is not null) endpoints.Add(new TermsEndpoint(asked.Text, asked.Name, Trusted: false));
        }
        return endpoints;
    }
}
