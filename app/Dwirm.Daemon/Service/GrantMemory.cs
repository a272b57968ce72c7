using System;
using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Forgets what was decided of devices that have been gone for long (<c>grant_memory_days</c>). What takes away is kept: a device that was
/// refused, blocked or otherwise put under controls must not come back as one that was never here.
/// </summary>
internal sealed class GrantMemory
{
    private const long LookEveryMs = 3_600_000, DayMs = 86_400_000, FirstSaneUnixMs = 1_735_689_600_000;
    private readonly DaemonState _state;
    private readonly Deadline _next;
    private readonly List<Device> _old = [];

    /// <summary>Looks once an hour from now on.</summary>
    public GrantMemory(DaemonState state)
    {
        (_state, _next) = (state, new Deadline(Look));
        state.Loop.Deadlines.Set(_next, 0);
    }

    private void Look(Instant now)
    {
        _state.Loop.Deadlines.Set(_next, now.MonotonicMs + LookEveryMs);
        if (!now.WallIsTrusted) return;
        long since = now.UnixMs - _state.Config.GrantMemoryDays * DayMs;
        _old.Clear();
        foreach (Device device in _state.Devices.All)
        {
            if (IsOld(device.Record, since) && !_state.HasLease(device)) _old.Add(device);
        }
        foreach (Device device in _old) _state.Negotiator.Forget(device, now, "time", $"gone for {_state.Config.GrantMemoryDays} days");
    }

    // A time before this program existed was told by a clock that was not set: nobody knows how long ago that is.
    private static bool IsOld(DeviceRecord record, long since) =>
        Math.Max(record.GoneUnixMs, record.SinceUnixMs) is var last && last > FirstSaneUnixMs && last < since && record.Controls is null && !record.Assigned
        && record.Verdict is not (OwnerVerdict.Deny or OwnerVerdict.Revoke);
}
