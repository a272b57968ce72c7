using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>What happened, counted. Every packet that is not answered has its reason here.</summary>
public sealed class Counters
{
    private readonly SortedDictionary<string, long> _named = new(StringComparer.Ordinal);
    private readonly long[] _faults = new long[Enum.GetValues<ParseFault>().Length];

    /// <summary>Packets received.</summary>
    public long Received { get; set; }

    /// <summary>Counts a packet that could not be read.</summary>
    public void Fault(ParseFault fault) => _faults[(int)fault]++;

    /// <summary>Counts something by its name, one of a fixed few.</summary>
    public void Count(string name) => _named[name] = _named.GetValueOrDefault(name) + 1;

    /// <summary>How often something was counted by its name.</summary>
    public long CountOf(string name) => _named.GetValueOrDefault(name);

    /// <summary>All counters that are not zero, by name.</summary>
    public SortedDictionary<string, long> Snapshot(Dhcpv4Engine dhcp, PendingReplies replies)
    {
        var all = new SortedDictionary<string, long>(_named, StringComparer.Ordinal) { ["received"] = Received };
        foreach (Dhcpv4Action action in Enum.GetValues<Dhcpv4Action>()) Add(all, $"decided:{action}", dhcp.Decided(action));
        foreach (IgnoreReason reason in Enum.GetValues<IgnoreReason>()) Add(all, $"ignored:{reason}", dhcp.Ignored(reason));
        Add(all, "dropped:replies", replies.Dropped);
        for (int i = 0; i < _faults.Length; i++)
        {
            Add(all, $"malformed:{(ParseFault)i}", _faults[i]);
        }
        return all;
    }

    private static void Add(SortedDictionary<string, long> all, string name, long count)
    {
        if (count > 0) all[name] = count;
    }
}
