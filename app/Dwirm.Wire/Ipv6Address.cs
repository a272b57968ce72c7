using System;
using System.Buffers.Binary;
using System.Text;

namespace Dwirm.Wire;

/// <summary>An IPv6 address with value equality.</summary>
/// <param name="Value">The 128 bits as one number, first octet most significant.</param>
public readonly record struct Ipv6Address(UInt128 Value)
{
    /// <summary>Octets on the wire.</summary>
    public const int Size = 16;

    /// <summary>True for fe80::/10.</summary>
    public bool IsLinkLocal => (uint)(Value >> 118) == 0x3fa;

    /// <summary>Reads the first sixteen octets of <paramref name="bytes"/>, which must hold at least sixteen.</summary>
    public static Ipv6Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes sixteen octets to the front of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The link-local address a MAC forms by modified EUI-64 (RFC 4291 Appendix A).</summary>
    public static Ipv6Address LinkLocalFrom(MacAddress mac)
    {
        ulong high = (mac.Value >> 24) ^ 0x020000;
        ulong eui64 = (high << 40) | 0xfffe000000UL | (mac.Value & 0xffffff);
        return new Ipv6Address(new UInt128(0xfe80000000000000, eui64));
    }

    /// <summary>RFC 5952 text: lower case, longest run of zero groups (two or more) as <c>::</c>.</summary>
    public override string ToString()
    {
        (int start, int length) = LongestZeroRun();
        var text = new StringBuilder(39);
        for (int i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }
            if (i > 0 && i != start + length) text.Append(':');
            text.Append(Group(i).ToString("x"));
        }
        return text.ToString();
    }

    private uint Group(int index) => (uint)(Value >> (112 - 16 * index)) & 0xffff;

    private (int Start, int Length) LongestZeroRun()
    {
        (int Start, int Length) best = (-1, 1);
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && Group(i + run) == 0) run++;
            if (run > best.Length) best = (i, run);
            i += run;
        }
        return best.Start < 0 ? (-1, 0) : best;
    }
}
