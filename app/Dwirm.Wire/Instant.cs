namespace Dwirm.Wire;

/// <summary>One reading of the clocks, taken once per turn of the loop and passed in to everything the turn decides.</summary>
/// <param name="MonotonicMs">CLOCK_BOOTTIME in milliseconds: the only clock deadlines and lease times are counted on.</param>
/// <param name="UnixMs">CLOCK_REALTIME in milliseconds since 1970-01-01T00:00:00Z: for schedules, the store and people.</param>
/// <param name="WallIsTrusted">False until the wall clock is known to be right; until then only All Day services are active (DWIRM-13).</param>
public readonly record struct Instant(long MonotonicMs, long UnixMs, bool WallIsTrusted)
{
    /// <summary>Wall clock in whole seconds since the epoch.</summary>
    public long UnixSeconds => UnixMs / 1000;

    /// <summary>The wall-clock time, in Unix milliseconds, that belongs to a monotonic deadline under the present offset.</summary>
    public long ToUnixMs(long monotonicMs) => UnixMs + (monotonicMs - MonotonicMs);

    /// <summary>The monotonic time, in milliseconds, that belongs to a wall-clock time under the present offset.</summary>
    public long ToMonotonicMs(long unixMs) => MonotonicMs + (unixMs - UnixMs);
}
