using System;
using Dwirm.Wire;

namespace Dwirm.Dhcp.Options;

/// <summary>A hardware address in which whole octets may be anything, as <c>02:00:00:*:*:*</c>.</summary>
/// <param name="Value">The fixed octets, 0 elsewhere.</param>
/// <param name="Mask">Ones where an octet is fixed.</param>
public readonly record struct MacPattern(ulong Value, ulong Mask)
{
    private const ulong Whole = 0xffff_ffff_ffff;

    /// <summary>True when no octet is left open.</summary>
    public bool IsExact => Mask == Whole;

    /// <summary>The address, when no octet is left open.</summary>
    public MacAddress Address => new(Value);

    /// <summary>How many octets are fixed: of several patterns that match the one with the most counts.</summary>
    public int FixedOctets => System.Numerics.BitOperations.PopCount(Mask) / 8;

    /// <summary>True when the address fits.</summary>
    public bool Matches(MacAddress mac) => (mac.Value & Mask) == Value;

    /// <summary>Six octets of one or two hexadecimal digits or <c>*</c>, with ':' or '-' between; <c>1-</c> in front (Ethernet) is allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacPattern pattern)
    {
        pattern = default;
        if (text.StartsWith("1-") && text.Contains(':')) text = text[2..];
        else if (text.StartsWith("01-") && text.Contains(':')) text = text[3..];
        ulong value = 0, mask = 0;
        int octets = 0;
        foreach (Range range in text.SplitAny(':', '-'))
        {
            ReadOnlySpan<char> part = text[range];
            if (++octets > MacAddress.Size) return false;
            (value, mask) = (value << 8, mask << 8);
            if (part is "*") continue;
            if (part.Length is 0 or > 2 || !byte.TryParse(part, System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte octet)) return false;
            (value, mask) = (value | octet, mask | 0xff);
        }
        if (octets != MacAddress.Size) return false;
        pattern = new MacPattern(value, mask);
        return true;
    }
}
