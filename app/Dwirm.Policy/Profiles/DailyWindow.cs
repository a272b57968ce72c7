using System;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Profiles;

/// <summary>
/// A window of the day that opens every day (DWIRM-11, DWIRM-12). The end minute belongs to it; a start after the end wraps
/// midnight; equal start and end are that one minute.
/// </summary>
/// <remarks>
/// <c>schedule = "All Day" / ( time "-" time [OWS] [ "L" / 3ALPHA ] )</c>, GMT when no zone is given. A local window is open whenever the
/// local clock shows one of its minutes: minutes that daylight saving time skips do not open it, minutes it repeats open it twice.
/// </remarks>
public sealed class DailyWindow : IEquatable<DailyWindow>
{
    private const int MinutesPerDay = 1440;

    private DailyWindow(int start, int end, int offsetMinutes, string zone) =>
        (StartMinute, EndMinute, OffsetMinutes, Zone) = (start, end, offsetMinutes, zone);

    /// <summary>The whole day, every day.</summary>
    public static DailyWindow AllDay { get; } = new(0, MinutesPerDay - 1, 0, "");

    /// <summary>First minute of the window, minutes after midnight of its zone, 0 to 1439.</summary>
    public int StartMinute { get; }

    /// <summary>Last minute of the window, itself inside, 0 to 1439.</summary>
    public int EndMinute { get; }

    /// <summary>Zone as it is written: empty for GMT, <c>L</c>, or three letters.</summary>
    public string Zone { get; }

    /// <summary>Minutes east of Greenwich; meaningless when <see cref="IsLocal"/>.</summary>
    public int OffsetMinutes { get; }

    /// <summary>True when the window follows the router's own zone.</summary>
    public bool IsLocal => Zone == "L";

    /// <summary>True when every minute of the day is inside, in whichever zone: the only kind that is active before the clock is right.</summary>
    public bool IsAllDay => LengthMinutes == MinutesPerDay;

    /// <summary>How many minutes a day the window is open, 1 to 1440.</summary>
    public int LengthMinutes => Modulo(EndMinute - StartMinute) + 1;

    /// <summary>Reads a schedule.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, ZoneTable zones, out DailyWindow window) => TryParse(text, zones, out window, out _);

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The schedule; blanks around its parts are tolerated, the zone may stand at both times if it is the same.</param>
    /// <param name="zones">The zone codes that are known.</param>
    /// <param name="window">The window; meaningless on failure.</param>
    /// <param name="fault">Why it failed.</param>
    public static bool TryParse(ReadOnlySpan<char> text, ZoneTable zones, out DailyWindow window, out OptionFault fault)
    {
        window = AllDay;
        text = PortSet.Trim(text);
        if (text.StartsWith("All Day", StringComparison.OrdinalIgnoreCase))
        {
            ReadOnlySpan<char> ignored = PortSet.Trim(text["All Day".Length..]);
            fault = ignored.IsEmpty || IsZone(ignored) ? OptionFault.None : OptionFault.Syntax;
            return fault == OptionFault.None;
        }
        int dash = text.IndexOf('-');
        fault = OptionFault.Syntax;
        if (dash < 0) return false;
        fault = ParseTime(PortSet.Trim(text[..dash]), out int start, out ReadOnlySpan<char> startZone);
        if (fault != OptionFault.None) return false;
        fault = ParseTime(PortSet.Trim(text[(dash + 1)..]), out int end, out ReadOnlySpan<char> zone);
        if (fault != OptionFault.None) return false;
        if (!startZone.IsEmpty && !startZone.Equals(zone, StringComparison.OrdinalIgnoreCase)) fault = OptionFault.ZonesDiffer;
        if (fault != OptionFault.None) return false;
        int offset = 0;
        bool local = zone.Equals("L", StringComparison.OrdinalIgnoreCase);
        if (!zone.IsEmpty && !local && !zones.TryGet(zone, out offset, out fault)) return false;
        window = new DailyWindow(start, end, offset, zone.IsEmpty ? "" : zone.ToString().ToUpperInvariant());
        return true;
    }

    /// <summary>
    /// True when the window is open. Before the wall clock is trusted only a whole day is (DWIRM-13).
    /// </summary>
    public bool IsOpen(Instant now, ILocalZone zone) =>
        IsAllDay || (now.WallIsTrusted && IsOpenAt(FloorSeconds(now.UnixMs), zone));

    /// <summary>
    /// The first moment after <paramref name="now"/>, Unix milliseconds, at which the window opens or closes; <see cref="long.MaxValue"/>
    /// for a whole day, and while the wall clock is not trusted.
    /// </summary>
    public long NextChangeUnixMs(Instant now, ILocalZone zone)
    {
        if (IsAllDay || !now.WallIsTrusted) return long.MaxValue;
        return NextChangeSeconds(FloorSeconds(now.UnixMs), zone) * 1000;
    }

    /// <summary>
    /// The part of the day that is in both windows, as none, one or two windows that do not overlap; null when it is not the same from day to
    /// day, because one window follows local time and the other does not. A whole day leaves the other window as it is.
    /// </summary>
    public IReadOnlyList<DailyWindow>? Intersect(DailyWindow other)
    {
        if (IsAllDay) return [other];
        if (other.IsAllDay) return [this];
        if (IsLocal != other.IsLocal) return null;
        // Everything in minutes after this window's start, where it covers [0, LengthMinutes).
        int shift = IsLocal ? 0 : OffsetMinutes - other.OffsetMinutes;
        int begin = Modulo(other.StartMinute + shift - StartMinute);
        int end = begin + other.LengthMinutes;
        var parts = new List<DailyWindow>(2);
        Add(parts, begin, Math.Min(end, LengthMinutes));
        Add(parts, 0, Math.Min(end - MinutesPerDay, LengthMinutes));
        return parts;
    }

