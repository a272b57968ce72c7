using System;
using System.Collections.Generic;

namespace Dwirm.Dhcp.Options;

/// <summary>
/// The configured options of a network, found by code. Which of several rules for one code counts is dnsmasq's order: one whose condition holds
/// for the client's own tags, then one whose condition holds with the tag of the range as well, then one without condition; within each the
/// last of the configuration. Built once per configuration; asking allocates nothing.
/// </summary>
internal sealed class OptionTable
{
    private readonly Dhcpv4OptionRule[] _rules;
    private readonly int[] _newest = new int[256];
    private readonly int[] _older;

    public OptionTable(IReadOnlyList<Dhcpv4OptionRule> rules)
    {
        _rules = new Dhcpv4OptionRule[rules.Count];
        _older = new int[rules.Count];
        Array.Fill(_newest, -1);
        for (int i = 0; i < rules.Count; i++)
        {
            Dhcpv4OptionRule rule = _rules[i] = rules[i];
            HasForced |= rule.Force;
            HasContained |= rule.Container != Dhcpv4Container.None;
            if (rule.Container != Dhcpv4Container.None) continue;
            _older[i] = _newest[rule.Code];
            _newest[rule.Code] = i;
        }
    }

    /// <summary>Every rule, first to last.</summary>
    public ReadOnlySpan<Dhcpv4OptionRule> Rules => _rules;

    /// <summary>True when some rule is sent unasked.</summary>
    public bool HasForced { get; }

    /// <summary>True when some rule stands inside another option.</summary>
    public bool HasContained { get; }

    /// <summary>The rule that counts for a client; null for none.</summary>
    /// <param name="code">Code of the option.</param>
    /// <param name="own">The client's tags.</param>
    /// <param name="range">Tags of the range it is served from.</param>
    public Dhcpv4OptionRule? Find(byte code, in TagSet own, in TagSet range)
    {
        if (_newest[code] < 0) return null;
        TagSet all = own | range;
        Dhcpv4OptionRule? withRange = null, plain = null;
        for (int i = _newest[code]; i >= 0; i = _older[i])
        {
            Dhcpv4OptionRule rule = _rules[i];
            if (rule.Condition.IsEmpty) plain ??= rule;
            else if (rule.Condition.Holds(all))
            {
                if (rule.Condition.Holds(own)) return rule;
                withRange ??= rule;
            }
        }
        return withRange ?? plain;
    }
}
