using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>A unix stream socket that only its owner may connect to.</summary>
public sealed unsafe class UnixListener : IDisposable
{
    private const int Backlog = 16;

    private readonly FileDescriptor _fd;
    private readonly string _path;

    private UnixListener(FileDescriptor fd, string path)
    {
        _fd = fd;
        _path = path;
    }

    /// <summary>For epoll: readable when somebody wants to connect.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Listens at a path, mode 0600. A socket file that nobody listens on any more is replaced.</summary>
    /// <exception cref="LinuxException">EADDRINUSE when a living process listens there, or what else prevents it.</exception>
    public static UnixListener Open(string path)
    {
        UnixAddress address = UnixSockets.Address(path, out uint length);
        RemoveStale(path);
        FileDescriptor fd = SocketOptions.Open("unix socket", SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | SysSocket.SOCK_NONBLOCK, 0);
        // The mode has to be right from the first moment, not after a chmod.
        uint previous = Unistd.umask(0x7f /* 0177 */);
        int result = SysSocket.bind(fd, &address, length);
        int errno = Errno.Last;
        _ = Unistd.umask(previous);
        if (result != 0) throw new LinuxException($"bind {path}", errno);
        if (SysSocket.listen(fd, Backlog) != 0) throw new LinuxException($"listen {path}", Errno.Last);
        return new UnixListener(fd, path);
    }

    /// <summary>Takes the next connection, non-blocking; null when none waits or it is gone already.</summary>
    public UnixConnection? Accept()
    {
        FileDescriptor fd = FileDescriptor.From(SysSocket.accept4(_fd, null, null, SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC));
        if (!fd.IsInvalid) return new UnixConnection(fd);
        fd.Dispose();
        return null;
    }

    /// <summary>Stops listening and removes the file.</summary>
    public void Dispose()
    {
        if (_fd.IsClosed) return;
        _fd.Dispose();
        _ = Files.Delete(_path);
    }

    private static void RemoveStale(string path)
    {
        using UnixConnection? living = UnixConnection.Connect(path, out int errno);
        if (living is not null) throw new LinuxException($"bind {path}", Errno.EADDRINUSE);
        // An ordinary file refuses connections, too; it is not ours to remove.
        if (errno == Errno.ECONNREFUSED && IsSocket(path)) _ = Files.Delete(path);
    }

    // Asked by opening, which for a socket fails with ENXIO: stat(2) differs by libc and architecture.
    private static bool IsSocket(string path)
    {
        fixed (byte* name = CString.From(path))
        {
            using FileDescriptor fd = FileDescriptor.From(Unistd.open(name, Unistd.O_RDONLY | Unistd.O_NONBLOCK | Unistd.O_CLOEXEC, 0));
            return fd.IsInvalid && Errno.Last == Errno.ENXIO;
        }
    }
}
