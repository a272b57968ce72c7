using System;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>The kernel's IPv6 neighbour table (RFC 4861 section 5.1) over rtnetlink.</summary>
public static class NeighbourMessages
{
    /// <summary>RTM_NEWNEIGH.</summary>
    public const ushort NewNeighbour = 28;

    /// <summary>Octets of ndmsg.</summary>
    public const int HeaderSize = 12;

    private const ushort RTM_GETNEIGH = 30, NDA_DST = 1, NDA_LLADDR = 2, NDA_CACHEINFO = 3;
    private const ushort NUD_REACHABLE = 2, NUD_STALE = 4, NUD_DELAY = 8, NUD_PROBE = 0x10, NUD_PERMANENT = 0x80;
    private const byte AF_INET6 = 10, NTF_USE = 1;
    private const int TicksPerSecond = 100; // USER_HZ, the same on every machine we run on

    /// <summary>Asks for all IPv6 neighbours.</summary>
    public static void DumpNeighbours(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(RTM_GETNEIGH, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) writer.Raw(HeaderSize)[0] = AF_INET6;
    }

    /// <summary>Asks the kernel to find out who has an address, as if it had something to send there.</summary>
    /// <param name="writer">Takes the message.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="device">Index of the device the address is on.</param>
    /// <param name="address">The address.</param>
    public static void SolicitNeighbour(this NetlinkWriter writer, uint sequence, int device, Ipv6Address address)
    {
        using (writer.Message(NewNeighbour, NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Ack, sequence))
        {
            Span<byte> header = writer.Raw(HeaderSize); // ndmsg: family u8 | padding 3 | index i32 | state u16 | flags u8 | type u8
            header[0] = AF_INET6;
            MemoryMarshal.Write(header[4..], in device);
            header[10] = NTF_USE;
            address.Write(writer.Attribute(NDA_DST, Ipv6Address.Size));
        }
    }

    /// <summary>Reads RTM_NEWNEIGH for IPv6; false when it is another message, malformed, or says of no device who has the address.</summary>
    public static bool TryReadNeighbour(in NetlinkMessage message, out Neighbour neighbour)
    {
        neighbour = default;
        if (message.Type != NewNeighbour || message.Payload.Length < HeaderSize || message.Payload[0] != AF_INET6) return false;
        neighbour.Device = MemoryMarshal.Read<int>(message.Payload[4..]);
        ushort state = MemoryMarshal.Read<ushort>(message.Payload[8..]);
        if ((state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)) == 0) return false;
        bool address = false, mac = false;
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            switch (attributes.Type)
            {
                case NDA_DST when value.Length == Ipv6Address.Size: (neighbour.Address, address) = (Ipv6Address.Read(value), true); break;
                case NDA_LLADDR when value.Length == MacAddress.Size: (neighbour.Mac, mac) = (MacAddress.Read(value), true); break;
                case NDA_CACHEINFO when value.Length >= 4: neighbour.ConfirmedMsAgo = MemoryMarshal.Read<uint>(value) * (1000L / TicksPerSecond); break;
                default: break;
            }
        }
        return !attributes.Malformed && address && mac;
    }
}

/// <summary>Who has an IPv6 address, as the kernel last heard.</summary>
public struct Neighbour
{
    /// <summary>Index of the device it is on.</summary>
    public int Device { get; set; }

    /// <summary>The address.</summary>
    public Ipv6Address Address { get; set; }

    /// <summary>Its holder's hardware address.</summary>
    public MacAddress Mac { get; set; }

    /// <summary>Milliseconds since that was last confirmed.</summary>
    public long ConfirmedMsAgo { get; set; }
}
