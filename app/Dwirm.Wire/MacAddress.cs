using System;
using System.Buffers.Binary;

namespace Dwirm.Wire;

/// <summary>A 48-bit IEEE 802 address.</summary>
/// <param name="Value">The six octets as one number, first octet most significant; 0 to 2^48-1.</param>
public readonly record struct MacAddress(ulong Value) : IComparable<MacAddress>
{
    /// <summary>Octets on the wire.</summary>
    public const int Size = 6;

    /// <summary>Reads the first six octets of <paramref name="bytes"/>, which must hold at least six.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Writes six octets to the front of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Value);
    }

    /// <summary>Parses six groups of one or two hexadecimal digits separated by ':' or '-'.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress mac)
    {
        ulong value = 0;
        int groups = 0, digits = 0;
        uint group = 0;
        mac = default;
        foreach (char c in text)
        {
            if (c is ':' or '-')
            {
                if (digits == 0 || ++groups > 5) return false;
                (value, group, digits) = ((value << 8) | group, 0, 0);
            }
            else
            {
                if (!char.IsAsciiHexDigit(c) || ++digits > 2) return false;
                group = (group << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }
        }
        if (groups != 5 || digits == 0) return false;
        mac = new MacAddress((value << 8) | group);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(MacAddress other) => Value.CompareTo(other.Value);

    /// <summary>Lower-case hexadecimal with colons: <c>02:00:00:00:00:01</c>.</summary>
    public override string ToString() => string.Create(17, Value, static (text, value) =>
    {
        for (int i = 0; i < Size; i++)
        {
            int octet = (int)(value >> (40 - 8 * i)) & 0xff;
            text[3 * i] = "0123456789abcdef"[octet >> 4];
            text[3 * i + 1] = "0123456789abcdef"[octet & 15];
            if (i < 5) text[3 * i + 2] = ':';
        }
    });

    /// <summary>Orders by octets.</summary>
    public static bool operator <(MacAddress left, MacAddress right) => left.Value < right.Value;

    /// <summary>Orders by octets.</summary>
    public static bool operator >(MacAddress left, MacAddress right) => left.Value > right.Value;

    /// <summary>Orders by octets.</summary>
    public static bool operator <=(MacAddress left, MacAddress right) => left.Value <= right.Value;

    /// <summary>Orders by octets.</summary>
    public static bool operator >=(MacAddress left, MacAddress right) => left.Value >= right.Value;
}
