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
        var socket = new UdpSocket(fd);
        int errno = socket.Connect(address, port);
        if (errno == 0) return socket;
        fd.Dispose();
        throw new LinuxException("connect UDP", errno);
    }

    /// <summary>Gives the present port up and takes another one at random; what was sent to the old one does not arrive any more.</summary>
    /// <param name="address">Peer, host order.</param>
    /// <param name="port">Peer's port.</param>
    /// <returns>0, or a positive error number: then the socket has no peer.</returns>
    public int MoveTo(uint address, ushort port)
    {
        // Dissolving the association frees a port that was not bound to by name (connect(2)).
        var nobody = new InetAddress { sin_family = SysSocket.AF_UNSPEC };
        if (SysSocket.connect(_fd, &nobody, (uint)sizeof(InetAddress)) != 0) return Errno.Last;
        return Connect(address, port);
    }

    private int Connect(uint address, ushort port)
    {
        var peer = new InetAddress { sin_family = SysSocket.AF_INET, sin_port = NetworkOrder.Swap(port), sin_addr = NetworkOrder.Swap(address) };
        return SysSocket.connect(_fd, &peer, (uint)sizeof(InetAddress)) == 0 ? 0 : Errno.Last;
    }

    /// <summary>Sends one datagram.</summary>
    /// <returns>Octets sent, or -errno.</returns>
    public int Send(ReadOnlySpan<byte> payload) => StreamIo.Write(_fd, payload);

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
