namespace Dwirm.Cli.Output;

/// <summary>Numbers for people.</summary>
internal static class Units
{
    private const long Minute = 60, Hour = 60 * Minute, Day = 24 * Hour;

    /// <summary>Bits per second: <c>2 Mbit/s</c>, <c>1.25 Mbit/s</c>; 0 is line rate.</summary>
    public static string Rate(long bitsPerSecond) => bitsPerSecond <= 0 ? "line rate" : Scaled(bitsPerSecond, "bit/s");

    /// <summary>Octets: <c>1.5 MB</c>, decimal.</summary>
    public static string Octets(long count) => Scaled(count < 0 ? 0 : count, "B");

    /// <summary>A length of time in its two greatest units: <c>11 h 58 min</c>, <c>3 d 4 h</c>, <c>42 s</c>; nothing below zero.</summary>
    public static string Duration(long milliseconds)
    {
        long seconds = milliseconds <= 0 ? 0 : milliseconds / 1000;
        return seconds switch
        {
            < Minute => $"{seconds} s",
            < Hour => $"{seconds / Minute} min",
            < Day => seconds % Hour < Minute ? $"{seconds / Hour} h" : $"{seconds / Hour} h {seconds % Hour / Minute} min",
            _ => seconds % Day < Hour ? $"{seconds / Day} d" : $"{seconds / Day} d {seconds % Day / Hour} h",
        };
    }

    /// <summary>A count with its noun: <c>1 packet</c>, <c>2 packets</c>.</summary>
    public static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Scaled(long value, string unit)
    {
        (long scale, string prefix) = value switch
        {
            >= 1_000_000_000 => (1_000_000_000L, "G"),
            >= 1_000_000 => (1_000_000L, "M"),
            >= 1_000 => (1_000L, "k"),
            _ => (1L, ""),
        };
        // Two places behind the point, rounded down: a limit is never shown greater than it is.
        long hundredths = scale == 1 ? 0 : value % scale / (scale / 100);
        string fraction = hundredths == 0 ? "" : hundredths % 10 == 0 ? $".{hundredths / 10}" : $".{hundredths / 10}{hundredths % 10}";
        return $"{value / scale}{fraction} {prefix}{unit}";
    }
}
