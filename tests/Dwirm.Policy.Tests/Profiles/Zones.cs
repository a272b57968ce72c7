using System;
using Dwirm.Wire;

namespace Dwirm.Policy.Tests.Profiles;

/// <summary>A zone with a second offset between two moments.</summary>
internal sealed class RuleZone(int standard, int summer, long from, long until) : ILocalZone
{
    public int OffsetSeconds(long unixSeconds) => unixSeconds >= from && unixSeconds < until ? summer : standard;
}

/// <summary>Made-up zones with the rules of real ones; those with daylight saving time have that of 2026.</summary>
internal static class Zones
{
    /// <summary>Central Europe: +1, and +2 from the last Sunday of March to that of October, both at 01:00 UTC.</summary>
    public static readonly ILocalZone Paris = new RuleZone(3600, 7200, Unix(2026, 3, 29, 1), Unix(2026, 10, 25, 1));

    /// <summary>Eastern North America: -5, and -4 from the second Sunday of March to the first of November, 02:00 local.</summary>
    public static readonly ILocalZone NewYork = new RuleZone(-18000, -14400, Unix(2026, 3, 8, 7), Unix(2026, 11, 1, 6));

    /// <summary>A zone whose clock leaps at midnight, so that a day has no 00:00 to 00:59.</summary>
    public static readonly ILocalZone Midnight = new RuleZone(0, 3600, Unix(2026, 3, 29), Unix(2026, 10, 25));

    /// <summary>Daylight saving time of half an hour.</summary>
    public static readonly ILocalZone HalfHour = new RuleZone(39600, 37800, Unix(2026, 3, 29, 1), Unix(2026, 10, 25, 1));

    /// <summary>A zone that jumped the date line in the night to 2011-12-30 and has no such day.</summary>
    public static readonly ILocalZone DateLine = new RuleZone(-36000, 50400, Unix(2011, 12, 30, 10), long.MaxValue);

    public static readonly ILocalZone Utc = new RuleZone(0, 0, 0, 0);

    public static long Unix(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();

    public static Instant At(long unixSeconds, int ms = 0) => new(12_345, unixSeconds * 1000 + ms, WallIsTrusted: true);
}
