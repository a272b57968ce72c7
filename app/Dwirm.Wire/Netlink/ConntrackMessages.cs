using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Netlink;

/// <summary>Connection tracking over nfnetlink (linux/netfilter/nfnetlink_conntrack.h).</summary>
public static class ConntrackMessages
{
    private const int Subsystem = 1;
    private const int GetMessage = 1, DeleteMessage = 2;
    private const ushort CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2, CTA_STATUS = 3, CTA_MARK = 8, CTA_MARK_MASK = 21;
    private const ushort CTA_TUPLE_IP = 1, CTA_TUPLE_PROTO = 2;
    private const ushort CTA_IP_V4_SRC = 1, CTA_IP_V4_DST = 2, CTA_IP_V6_SRC = 3, CTA_IP_V6_DST = 4;
    private const ushort CTA_PROTO_NUM = 1, CTA_PROTO_SRC_PORT = 2, CTA_PROTO_DST_PORT = 3;
    private const int HeaderSize = 4; // nfgenmsg

    /// <summary>The netlink message type of IPCTNL_MSG_CT_DELETE.</summary>
    public const ushort Delete = (Subsystem << 8) | DeleteMessage;

    /// <summary>The netlink message type of IPCTNL_MSG_CT_NEW, an entry of a dump.</summary>
    public const ushort New = Subsystem << 8;

    /// <summary>Asks for all entries, IPv4 and IPv6.</summary>
    public static void DumpConntrack(this NetlinkWriter writer, uint sequence)
    {
        const NetlinkFlags Flags = NetlinkFlags.Request | NetlinkFlags.Dump;
        using (writer.Message((Subsystem << 8) | GetMessage, Flags, sequence)) writer.NfGenMessage(NfFamily.Unspecified);
    }

    /// <summary>Reads an entry; false when it is another message, malformed, or has no addresses.</summary>
    public static bool TryReadEntry(in NetlinkMessage message, out ConntrackEntry entry)
    {
        entry = default;
        if (message.Type != New || message.Payload.Length < HeaderSize) return false;
        bool original = false, reply = false;
        ConntrackTuple tuple = default;
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case CTA_TUPLE_ORIG when TryReadTuple(attributes.Inner(), out tuple): (entry.Original, original) = (tuple, true); break;
                case CTA_TUPLE_REPLY when TryReadTuple(attributes.Inner(), out tuple): (entry.Reply, reply) = (tuple, true); break;
                case CTA_STATUS when attributes.TryU32Be(out uint status): entry.Status = status; break;
                default: break;
            }
        }
        return !attributes.Malformed && original && reply;
    }

    private static bool TryReadTuple(NetlinkAttributes attributes, out ConntrackTuple tuple)
    {
        tuple = default;
        bool source = false, destination = false, protocol = false;
        while (attributes.Next())
        {
            if (attributes.Type is not (CTA_TUPLE_IP or CTA_TUPLE_PROTO)) continue;
            bool isAddress = attributes.Type == CTA_TUPLE_IP;
            NetlinkAttributes inner = attributes.Inner();
            while (inner.Next())
            {
                if (!isAddress) protocol |= TryReadPart(inner, ref tuple);
                else if (AddressIn(inner, CTA_IP_V4_SRC, CTA_IP_V6_SRC) is { } from) (tuple.Source, source) = (from, true);
                else if (AddressIn(inner, CTA_IP_V4_DST, CTA_IP_V6_DST) is { } to) (tuple.Destination, destination) = (to, true);
            }
            if (inner.Malformed) return false;
        }
        return !attributes.Malformed && source && destination && protocol;
    }

    private static Ipv6Address? AddressIn(in NetlinkAttributes attribute, ushort version4, ushort version6)
    {
        ReadOnlySpan<byte> value = attribute.Value;
        if (attribute.Type == version4 && value.Length == Ipv4Address.Size) return Ipv6Address.Mapped(Ipv4Address.Read(value));
        return attribute.Type == version6 && value.Length == Ipv6Address.Size ? Ipv6Address.Read(value) : null;
    }

    // True for the protocol's number, without which ports mean nothing.
    private static bool TryReadPart(in NetlinkAttributes attribute, ref ConntrackTuple tuple)
    {
        ReadOnlySpan<byte> value = attribute.Value;
        if (attribute.Type == CTA_PROTO_NUM && value.Length == 1) tuple.Protocol = value[0];
        else if (value.Length != 2) return false;
        else if (attribute.Type == CTA_PROTO_SRC_PORT) tuple.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(value);
        else if (attribute.Type == CTA_PROTO_DST_PORT) tuple.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(value);
        return attribute.Type == CTA_PROTO_NUM;
    }

    /// <summary>Deletes every entry, IPv4 and IPv6, whose mark under <paramref name="mask"/> is <paramref name="mark"/>; the kernel walks the table itself, and does not mask <paramref name="mark"/>.</summary>
    public static void DeleteByMark(this NetlinkWriter writer, uint sequence, uint mark, uint mask)
    {
        using (writer.Message(Delete, NetlinkFlags.Request | NetlinkFlags.Ack, sequence))
        {
            writer.NfGenMessage(NfFamily.Unspecified);
            writer.PutU32Be(CTA_MARK, mark);
            writer.PutU32Be(CTA_MARK_MASK, mask);
        }
    }
}

/// <summary>One direction of a flow.</summary>
public struct ConntrackTuple
{
    /// <summary>From; IPv4 as ::ffff:0:0/96.</summary>
    public Ipv6Address Source { get; set; }

    /// <summary>To; IPv4 as ::ffff:0:0/96.</summary>
    public Ipv6Address Destination { get; set; }

    /// <summary>IP protocol number.</summary>
    public byte Protocol { get; set; }

    /// <summary>From which port; 0 where the protocol has none.</summary>
    public ushort SourcePort { get; set; }

    /// <summary>To which port; 0 where the protocol has none.</summary>
    public ushort DestinationPort { get; set; }
}

/// <summary>A tracked flow.</summary>
public struct ConntrackEntry
{
    private const uint IPS_SEEN_REPLY = 2;

    /// <summary>As whoever opened it sends.</summary>
    public ConntrackTuple Original { get; set; }

    /// <summary>As answers are expected: behind address translation, from the host that serves it.</summary>
    public ConntrackTuple Reply { get; set; }

    /// <summary>IPS_* bits (linux/netfilter/nf_conntrack_common.h).</summary>
    public uint Status { get; set; }

    /// <summary>True when the other side answered.</summary>
    public readonly bool IsAnswered => (Status & IPS_SEEN_REPLY) != 0;
}
