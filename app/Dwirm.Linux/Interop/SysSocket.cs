using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>sys/socket.h</summary>
[CHeader("sys/socket.h")]
internal static unsafe partial class SysSocket
{
    public const int AF_UNSPEC = 0;
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int AF_PACKET = 17;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOCK_NONBLOCK = 0x800;

    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_ERROR = 4;
    public const int SO_BROADCAST = 6;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_PEERCRED = 17;
    public const int SO_RCVTIMEO = 20;
    public const int SO_BINDTODEVICE = 25;
    public const int SO_ATTACH_FILTER = 26;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_MARK = 36;

    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(FileDescriptor fd, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(FileDescriptor fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int accept4(FileDescriptor fd, void* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(FileDescriptor fd, void* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(FileDescriptor fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(FileDescriptor fd, void* data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendto(FileDescriptor fd, void* data, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(FileDescriptor fd, void* data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recvfrom(FileDescriptor fd, void* data, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int recvmmsg(FileDescriptor fd, MultiMessage* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sendmmsg(FileDescriptor fd, MultiMessage* messages, uint count, int flags);
}

/// <summary>struct iovec</summary>
[CHeader("sys/uio.h", Struct = "struct iovec")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* iov_base;
    public nuint iov_len;
}

/// <summary>
/// struct msghdr. The kernel's and glibc's lengths are <c>size_t</c>; musl declares 32 bits and padding in the same place, which on the
/// little-endian targets reads the same number.
/// </summary>
[CHeader("sys/socket.h", Struct = "struct msghdr")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* msg_name;
    public uint msg_namelen;
    public IoVector* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

/// <summary>struct mmsghdr</summary>
[CHeader("sys/socket.h", Struct = "struct mmsghdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessage
{
    public MessageHeader msg_hdr;
    public uint msg_len;
}

/// <summary>struct cmsghdr; the data follow at once.</summary>
[CHeader("sys/socket.h", Struct = "struct cmsghdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

/// <summary>struct ucred: who is at the other end of a unix socket.</summary>
[CHeader("sys/socket.h", Struct = "struct ucred")]
[StructLayout(LayoutKind.Sequential)]
internal struct PeerCredentials
{
    public int pid;
    public uint uid;
    public uint gid;
}

/// <summary>struct sockaddr_un</summary>
[CHeader("sys/un.h", Struct = "struct sockaddr_un")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnixAddress
{
    public const int PathCapacity = 108;
    public ushort sun_family;
    public fixed byte sun_path[PathCapacity];
}

/// <summary>struct timeval; <c>long</c> on every ABI whose plain symbols we bind.</summary>
[CHeader("sys/time.h", Struct = "struct timeval")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimeValue
{
    public nint tv_sec;
    public nint tv_usec;
}
