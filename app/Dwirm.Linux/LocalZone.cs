using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The router's local time zone, evaluated by libc from a POSIX TZ string, summer time included.</summary>
public static unsafe class LocalZone
{
    /// <summary>Sets the zone of the process.</summary>
    /// <param name="posixTz">POSIX TZ, such as <c>CET-1CEST,M3.5.0,M10.5.0/3</c>; empty means UTC.</param>
    public static void Set(string posixTz)
    {
        fixed (byte* name = "TZ\0"u8)
        fixed (byte* value = CString.From(posixTz.Length == 0 ? "UTC0" : posixTz))
        {
            if (Time.setenv(name, value, 1) != 0) throw new LinuxException("setenv TZ", Errno.Last);
        }
        Time.tzset();
    }

    /// <summary>Seconds to add to UTC for local time at a moment; positive east of Greenwich.</summary>
    /// <param name="unixSeconds">The moment, seconds since the epoch.</param>
    public static int OffsetSeconds(long unixSeconds)
    {
        BrokenDownTime local;
        nint time = (nint)unixSeconds;
        return Time.localtime_r(&time, &local) == null ? 0 : (int)local.tm_gmtoff;
    }
}
