using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>One connection over a unix stream socket: non-blocking when it was accepted, blocking when we connected.</summary>
public sealed unsafe class UnixConnection : IDisposable
{
    private readonly FileDescriptor _fd;

    internal UnixConnection(FileDescriptor fd)
    {
        _fd = fd;
        PeerUid = ReadPeer(fd);
    }

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>The user at the other end, as the kernel knows it; <see cref="uint.MaxValue"/> when it does not.</summary>
    public uint PeerUid { get; }

    /// <summary>Connects, blocking.</summary>
    /// <param name="path">Path of the listening socket.</param>
    /// <param name="errno">0, or why not: ENOENT no socket, ECONNREFUSED nobody listens, EACCES not allowed.</param>
    /// <returns>Null when there is no connection.</returns>
    public static UnixConnection? Connect(string path, out int errno)
    {
        UnixAddress address = UnixSockets.Address(path, out uint length);
        FileDescriptor fd = SocketOptions.Open("unix socket", SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0);
        int result;
        while (Errno.Interrupted(result = SysSocket.connect(fd, &address, length)))
        {
        }
        errno = result == 0 ? 0 : Errno.Last;
        if (result == 0) return new UnixConnection(fd);
        fd.Dispose();
        return null;
    }

    /// <summary>Reads what there is.</summary>
    /// <returns>Octets read, 0 at the end of the stream, or -errno; -EAGAIN when a non-blocking connection has nothing now.</returns>
    public int Read(Span<byte> destination) => StreamIo.Read(_fd, destination);

    /// <summary>Writes what there is room for; all of it on a blocking connection.</summary>
    /// <returns>Octets written, or -errno; -EAGAIN when a non-blocking connection has no room now, -EPIPE when the peer is gone.</returns>
    public int Write(ReadOnlySpan<byte> source) => StreamIo.Write(_fd, source);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private static uint ReadPeer(FileDescriptor fd)
    {
        PeerCredentials peer;
        uint length = (uint)sizeof(PeerCredentials);
        return SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_PEERCRED, &peer, &length) == 0 ? peer.uid : uint.MaxValue;
    }
}
