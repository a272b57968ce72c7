using System.Collections.Generic;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Terms;

/// <summary>Narrows one daily window by another to a single window, because the answer has room for one.</summary>
internal static class WindowJoin
{
    private const int WeeksOfAYear = 53;
    private const long SecondsOfAWeek = 7 * 86400;

    /// <summary>The longest window that is inside both on every day of the year; null when there is none.</summary>
    /// <remarks>
    /// A local and a fixed window slide against each other when daylight saving time begins and ends. What is inside both under every offset
    /// of the year can be answered once and enforced all year (DWIRM-27).
    /// </remarks>
    internal static DailyWindow? Join(DailyWindow wanted, DailyWindow limit, ILocalZone zone, long unixSeconds)
    {
        if (wanted.Intersect(limit) is { } same) return Longest(same);
        (DailyWindow local, DailyWindow standing) = wanted.IsLocal ? (wanted, limit) : (limit, wanted);
        IReadOnlyList<DailyWindow> parts = [standing];
        foreach (int offset in OffsetsOfAYear(zone, unixSeconds))
        {
            var narrower = new List<DailyWindow>();
            foreach (DailyWindow part in parts) narrower.AddRange(part.Intersect(AtOffset(local, offset))!);
            parts = narrower;
        }
        return Longest(parts);
    }

    private static List<int> OffsetsOfAYear(ILocalZone zone, long unixSeconds)
    {
        var offsets = new List<int>(2);
        for (int week = 0; week <= WeeksOfAYear; week++)
        {
            int minutes = zone.OffsetSeconds(unixSeconds + week * SecondsOfAWeek) / 60;
            if (!offsets.Contains(minutes)) offsets.Add(minutes);
        }
        return offsets;
    }

    private static DailyWindow AtOffset(DailyWindow local, int offsetMinutes)
    {
        string text = $"{Time(local.StartMinute - offsetMinutes)}-{Time(local.EndMinute - offsetMinutes)}";
        DailyWindow.TryParse(text, ZoneTable.Default, out DailyWindow window);
        return window;
    }

    private static string Time(int minute)
    {
        minute = (minute % 1440 + 1440) % 1440;
        return $"{minute / 60:00}:{minute % 60:00}";
    }

    private static DailyWindow? Longest(IReadOnlyList<DailyWindow> parts)
    {
        DailyWindow? longest = null;
        foreach (DailyWindow part in parts)
        {
            if (longest is null || part.LengthMinutes > longest.LengthMinutes) longest = part;
        }
        return longest;
    }
}
