using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>A TCP server on one network device, for IPv4 and IPv6, non-blocking.</summary>
public sealed unsafe class TcpListener : IDisposable
{
    private const int Backlog = 32;

    private readonly FileDescriptor _fd;

    private TcpListener(FileDescriptor fd) => _fd = fd;

    /// <summary>For epoll: readable when somebody connected.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>The port it listens on.</summary>
    public ushort LocalPort => Inet6Sockets.PortOf(_fd);

    /// <summary>Listens at a port of a device.</summary>
    /// <param name="device">Name of the network device.</param>
    /// <param name="port">Port; 0 for any.</param>
    /// <exception cref="LinuxException">EADDRINUSE port taken, EAFNOSUPPORT the kernel has no IPv6, ENODEV no such device.</exception>
    public static TcpListener Open(string device, ushort port)
    {
        FileDescriptor fd = Inet6Sockets.Open("TCP port", SysSocket.SOCK_STREAM, device, port);
        if (SysSocket.listen(fd, Backlog) == 0) return new TcpListener(fd);
        int errno = Errno.Last;
        fd.Dispose();
        throw new LinuxException($"listen on TCP port {port} of {device}", errno);
    }

    /// <summary>Takes the next connection; null when none waits or it is gone already.</summary>
    /// <param name="peer">Who connected; IPv4 as ::ffff:0:0/96.</param>
    public TcpConnection? Accept(out UInt128 peer)
    {
        Inet6Address address = default;
        uint length = (uint)sizeof(Inet6Address);
        const int Flags = SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC;
        FileDescriptor fd = FileDescriptor.From(SysSocket.accept4(_fd, &address, &length, Flags));
        peer = Inet6Sockets.Read(address.sin6_addr);
        if (!fd.IsInvalid) return new TcpConnection(fd);
        fd.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}

/// <summary>One TCP connection, non-blocking.</summary>
public sealed unsafe class TcpConnection : IDisposable
{
    /// <summary>Room the kernel keeps for what the peer has not taken yet; a message of 64 KiB fits when nothing waits.</summary>
    private const int SendBuffer = 1 << 16;

    private readonly FileDescriptor _fd;

    internal TcpConnection(FileDescriptor fd)
    {
        _fd = fd;
        SocketOptions.TrySet(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF, SendBuffer);
    }

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Begins to connect; the connection is there when it becomes writable, and reading or writing tells when it failed.</summary>
    /// <param name="address">Peer, host order.</param>
    /// <param name="port">Peer's port.</param>
    /// <param name="errno">0, or why not even a beginning was made.</param>
    public static TcpConnection? ConnectTo(uint address, ushort port, out int errno)
    {
        FileDescriptor fd = FileDescriptor.From(
            SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM | SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC, 0));
        errno = fd.IsInvalid ? Errno.Last : 0;
        (ushort swapped, uint peerAddress) = (NetworkOrder.Swap(port), NetworkOrder.Swap(address));
        var peer = new InetAddress { sin_family = SysSocket.AF_INET, sin_port = swapped, sin_addr = peerAddress };
        if (errno == 0 && SysSocket.connect(fd, &peer, (uint)sizeof(InetAddress)) != 0) errno = Errno.Last;
        if (errno == Errno.EINPROGRESS) errno = 0;
        if (errno == 0) return new TcpConnection(fd);
        fd.Dispose();
        return null;
    }

    /// <summary>Reads what there is.</summary>
    /// <returns>Octets read, 0 at the end of the stream, or -errno; -EAGAIN when nothing is there now.</returns>
    public int Read(Span<byte> destination) => StreamIo.Read(_fd, destination);

    /// <summary>Writes what there is room for.</summary>
    /// <returns>Octets written, or -errno; -EAGAIN when there is no room now, -EPIPE when the peer is gone.</returns>
    public int Write(ReadOnlySpan<byte> source) => StreamIo.Write(_fd, source);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
