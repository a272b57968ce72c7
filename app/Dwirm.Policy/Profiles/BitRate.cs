using System;

namespace Dwirm.Policy.Profiles;

/// <summary>A greatest throughput (DWIRM-10).</summary>
/// <param name="BitsPerSecond">Bits per second, 1 to 10^12; 0 is <c>Line</c>, no limit but the interface's.</param>
/// <remarks>
/// <c>rate = "Line" / number [OWS] [ "k" / "m" / "g" ] [ "bps" ]</c>, case ignored, multipliers decimal. It is bits even where it is
/// written MBPS.
/// </remarks>
public readonly record struct BitRate(long BitsPerSecond)
{
    /// <summary>The highest rate that can be asked for, bits per second.</summary>
    public const long Highest = 1_000_000_000_000;

    /// <summary>No limit.</summary>
    public static BitRate Line => default;

    /// <summary>True when there is no limit.</summary>
    public bool IsLine => BitsPerSecond == 0;

    /// <summary>Reads a rate.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BitRate rate) => TryParse(text, out rate, out _);

    /// <summary>Reads a rate.</summary>
    /// <param name="text">The rate; blanks at the ends are tolerated.</param>
    /// <param name="rate">The rate; meaningless on failure.</param>
    /// <param name="fault">Why it failed.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out BitRate rate, out OptionFault fault)
    {
        rate = Line;
        fault = OptionFault.None;
        text = PortSet.Trim(text);
        if (text.Equals("Line", StringComparison.OrdinalIgnoreCase)) return true;
        int digits = DigitsAt(text);
        ReadOnlySpan<char> fraction = default;
        ReadOnlySpan<char> unit = text[digits..];
        if (digits > 0 && unit.StartsWith("."))
        {
            fraction = unit[1..];
            fraction = fraction[..DigitsAt(fraction)];
            unit = fraction.IsEmpty ? unit : unit[(1 + fraction.Length)..];
        }
        long multiplier = Multiplier(PortSet.Trim(unit));
        if (digits == 0 || multiplier == 0)
        {
            fault = OptionFault.Syntax;
            return false;
        }
        long bits = Scale(text[..digits], fraction, multiplier);
        if (bits <= 0 || bits > Highest) fault = bits == 0 ? OptionFault.RateZero : OptionFault.RateTooHigh;
        else rate = new BitRate(bits);
        return fault == OptionFault.None;
    }

    /// <summary>The lower of two rates; <see cref="Line"/> is above any number.</summary>
    public BitRate Min(BitRate other) =>
        IsLine ? other : other.IsLine ? this : new BitRate(Math.Min(BitsPerSecond, other.BitsPerSecond));

    /// <summary><c>2Mbps</c>, <c>15Kbps</c>, <c>Line</c>: the greatest unit that leaves a whole number.</summary>
    public override string ToString() => BitsPerSecond switch
    {
        0 => "Line",
        var b when b % 1_000_000_000 == 0 => $"{b / 1_000_000_000}Gbps",
        var b when b % 1_000_000 == 0 => $"{b / 1_000_000}Mbps",
        var b when b % 1_000 == 0 => $"{b / 1_000}Kbps",
        var b => $"{b}bps",
    };

    private static int DigitsAt(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    // 0 when the text is no unit.
    private static long Multiplier(ReadOnlySpan<char> unit)
    {
        long multiplier = 1;
        if (!unit.IsEmpty)
        {
            multiplier = (unit[0] | 0x20) switch { 'k' => 1_000, 'm' => 1_000_000, 'g' => 1_000_000_000, _ => 1 };
            if (multiplier > 1) unit = unit[1..];
        }
        return unit.IsEmpty || unit.Equals("bps", StringComparison.OrdinalIgnoreCase) ? multiplier : 0;
    }

    // long.MaxValue for anything too high. Digits of the fraction beyond the multiplier's zeros are less than a bit and are cut.
    private static long Scale(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, long multiplier)
    {
        long bits = 0;
        foreach (char c in whole)
        {
            bits = bits * 10 + (c - '0');
            if (bits > Highest) return long.MaxValue;
        }
        if (bits > Highest / multiplier) return long.MaxValue;
        bits *= multiplier;
        foreach (char c in fraction)
        {
            multiplier /= 10;
            bits += (c - '0') * multiplier;
        }
        return bits;
    }
}
