using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Profiles.Zones;

namespace Dwirm.Policy.Tests.Profiles;

public class DailyWindowTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-11")]
    [InlineData("00:00-23:59", "00:00-23:59", 1440)]
    [InlineData("All Day", "00:00-23:59", 1440)]
    [InlineData("all day", "00:00-23:59", 1440)]
    [InlineData(" ALL DAY L ", "00:00-23:59", 1440)]
    [InlineData("All DayEST", "00:00-23:59", 1440)]
    [InlineData("02:00-04:59", "02:00-04:59", 180)]
    [InlineData("02:00 - 04:59", "02:00-04:59", 180)]
    [InlineData("02:00-04:59L", "02:00-04:59L", 180)]
    [InlineData("02:00-04:59 l", "02:00-04:59L", 180)]
    [InlineData("02:00L-04:59L", "02:00-04:59L", 180)]
    [InlineData("02:00 est-04:59 EST", "02:00-04:59EST", 180)]
    [InlineData("22:00-05:59 CET", "22:00-05:59CET", 480)]
    [InlineData("12:34-12:34", "12:34-12:34", 1)]
    [InlineData("12:34-12:33UTC", "12:34-12:33UTC", 1440)]
    [InlineData("00:00-00:00", "00:00-00:00", 1)]
    [InlineData("23:59-00:00", "23:59-00:00", 2)]
    public void Windows_are_read(string text, string written, int minutes)
    {
        Assert.True(DailyWindow.TryParse(text, ZoneTable.Default, out DailyWindow window, out OptionFault fault));
        Assert.Equal(OptionFault.None, fault);
        Assert.Equal(written, window.ToString());
        Assert.Equal(minutes, window.LengthMinutes);
        Assert.Equal(minutes == 1440, window.IsAllDay);
        Assert.Equal(window, Window(written));
        Assert.Equal(window.GetHashCode(), Window(written).GetHashCode());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-11")]
    [InlineData("", OptionFault.Syntax)]
    [InlineData("All", OptionFault.Syntax)]
    [InlineData("All Days", OptionFault.Syntax)]
    [InlineData("AllDay", OptionFault.Syntax)]
    [InlineData("02:00", OptionFault.Syntax)]
    [InlineData("2:00-4:59", OptionFault.Syntax)]
    [InlineData("02:00-", OptionFault.Syntax)]
    [InlineData("02.00-04.59", OptionFault.Syntax)]
    [InlineData("0200-0459", OptionFault.Syntax)]
    [InlineData("02:00-04:59-06:00", OptionFault.Syntax)]
    [InlineData("02:00-04:59,06:00-07:00", OptionFault.Syntax)]
    [InlineData("02:00-04:59 Europe/Paris", OptionFault.Syntax)]
    [InlineData("02:00-04:59+01", OptionFault.Syntax)]
    [InlineData("02:00:00-04:59:00", OptionFault.Syntax)]
    [InlineData("02:00-04:59 CEST", OptionFault.Syntax)]
    [InlineData("02:00-04:59 X", OptionFault.Syntax)]
    [InlineData("24:00-04:59", OptionFault.TimeOutOfBounds)]
    [InlineData("00:00-24:00", OptionFault.TimeOutOfBounds)]
    [InlineData("00:60-04:59", OptionFault.TimeOutOfBounds)]
    [InlineData("02:00-04:59 XYZ", OptionFault.UnknownZone)]
    [InlineData("02:00-04:59IST", OptionFault.AmbiguousZone)]
    [InlineData("02:00-04:59 sst", OptionFault.AmbiguousZone)]
    [InlineData("02:00EST-04:59CST", OptionFault.ZonesDiffer)]
    [InlineData("02:00L-04:59", OptionFault.ZonesDiffer)]
    public void Other_schedules_are_refused(string text, OptionFault expected)
    {
        Assert.False(DailyWindow.TryParse(text, ZoneTable.Default, out _, out OptionFault fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-11")]
    [InlineData("GMT UTC WET", 0)]
    [InlineData("CET BST", 60)]
    [InlineData("EET CAT", 120)]
    [InlineData("MSK EAT", 180)]
    [InlineData("JST KST", 540)]
    [InlineData("AST EDT", -240)]
    [InlineData("ADT", -180)]
    [InlineData("EST CDT", -300)]
    [InlineData("CST MDT", -360)]
    [InlineData("MST PDT", -420)]
    [InlineData("PST", -480)]
    [InlineData("HST", -600)]
    public void Zone_codes_have_the_offsets_of_the_specification(string codes, int minutes) =>
        Assert.All(codes.Split(' '), code => Assert.Equal(minutes, Window("10:00-10:00" + code).OffsetMinutes));

    [Fact]
    [Trait("Requirement", "DWIRM-11")]
    public void The_site_may_name_zones_of_its_own()
    {
        ZoneTable table = ZoneTable.Default.With("ist", 330).With("CST", 480);
        Assert.True(DailyWindow.TryParse("10:00-10:29IST", table, out DailyWindow india));
        Assert.True(india.IsOpen(At(Unix(2026, 1, 1, 4, 30)), Utc));
        Assert.False(india.IsOpen(At(Unix(2026, 1, 1, 5, 0)), Utc));
        Assert.True(DailyWindow.TryParse("10:00-10:00CST", table, out DailyWindow china));
        Assert.Equal(480, china.OffsetMinutes);
        Assert.False(DailyWindow.TryParse("10:00-10:29IST", ZoneTable.Default, out _));
        Assert.Throws<System.ArgumentException>(() => table.With("EURO", 0));
        Assert.Throws<System.ArgumentException>(() => table.With("EUR", 1440));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-12")]
    [InlineData("22:00-05:59", 21, 59, 59, false)]
    [InlineData("22:00-05:59", 22, 0, 0, true)]
    [InlineData("22:00-05:59", 0, 0, 0, true)]
    [InlineData("22:00-05:59", 5, 59, 59, true)]
    [InlineData("22:00-05:59", 6, 0, 0, false)]
    [InlineData("02:00-04:59", 1, 59, 59, false)]
    [InlineData("02:00-04:59", 2, 0, 0, true)]
    [InlineData("02:00-04:59", 4, 59, 59, true)]
    [InlineData("02:00-04:59", 5, 0, 0, false)]
    [InlineData("12:34-12:34", 12, 33, 59, false)]
    [InlineData("12:34-12:34", 12, 34, 59, true)]
    [InlineData("12:34-12:34", 12, 35, 0, false)]
    [InlineData("00:00-23:59", 23, 59, 59, true)]
    [InlineData("02:00-02:59EST", 7, 30, 0, true)] // fixed: New York would be on daylight saving time
    [InlineData("02:00-02:59EST", 6, 30, 0, false)]
    [InlineData("02:00-02:59L", 0, 30, 0, true)] // Paris in July is two hours ahead
    [InlineData("02:00-02:59CET", 1, 30, 0, true)] // and its three letters are not
    public void The_end_minute_is_inside(string text, int hour, int minute, int second, bool open)
    {
        long now = Unix(2026, 7, 14, hour, minute, second);
        Assert.Equal(open, Window(text).IsOpen(At(now), Paris));
        Assert.Equal(open, Window(text).IsOpen(At(now, 999), Paris));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-12")]
    public void The_next_change_is_the_edge_itself()
    {
        DailyWindow night = Window("22:00-05:59");
        long opens = Unix(2026, 7, 14, 22) * 1000, closes = Unix(2026, 7, 15, 6) * 1000;
        Assert.Equal(opens, night.NextChangeUnixMs(At(Unix(2026, 7, 14, 6)), Utc));
        Assert.Equal(opens, night.NextChangeUnixMs(At(Unix(2026, 7, 14, 21, 59, 59), 999), Utc));
        Assert.Equal(closes, night.NextChangeUnixMs(At(Unix(2026, 7, 14, 22)), Utc));
        Assert.Equal(closes, night.NextChangeUnixMs(At(Unix(2026, 7, 15, 5, 59, 59), 999), Utc));
        Assert.Equal(closes + 16 * 3_600_000, night.NextChangeUnixMs(At(Unix(2026, 7, 15, 6)), Utc));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-11")]
    // Paris leaps from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC.
    [InlineData("02:15-02:45L", "2026-03-28T12:00:00Z", false, "2026-03-30T00:15:00Z")] // that night has no such time
    [InlineData("01:30-02:29L", "2026-03-29T00:30:00Z", true, "2026-03-29T01:00:00Z")] // leapt out of
    [InlineData("02:30-03:29L", "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z")] // leapt into
    [InlineData("02:30-03:29L", "2026-03-29T01:00:00Z", true, "2026-03-29T01:30:00Z")]
    [InlineData("01:00-03:59L", "2026-03-29T00:30:00Z", true, "2026-03-29T02:00:00Z")] // two hours instead of three
    // Paris repeats 02:00 to 02:59 on 2026-10-25 at 01:00 UTC.
    [InlineData("02:15-02:45L", "2026-10-25T00:15:00Z", true, "2026-10-25T00:46:00Z")]
    [InlineData("02:15-02:45L", "2026-10-25T00:46:00Z", false, "2026-10-25T01:15:00Z")] // the second time
    [InlineData("02:15-02:45L", "2026-10-25T01:46:00Z", false, "2026-10-26T01:15:00Z")]
    [InlineData("02:30-03:29L", "2026-10-25T00:30:00Z", true, "2026-10-25T01:00:00Z")] // thrown back out
    [InlineData("02:30-03:29L", "2026-10-25T01:00:00Z", false, "2026-10-25T01:30:00Z")]
    [InlineData("01:30-02:29L", "2026-10-25T00:45:00Z", false, "2026-10-25T01:00:00Z")] // thrown back in
    [InlineData("01:00-03:59L", "2026-10-25T00:30:00Z", true, "2026-10-25T03:00:00Z")] // four hours instead of three
    public void Local_windows_follow_the_clock_on_the_wall(string text, string now, bool open, string change)
    {
        Instant instant = At(System.DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());
        Assert.Equal(open, Window(text).IsOpen(instant, Paris));
        long expected = System.DateTimeOffset.Parse(change, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        Assert.Equal(expected, Window(text).NextChangeUnixMs(instant, Paris));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void Before_the_clock_is_right_only_whole_days_are_open()
    {
        Instant boot = At(0) with { WallIsTrusted = false };
        Assert.True(Window("All Day").IsOpen(boot, Utc));
        Assert.True(Window("08:00-07:59L").IsOpen(boot, Utc));
        Assert.False(Window("00:00-23:58").IsOpen(boot, Utc));
        Assert.Equal(long.MaxValue, Window("00:00-23:58").NextChangeUnixMs(boot, Utc));
        Assert.Equal(long.MaxValue, Window("All Day").NextChangeUnixMs(At(0), Utc));
    }

    [Theory]
    [InlineData("02:00-04:59", "All Day", "02:00-04:59")]
    [InlineData("All Day", "02:00-04:59L", "02:00-04:59L")]
    [InlineData("02:00-04:59", "04:00-06:00", "04:00-04:59")]
    [InlineData("02:00-04:59", "05:00-06:00", "")]
    [InlineData("02:00-04:59", "04:59-06:00", "04:59-04:59")]
    [InlineData("22:00-05:59", "00:00-06:00", "00:00-05:59")]
    [InlineData("22:00-05:59", "05:00-22:29", "05:00-05:59 22:00-22:29")]
    [InlineData("05:00-22:29", "22:00-05:59", "22:00-22:29 05:00-05:59")]
    [InlineData("22:00-05:59L", "23:00-01:00L", "23:00-01:00L")]
    [InlineData("02:00-04:59", "04:00-06:59CET", "03:00-04:59")]
    [InlineData("00:00-02:00EST", "00:00-06:00", "00:00-01:00EST")]
    [InlineData("02:00-04:59L", "02:00-04:59", null)]
    public void Intersections_are_windows_of_the_left_zone(string left, string right, string? expected)
    {
        IReadOnlyList<DailyWindow>? parts = Window(left).Intersect(Window(right));
        Assert.Equal(expected, parts is null ? null : string.Join(' ', parts));
        Assert.Equal(expected == left, Window(left).IsInside(Window(right)));
    }

    [Fact]
    public void Intersections_agree_with_minute_by_minute_membership()
    {
        var random = new System.Random(20260101);
        string[] zones = ["", "EST", "JST", "L"];
        for (int i = 0; i < 300; i++)
        {
            DailyWindow left = RandomWindow(random, zones), right = RandomWindow(random, zones);
            if (left.Intersect(right) is not { } parts) continue;
            Assert.True(parts.Count <= 2);
            for (long t = 0; t < 86400; t += 60)
            {
                bool both = left.IsOpen(At(t), Utc) && right.IsOpen(At(t), Utc);
                int open = 0;
                foreach (DailyWindow part in parts) open += part.IsOpen(At(t), Utc) ? 1 : 0;
                if (open != (both ? 1 : 0)) Assert.Fail($"{left} and {right} at {t / 60}");
            }
        }
    }

    internal static DailyWindow Window(string text)
    {
        Assert.True(DailyWindow.TryParse(text, ZoneTable.Default, out DailyWindow window, out OptionFault fault), fault.Describe());
        return window;
    }

    internal static DailyWindow RandomWindow(System.Random random, string[] zones)
    {
        int start = random.Next(1440);
        int end = random.Next(4) switch { 0 => start, 1 => (start + random.Next(90)) % 1440, _ => random.Next(1440) };
        return Window($"{start / 60:00}:{start % 60:00}-{end / 60:00}:{end % 60:00}{zones[random.Next(zones.Length)]}");
    }
}
