namespace Dwirm.Policy.Controls;

/// <summary>Days as the router's own clock counts them.</summary>
public static class LocalDay
{
    private const long SecondsOfADay = 86400;

    /// <summary>Number of the local day at a moment, counted from 1970-01-01.</summary>
    public static long Of(long unixMs, ILocalZone zone)
    {
        long seconds = unixMs / 1000;
        return (seconds + zone.OffsetSeconds(seconds)) / SecondsOfADay;
    }

    /// <summary>The first moment of the next local day, Unix milliseconds.</summary>
    public static long NextMidnightUnixMs(long unixMs, ILocalZone zone)
    {
        long seconds = unixMs / 1000;
        long local = (Of(unixMs, zone) + 1) * SecondsOfADay;
        long midnight = local - zone.OffsetSeconds(seconds);
        // Daylight saving time may begin or end before it.
        midnight = local - zone.OffsetSeconds(midnight);
        return midnight > seconds ? midnight * 1000 : unixMs + 1000;
    }
}
