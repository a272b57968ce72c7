using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>signal.h and sys/signalfd.h</summary>
[CHeader("signal.h sys/signalfd.h")]
internal static unsafe partial class Signals
{
    public const int SIG_BLOCK = 0;
    public const int SFD_CLOEXEC = 0x80000;
    public const int SFD_NONBLOCK = 0x800;

    /// <summary>SIG_IGN as a number.</summary>
    internal static nint Ignore => 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigemptyset(SignalSet* set);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigaddset(SignalSet* set, int signal);

    [LibraryImport("libc")]
    internal static partial int pthread_sigmask(int how, SignalSet* set, SignalSet* old);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int signalfd(int fd, SignalSet* set, int flags);
}

/// <summary>sigset_t: 128 octets in glibc and musl.</summary>
[CHeader("signal.h", Struct = "sigset_t")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalSet
{
    private fixed ulong _bits[16];
}

/// <summary>struct signalfd_siginfo; only the number is read.</summary>
[CHeader("sys/signalfd.h", Struct = "struct signalfd_siginfo")]
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    [FieldOffset(0)] public uint ssi_signo;
}
