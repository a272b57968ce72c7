using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>
/// Who sent a message. RFC 2131 section 4.2 identifies a client by its client identifier alone; here the hardware address is part of the key
/// (spec: a device is client identifier and chaddr), because an identifier is a claim that any neighbour can copy, and copied disk images do.
/// With the hardware address in the key a copy gets an address of its own and cannot take another's. Lives on the stack.
/// </summary>
internal readonly ref struct ClientIdentity
{
    /// <summary>Longest client identifier served, in octets.</summary>
    public const int MaximumIdLength = 255;

    /// <summary>Characters of the longest key.</summary>
    public const int MaximumKeyLength = MacDigits + 2 * MaximumIdLength;

    private const int MacDigits = 12;

    private ClientIdentity(MacAddress mac, ReadOnlySpan<char> key)
    {
        Mac = mac;
        Key = key;
    }

    /// <summary>Hardware address; of a client without an Ethernet address a stand-in with the group bit, which no frame can come from.</summary>
    public MacAddress Mac { get; }

    /// <summary>Twelve digits of the hardware address, then the client identifier, all lower-case hexadecimal.</summary>
    public ReadOnlySpan<char> Key { get; }

    /// <summary>Client identifier in lower-case hexadecimal, or empty.</summary>
    public ReadOnlySpan<char> ClientId => Key[MacDigits..];

    /// <summary>False when the message names nobody that could be told from others.</summary>
    /// <param name="packet">The message.</param>
    /// <param name="buffer">Room for <see cref="MaximumKeyLength"/> characters; the identity points into it.</param>
    /// <param name="identity">Who it is.</param>
    public static bool TryRead(in Dhcpv4Packet packet, Span<char> buffer, out ClientIdentity identity)
    {
        identity = default;
        Span<byte> scratch = stackalloc byte[MaximumIdLength];
        bool hasId = packet.TryGetOption(Dhcpv4OptionCode.ClientIdentifier, scratch, out ReadOnlySpan<byte> id);
        if (!hasId && packet.OptionLength(Dhcpv4OptionCode.ClientIdentifier) > MaximumIdLength) return false;
        if (!packet.HasEthernetAddress && id.IsEmpty) return false;

        WriteHex(id, buffer[MacDigits..]);
        ReadOnlySpan<char> key = buffer[..(MacDigits + 2 * id.Length)];
        MacAddress mac = packet.HardwareLength == MacAddress.Size ? packet.Chaddr : StandIn(key[MacDigits..]);
        WriteMac(mac, buffer);
        identity = new ClientIdentity(mac, key);
        return true;
    }

    /// <summary>The key of a lease that is already known.</summary>
    public static string KeyOf(Lease lease)
    {
        Span<char> digits = stackalloc char[MacDigits];
        WriteMac(lease.Mac, digits);
        return string.Concat(digits, lease.ClientId);
    }

    /// <summary>A number that is the same for the same client as long as the seed is: FNV-1a with a final mix.</summary>
    public uint Hash(uint seed)
    {
        ulong hash = 14695981039346656037 ^ seed;
        foreach (char c in Key) hash = (hash ^ c) * 1099511628211;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        return (uint)(hash >> 32);
    }

    private static MacAddress StandIn(ReadOnlySpan<char> id)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in id) hash = (hash ^ c) * 1099511628211;
        return new MacAddress((0x03UL << 40) | ((hash ^ (hash >> 40)) & 0xffffffffff));
    }

    private static void WriteMac(MacAddress mac, Span<char> digits)
    {
        Span<byte> octets = stackalloc byte[MacAddress.Size];
        mac.Write(octets);
        WriteHex(octets, digits);
    }

    private static void WriteHex(ReadOnlySpan<byte> octets, Span<char> digits)
    {
        for (int i = 0; i < octets.Length; i++)
        {
            digits[2 * i] = "0123456789abcdef"[octets[i] >> 4];
            digits[2 * i + 1] = "0123456789abcdef"[octets[i] & 15];
        }
    }
}
