using System;
using Dwirm.Wire;

namespace Dwirm.Policy.Rules;

/// <summary>The first octets of a hardware address: a maker's prefix, or one device when all six are given.</summary>
/// <param name="Value">The octets as one number, as many as <paramref name="Octets"/> says.</param>
/// <param name="Octets">How many, 1 to 6.</param>
public readonly record struct MacPrefix(ulong Value, int Octets)
{
    /// <summary>Parses one to six groups of two hexadecimal digits separated by ':' or '-'; a final separator is tolerated.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacPrefix prefix)
    {
        prefix = default;
        if (text.Length > 0 && text[^1] is ':' or '-') text = text[..^1];
        int octets = (text.Length + 1) / 3;
        if (octets is < 1 or > 6 || text.Length != octets * 3 - 1) return false;
        ulong value = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (i % 3 == 2)
            {
                if (c is not (':' or '-')) return false;
                continue;
            }
            if (!char.IsAsciiHexDigit(c)) return false;
            value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        prefix = new MacPrefix(value, octets);
        return true;
    }

    /// <summary>True when <paramref name="mac"/> begins with these octets.</summary>
    public bool Matches(MacAddress mac) => mac.Value >> (8 * (MacAddress.Size - Octets)) == Value;
}
