using System;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Links and addresses over rtnetlink.</summary>
public static class RouteMessages
{
    /// <summary>RTM_NEWLINK.</summary>
    public const ushort NewLink = 16;

    /// <summary>RTM_NEWADDR.</summary>
    public const ushort NewAddress = 20;

    /// <summary>Octets of ifinfomsg.</summary>
    public const int LinkHeaderSize = 16;

    /// <summary>Octets of ifaddrmsg.</summary>
    public const int AddressHeaderSize = 8;

    private const ushort RTM_GETLINK = 18, RTM_GETADDR = 22;
    private const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_MASTER = 10, IFLA_LINKINFO = 18, IFLA_INFO_KIND = 1;
    private const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2;
    private const byte AF_INET = 2, AF_INET6 = 10;
    private const uint IFF_UP = 1;

    /// <summary>Asks for all links.</summary>
    public static void DumpLinks(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(RTM_GETLINK, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) writer.Raw(LinkHeaderSize);
    }

    /// <summary>Asks for all IPv4 addresses.</summary>
    public static void DumpIpv4Addresses(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(RTM_GETADDR, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) writer.Raw(AddressHeaderSize)[0] = AF_INET;
    }

    /// <summary>Asks for all IPv6 addresses.</summary>
    public static void DumpIpv6Addresses(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(RTM_GETADDR, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) writer.Raw(AddressHeaderSize)[0] = AF_INET6;
    }

    /// <summary>Reads RTM_NEWLINK; false when it is another message or malformed.</summary>
    public static bool TryReadLink(in NetlinkMessage message, out LinkFacts link)
    {
        link = default;
        if (message.Type != NewLink || message.Payload.Length < LinkHeaderSize) return false;
        link.Index = MemoryMarshal.Read<int>(message.Payload[4..]);
        link.Up = (MemoryMarshal.Read<uint>(message.Payload[8..]) & IFF_UP) != 0;
        link.Name = "";
        NetlinkAttributes attributes = message.Attributes(LinkHeaderSize);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case IFLA_ADDRESS when attributes.Value.Length == MacAddress.Size: link.Mac = MacAddress.Read(attributes.Value); break;
                case IFLA_IFNAME: link.Name = System.Text.Encoding.ASCII.GetString(attributes.Value.TrimEnd((byte)0)); break;
                case IFLA_MTU when attributes.TryU32Host(out uint mtu): link.Mtu = (int)Math.Min(mtu, int.MaxValue); break;
                case IFLA_MASTER when attributes.TryU32Host(out uint master): link.Master = (int)master; break;
                case IFLA_LINKINFO: link.IsBridge = KindIsBridge(attributes.Inner()); break;
                default: break;
            }
        }
        return !attributes.Malformed && link.Name.Length > 0;
    }

    /// <summary>Reads RTM_NEWADDR for IPv4; false when it is another message or malformed.</summary>
    public static bool TryReadIpv4Address(in NetlinkMessage message, out int device, out Ipv4Prefix address)
    {
        device = 0;
        address = default;
        if (message.Type != NewAddress || message.Payload.Length < AddressHeaderSize || message.Payload[0] != AF_INET) return false;
        int length = message.Payload[1];
        device = MemoryMarshal.Read<int>(message.Payload[4..]);
        NetlinkAttributes attributes = message.Attributes(AddressHeaderSize);
        Ipv4Address? local = null, other = null;
        while (attributes.Next())
        {
            if (attributes.Value.Length != Ipv4Address.Size) continue;
            if (attributes.Type == IFA_LOCAL) local = Ipv4Address.Read(attributes.Value);
            else if (attributes.Type == IFA_ADDRESS) other = Ipv4Address.Read(attributes.Value);
        }
        // On a point-to-point link IFA_ADDRESS is the far end; IFA_LOCAL is always ours.
        if (attributes.Malformed || length > 32 || (local ?? other) is not { } ours) return false;
        address = new Ipv4Prefix(ours, length);
        return true;
    }

    /// <summary>Reads RTM_NEWADDR for IPv6; false when it is another message or malformed.</summary>
    public static bool TryReadIpv6Address(in NetlinkMessage message, out int device, out Ipv6Prefix address)
    {
        device = 0;
        address = default;
        if (message.Type != NewAddress || message.Payload.Length < AddressHeaderSize || message.Payload[0] != AF_INET6) return false;
        int length = message.Payload[1];
        device = MemoryMarshal.Read<int>(message.Payload[4..]);
        NetlinkAttributes attributes = message.Attributes(AddressHeaderSize);
        Ipv6Address? local = null, other = null;
        while (attributes.Next())
        {
            if (attributes.Value.Length != Ipv6Address.Size) continue;
            if (attributes.Type == IFA_LOCAL) local = Ipv6Address.Read(attributes.Value);
            else if (attributes.Type == IFA_ADDRESS) other = Ipv6Address.Read(attributes.Value);
        }
        if (attributes.Malformed || length > 128 || (local ?? other) is not { } ours) return false;
        address = new Ipv6Prefix(ours, length);
        return true;
    }

    private static bool KindIsBridge(NetlinkAttributes info)
    {
        while (info.Next())
        {
            if (info.Type == IFLA_INFO_KIND) return info.Value.TrimEnd((byte)0).SequenceEqual("bridge"u8);
        }
        return false;
    }
}

/// <summary>What RTM_NEWLINK says of a link.</summary>
public struct LinkFacts
{
    /// <summary>Index.</summary>
    public int Index { get; internal set; }

    /// <summary>Name.</summary>
    public string Name { get; internal set; }

    /// <summary>Hardware address; zero when it has none of six octets.</summary>
    public MacAddress Mac { get; internal set; }

    /// <summary>True for a bridge.</summary>
    public bool IsBridge { get; internal set; }

    /// <summary>True when it is set up (IFF_UP).</summary>
    public bool Up { get; internal set; }

    /// <summary>Greatest payload in octets.</summary>
    public int Mtu { get; internal set; }

    /// <summary>Index of the bridge it is a port of, 0 for none.</summary>
    public int Master { get; internal set; }
}
