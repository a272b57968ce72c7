using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Netlink;

/// <summary>Packets that a rule logs to a group, over nfnetlink (linux/netfilter/nfnetlink_log.h).</summary>
public static class NflogMessages
{
    /// <summary>The netlink message type of NFULNL_MSG_PACKET.</summary>
    public const ushort Packet = Subsystem << 8;

    /// <summary>The netlink message type of NFULNL_MSG_CONFIG.</summary>
    public const ushort Config = (Subsystem << 8) | 1;

    private const int Subsystem = 4;
    private const int HeaderSize = 4, PacketHeaderSize = 4, HardwareHeaderSize = 12;
    private const byte NFULNL_CFG_CMD_BIND = 1, NFULNL_COPY_PACKET = 2;
    private const ushort NFULA_CFG_CMD = 1, NFULA_CFG_MODE = 2, NFULA_CFG_TIMEOUT = 4, NFULA_CFG_QTHRESH = 5;
    private const ushort NFULA_PACKET_HDR = 1, NFULA_IFINDEX_INDEV = 4, NFULA_IFINDEX_OUTDEV = 5, NFULA_IFINDEX_PHYSINDEV = 6;
    private const ushort NFULA_HWADDR = 8, NFULA_PAYLOAD = 9, NFULA_PREFIX = 10;

    /// <summary>Asks for everything that rules log to <paramref name="group"/>; one program may have a group, a second is refused with EPERM.</summary>
    /// <param name="writer">Takes the message.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="group">The group of the rules.</param>
    /// <param name="octets">How much of each packet to copy, from its network header on.</param>
    /// <param name="queue">How many packets the kernel may gather into one datagram; 1 sends each at once.</param>
    /// <param name="hundredths">Hundredths of a second after which it sends what it has gathered.</param>
    public static void BindLogGroup(this NetlinkWriter writer, uint sequence, ushort group, uint octets, uint queue, uint hundredths)
    {
        using (writer.Message(Config, NetlinkFlags.Request | NetlinkFlags.Ack, sequence))
        {
            writer.NfGenMessage(NfFamily.Unspecified, group);
            writer.PutU8(NFULA_CFG_CMD, NFULNL_CFG_CMD_BIND);
            Span<byte> mode = writer.Attribute(NFULA_CFG_MODE, 6); // nfulnl_msg_config_mode, packed: range be32 | mode u8 | padding
            BinaryPrimitives.WriteUInt32BigEndian(mode, octets);
            mode[4] = NFULNL_COPY_PACKET;
            writer.PutU32Be(NFULA_CFG_TIMEOUT, hundredths);
            writer.PutU32Be(NFULA_CFG_QTHRESH, queue);
        }
    }

    /// <summary>Reads NFULNL_MSG_PACKET; false when it is another message or malformed.</summary>
    public static bool TryReadLogged(in NetlinkMessage message, out LoggedPacket packet)
    {
        packet = default;
        if (message.Type != Packet || message.Payload.Length < HeaderSize) return false;
        packet.Family = (NfFamily)message.Payload[0];
        packet.Group = BinaryPrimitives.ReadUInt16BigEndian(message.Payload[2..]);
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            switch (attributes.Type)
            {
                case NFULA_PACKET_HDR when value.Length >= PacketHeaderSize: packet.EtherType = BinaryPrimitives.ReadUInt16BigEndian(value); break;
                case NFULA_IFINDEX_INDEV when attributes.TryU32Be(out uint index): packet.In = (int)index; break;
                case NFULA_IFINDEX_OUTDEV when attributes.TryU32Be(out uint index): packet.Out = (int)index; break;
                case NFULA_IFINDEX_PHYSINDEV when attributes.TryU32Be(out uint index): packet.InPort = (int)index; break;
                // nfulnl_msg_packet_hw: length be16 | padding u16 | eight octets
                case NFULA_HWADDR when value.Length >= HardwareHeaderSize && BinaryPrimitives.ReadUInt16BigEndian(value) == MacAddress.Size:
                    packet.Mac = MacAddress.Read(value[4..]);
                    break;
                case NFULA_PAYLOAD: packet.Payload = value; break;
                case NFULA_PREFIX: packet.Prefix = value.TrimEnd((byte)0); break;
                default: break;
            }
        }
        return !attributes.Malformed;
    }
}

/// <summary>A packet a rule logged, as a view over the receive buffer. Its payload is whatever a device sent.</summary>
public ref struct LoggedPacket
{
    /// <summary>Group of the rule.</summary>
    public ushort Group { get; internal set; }

    /// <summary>Family of the rule's table: <see cref="NfFamily.Inet"/> rules say IPv4 or IPv6, bridge rules say bridge.</summary>
    public NfFamily Family { get; internal set; }

    /// <summary>What is in the payload, host order: 0x0800, 0x86dd, 0x0806.</summary>
    public ushort EtherType { get; internal set; }

    /// <summary>The rule's own words, without the closing zero.</summary>
    public ReadOnlySpan<byte> Prefix { get; internal set; }

    /// <summary>The packet from its network header on, cut off at what was asked for.</summary>
    public ReadOnlySpan<byte> Payload { get; internal set; }

    /// <summary>Who sent the frame; zero when it did not come from an Ethernet.</summary>
    public MacAddress Mac { get; internal set; }

    /// <summary>Index of the device it came in by, for a bridged frame the bridge; 0 when there is none.</summary>
    public int In { get; internal set; }

    /// <summary>Index of the bridge port it came in by, 0 when it came by none.</summary>
    public int InPort { get; internal set; }

    /// <summary>Index of the device it would have left by, 0 when there is none.</summary>
    public int Out { get; internal set; }
}
