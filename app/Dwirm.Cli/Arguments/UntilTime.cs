using System;
using Dwirm.Control;

namespace Dwirm.Cli.Arguments;

/// <summary>Reads the end of a permission as people write it.</summary>
internal static class UntilTime
{
    /// <summary>How a time may be written, for help texts.</summary>
    public const string Forms = "90m, 2h, 1d12h (from now), 18:30 (local, next time), or 2026-01-31T18:30Z";

    private const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour, Longest = 3650 * Day;

    /// <summary>Parses one of <see cref="Forms"/> to Unix milliseconds in the future, at most ten years ahead.</summary>
    public static bool TryParse(string text, CommandContext context, out long unixMs)
    {
        long now = context.NowUnixMs();
        bool understood = TryLength(text, out long length);
        unixMs = now + length;
        understood = understood || TryClock(text, now, context.ZoneOffset, out unixMs) || Timestamp.TryParse(text, out unixMs);
        return understood && unixMs > now && unixMs - now <= Longest;
    }

    /// <summary>Numbers with d, h or m behind each.</summary>
    private static bool TryLength(string text, out long length)
    {
        length = 0;
        long number = -1;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = Math.Max(number, 0) * 10 + (c - '0');
                if (number > 1_000_000) return false;
                continue;
            }
            long unit = c switch { 'd' => Day, 'h' => Hour, 'm' => Minute, _ => 0 };
            if (unit == 0 || number < 0) return false;
            (length, number) = (length + number * unit, -1);
            if (length > Longest) return false;
        }
        return length > 0 && number < 0;
    }

    /// <summary>The next time that local clocks show <c>HH:MM</c>.</summary>
    private static bool TryClock(string text, long now, Func<long, int> zoneOffset, out long unixMs)
    {
        unixMs = 0;
        if (text.Length != 5 || text[2] != ':') return false;
        foreach (int at in (ReadOnlySpan<int>)[0, 1, 3, 4])
        {
            if (!char.IsAsciiDigit(text[at])) return false;
        }
        int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
        if (hour > 23 || minute > 59) return false;
        long local = now + zoneOffset(now / 1000) * 1000L;
        long wanted = local - local % Day + hour * Hour + minute * Minute;
        if (wanted <= local) wanted += Day;
        // The offset that holds then, in case summer time begins or ends in between.
        long guess = wanted - (local - now);
        unixMs = wanted - zoneOffset(guess / 1000) * 1000L;
        if (unixMs <= now) unixMs += Day;
        return true;
    }
}
