using System;
using System.Collections.Generic;

namespace Dwirm.Wire.Dhcp4;

/// <summary>The value of option 119 (RFC 3397): names in the wire form of RFC 1035, with compression pointers that count from its first octet.</summary>
public static class DomainSearchList
{
    private const int LongestLabel = 63, Pointer = 0xc0;

    /// <summary>
    /// Encodes names in the order given. False when a name has an empty label or one above 63 octets, is longer than 255 octets, or is not ASCII.
    /// </summary>
    /// <param name="names">Names with dots between the labels; one at the end is allowed.</param>
    /// <param name="value">The octets.</param>
    public static bool TryEncode(IEnumerable<string> names, out byte[] value)
    {
        var octets = new List<byte>();
        var known = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        bool good = true;
        foreach (string name in names) good = good && Append(name.EndsWith('.') ? name[..^1] : name, octets, known);
        value = good ? [.. octets] : [];
        return good;
    }

    private static bool Append(string name, List<byte> octets, Dictionary<string, int> known)
    {
        if (name.Length is 0 or > 253) return false;
        while (name.Length > 0)
        {
            if (known.TryGetValue(name, out int at))
            {
                octets.Add((byte)(Pointer | (at >> 8)));
                octets.Add((byte)at);
                return true;
            }
            // A pointer has 14 bits.
            if (octets.Count < 1 << 14) known.Add(name, octets.Count);
            int dot = name.IndexOf('.');
            ReadOnlySpan<char> label = dot < 0 ? name : name.AsSpan(0, dot);
            if (label.Length is 0 or > LongestLabel || dot == name.Length - 1) return false;
            octets.Add((byte)label.Length);
            foreach (char c in label)
            {
                if (c is <= ' ' or > '~') return false;
                octets.Add((byte)c);
            }
            name = dot < 0 ? "" : name[(dot + 1)..];
        }
        octets.Add(0);
        return true;
    }
}
