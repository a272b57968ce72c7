using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Policy.Rules;

/// <summary>When a rule applies: every key that is given must hold. A rule without keys applies to everything.</summary>
/// <remarks>
/// A service may have several hints and outside ports. They are read in the safe direction: an accepting rule needs all of them to match, a
/// denying or asking rule any of them. What a device says of itself is a claim; only <see cref="Authenticated"/> and, on an honest link,
/// <see cref="Mac"/> are more than that.
/// </remarks>
public sealed record RuleMatch
{
    /// <summary>Pattern for the profile's description.</summary>
    public string? Description { get; init; }

    /// <summary>Pattern for the category name.</summary>
    public string? Category { get; init; }

    /// <summary>Provide or Consume.</summary>
    public ServiceDirection? Direction { get; init; }

    /// <summary>Pattern for the names of the service's hints; a service without hints does not match.</summary>
    public string? Hints { get; init; }

    /// <summary>First octets of the hardware address.</summary>
    public MacPrefix? Mac { get; init; }

    /// <summary>Pattern for the logical network.</summary>
    public string? Network { get; init; }

    /// <summary>Pattern for the vendor class (option 60).</summary>
    public string? VendorClass { get; init; }

    /// <summary>Whether the request was proven by DHCP authentication.</summary>
    public bool? Authenticated { get; init; }

    /// <summary>Outside ports of the requested forward; a service that asks for none does not match.</summary>
    public PortSet? ExternalPorts { get; init; }

    /// <summary>Where the request came from.</summary>
    public RequestSource? Source { get; init; }

    /// <summary>True when the rule applies to <paramref name="subject"/>.</summary>
    /// <param name="subject">One category of one request.</param>
    /// <param name="decision">The rule's decision: it says in which direction lists are read.</param>
    public bool Applies(in RuleSubject subject, PolicyDecision decision) =>
        Like(Description, subject.Description)
        && Like(Category, subject.Category)
        && (Direction is null || Direction == subject.Direction)
        && (Mac is not { } mac || mac.Matches(subject.Mac))
        && Like(Network, subject.Network)
        && Like(VendorClass, subject.VendorClass)
        && (Authenticated is null || Authenticated == subject.Authenticated)
        && (Source is null || Source == subject.Source)
        && (Hints is null || HintsMatch(Hints, subject.Hints, decision == PolicyDecision.Accept))
        && (ExternalPorts is null || PortsMatch(ExternalPorts, subject.ExternalPorts, decision == PolicyDecision.Accept));

    private static bool Like(string? pattern, string text) => pattern is null || Glob.IsMatch(pattern, text);

    private static bool HintsMatch(string pattern, IReadOnlyList<string> hints, bool all)
    {
        foreach (string hint in hints)
        {
            if (Glob.IsMatch(pattern, hint) != all) return !all;
        }
        return all && hints.Count > 0;
    }

    private static bool PortsMatch(PortSet wanted, PortSet asked, bool all) =>
        !asked.IsEmpty && (all ? asked.IsSubsetOf(wanted) : asked.Overlaps(wanted));
}

/// <summary>What a rule looks at.</summary>
/// <param name="Description">The profile's description, empty when it has none.</param>
/// <param name="Category">Category name.</param>
/// <param name="Direction">Provide or Consume.</param>
/// <param name="Hints">Hint names in upper case.</param>
/// <param name="ExternalPorts">Outside ports asked for; empty for none.</param>
/// <param name="Mac">Hardware address.</param>
/// <param name="Network">Logical network.</param>
/// <param name="VendorClass">Option 60, empty when absent.</param>
/// <param name="Authenticated">Proven by RFC 3118.</param>
/// <param name="Source">Where the request came from.</param>
public readonly record struct RuleSubject(
    string Description,
    string Category,
    ServiceDirection Direction,
    IReadOnlyList<string> Hints,
    PortSet ExternalPorts,
    MacAddress Mac,
    string Network,
    string VendorClass,
    bool Authenticated,
    RequestSource Source);
