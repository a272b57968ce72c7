using System;
using System.Buffers.Binary;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux.Tests;

/// <summary>IPv4 packets made octet by octet, good or not, and put on the wire as they are.</summary>
internal static unsafe class RawFrame
{
    public static byte[] Build(uint source, uint destination, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, ushort fragment = 0)
    {
        byte[] packet = new byte[28 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), fragment);
        packet[8] = 64;
        packet[9] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload.Length));
        payload.CopyTo(packet.AsSpan(28));
        uint sum = 17 + (uint)(8 + payload.Length);
        for (int i = 12; i < packet.Length; i += 2) sum += (uint)(packet[i] << 8) | (i + 1 < packet.Length ? packet[i + 1] : 0u);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), Folded(sum));
        return Resum(packet);
    }

    /// <summary>Makes the header checksum right again, over twenty octets.</summary>
    public static byte[] Resum(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        uint sum = 0;
        for (int i = 0; i < 20; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Folded(sum));
        return packet;
    }

    public static void Send(string device, byte[] mac, byte[] packet)
    {
        using FileDescriptor fd = SocketOptions.Open("packet socket", SysSocket.AF_PACKET, SysSocket.SOCK_DGRAM, 0);
        var to = new LinkAddress { sll_family = SysSocket.AF_PACKET, sll_protocol = NetworkOrder.Swap((ushort)0x0800), sll_ifindex = NetworkDevice.IndexOf(device), sll_halen = 6 };
        mac.CopyTo(new Span<byte>(to.sll_addr, 8));
        fixed (byte* data = packet)
            Assert.Equal(packet.Length, (int)SysSocket.sendto(fd, data, (nuint)packet.Length, 0, &to, (uint)sizeof(LinkAddress)));
    }

    private static ushort Folded(uint sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
