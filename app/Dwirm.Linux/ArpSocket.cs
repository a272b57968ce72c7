using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>
/// Asks a link who has an address, without having one to ask from (the ARP probe of RFC 5227 section 2.1.1), and hears the answers. The kernel
/// gives every ARP packet of the device while the socket is open: close it when nothing is asked.
/// </summary>
public sealed unsafe class ArpSocket : IDisposable
{
    private const int Length = 28, Request = 1, HardwareEthernet = 1, Mac = 6;
    private readonly FileDescriptor _fd;
    private readonly int _index;
    private readonly byte[] _packet = new byte[Length];

    private ArpSocket(FileDescriptor fd, int index, string device)
    {
        (_fd, _index) = (fd, index);
        BinaryPrimitives.WriteUInt16BigEndian(_packet, HardwareEthernet);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), LinuxIfPacket.ETH_P_IP);
        (_packet[4], _packet[5], _packet[7]) = (Mac, 4, Request);
        NetworkDevice.MacOf(device, _packet.AsSpan(8, Mac));
    }

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Opens a non-blocking socket.</summary>
    /// <param name="device">Name of an Ethernet device.</param>
    /// <exception cref="LinuxException">No such device, not Ethernet, or no permission.</exception>
    public static ArpSocket Open(string device)
    {
        int index = NetworkDevice.IndexOf(device);
        FileDescriptor fd = SocketOptions.Open("ARP socket", SysSocket.AF_PACKET, SysSocket.SOCK_DGRAM | SysSocket.SOCK_NONBLOCK, 0);
        LinkAddress address = Link(index);
        if (SysSocket.bind(fd, &address, (uint)sizeof(LinkAddress)) != 0) throw new LinuxException($"ARP socket on {device}", Errno.Last);
        return new ArpSocket(fd, index, device);
    }

    /// <summary>Sends one probe to everybody on the link.</summary>
    /// <param name="address">Host order.</param>
    /// <returns>0, or a positive error number.</returns>
    public int Probe(uint address)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(24), address);
        LinkAddress to = Link(_index);
        to.sll_halen = Mac;
        new Span<byte>(to.sll_addr, Mac).Fill(0xff);
        fixed (byte* data = _packet)
        {
            nint sent;
            while (Errno.Interrupted(sent = SysSocket.sendto(_fd, data, Length, SysSocket.MSG_NOSIGNAL, &to, (uint)sizeof(LinkAddress))))
            {
            }
            return sent < 0 ? Errno.Last : 0;
        }
    }

    /// <summary>Takes the next ARP packet in which somebody says that he has an address.</summary>
    /// <param name="address">His address, host order.</param>
    /// <param name="mac">His hardware address, six octets in the low bits.</param>
    /// <returns>False when none waits.</returns>
    public bool TryReceive(out uint address, out ulong mac)
    {
        (address, mac) = (0, 0);
        Span<byte> packet = stackalloc byte[Length];
        for (int budget = 64; budget > 0; budget--)
        {
            nint got;
            fixed (byte* data = packet)
            {
                while (Errno.Interrupted(got = SysSocket.recvfrom(_fd, data, Length, SysSocket.MSG_DONTWAIT, null, null)))
                {
                }
            }
            if (got < 0) return false;
            bool whole = got == Length && packet[4] == Mac && packet[5] == 4 && BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) == LinuxIfPacket.ETH_P_IP;
            if (!whole) continue;
            address = BinaryPrimitives.ReadUInt32BigEndian(packet[14..]);
            mac = BinaryPrimitives.ReadUInt64BigEndian(packet[6..]) & 0xffff_ffff_ffff;
            if (address != 0) return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private static LinkAddress Link(int index) => new()
    {
        sll_family = SysSocket.AF_PACKET,
        sll_protocol = NetworkOrder.Swap((ushort)LinuxIfPacket.ETH_P_ARP),
        sll_ifindex = index,
    };
}
