using System;
using System.Collections.Generic;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Daemon.Config;

/// <summary>Reads the site's policy, <c>/etc/dwirm/policy.yaml</c>.</summary>
/// <remarks>A file with any fault gives no policy at all: half a policy would be another policy.</remarks>
public static class PolicyYaml
{
    /// <summary>Most rules of a policy.</summary>
    public const int MaxRules = 500;

    private const int LongestText = 200;

    /// <summary>Reads the policy from disk; null when there is any fault, and the faults are then in the list.</summary>
    public static SitePolicy? Read(string path, List<ConfigFault> faults) => Read(YamlFile.Read(path, faults), path, faults);

    /// <summary>Reads a policy that is in memory; <paramref name="file"/> names it in faults.</summary>
    public static SitePolicy? Parse(string file, ReadOnlySpan<byte> utf8, List<ConfigFault> faults) =>
        Read(YamlFile.Parse(file, utf8, faults), file, faults);

    private static SitePolicy? Read(YamlNode? root, string file, List<ConfigFault> faults)
    {
        int before = faults.Count;
        if (root is null || YamlSection.Open(file, root, "a policy", faults) is not { } top) return null;
        top.Version(1);
        ZoneTable zones = Zones(top);
        SitePolicy policy = SitePolicy.Default with
        {
            Decision = Decision(top) ?? PolicyDecision.Ask,
            Zones = zones,
            Defaults = Defaults(top, zones),
            ReservedExternalPorts = top.Ports("reservedExternalPorts") ?? SitePolicy.Default.ReservedExternalPorts,
            Rules = Rules(top, file, zones, faults),
        };
        top.Finish();
        return faults.Count == before ? policy : null;
    }

    // zones: { IST: "+05:30" }
    private static ZoneTable Zones(YamlSection top)
    {
        ZoneTable zones = ZoneTable.Default;
        if (top.Node("zones") is not { } node) return zones;
        if (node.Kind != YamlKind.Mapping) top.Fault(node.Line, $"zones must be codes with their offsets, such as {{ IST: \"+05:30\" }}, not {node.What}");
        foreach (YamlEntry entry in node.Entries)
        {
            bool code = entry.Key.Length == 3 && !entry.Key.AsSpan().ContainsAnyExceptInRange('A', 'Z');
            if (!code) top.Fault(entry.Line, $"'{entry.Key}' is no zone code of three capital letters");
            else if (!TryOffset(entry.Value.Text, out int minutes)) top.Fault(entry.Line, $"{entry.Key} needs an offset such as \"+05:30\", not {entry.Value.What}");
            else zones = zones.With(entry.Key, minutes);
        }
        return zones;
    }

