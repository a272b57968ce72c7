using System;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Profiles.Zones;

namespace Dwirm.Policy.Tests.Profiles;

/// <summary>Windows against a simulation that knows nothing of edges: it asks the clock on the wall, minute by minute, over days on which it jumps.</summary>
public class DailyWindowSimulationTests
{
    private const int Minutes = 4 * 1440;

    public static TheoryData<string, long> Days => new()
    {
        { nameof(Paris), Unix(2026, 3, 28) },
        { nameof(Paris), Unix(2026, 10, 24) },
        { nameof(Paris), Unix(2026, 7, 14) },
        { nameof(NewYork), Unix(2026, 3, 7) },
        { nameof(NewYork), Unix(2026, 10, 31) },
        { nameof(Midnight), Unix(2026, 3, 28) },
        { nameof(Midnight), Unix(2026, 10, 24) },
        { nameof(HalfHour), Unix(2026, 3, 28) },
        { nameof(HalfHour), Unix(2026, 10, 24) },
        { nameof(DateLine), Unix(2011, 12, 29) },
    };

    [Theory]
    [Trait("Requirement", "DWIRM-11")]
    [Trait("Requirement", "DWIRM-12")]
    [MemberData(nameof(Days))]
    public void Edges_are_where_the_clock_on_the_wall_puts_them(string zoneName, long from)
    {
        ILocalZone zone = Zone(zoneName);
        foreach (string text in (string[])["02:15-02:45L", "02:00-02:59L", "01:30-02:29L", "02:30-03:29L", "03:00-03:00L", "01:59-01:59L",
            "00:00-00:00L", "23:59-23:59L", "23:59-00:00L", "00:30-00:10L", "22:00-05:59L", "00:00-23:58L", "00:01-23:59L", "02:00-04:59"])
            Check(DailyWindowTests.Window(text), zone, from);
        var random = new Random(7);
        for (int i = 0; i < 30; i++) Check(DailyWindowTests.RandomWindow(random, ["L", "L", "L", "", "EST"]), zone, from);
    }

    private static void Check(DailyWindow window, ILocalZone zone, long from)
    {
        bool[] open = Simulate(window, zone, from);
        long change = long.MaxValue;
        for (int m = Minutes - 1; m >= 0; m--)
        {
            if (m + 1 < Minutes && open[m] != open[m + 1]) change = (from + (m + 1) * 60L) * 1000;
            if (!IsAsked(open, m)) continue;
            foreach (Instant now in (Instant[])[At(from + m * 60L), At(from + m * 60L + 59, 999)])
            {
                Assert.True(open[m] == window.IsOpen(now, zone), $"{window} at minute {m}: expected {open[m]}");
                if (window.IsAllDay) Assert.Equal(long.MaxValue, window.NextChangeUnixMs(now, zone));
                else if (change != long.MaxValue) Assert.True(change == window.NextChangeUnixMs(now, zone), $"{window} at minute {m}: expected {change}");
            }
        }
    }

    // Every seventh minute, and those on both sides of each change.
    private static bool IsAsked(bool[] open, int m) =>
        m % 7 == 0 || (m > 0 && open[m] != open[m - 1]) || (m + 1 < Minutes && open[m] != open[m + 1]);

    // Marks the minutes of the day from the first of the window to the last, then looks whether the clock shows a marked one.
    private static bool[] Simulate(DailyWindow window, ILocalZone zone, long from)
    {
        bool[] marked = new bool[1440];
        for (int minute = window.StartMinute; minute != window.EndMinute; minute = (minute + 1) % 1440) marked[minute] = true;
        marked[window.EndMinute] = true;
        bool[] open = new bool[Minutes];
        for (int m = 0; m < Minutes; m++)
        {
            long now = from + m * 60L;
            DateTimeOffset local = DateTimeOffset.FromUnixTimeSeconds(now + (window.IsLocal ? zone.OffsetSeconds(now) : window.OffsetMinutes * 60));
            open[m] = marked[local.Hour * 60 + local.Minute];
        }
        return open;
    }

    private static ILocalZone Zone(string name) => name switch
    {
        nameof(Paris) => Paris,
        nameof(NewYork) => NewYork,
        nameof(Midnight) => Midnight,
        nameof(HalfHour) => HalfHour,
        _ => DateLine,
    };
}
