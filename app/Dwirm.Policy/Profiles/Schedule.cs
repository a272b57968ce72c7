using System;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Profiles;

/// <summary>Windows that must all be open: what the device asked for, narrowed by what the site allows, each in its own zone.</summary>
public sealed class Schedule
{
    private const long HorizonMs = 2 * 86_400_000L;

    private readonly DailyWindow[] _windows;

    private Schedule(DailyWindow[] windows) => _windows = windows;

    /// <summary>Open all the time.</summary>
    public static Schedule Always { get; } = new([]);

    /// <summary>The windows, none of them a whole day; empty for all the time.</summary>
    public IReadOnlyList<DailyWindow> Windows => _windows;

    /// <summary>True when it never closes.</summary>
    public bool IsAllDay => _windows.Length == 0;

    /// <summary>A schedule of the given windows.</summary>
    public static Schedule Of(params ReadOnlySpan<DailyWindow> windows)
    {
        Schedule schedule = Always;
        foreach (DailyWindow window in windows) schedule = schedule.And(window);
        return schedule;
    }

    /// <summary>This schedule, narrowed to <paramref name="window"/>.</summary>
    public Schedule And(DailyWindow window)
    {
        if (window.IsAllDay || Array.IndexOf(_windows, window) >= 0) return this;
        return new Schedule([.. _windows, window]);
    }

    /// <summary>
    /// The schedule as one window, when it is one; null when nothing is left, when two parts are left, or when local and fixed zones mix, so
    /// that the grammar of a profile cannot say it.
    /// </summary>
    public DailyWindow? AsWindow()
    {
        DailyWindow single = DailyWindow.AllDay;
        foreach (DailyWindow window in _windows)
        {
            if (single.Intersect(window) is not [var part]) return null;
            single = part;
        }
        return single;
    }

    /// <summary>True when all windows are open.</summary>
    public bool IsOpen(Instant now, ILocalZone zone)
    {
        foreach (DailyWindow window in _windows)
        {
            if (!window.IsOpen(now, zone)) return false;
        }
        return true;
    }

    /// <summary>
    /// The first moment after <paramref name="now"/>, Unix milliseconds, at which the schedule opens or closes; <see cref="long.MaxValue"/> when
    /// it never does or the wall clock is not trusted. When nothing changes for two days (windows that miss each other until a clock change)
    /// it is a moment about two days ahead at which to ask again.
    /// </summary>
    public long NextChangeUnixMs(Instant now, ILocalZone zone)
    {
        if (IsAllDay || !now.WallIsTrusted) return long.MaxValue;
        bool open = IsOpen(now, zone);
        Instant at = now;
        while (at.UnixMs - now.UnixMs < HorizonMs)
        {
            long next = long.MaxValue;
            foreach (DailyWindow window in _windows) next = Math.Min(next, window.NextChangeUnixMs(at, zone));
            at = at with { UnixMs = next };
            if (IsOpen(at, zone) != open) return next;
        }
        return at.UnixMs;
    }

    /// <summary>The windows, joined by <c> and </c> where there is more than one; for people.</summary>
    public override string ToString() => IsAllDay ? "All Day" : string.Join<DailyWindow>(" and ", _windows);
}