    private static bool TryOffset(string text, out int minutes)
    {
        minutes = 0;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':') return false;
        foreach (int at in (ReadOnlySpan<int>)[1, 2, 4, 5])
        {
            if (!char.IsAsciiDigit(text[at])) return false;
        }
        int hours = (text[1] - '0') * 10 + text[2] - '0', rest = (text[4] - '0') * 10 + text[5] - '0';
        minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
        return hours < 24 && rest < 60;
    }

    private static ServiceDefaults Defaults(YamlSection top, ZoneTable zones)
    {
        var defaults = new ServiceDefaults();
        if (top.Section("defaults", "defaults") is not { } section) return defaults;
        defaults = new ServiceDefaults
        {
            Rate = section.Rate("rate") ?? defaults.Rate,
            Schedule = section.Window("schedule", zones) ?? defaults.Schedule,
            Endpoints = section.Endpoints("endpoints") ?? defaults.Endpoints,
            Reach = Reach(section) ?? defaults.Reach,
        };
        section.Finish();
        return defaults;
    }

    private static List<PolicyRule> Rules(YamlSection top, string file, ZoneTable zones, List<ConfigFault> faults)
    {
        var rules = new List<PolicyRule>();
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<YamlNode> nodes = top.Sections("rules", "- name: …");
        if (nodes.Count > MaxRules) top.Fault(nodes[MaxRules].Line, $"there are more than {MaxRules} rules; remove what is not needed");
        for (int i = 0; i < Math.Min(nodes.Count, MaxRules); i++)
        {
            if (YamlSection.Open(file, nodes[i], "a rule", faults) is not { } section) continue;
            PolicyRule? rule = Rule(section, zones);
            if (rule is null) continue;
            if (lines.TryGetValue(rule.Name, out int line)) section.Fault(section.Line, $"the rule name '{rule.Name}' stands on line {line} already; give each rule its own");
            else lines.Add(rule.Name, section.Line);
            rules.Add(rule);
        }
        return rules;
    }

    private static PolicyRule? Rule(YamlSection section, ZoneTable zones)
    {
        string? name = section.Text("name", "'cameras stream at home'");
        if (name is null && !section.Has("name")) section.Fault(section.Line, "a rule needs a name; it is shown wherever the rule decides");
        if (name is { Length: > LongestText }) section.Fault(section.Line, $"the rule's name is longer than {LongestText} characters");
        if (name is not null && PlainText.Clean(name) != name) section.Fault(section.Line, "the rule's name has characters that cannot be seen; remove them");
        PolicyDecision? decision = Decision(section);
        if (decision is null && !section.Has("decision")) section.Fault(section.Line, "a rule needs a decision: accept | ask | deny");
        if (!section.Has("match")) section.Fault(section.Line, "a rule needs a match; write match: {} for a rule that applies to every category");
        RuleMatch match = Match(section);
        ServiceReach? reach = Reach(section);
        if (reach is not null && decision == PolicyDecision.Deny) section.Fault(section.Line, "a rule that denies lets nobody reach anything; remove reach");
        RuleAmendment amendment = Amendment(section, decision, zones);
        section.Finish();
        if (name is null || decision is null) return null;
        return new PolicyRule { Name = name, Match = match, Decision = decision.Value, Reach = reach, Amend = amendment };
    }

    private static RuleMatch Match(YamlSection rule)
    {
        if (rule.Section("match", "match") is not { } section) return new RuleMatch();
        var match = new RuleMatch
        {
            Description = section.Text("description", "'*Camera*'"),
            Category = section.Text("category", "'Video Stream'"),
            Direction = section.Word("direction", "provide", "consume") is { } direction ? (ServiceDirection)direction : null,
            Hints = section.Text("hints", "RTSP"),
            Mac = Mac(section),
            Network = section.Text("network", "lan"),
            VendorClass = section.Text("vendorClass", "'acme*'"),
            Authenticated = section.Flag("authenticated"),
            ExternalPorts = section.Ports("externalPorts"),
            Source = section.Word("source", "dwirm", "mud", "assigned") is { } source ? (RequestSource)source : null,
        };
        section.Finish();
        return match;
    }

    private static MacPrefix? Mac(YamlSection section)
    {
        string? text = section.Text("mac", "02:00:00");
        if (text is null) return null;
        if (MacPrefix.TryParse(text, out MacPrefix prefix)) return prefix;
        section.Fault(section.Node("mac")!.Line, $"mac must be the first one to six octets of an address, such as 02:00:00, not '{text}'");
        return null;
    }

    private static RuleAmendment Amendment(YamlSection rule, PolicyDecision? decision, ZoneTable zones)
    {
        var amendment = new RuleAmendment();
        if (rule.Section("amend", "amend") is not { } section) return amendment;
        if (decision == PolicyDecision.Deny) section.Fault(section.Line, "a rule that denies has nothing to amend; remove amend, or accept and narrow");
        amendment = new RuleAmendment
        {
            PortForward = section.Word("portForward", "ask", "none", "allow") is { } forward ? (ForwardPolicy)forward : ForwardPolicy.Ask,
            ExternalPorts = section.Ports("externalPorts"),
            MaxRate = section.Rate("maxRate") ?? BitRate.Line,
            Schedule = section.Window("schedule", zones),
            Ports = section.Ports("ports"),
            Endpoints = Patterns(section),
        };
        section.Finish();
        return amendment;
    }

    private static List<string>? Patterns(YamlSection section)
    {
        if (section.List("endpoints") is not { } nodes) return null;
        var patterns = new List<string>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            if (node.Text.AsSpan().IndexOfAny("/: ") >= 0) section.Fault(node.Line, $"'{node.Text}' must be a host or a pattern of hosts, such as *.example.com");
            else patterns.Add(node.Text);
        }
        return patterns;
    }

    private static ServiceReach? Reach(YamlSection section) => section.Word("reach", "network", "house") is { } word ? (ServiceReach)word : null;

    private static PolicyDecision? Decision(YamlSection section) =>
        section.Word("decision", "ask", "accept", "deny") is { } word ? (PolicyDecision)word : null;
}
