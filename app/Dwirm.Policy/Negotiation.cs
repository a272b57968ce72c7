using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>One request, and everything beside policy and registry that a decision on it depends on.</summary>
public sealed record NegotiationInput
{
    /// <summary>What the device asked for.</summary>
    public required IotProfile Profile { get; init; }

    /// <summary>Hardware address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Logical network the request came in on.</summary>
    public required string Network { get; init; }

    /// <summary>True when the request was proven by RFC 3118 authentication.</summary>
    public bool Authenticated { get; init; }

    /// <summary>Where the profile came from.</summary>
    public RequestSource Source { get; init; }

    /// <summary>Vendor class (option 60), empty when absent.</summary>
    public string VendorClass { get; init; } = "";

    /// <summary>The owner's word on exactly this profile.</summary>
    public OwnerVerdict Verdict { get; init; }

    /// <summary>
    /// The owner's amendment: a profile that lists what may be granted. A category that is not in it is refused; an option it has narrows the
    /// request's, one it leaves out stays as it is.
    /// </summary>
    public IotProfile? Amendment { get; init; }

    /// <summary>True when the verdict holds for this one negotiation.</summary>
    public bool Once { get; init; }

    /// <summary>True to say also where options came from that the profile leaves out.</summary>
    public bool Explain { get; init; }

    /// <summary>Who holds which outside port.</summary>
    public required IPortForwardLedger Forwards { get; init; }

    /// <summary>The network's answer to a refused profile.</summary>
    public DenyAction DenyAction { get; init; }

    /// <summary>The router's own zone: a window in it and one in a fixed zone are joined by the offsets it has through the year.</summary>
    public required ILocalZone Zone { get; init; }

    /// <summary>The present; only the year matters here.</summary>
    public required Instant Now { get; init; }

    /// <summary>The router's own networks and addresses, inside and outside: endpoints in them need the owner's approval (DWIRM-14).</summary>
    public IReadOnlyList<Ipv4Prefix> LocalPrefixes { get; init; } = [];

    /// <summary>The same for IPv6.</summary>
    public IReadOnlyList<Ipv6Prefix> LocalPrefixes6 { get; init; } = [];
}

/// <summary>What became of one category.</summary>
public enum ServiceOutcome : byte
{
    /// <summary>Granted as asked.</summary>
    Accepted,

    /// <summary>Granted in part, possibly with nothing left.</summary>
    Amended,

    /// <summary>Refused.</summary>
    Denied,

    /// <summary>Nothing yet: the profile waits for the owner.</summary>
    Pending,
}

/// <summary>The decision on one category, with everything that led to it.</summary>
/// <param name="Direction">Provide or Consume.</param>
/// <param name="Category">Category name as the device wrote it.</param>
/// <param name="Decision">What became of it.</param>
/// <param name="Rule">Name of the rule that matched; empty when none did.</param>
/// <param name="Reasons">What was narrowed, blanked or left to the owner, and by what; one sentence each, for people.</param>
public sealed record ServiceDecision(
    ServiceDirection Direction, string Category, ServiceOutcome Decision, string Rule, IReadOnlyList<string> Reasons)
{
    /// <summary>True when this category, and not only another of the same profile, waits for the owner.</summary>
    public bool Asked { get; init; }
}

/// <summary>The outcome of a negotiation.</summary>
public sealed record Negotiation
{
    /// <summary>Where the device stands now.</summary>
    public required DeviceState State { get; init; }

    /// <summary>What DHCPDWIRMSERVER carries; null while pending, when nothing is said.</summary>
    public required string? AnswerJson { get; init; }

    /// <summary>
    /// A shorter form that is still true, for a client with little room: the blanket Status where everything was accepted or
    /// refused, else the answer without the keys we do not know. Null while pending.
    /// </summary>
    public required string? ShortAnswerJson { get; init; }

    /// <summary>What is enforced; null unless something was decided in the device's favour.</summary>
    public required Grant? Grant { get; init; }

    /// <summary>One entry for each category, in the request's order.</summary>
    public required IReadOnlyList<ServiceDecision> Services { get; init; }

    /// <summary>The rules, or <c>owner</c>, or <c>default decision</c>.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>True when a port forward waits for the owner although the profile is answered.</summary>
    public bool ForwardAsked { get; init; }

    /// <summary>True when an address in private or local space waits for the owner although the profile is answered.</summary>
    public bool EndpointAsked { get; init; }
}

/// <summary>Spellings.</summary>
public static class ServiceOutcomes
{
    /// <summary>The word of the control socket's JSON.</summary>
    public static string Text(this ServiceOutcome outcome) => outcome switch
    {
        ServiceOutcome.Accepted => "accepted",
        ServiceOutcome.Amended => "amended",
        ServiceOutcome.Denied => "denied",
        _ => "pending",
    };
}
