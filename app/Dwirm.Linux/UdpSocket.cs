using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>A connected, non-blocking UDP socket on a port the kernel chooses at random: for questions to a DNS resolver.</summary>
public sealed unsafe class UdpSocket : IDisposable
{
    private readonly FileDescriptor _fd;

    private UdpSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Connects; only datagrams of this peer are received from then on.</summary>
    /// <param name="address">Peer, host order.</param>
    /// <param name="port">Peer's port.</param>
    /// <exception cref="LinuxException">No route to the peer.</exception>
    public static UdpSocket ConnectTo(uint address, ushort port)
    {
        FileDescriptor fd = SocketOptions.Open("UDP socket", SysSocket.AF_INET, SysSocket.SOCK_DGRAM | SysSocket.SOCK_NONBLOCK, 0);
        var peer = new InetAddress { sin_family = SysSocket.AF_INET, sin_port = NetworkOrder.Swap(port), sin_addr = NetworkOrder.Swap(address) };
        if (SysSocket.connect(fd, &peer, (uint)sizeof(InetAddress)) == 0) return new UdpSocket(fd);
        int errno = Errno.Last;
        fd.Dispose();
        throw new LinuxException("connect UDP", errno);
    }

    /// <summary>Sends one datagram.</summary>
    /// <returns>Octets sent, or -errno.</returns>
    public int Send(ReadOnlySpan<byte> payload)
    {
        fixed (byte* data = payload)
        {
            nint sent;
            while (Errno.Interrupted(sent = SysSocket.send(_fd, data, (nuint)payload.Length, SysSocket.MSG_NOSIGNAL)))
            {
            }
            return sent < 0 ? -Errno.Last : (int)sent;
        }
    }

    /// <summary>Takes one datagram.</summary>
    /// <returns>Octets received, -EAGAIN when none waits, -EMSGSIZE when it did not fit, -ECONNREFUSED when nobody listens there, or another -errno.</returns>
    public int Receive(Span<byte> destination)
    {
        fixed (byte* data = destination)
        {
            nint got;
            while (Errno.Interrupted(got = SysSocket.recv(_fd, data, (nuint)destination.Length, SysSocket.MSG_TRUNC)))
            {
            }
            if (got < 0) return -Errno.Last;
            return got > destination.Length ? -Errno.EMSGSIZE : (int)got;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
