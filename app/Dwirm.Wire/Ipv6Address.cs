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

    /// <summary>The MAC an address was formed from by modified EUI-64 (RFC 4291 Appendix A); false when it was not.</summary>
    public bool TryGetMac(out MacAddress mac)
    {
        ulong low = (ulong)Value;
        mac = new MacAddress((((low >> 40) ^ 0x020000) << 24) | (low & 0xffffff));
        return (low >> 24 & 0xffff) == 0xfffe;
    }

    /// <summary>How an IPv4 address stands among IPv6 addresses: ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).</summary>
    public static Ipv6Address Mapped(Ipv4Address address) => new(new UInt128(0, 0xffff_0000_0000UL | address.Value));

    /// <summary>The IPv4 address that <see cref="Mapped"/> made this of; null for any other.</summary>
    public Ipv4Address? AsIpv4 => Value >> 32 == 0xffff ? new Ipv4Address((uint)Value) : null;

    /// <summary>Parses the text forms of RFC 4291 2.2: eight groups, one <c>::</c>, an IPv4 tail; no zone, no prefix length.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Address address)
    {
        address = default;
        int gap = text.IndexOf("::");
        if (gap < 0)
        {
            if (!TryParseGroups(text, out UInt128 whole, out int all) || all != 8) return false;
            address = new Ipv6Address(whole);
            return true;
        }
        if (!TryParseGroups(text[..gap], out UInt128 left, out int before) || !TryParseGroups(text[(gap + 2)..], out UInt128 right, out int after)) return false;
        if (before + after > 7 || text[..gap].Contains('.')) return false;
        address = new Ipv6Address((before == 0 ? UInt128.Zero : left << (128 - 16 * before)) | right);
        return true;
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

    // Groups separated by single colons, the last of them perhaps an IPv4 address, right-aligned; the empty text has none.
    private static bool TryParseGroups(ReadOnlySpan<char> text, out UInt128 value, out int groups)
    {
        value = UInt128.Zero;
        groups = 0;
        while (!text.IsEmpty)
        {
            int colon = text.IndexOf(':');
            ReadOnlySpan<char> group = colon < 0 ? text : text[..colon];
            text = colon < 0 ? default : text[(colon + 1)..];
            if (colon >= 0 && text.IsEmpty) return false;
            if (text.IsEmpty && group.Contains('.') && Ipv4Address.TryParse(group, out Ipv4Address tail))
            {
                value = (value << 32) | tail.Value;
                groups += 2;
                continue;
            }
            if (group.Length is 0 or > 4 || !ushort.TryParse(group, System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort bits)) return false;
            value = (value << 16) | bits;
            groups++;
            if (groups > 8) return false;
        }
        return groups <= 8;
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

/// <summary>An IPv6 prefix such as 2001:db8::/32.</summary>
/// <param name="Address">Any address inside the prefix; host bits may be set (an interface address keeps them).</param>
/// <param name="Length">Prefix length in bits, 0 to 128.</param>
public readonly record struct Ipv6Prefix(Ipv6Address Address, int Length)
{
    /// <summary>Link-local addresses as hosts form them (RFC 4291 section 2.5.6).</summary>
    public static Ipv6Prefix LinkLocal => new(new Ipv6Address(new UInt128(0xfe80000000000000, 0)), 64);

    /// <summary>The first address, all host bits zero.</summary>
    public Ipv6Address Network => new(Length == 0 ? UInt128.Zero : Address.Value >> (128 - Length) << (128 - Length));

    /// <summary>True when <paramref name="other"/> lies inside the prefix.</summary>
    public bool Contains(Ipv6Address other) => Length == 0 || (Address.Value ^ other.Value) >> (128 - Length) == UInt128.Zero;

    /// <summary>Parses ADDRESS/LENGTH, or a bare address as /128.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Prefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        int length = 128;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], System.Globalization.NumberStyles.None, null, out length) || length > 128)) return false;
        if (!Ipv6Address.TryParse(slash >= 0 ? text[..slash] : text, out Ipv6Address address)) return false;
        prefix = new Ipv6Prefix(address, length);
        return true;
    }

    /// <summary>ADDRESS/LENGTH with the address as it was given.</summary>
    public override string ToString() => $"{Address}/{Length}";
}
