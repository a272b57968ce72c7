using System;
using System.Buffers.Binary;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>
/// Sends UDP over IPv4 to a hardware address without asking ARP, for clients that have no address yet (RFC 2131 section 4.1). The kernel
/// gives a packet socket no help, so header checksums and IP fragments are made here.
/// </summary>
public sealed unsafe class PacketSender : IDisposable
{
    private const int Ipv4Header = 20;
    private const int UdpHeader = 8;
    private const int LargestPayload = ReceiveBatch.DatagramSize;
    private const byte TimeToLive = 64;
    private const ushort MoreFragments = 0x2000;

    private readonly FileDescriptor _fd;
    private readonly string _device;
    private readonly int _index;
    private readonly byte[] _datagram = new byte[UdpHeader + LargestPayload];
    private readonly byte[] _packet = new byte[Ipv4Header + UdpHeader + LargestPayload];
    private int _mtu;
    private ushort _identification = (ushort)RandomBytes.NextUInt32();

    private PacketSender(FileDescriptor fd, string device, int index, int mtu)
    {
        _fd = fd;
        _device = device;
        _index = index;
        _mtu = mtu;
    }

    /// <summary>Opens a socket that only sends.</summary>
    /// <param name="device">Name of the network device.</param>
    /// <param name="mark">Mark of every packet, for rules of the firewall; 0 for none.</param>
    /// <exception cref="LinuxException">No such device, or no permission.</exception>
    public static PacketSender Open(string device, uint mark = 0)
    {
        int index = NetworkDevice.IndexOf(device);
        // Protocol 0: nothing is ever received.
        FileDescriptor fd = SocketOptions.Open("packet socket", SysSocket.AF_PACKET, SysSocket.SOCK_DGRAM | SysSocket.SOCK_NONBLOCK, 0);
        if (mark != 0) SocketOptions.Set(fd, SysSocket.SOL_SOCKET, SysSocket.SO_MARK, (int)mark, "packet socket SO_MARK");
        return new PacketSender(fd, device, index, NetworkDevice.MtuOf(device));
    }

    /// <summary>Sends one datagram, in IP fragments when it is longer than the MTU of the device.</summary>
    /// <param name="destinationMac">Six octets.</param>
    /// <param name="sourceIp">Host order.</param>
    /// <param name="sourcePort">UDP source port.</param>
    /// <param name="destinationIp">Host order.</param>
    /// <param name="destinationPort">UDP destination port.</param>
    /// <param name="payload">At most <see cref="ReceiveBatch.DatagramSize"/> octets.</param>
    /// <returns>0, or a positive error number.</returns>
    public int Send(ReadOnlySpan<byte> destinationMac, uint sourceIp, ushort sourcePort, uint destinationIp, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > LargestPayload) return Errno.EMSGSIZE;
        if (destinationMac.Length != 6) return Errno.EINVAL;
        Span<byte> datagram = _datagram.AsSpan(0, UdpHeader + payload.Length);
        WriteUdp(datagram, sourceIp, sourcePort, destinationIp, destinationPort, payload);
        LinkAddress to = LinkTo(destinationMac);
        int errno = SendFragments(to, sourceIp, destinationIp, datagram);
        if (errno != Errno.EMSGSIZE) return errno;
        // The MTU was lowered since we asked for it.
        int mtu = NetworkDevice.TryMtuOf(_fd, _device);
        if (mtu <= 0 || mtu == _mtu) return errno;
        _mtu = mtu;
        return SendFragments(to, sourceIp, destinationIp, datagram);
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private LinkAddress LinkTo(ReadOnlySpan<byte> mac)
    {
        var to = new LinkAddress
        {
            sll_family = SysSocket.AF_PACKET,
            sll_protocol = NetworkOrder.Swap((ushort)LinuxIfPacket.ETH_P_IP),
            sll_ifindex = _index,
            sll_halen = 6,
        };
        mac.CopyTo(new Span<byte>(to.sll_addr, 8));
        return to;
    }

    private static void WriteUdp(Span<byte> datagram, uint sourceIp, ushort sourcePort, uint destinationIp, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], 0);
        payload.CopyTo(datagram[UdpHeader..]);
        uint sum = InternetChecksum.PseudoHeader(sourceIp, destinationIp, datagram.Length);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Add(sum, datagram));
        // RFC 768: a sum of zero is sent as all ones, because zero means "no checksum".
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], checksum == 0 ? (ushort)0xffff : checksum);
    }

    private int SendFragments(in LinkAddress to, uint sourceIp, uint destinationIp, ReadOnlySpan<byte> datagram)
    {
        _identification++;
        // RFC 791: every fragment but the last carries a multiple of eight octets.
        int room = (_mtu - Ipv4Header) & ~7;
        if (room < 8) return Errno.EMSGSIZE;
        for (int offset = 0; offset < datagram.Length; offset += room)
        {
            bool last = _mtu - Ipv4Header >= datagram.Length - offset;
            ReadOnlySpan<byte> part = last ? datagram[offset..] : datagram.Slice(offset, room);
            Span<byte> packet = _packet.AsSpan(0, Ipv4Header + part.Length);
            WriteIpv4(packet, sourceIp, destinationIp, (ushort)((last ? 0 : MoreFragments) | (offset >> 3)));
            part.CopyTo(packet[Ipv4Header..]);
            int errno = SendPacket(to, packet);
            if (errno != 0) return errno;
            if (last) break;
        }
        return 0;
    }

    private void WriteIpv4(Span<byte> packet, uint sourceIp, uint destinationIp, ushort fragment)
    {
        packet[0] = 0x45;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], _identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], fragment);
        packet[8] = TimeToLive;
        packet[9] = NetinetIn.IPPROTO_UDP;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], sourceIp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], destinationIp);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Finish(InternetChecksum.Add(0, packet[..Ipv4Header])));
    }

    private int SendPacket(LinkAddress to, ReadOnlySpan<byte> packet)
    {
        fixed (byte* data = packet)
        {
            nint sent;
            while (Errno.Interrupted(sent = SysSocket.sendto(_fd, data, (nuint)packet.Length, SysSocket.MSG_NOSIGNAL, &to, (uint)sizeof(LinkAddress))))
            {
            }
            return sent < 0 ? Errno.Last : 0;
        }
    }
}
