using System;
using Dwirm.Control;

namespace Dwirm.Cli.Output;

/// <summary>Moments for people, in the router's own zone.</summary>
internal static class LocalTime
{
    /// <summary><c>2026-01-01 13:00:00</c>; a dash for no time.</summary>
    public static string Format(CommandContext context, long unixMs)
    {
        if (unixMs == 0) return "-";
        string utc = Timestamp.Format(unixMs + context.ZoneOffset(unixMs / 1000) * 1000L);
        return string.Concat(utc.AsSpan(0, 10), " ", utc.AsSpan(11, 8));
    }

    /// <summary>How long ago, or a dash for no time.</summary>
    public static string Ago(CommandContext context, long unixMs) => unixMs == 0 ? "-" : Units.Duration(context.NowUnixMs() - unixMs);

    /// <summary>How long from now, <paramref name="never"/> for no time, <c>over</c> when it has passed.</summary>
    public static string Left(CommandContext context, long unixMs, string never)
    {
        if (unixMs == 0) return never;
        long left = unixMs - context.NowUnixMs();
        return left <= 0 ? "over" : Units.Duration(left);
    }
}
