using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>sys/epoll.h</summary>
[CHeader("sys/epoll.h")]
internal static unsafe partial class SysEpoll
{
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLLIN = 0x001;
    public const int EPOLLOUT = 0x004;
    public const int EPOLLERR = 0x008;
    public const int EPOLLHUP = 0x010;
    public const int EPOLLRDHUP = 0x2000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(FileDescriptor epfd, int op, SafeHandle fd, void* ev);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(FileDescriptor epfd, void* events, int maxevents, int timeout);
}

/// <summary>struct epoll_event as x86_64 has it: packed, so that 32-bit programs could share it.</summary>
[CHeader("sys/epoll.h", Struct = "struct epoll_event", When = "defined(__x86_64__)")]
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEventPacked
{
    public uint events;
    public ulong data;
}

/// <summary>struct epoll_event as every other architecture has it.</summary>
[CHeader("sys/epoll.h", Struct = "struct epoll_event", When = "!defined(__x86_64__)")]
[StructLayout(LayoutKind.Sequential)]
internal struct EpollEventAligned
{
    public uint events;
    public ulong data;
}
