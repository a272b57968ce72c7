using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>
/// time.h, sys/timerfd.h and sys/timex.h. <c>time_t</c> and <c>long</c> are <see cref="nint"/>: on 32-bit systems the plain symbols bound
/// here keep the 32-bit layout in glibc and musl alike (the 64-bit ones have other names), and the kernel serves both.
/// </summary>
[CHeader("time.h sys/timerfd.h sys/timex.h")]
internal static unsafe partial class Time
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_BOOTTIME = 7;
    public const int TFD_CLOEXEC = 0x80000;
    public const int TFD_NONBLOCK = 0x800;
    public const int TFD_TIMER_ABSTIME = 1;
    public const int TFD_TIMER_CANCEL_ON_SET = 2;
    public const int STA_UNSYNC = 0x40;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clock, TimeSpecification* time);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int adjtimex(TimeAdjustment* adjustment);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timerfd_settime(FileDescriptor fd, int flags, TimerSpecification* value, TimerSpecification* old);

    [LibraryImport("libc")]
    internal static partial void tzset();

    [LibraryImport("libc")]
    internal static partial BrokenDownTime* localtime_r(nint* time, BrokenDownTime* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setenv(byte* name, byte* value, int overwrite);
}

/// <summary>struct timespec</summary>
[CHeader("time.h", Struct = "struct timespec")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public nint tv_sec;
    public nint tv_nsec;
}

/// <summary>struct itimerspec</summary>
[CHeader("time.h", Struct = "struct itimerspec")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSpecification
{
    public TimeSpecification it_interval;
    public TimeSpecification it_value;
}

/// <summary>struct timex; only <see cref="status"/> is read, with nothing asked to change.</summary>
[CHeader("sys/timex.h", Struct = "struct timex")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TimeAdjustment
{
    public uint modes;
    public nint offset;
    public nint freq;
    public nint maxerror;
    public nint esterror;
    public int status;
    public nint constant;
    public nint precision;
    public nint tolerance;
    public TimeValue time;
    public nint tick;
    public nint ppsfreq;
    public nint jitter;
    public int shift;
    public nint stabil;
    public nint jitcnt;
    public nint calcnt;
    public nint errcnt;
    public nint stbcnt;
    public int tai;
    private fixed int _reserved[11];
}

/// <summary>struct tm</summary>
[CHeader("time.h", Struct = "struct tm")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BrokenDownTime
{
    public int tm_sec;
    public int tm_min;
    public int tm_hour;
    public int tm_mday;
    public int tm_mon;
    public int tm_year;
    public int tm_wday;
    public int tm_yday;
    public int tm_isdst;
    public nint tm_gmtoff;
    public byte* tm_zone;
}
