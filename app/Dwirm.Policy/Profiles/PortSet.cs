using System;
using System.Collections.Generic;
using System.Text;

namespace Dwirm.Policy.Profiles;

/// <summary>A list of disjoint port ranges in the order they were written; the order pairs them with hints and with forwards.</summary>
/// <remarks><c>ranges = range *( "," range )</c>, <c>range = port [ "-" port ]</c>, ports 1 to 65535; blanks around the signs are tolerated.</remarks>
public sealed class PortSet : IEquatable<PortSet>
{
    /// <summary>Greatest number of ranges unless a <see cref="ProfileGrammar"/> says otherwise.</summary>
    public const int DefaultMaxRanges = 64;

    private readonly PortRange[] _ranges;

    private PortSet(PortRange[] ranges) => _ranges = ranges;

    /// <summary>No ports at all.</summary>
    public static PortSet Empty { get; } = new([]);

    /// <summary>Every port, 1 to 65535.</summary>
    public static PortSet All { get; } = new([new PortRange(1, ushort.MaxValue)]);

    /// <summary>The ranges as written, none overlapping another.</summary>
    public IReadOnlyList<PortRange> Ranges => _ranges;

    /// <summary>True when there are no ports.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many ports the ranges hold together.</summary>
    public int PortCount
    {
        get
        {
            int count = 0;
            foreach (PortRange range in _ranges) count += range.Count;
            return count;
        }
    }

    /// <summary>A set of the given ranges; null when two of them overlap or one starts at port 0 or is reversed.</summary>
    public static PortSet? Of(params ReadOnlySpan<PortRange> ranges)
    {
        for (int i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Low == 0 || ranges[i].Low > ranges[i].High || OverlapsAny(ranges[..i], ranges[i])) return null;
        }
        return ranges.IsEmpty ? Empty : new PortSet(ranges.ToArray());
    }

    /// <summary>Reads a list; the empty text is the empty set.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortSet ports) => TryParse(text, out ports, out _);

    /// <summary>Reads a list; the empty text is the empty set (DWIRM-08).</summary>
    /// <param name="text">The list.</param>
    /// <param name="ports">The set, empty on failure.</param>
    /// <param name="fault">Why it failed.</param>
    /// <param name="maxRanges">Greatest number of ranges.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out PortSet ports, out OptionFault fault, int maxRanges = DefaultMaxRanges)
    {
        ports = Empty;
        fault = OptionFault.None;
        if (Trim(text).IsEmpty) return true;
        if (text.Count(',') >= maxRanges)
        {
            fault = OptionFault.TooManyRanges;
            return false;
        }
        var ranges = new PortRange[text.Count(',') + 1];
        for (int i = 0; i < ranges.Length; i++)
        {
            int comma = text.IndexOf(',');
            fault = ParseRange(Trim(comma < 0 ? text : text[..comma]), out ranges[i]);
            if (fault == OptionFault.None && OverlapsAny(ranges.AsSpan(0, i), ranges[i])) fault = OptionFault.RangesOverlap;
            if (fault != OptionFault.None) return false;
            text = text[(comma + 1)..];
        }
        ports = new PortSet(ranges);
        return true;
    }

    /// <summary>True when <paramref name="port"/> is in the set.</summary>
    public bool Contains(int port)
    {
        foreach (PortRange range in _ranges)
        {
            if (range.Contains(port)) return true;
        }
        return false;
    }

    /// <summary>True when every port of <paramref name="range"/> is in the set, whichever ranges of it they fall in.</summary>
    public bool Contains(PortRange range)
    {
        int covered = 0;
        foreach (PortRange own in _ranges)
        {
            // The ranges are disjoint, so what each of them shares with the other may be added up.
            int low = Math.Max(own.Low, range.Low), high = Math.Min(own.High, range.High);
            if (low <= high) covered += high - low + 1;
        }
        return covered == range.Count;
    }

    /// <summary>True when every port of this set is in <paramref name="other"/>; the empty set is a subset of any.</summary>
    public bool IsSubsetOf(PortSet other)
    {
        foreach (PortRange range in _ranges)
        {
            if (!other.Contains(range)) return false;
        }
        return true;
    }

    /// <summary>True when the sets share a port.</summary>
    public bool Overlaps(PortSet other)
    {
        foreach (PortRange range in _ranges)
        {
            if (OverlapsAny(other._ranges, range)) return true;
        }
        return false;
    }

    /// <summary>The ports that both sets have, in this set's order; a range may come back in pieces. This set itself when nothing falls away.</summary>
    public PortSet Intersect(PortSet other)
    {
        if (IsSubsetOf(other)) return this;
        var shared = new List<PortRange>();
        foreach (PortRange own in _ranges)
        {
            foreach (PortRange foreign in other._ranges)
            {
                ushort low = Math.Max(own.Low, foreign.Low), high = Math.Min(own.High, foreign.High);
                if (low <= high) shared.Add(new PortRange(low, high));
            }
        }
        return shared.Count == 0 ? Empty : new PortSet(shared.ToArray());
    }

    /// <summary>Equal when the same ranges stand in the same order.</summary>
    public bool Equals(PortSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = _ranges.Length;
        foreach (PortRange range in _ranges) hash = hash * 31 + (range.Low << 16 | range.High);
        return hash;
    }

    /// <summary>The list without blanks, <c>80,443,8000-8010</c>; empty for the empty set.</summary>
    public override string ToString()
    {
        if (_ranges.Length == 1) return _ranges[0].ToString();
        var text = new StringBuilder();
        foreach (PortRange range in _ranges)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(range.ToString());
        }
        return text.ToString();
    }

    /// <summary>Blanks and tabs off both ends; other white space is no part of the grammar.</summary>
    internal static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    private static bool OverlapsAny(ReadOnlySpan<PortRange> ranges, PortRange range)
    {
        foreach (PortRange other in ranges)
        {
            if (other.Overlaps(range)) return true;
        }
        return false;
    }

    private static OptionFault ParseRange(ReadOnlySpan<char> text, out PortRange range)
    {
        range = default;
        if (text.IsEmpty) return OptionFault.EmptyElement;
        int dash = text.IndexOf('-');
        OptionFault fault = ParsePort(Trim(dash < 0 ? text : text[..dash]), out ushort low);
        if (fault != OptionFault.None) return fault;
        ushort high = low;
        if (dash >= 0) fault = ParsePort(Trim(text[(dash + 1)..]), out high);
        if (fault != OptionFault.None) return fault;
        if (low > high) return OptionFault.RangeReversed;
        range = new PortRange(low, high);
        return OptionFault.None;
    }

    // port = 1*5DIGIT, 1..65535
    internal static OptionFault ParsePort(ReadOnlySpan<char> text, out ushort port)
    {
        port = 0;
        int value = 0;
        if (text.IsEmpty) return OptionFault.Syntax;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c)) return OptionFault.Syntax;
            value = Math.Min(value * 10 + (c - '0'), 65536);
        }
        if (text.Length > 5 || value is 0 or > 65535) return OptionFault.PortOutOfBounds;
        port = (ushort)value;
        return OptionFault.None;
    }
}
