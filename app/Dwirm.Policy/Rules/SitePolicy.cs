using System.Collections.Generic;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Rules;

/// <summary>What is decided about one category of a request.</summary>
public enum PolicyDecision : byte
{
    /// <summary>The owner decides; until then the device is restricted.</summary>
    Ask,

    /// <summary>Granted, as far as the rule's amendments allow.</summary>
    Accept,

    /// <summary>Refused; the owner's approval does not change that.</summary>
    Deny,
}

/// <summary>What a rule says of port forwards from the outside.</summary>
public enum ForwardPolicy : byte
{
    /// <summary>Left to the owner: blank in the answer until approved (DWIRM-09).</summary>
    Ask,

    /// <summary>Never, whatever the owner approves.</summary>
    None,

    /// <summary>Granted at once where the outside ports are free and not reserved.</summary>
    Allow,
}

/// <summary>Where a request came from.</summary>
public enum RequestSource : byte
{
    /// <summary>An IoT Profile that the device sent.</summary>
    Dwirm,

    /// <summary>A MUD file (RFC 8520).</summary>
    Mud,

    /// <summary>A profile that the owner assigned to the device.</summary>
    Assigned,
}

/// <summary>What fills the options that neither profile nor registry give: least privilege (DWIRM-05).</summary>
public sealed record ServiceDefaults
{
    /// <summary>Greatest throughput; 1 Mbps unless the site says otherwise.</summary>
    public BitRate Rate { get; init; } = new(1_000_000);

    /// <summary>Daily window; the whole day unless the site says otherwise.</summary>
    public DailyWindow Schedule { get; init; } = DailyWindow.AllDay;

    /// <summary>Who may use a Provide where no rule says so: its own network unless the site says otherwise.</summary>
    public ServiceReach Reach { get; init; }

    /// <summary>Where a Consume without Endpoints may connect; nowhere unless the site says otherwise.</summary>
    public IReadOnlyList<EndpointName> Endpoints { get; init; } = [];
}

/// <summary>The site's policy: rules in order, and what holds where no rule matches.</summary>
public sealed record SitePolicy
{
    /// <summary>What holds without a policy file: the owner is asked about everything.</summary>
    public static SitePolicy Default { get; } = new();

    /// <summary>The decision on a category that no rule matches.</summary>
    public PolicyDecision Decision { get; init; }

    /// <summary>Fills missing options.</summary>
    public ServiceDefaults Defaults { get; init; } = new();

    /// <summary>Outside ports that are never forwarded; 1-1023 unless the site says otherwise.</summary>
    public PortSet ReservedExternalPorts { get; init; } = PortSet.Of(new PortRange(1, 1023))!;

    /// <summary>Zone codes of schedules, in policy and profiles.</summary>
    public ZoneTable Zones { get; init; } = ZoneTable.Default;

    /// <summary>Rules; the first that matches a category decides on it.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];
}

/// <summary>One rule.</summary>
public sealed record PolicyRule
{
    /// <summary>Name, unique in the file; it is shown wherever a decision is.</summary>
    public required string Name { get; init; }

    /// <summary>When it applies.</summary>
    public RuleMatch Match { get; init; } = new();

    /// <summary>What it decides.</summary>
    public required PolicyDecision Decision { get; init; }

    /// <summary>Who may use a Provide that it accepts; null leaves it to the site's defaults.</summary>
    public ServiceReach? Reach { get; init; }

    /// <summary>How it narrows what it accepts, and what the owner may approve under it.</summary>
    public RuleAmendment Amend { get; init; } = new();
}

/// <summary>How a rule narrows a service; nothing here can widen one.</summary>
public sealed record RuleAmendment
{
    /// <summary>Port forwards.</summary>
    public ForwardPolicy PortForward { get; init; }

    /// <summary>Outside ports that a forward may take; null for all that are not reserved.</summary>
    public PortSet? ExternalPorts { get; init; }

    /// <summary>Upper bound of the rate; <see cref="BitRate.Line"/> for none.</summary>
    public BitRate MaxRate { get; init; }

    /// <summary>The service is open at most in this window; null for no bound.</summary>
    public DailyWindow? Schedule { get; init; }

    /// <summary>Ports outside this set fall away, and so do endpoints on other ports; null for no bound.</summary>
    public PortSet? Ports { get; init; }

    /// <summary>Endpoints whose host matches none of these patterns fall away; null for no bound.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }
}
