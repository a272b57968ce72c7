using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The other end of a datagram, and the end of ours it was for.</summary>
/// <param name="Address">Peer; IPv4 as ::ffff:0:0/96.</param>
/// <param name="Port">Peer's port.</param>
/// <param name="Local">Our address that was written to, and that an answer has to come from.</param>
/// <param name="InterfaceIndex">The device it came in by.</param>
public readonly record struct DatagramPeer(UInt128 Address, ushort Port, UInt128 Local, int InterfaceIndex);

/// <summary>
/// A UDP server on one network device, for IPv4 and IPv6: it hears and says nothing on any other device. Allocates nothing per datagram.
/// </summary>
public sealed unsafe class DatagramSocket : IDisposable
{
    private const int ControlSize = 64, KernelBuffer = 1 << 18;

    private readonly FileDescriptor _fd;

    private DatagramSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>The port it listens on.</summary>
    public ushort LocalPort => Inet6Sockets.PortOf(_fd);

    /// <summary>Binds to a port of a device, non-blocking.</summary>
    /// <param name="device">Name of the network device.</param>
    /// <param name="port">Port; 0 for any.</param>
    /// <exception cref="LinuxException">EADDRINUSE port taken, EAFNOSUPPORT the kernel has no IPv6, ENODEV no such device.</exception>
    public static DatagramSocket Open(string device, ushort port)
    {
        FileDescriptor fd = Inet6Sockets.Open("UDP port", SysSocket.SOCK_DGRAM, device, port);
        SocketOptions.Set(fd, NetinetIn.IPPROTO_IPV6, NetinetIn.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
        SocketOptions.SetBuffers(fd, KernelBuffer, KernelBuffer);
        return new DatagramSocket(fd);
    }

    /// <summary>Takes one datagram.</summary>
    /// <returns>Octets received, -EAGAIN when none waits, -EMSGSIZE when it did not fit, or another -errno.</returns>
    public int Receive(Span<byte> destination, out DatagramPeer peer)
    {
        peer = default;
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* data = destination)
        {
            Inet6Address source = default;
            var vector = new IoVector { iov_base = data, iov_len = (nuint)destination.Length };
            var message = new MultiMessage { msg_hdr = Header(&source, &vector, control, ControlSize) };
            int got;
            while (Errno.Interrupted(got = SysSocket.recvmmsg(_fd, &message, 1, SysSocket.MSG_DONTWAIT, null)))
            {
            }
            if (got < 0) return -Errno.Last;
            if ((message.msg_hdr.msg_flags & SysSocket.MSG_TRUNC) != 0) return -Errno.EMSGSIZE;
            PacketInfo6 info = default;
            var walk = new ControlMessages(control, message.msg_hdr.msg_controllen);
            while (walk.Next(out ControlHeader header, out byte* value, out int length))
            {
                bool isInfo = header.cmsg_level == NetinetIn.IPPROTO_IPV6 && header.cmsg_type == NetinetIn.IPV6_PKTINFO;
                if (isInfo && length >= sizeof(PacketInfo6))
                    info = *(PacketInfo6*)value;
            }
            peer = new DatagramPeer(Inet6Sockets.Read(source.sin6_addr), NetworkOrder.Swap(source.sin6_port),
                Inet6Sockets.Read(info.ipi6_addr), (int)info.ipi6_ifindex);
            return (int)message.msg_len;
        }
    }

    /// <summary>Answers a datagram from the address it was for.</summary>
    /// <returns>Octets sent, or -errno.</returns>
    public int Send(ReadOnlySpan<byte> payload, in DatagramPeer peer)
    {
        byte* control = stackalloc byte[ControlSize];
        *(ControlHeader*)control = new ControlHeader
        {
            cmsg_len = (nuint)(sizeof(ControlHeader) + sizeof(PacketInfo6)),
            cmsg_level = NetinetIn.IPPROTO_IPV6,
            cmsg_type = NetinetIn.IPV6_PKTINFO,
        };
        PacketInfo6* info = (PacketInfo6*)(control + sizeof(ControlHeader));
        Inet6Sockets.Write(info->ipi6_addr, peer.Local);
        info->ipi6_ifindex = (uint)peer.InterfaceIndex;
        var destination = new Inet6Address
        {
            sin6_family = SysSocket.AF_INET6,
            sin6_port = NetworkOrder.Swap(peer.Port),
            sin6_flowinfo = 0,
            sin6_scope_id = (uint)peer.InterfaceIndex,
        };
        Inet6Sockets.Write(destination.sin6_addr, peer.Address);
        fixed (byte* data = payload)
        {
            var vector = new IoVector { iov_base = data, iov_len = (nuint)payload.Length };
            var message = new MultiMessage { msg_hdr = Header(&destination, &vector, control, ControlMessages.Space(sizeof(PacketInfo6))) };
            int sent;
            while (Errno.Interrupted(sent = SysSocket.sendmmsg(_fd, &message, 1, SysSocket.MSG_NOSIGNAL)))
            {
            }
            return sent < 0 ? -Errno.Last : (int)message.msg_len;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private static MessageHeader Header(Inet6Address* name, IoVector* vector, byte* control, int controlLength) => new()
    {
        msg_name = name,
        msg_namelen = (uint)sizeof(Inet6Address),
        msg_iov = vector,
        msg_iovlen = 1,
        msg_control = control,
        msg_controllen = (nuint)controlLength,
    };
}
