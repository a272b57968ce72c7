using System;
using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>Which addresses a name or a device on its own may not lead to.</summary>
internal static class AddressSpace
{
    /// <summary>Private (RFC 1918), shared (RFC 6598), link-local (RFC 3927), multicast, and all of <see cref="IsNobodys(Ipv4Address)"/>.</summary>
    public static bool IsSpecial(Ipv4Address address)
    {
        uint value = address.Value;
        return value >> 24 is 0 or 10 or 127 || value >> 20 == 0xac1 || value >> 16 is 0xc0a8 or 0xa9fe || value >> 22 == 0x6440 >> 6 || value >> 28 >= 0xe;
    }

    /// <summary>This network, loopback, reserved, broadcast: no destination.</summary>
    public static bool IsNobodys(Ipv4Address address) => address.Value >> 24 is 0 or 127 or >= 240;

    /// <summary>
    /// Unique local (RFC 4193), link-local, site-local, multicast, addresses for local translation (RFC 8215), addresses that stand for a special
    /// IPv4 address (RFC 6052, RFC 3056), and all of <see cref="IsNobodys(Ipv6Address)"/>.
    /// </summary>
    public static bool IsSpecial(Ipv6Address address)
    {
        ulong high = (ulong)(address.Value >> 64);
        if (IsNobodys(address) || high >> 57 == 0xfc >> 1 || high >> 55 == 0xfe80 >> 7 || high >> 56 == 0xff) return true;
        if (high >> 16 == 0x0064_ff9b_0001) return true;
        if (high == 0x0064_ff9b_0000_0000) return IsSpecial(new Ipv4Address((uint)address.Value));
        return high >> 48 == 0x2002 && IsSpecial(new Ipv4Address((uint)(high >> 16)));
    }

    /// <summary>Unspecified, loopback, and what IPv4 addresses look like inside programs (RFC 4291 section 2.5.5): no destination.</summary>
    public static bool IsNobodys(Ipv6Address address)
    {
        UInt128 top = address.Value >> 32;
        return top == 0 || top == 0xffff;
    }
}
