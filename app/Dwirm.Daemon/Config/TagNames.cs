using System;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;

namespace Dwirm.Daemon.Config;

/// <summary>Numbers for the names of tags, one configuration long.</summary>
internal sealed class TagNames
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Names beyond those that have a number; their conditions hold for nobody.</summary>
    internal int Overflow { get; private set; }

    /// <summary>The set of one tag; <c>set:</c> or <c>tag:</c> in front is taken away. Nothing for an empty name.</summary>
    internal TagSet Of(ReadOnlySpan<char> name)
    {
        if (name.StartsWith("set:") || name.StartsWith("tag:")) name = name[4..];
        if (name.IsEmpty) return default;
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out int number)) return TagSet.Of(number);
        if (_numbers.Count == TagSet.Capacity)
        {
            Overflow++;
            return default;
        }
        number = _numbers.Count;
        _numbers.Add(name.ToString(), number);
        return TagSet.Of(number);
    }

    /// <summary>The condition with one more word: <c>x</c>, <c>tag:x</c>, <c>!x</c> or <c>tag:!x</c>.</summary>
    internal TagCondition And(TagCondition condition, ReadOnlySpan<char> word)
    {
        if (word.StartsWith("tag:") || word.StartsWith("net:")) word = word[4..];
        bool not = word.StartsWith("!") || word.StartsWith("#");
        TagSet tag = Of(not ? word[1..] : word);
        return not ? condition with { None = condition.None | tag } : condition with { All = condition.All | tag };
    }

    /// <summary>The condition of all the words.</summary>
    internal TagCondition All(IEnumerable<string> words)
    {
        TagCondition condition = default;
        foreach (string word in words) condition = And(condition, word);
        return condition;
    }
}
