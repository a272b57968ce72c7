using System;
using System.Collections.Generic;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>What a DHCPOFFER or DHCPACK grants, and until when. Times are milliseconds of the monotonic clock.</summary>
internal sealed record LeaseFacts
{
    /// <summary>A lease that never ends (option 51 of all ones).</summary>
    public const uint Infinite = uint.MaxValue;

    public required Ipv4Address Address { get; init; }
    public required Ipv4Address Server { get; init; }
    public required uint Seconds { get; init; }
    public int PrefixLength { get; init; }
    public Ipv4Address? Router { get; init; }
    public IReadOnlyList<Ipv4Address> Dns { get; init; } = [];

    /// <summary>T1: from then on the server is asked to extend the lease.</summary>
    public long RenewMs { get; init; } = long.MaxValue;

    /// <summary>T2: from then on any server is asked.</summary>
    public long RebindMs { get; init; } = long.MaxValue;

    /// <summary>From then on the address must not be used.</summary>
    public long ExpiryMs { get; init; } = long.MaxValue;

    public Ipv4Prefix Prefix => new(Address, PrefixLength);

    /// <summary>Reads an OFFER or ACK; null when it grants nothing usable: no address, no server identifier, no lease time.</summary>
    /// <param name="packet">The message.</param>
    /// <param name="requestedAtMs">When the request was sent: the lease counts from there (RFC 2131 section 4.4.1).</param>
    public static LeaseFacts? Read(in Dhcpv4Packet packet, long requestedAtMs)
    {
        if (!packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server) || server.IsAny) return null;
        if (!packet.TryGetU32(Dhcpv4OptionCode.LeaseTime, out uint seconds) || seconds == 0) return null;
        if (packet.Yiaddr.IsAny || packet.Yiaddr.IsMulticast || packet.Yiaddr == Ipv4Address.Broadcast) return null;
        (long renew, long rebind, long expiry) = Times(packet, requestedAtMs, seconds);
        return new LeaseFacts
        {
            Address = packet.Yiaddr,
            Server = server,
            Seconds = seconds,
            PrefixLength = ReadPrefixLength(packet),
            Router = ReadAddresses(packet, Dhcpv4OptionCode.Router) is [var first, ..] ? first : null,
            Dns = ReadAddresses(packet, Dhcpv4OptionCode.DnsServer),
            RenewMs = renew,
            RebindMs = rebind,
            ExpiryMs = expiry,
        };
    }

    // RFC 2131 section 4.4.5: T1 is half, T2 seven eighths of the lease unless the server says otherwise, and T1 < T2 < lease.
    private static (long Renew, long Rebind, long Expiry) Times(in Dhcpv4Packet packet, long from, uint seconds)
    {
        if (seconds == Infinite) return (long.MaxValue, long.MaxValue, long.MaxValue);
        long lease = seconds * 1000L;
        long t1 = packet.TryGetU32(Dhcpv4OptionCode.RenewalTime, out uint renewal) ? renewal * 1000L : lease / 2;
        long t2 = packet.TryGetU32(Dhcpv4OptionCode.RebindingTime, out uint rebinding) ? rebinding * 1000L : lease * 7 / 8;
        if (t1 <= 0 || t1 >= t2 || t2 >= lease) (t1, t2) = (lease / 2, lease * 7 / 8);
        return (from + t1, from + t2, from + lease);
    }

    // A server that sends no mask leaves the class of the address.
    private static int ReadPrefixLength(in Dhcpv4Packet packet)
    {
        if (packet.TryGetU32(Dhcpv4OptionCode.SubnetMask, out uint mask))
        {
            int ones = System.Numerics.BitOperations.LeadingZeroCount(~mask);
            if (ones > 0 && mask == (ones == 32 ? uint.MaxValue : ~(uint.MaxValue >> ones))) return ones;
        }
        return (packet.Yiaddr.Value >> 30) switch { 0 or 1 => 8, 2 => 16, _ => 24 };
    }

    private static Ipv4Address[] ReadAddresses(in Dhcpv4Packet packet, byte code)
    {
        Span<byte> scratch = stackalloc byte[64];
        if (!packet.TryGetOption(code, scratch, out ReadOnlySpan<byte> value) || value.Length % Ipv4Address.Size != 0) return [];
        var addresses = new Ipv4Address[Math.Min(value.Length / Ipv4Address.Size, 16)];
        for (int i = 0; i < addresses.Length; i++) addresses[i] = Ipv4Address.Read(value[(i * Ipv4Address.Size)..]);
        return addresses;
    }
}
