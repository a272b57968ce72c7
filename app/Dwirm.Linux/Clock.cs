using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The kernel's clocks. Only the loop reads them, once a turn; everything else is given the time.</summary>
public static unsafe class Clock
{
    /// <summary>Milliseconds since boot, time asleep included; never steps.</summary>
    public static long BootTimeMs() => Read(Time.CLOCK_BOOTTIME);

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z; steps when somebody sets the clock.</summary>
    public static long RealTimeMs() => Read(Time.CLOCK_REALTIME);

    /// <summary>True when the kernel's clock is disciplined by NTP (adjtimex(2) without STA_UNSYNC).</summary>
    public static bool IsSynchronised()
    {
        TimeAdjustment adjustment = default;
        return Time.adjtimex(&adjustment) >= 0 && (adjustment.status & Time.STA_UNSYNC) == 0;
    }

    internal static long Read(int clock)
    {
        TimeSpecification time;
        if (Time.clock_gettime(clock, &time) != 0) throw new LinuxException("clock_gettime", Errno.Last);
        return time.tv_sec * 1000L + time.tv_nsec / 1_000_000;
    }
}
