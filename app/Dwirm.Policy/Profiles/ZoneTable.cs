using System;
using System.Collections.Generic;

namespace Dwirm.Policy.Profiles;

/// <summary>Three-letter zone codes and the fixed offsets they stand for: no daylight saving time, whatever the season.</summary>
public sealed class ZoneTable
{
    private static readonly string[] Ambiguous = ["AMT", "ECT", "GST", "IST", "LST", "SST", "WST"];

    private readonly Dictionary<string, int> _minutes;

    private ZoneTable(Dictionary<string, int> minutes) => _minutes = minutes;

    /// <summary>The table of the specification.</summary>
    public static ZoneTable Default { get; } = new(Specified());

    /// <summary>This table with one code added or replaced.</summary>
    /// <param name="code">Three letters.</param>
    /// <param name="offsetMinutes">Minutes east of Greenwich, -1439 to 1439.</param>
    /// <exception cref="ArgumentException">Not three letters, or an offset of a day or more.</exception>
    public ZoneTable With(string code, int offsetMinutes)
    {
        if (!IsCode(code)) throw new ArgumentException("a zone code is three letters", nameof(code));
        if (offsetMinutes is <= -1440 or >= 1440) throw new ArgumentException("a zone offset is less than a day", nameof(offsetMinutes));
        return new ZoneTable(new Dictionary<string, int>(_minutes, StringComparer.Ordinal) { [code.ToUpperInvariant()] = offsetMinutes });
    }

    /// <summary>Looks a code up, case ignored.</summary>
    /// <param name="code">The code.</param>
    /// <param name="offsetMinutes">Minutes east of Greenwich.</param>
    /// <param name="fault">Why there is none: unknown, or of different meaning from country to country.</param>
    public bool TryGet(ReadOnlySpan<char> code, out int offsetMinutes, out OptionFault fault)
    {
        offsetMinutes = 0;
        fault = OptionFault.UnknownZone;
        if (!IsCode(code)) return false;
        string key = code.ToString().ToUpperInvariant();
        if (_minutes.TryGetValue(key, out offsetMinutes)) fault = OptionFault.None;
        else if (Array.IndexOf(Ambiguous, key) >= 0) fault = OptionFault.AmbiguousZone;
        return fault == OptionFault.None;
    }

    private static bool IsCode(ReadOnlySpan<char> code) =>
        code.Length == 3 && char.IsAsciiLetter(code[0]) && char.IsAsciiLetter(code[1]) && char.IsAsciiLetter(code[2]);

    private static Dictionary<string, int> Specified()
    {
        ReadOnlySpan<(string Codes, int Hours)> zones =
        [
            ("GMT UTC WET", 0), ("CET BST", 1), ("EET CAT", 2), ("MSK EAT", 3), ("JST KST", 9), ("ADT", -3), ("AST EDT", -4),
            ("EST CDT", -5), ("CST MDT", -6), ("MST PDT", -7), ("PST", -8), ("HST", -10),
        ];
        var minutes = new Dictionary<string, int>(24, StringComparer.Ordinal);
        foreach ((string codes, int hours) in zones)
        {
            foreach (Range code in codes.AsSpan().Split(' ')) minutes.Add(codes[code], hours * 60);
        }
        return minutes;
    }
}