    /// <summary>True when the window is never open while <paramref name="other"/> is not.</summary>
    public bool IsInside(DailyWindow other)
    {
        if (other.IsAllDay) return true;
        if (IsAllDay || Intersect(other) is not { } parts) return false;
        int shared = 0;
        foreach (DailyWindow part in parts) shared += part.LengthMinutes;
        return shared == LengthMinutes;
    }

    /// <inheritdoc/>
    public bool Equals(DailyWindow? other) =>
        other is not null && StartMinute == other.StartMinute && EndMinute == other.EndMinute
        && OffsetMinutes == other.OffsetMinutes && Zone == other.Zone;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DailyWindow);

    /// <inheritdoc/>
    public override int GetHashCode() => (StartMinute * MinutesPerDay + EndMinute) * 31 + OffsetMinutes;

    /// <summary><c>02:00-04:59</c>, with the zone at the end where it is not GMT.</summary>
    public override string ToString() => $"{Time(StartMinute)}-{Time(EndMinute)}{Zone}";

    /// <summary>The clock rule at one second, the clock taken as right.</summary>
    internal bool IsOpenAt(long unixSeconds, ILocalZone zone)
    {
        long offset = IsLocal ? zone.OffsetSeconds(unixSeconds) : OffsetMinutes * 60L;
        return Modulo(MinuteOfDay(unixSeconds + offset) - StartMinute) < LengthMinutes;
    }

    // Between two jumps of the zone the edges are arithmetic. A jump itself may be an edge: it can leap into the window or out of it.
    private long NextChangeSeconds(long now, ILocalZone zone)
    {
        bool open = IsOpenAt(now, zone);
        if (!IsLocal) return NextEdge(now, OffsetMinutes * 60L, open);
        for (int jumps = 0; jumps < 8; jumps++)
        {
            int offset = zone.OffsetSeconds(now);
            long edge = NextEdge(now, offset, open);
            long jump = ZoneJumps.First(zone, now, edge);
            if (jump == long.MaxValue) return edge;
            if (IsOpenAt(jump, zone) != open) return jump;
            now = jump;
        }
        return now; // no zone on Earth jumps that often: whoever asked asks again at this moment
    }

    // The next second after now at which local time, running on at a fixed offset, reaches the end (open) or the start (closed).
    private long NextEdge(long now, long offset, bool open)
    {
        long local = now + offset;
        int target = open ? Modulo(EndMinute + 1) : StartMinute;
        long midnight = local - (local % 86400 + 86400) % 86400;
        long edge = midnight + target * 60L;
        return (edge > local ? edge : edge + 86400) - offset;
    }

    private void Add(List<DailyWindow> parts, int begin, int end)
    {
        if (begin >= end) return;
        parts.Add(new DailyWindow(Modulo(StartMinute + begin), Modulo(StartMinute + end - 1), OffsetMinutes, Zone));
    }

    private static OptionFault ParseTime(ReadOnlySpan<char> text, out int minute, out ReadOnlySpan<char> zone)
    {
        minute = 0;
        zone = default;
        if (text.Length < 5 || text[2] != ':') return OptionFault.Syntax;
        if (!char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]) || !char.IsAsciiDigit(text[3]) || !char.IsAsciiDigit(text[4])) return OptionFault.Syntax;
        int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
        if (hours > 23 || minutes > 59) return OptionFault.TimeOutOfBounds;
        minute = hours * 60 + minutes;
        zone = PortSet.Trim(text[5..]);
        return zone.IsEmpty || IsZone(zone) ? OptionFault.None : OptionFault.Syntax;
    }

    private static bool IsZone(ReadOnlySpan<char> text) =>
        text.Equals("L", StringComparison.OrdinalIgnoreCase)
        || (text.Length == 3 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) && char.IsAsciiLetter(text[2]));

    private static string Time(int minute) => $"{minute / 60:00}:{minute % 60:00}";

    private static int Modulo(int minute) => (minute % MinutesPerDay + MinutesPerDay) % MinutesPerDay;

    private static int MinuteOfDay(long localSeconds) => (int)((localSeconds % 86400 + 86400) % 86400) / 60;

    private static long FloorSeconds(long unixMs) => unixMs >= 0 ? unixMs / 1000 : -((999 - unixMs) / 1000);
}

/// <summary>Finds the moments at which a zone's offset changes.</summary>
internal static class ZoneJumps
{
    private const long ProbeSeconds = 6 * 3600;

    /// <summary>The first second in (from, to] whose offset is not that of the second before; <see cref="long.MaxValue"/> when there is none.</summary>
    /// <remarks>Two jumps that cancel each other within six hours would be missed; the time zone database has none.</remarks>
    public static long First(ILocalZone zone, long from, long to)
    {
        int offset = zone.OffsetSeconds(from);
        while (from < to)
        {
            long probe = Math.Min(to, from + ProbeSeconds);
            if (zone.OffsetSeconds(probe) != offset) return Bisect(zone, from, probe, offset);
            from = probe;
        }
        return long.MaxValue;
    }

    private static long Bisect(ILocalZone zone, long before, long after, int offset)
    {
        while (after - before > 1)
        {
            long middle = before + (after - before) / 2;
            if (zone.OffsetSeconds(middle) == offset) before = middle;
            else after = middle;
        }
        return after;
    }
}
