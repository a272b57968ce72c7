using System;

namespace Dwirm.Policy.Controls;

/// <summary>Amounts of data as people write them: decimal units, <c>2GB</c>, <c>500MB</c>, <c>1.5 GB</c>.</summary>
public static class ByteCount
{
    /// <summary>The greatest amount, octets.</summary>
    public const long Highest = 1_000_000_000_000_000;

    /// <summary>Reads an amount: a number with at most three decimals, and B, KB, MB, GB or TB, case ignored.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long octets)
    {
        octets = 0;
        text = text.Trim();
        int at = 0, decimals = -1;
        long thousandths = 0;
        for (; at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && decimals < 0)); at++)
        {
            if (text[at] == '.')
            {
                decimals = 0;
                continue;
            }
            if (decimals >= 0 && ++decimals > 3) return false;
            thousandths = thousandths * 10 + (text[at] - '0');
            if (thousandths > Highest) return false;
        }
        if (at == 0 || decimals == 0) return false;
        for (int i = Math.Max(decimals, 0); i < 3; i++) thousandths *= 10;
        long unit = Unit(text[at..].Trim());
        if (unit == 0 || thousandths > Highest / unit * 1000) return false;
        octets = unit >= 1000 ? thousandths * (unit / 1000) : thousandths / 1000;
        return octets > 0;
    }

    /// <summary>The amount in the greatest unit that leaves a whole number.</summary>
    public static string Text(long octets)
    {
        ReadOnlySpan<string> units = ["B", "KB", "MB", "GB", "TB"];
        int unit = 0;
        while (unit < units.Length - 1 && octets > 0 && octets % 1000 == 0)
        {
            octets /= 1000;
            unit++;
        }
        return octets + units[unit];
    }

    private static long Unit(ReadOnlySpan<char> text)
    {
        if (!text.EndsWith("B", StringComparison.OrdinalIgnoreCase) || text.Length > 2) return 0;
        if (text.Length == 1) return 1;
        return (text[0] | 0x20) switch
        {
            'k' => 1000,
            'm' => 1_000_000,
            'g' => 1_000_000_000,
            't' => 1_000_000_000_000,
            _ => 0,
        };
    }
}
