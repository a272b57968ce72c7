using System;
using Dwirm.Wire;

namespace Dwirm.Store;

/// <summary>
/// Turns the wall-clock end of a recorded lease into time that is left. Most routers start without a clock, so the wall clock may be years
/// wrong at either end; a lease must then live too long rather than too short, because its address must not go to anybody else.
/// </summary>
public static class LeaseClock
{
    /// <summary>How far the clock may stand behind the newest record and still count as right, in milliseconds: NTP slews and small steps.</summary>
    public const long ToleranceMs = 60_000;

    /// <summary>The longest lease DHCP can express short of an infinite one, in milliseconds (RFC 2131 section 3.3: 32 bits of seconds).</summary>
    public const long MaxRemainingMs = uint.MaxValue * 1000L;

    /// <summary>The monotonic end of a recorded lease.</summary>
    /// <param name="expiresUnixMs">The recorded end; <see cref="long.MaxValue"/> for an infinite lease.</param>
    /// <param name="writtenUnixMs">What the wall clock said when it was recorded.</param>
    /// <param name="clockTrusted">Whether that could be trusted.</param>
    /// <param name="newestTrustedUnixMs">The newest trusted time in the whole store, 0 when there is none.</param>
    /// <param name="now">The clocks now.</param>
    /// <returns>Monotonic milliseconds, <see cref="long.MaxValue"/> for an infinite lease, never before <paramref name="now"/>.</returns>
    public static long Restore(long expiresUnixMs, long writtenUnixMs, bool clockTrusted, long newestTrustedUnixMs, Instant now)
    {
        if (expiresUnixMs == long.MaxValue) return long.MaxValue;
        long from = now.UnixMs;
        if (!clockTrusted) from = writtenUnixMs;                                        // nobody knows how long ago that was
        else if (now.UnixMs < newestTrustedUnixMs - ToleranceMs) from = newestTrustedUnixMs;    // the clock has fallen back
        Int128 remaining = (Int128)expiresUnixMs - from;
        return now.MonotonicMs + (long)Int128.Clamp(remaining, 0, MaxRemainingMs);
    }
}
