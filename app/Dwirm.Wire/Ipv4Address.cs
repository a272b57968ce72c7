using System;
using System.Buffers.Binary;

namespace Dwirm.Wire;

/// <summary>An IPv4 address with value equality.</summary>
/// <param name="Value">The address as a number in host order: 192.0.2.1 is 0xC0000201.</param>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    /// <summary>Octets on the wire.</summary>
    public const int Size = 4;

    /// <summary>0.0.0.0, "this host" or "no address".</summary>
    public static Ipv4Address Any => default;

    /// <summary>255.255.255.255, the limited broadcast address.</summary>
    public static Ipv4Address Broadcast => new(uint.MaxValue);

    /// <summary>True for 0.0.0.0.</summary>
    public bool IsAny => Value == 0;

    /// <summary>True for 224.0.0.0/4.</summary>
    public bool IsMulticast => Value >> 28 == 0xe;

    /// <summary>Reads the first four octets of <paramref name="bytes"/>, which must hold at least four.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Writes four octets in network order to the front of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, Value);

    /// <summary>Parses dotted decimal with exactly four parts; no octal, no leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0, part = 0;
        int dots = 0, digits = 0;
        foreach (char c in text)
        {
            if (c == '.')
            {
                if (digits == 0 || ++dots > 3) return false;
                (value, part, digits) = ((value << 8) | part, 0, 0);
                continue;
            }
            if (!char.IsAsciiDigit(c) || (digits > 0 && part == 0)) return false;
            part = part * 10 + (uint)(c - '0');
            digits++;
            if (part > 255) return false;
        }
        if (dots != 3 || digits == 0) return false;
        address = new Ipv4Address((value << 8) | part);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    /// <summary>Dotted decimal.</summary>
    public override string ToString() => $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}";

    /// <summary>Orders by number.</summary>
    public static bool operator <(Ipv4Address left, Ipv4Address right) => left.Value < right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >(Ipv4Address left, Ipv4Address right) => left.Value > right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator <=(Ipv4Address left, Ipv4Address right) => left.Value <= right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >=(Ipv4Address left, Ipv4Address right) => left.Value >= right.Value;
}

/// <summary>An IPv4 prefix such as 192.168.1.0/24.</summary>
/// <param name="Address">Any address inside the prefix; host bits may be set (an interface address keeps them).</param>
/// <param name="Length">Prefix length in bits, 0 to 32.</param>
public readonly record struct Ipv4Prefix(Ipv4Address Address, int Length)
{
    /// <summary>The network mask, 255.255.255.0 for /24.</summary>
    public Ipv4Address Mask => new(Length == 0 ? 0 : uint.MaxValue << (32 - Length));

    /// <summary>The first address, all host bits zero.</summary>
    public Ipv4Address Network => new(Address.Value & Mask.Value);

    /// <summary>The last address, all host bits one.</summary>
    public Ipv4Address BroadcastAddress => new(Address.Value | ~Mask.Value);

    /// <summary>True when <paramref name="other"/> lies inside the prefix.</summary>
    public bool Contains(Ipv4Address other) => (other.Value & Mask.Value) == Network.Value;

    /// <summary>Parses ADDRESS/LENGTH, or a bare address as /32.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Prefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        int length = 32;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], System.Globalization.NumberStyles.None, null, out length) || length > 32)) return false;
        if (!Ipv4Address.TryParse(slash >= 0 ? text[..slash] : text, out Ipv4Address address)) return false;
        prefix = new Ipv4Prefix(address, length);
        return true;
    }

    /// <summary>ADDRESS/LENGTH with the address as it was given.</summary>
    public override string ToString() => $"{Address}/{Length}";
}
