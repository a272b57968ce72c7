using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Adds the kernel's counters up to what each device has used of its daily quota, and closes the device when that is all. Only while a
/// device has a quota; flash is written for steps of a quota and not for every reading.
/// </summary>
internal sealed class QuotaMeter
{
    private const long ReadEveryMs = 10_000, RecordEveryMs = 600_000;
    private const int StepsOfAQuota = 20;
    private readonly DaemonState _state;
    private readonly List<MacAddress> _metered = [];
    private readonly Deadline _next;
    private Dictionary<uint, ServiceUsage> _before = [], _now = [];
    private long _recordedMs;

    /// <summary>A meter that sleeps until <see cref="Watch"/>.</summary>
    public QuotaMeter(DaemonState state) => (_state, _next) = (state, new Deadline(Read));

    /// <summary>Starts to read if any device has a quota.</summary>
    public void Watch(Instant now)
    {
        if (!_next.IsSet && AnyQuota()) _state.Loop.Deadlines.Set(_next, now.MonotonicMs + ReadEveryMs);
    }

    /// <summary>Starts to count for devices that have a quota only now: what their counters show already is no part of it.</summary>
    public void Begin(Instant now)
    {
        if (AnyQuota()) Count(now);
        Watch(now);
    }

    /// <summary>Counts now, before a device's service ids are over: what they counted is then asked for by nobody.</summary>
    public void Settle(DeviceRecord record, Instant now)
    {
        if (record.Controls is { QuotaBytes: > 0 }) Count(now);
    }

    /// <summary>Records what was counted and not recorded yet; for an orderly end.</summary>
    public void RecordAll(Instant now)
    {
        if (!AnyQuota()) return;
        Count(now);
        foreach (Device device in _state.Devices.All)
        {
            if (device is { Quota: { } used, Record.Controls.QuotaBytes: > 0 }) _state.Turn.Batch.Put(used);
        }
    }

    private void Read(Instant now)
    {
        Count(now);
        Watch(now);
    }

    private void Count(Instant now)
    {
        (_before, _now) = (_now, _before);
        _metered.Clear();
        foreach (Device device in _state.Devices.All)
        {
            if (device.Record.Controls is { QuotaBytes: > 0 }) _metered.Add(device.Record.Mac);
        }
        if (!_state.Enforcement.ReadUsage(_metered, _now))
        {
            // No answer is no reading: the next one is compared with the last there was.
            (_before, _now) = (_now, _before);
            return;
        }
        bool inTurn = now.MonotonicMs - _recordedMs >= RecordEveryMs;
        if (inTurn) _recordedMs = now.MonotonicMs;
        foreach (Device device in _state.Devices.All)
        {
            if (device.Record.Controls is not { QuotaBytes: > 0 } controls) device.IsMetered = false;
            else if (device.IsMetered) Count(device, controls.QuotaBytes, inTurn, now);
            else device.IsMetered = true;
        }
    }

    private void Count(Device device, long quota, bool inTurn, Instant now)
    {
        QuotaUsage used = device.Quota ?? new QuotaUsage(device.Record.Mac, 0, 0);
        bool wasSpent = device.IsQuotaSpent(now, _state.Zone);
        long recorded = used.Octets;
        long day = now.WallIsTrusted ? LocalDay.Of(now.UnixMs, _state.Zone) : used.Day;
        if (day != used.Day) used = used with { Day = day, Octets = 0 };
        used = used with { Octets = used.Octets + Moved(device.Record.Generation) };
        device.Quota = used;
        bool spent = device.IsQuotaSpent(now, _state.Zone);
        bool step = recorded * StepsOfAQuota / quota != used.Octets * StepsOfAQuota / quota;
        if (step || (inTurn && recorded != used.Octets)) _state.Turn.Batch.Put(used);
        if (spent == wasSpent) return;
        _state.Enforcement.MarkDirty(device.Record.Mac);
        string amount = ByteCount.Text(quota);
        if (spent) _state.History(now, device, "quota-spent", "quota", $"{amount} are used, closed until midnight", "open", "closed");
    }

    // Counters begin again when their elements are written anew: then all that they show is new.
    private long Moved(uint generation)
    {
        long moved = 0;
        for (uint service = 1; service <= Grant.MaxServices; service++)
        {
            if (!_now.TryGetValue((generation << 8) | service, out ServiceUsage now)) continue;
            _before.TryGetValue((generation << 8) | service, out ServiceUsage before);
            ulong then = before.OriginalBytes + before.ReplyBytes, octets = now.OriginalBytes + now.ReplyBytes;
            moved += (long)(octets >= then ? octets - then : octets);
        }
        return moved;
    }

    private bool AnyQuota()
    {
        foreach (Device device in _state.Devices.All)
        {
            if (device.Record.Controls is { QuotaBytes: > 0 }) return true;
        }
        return false;
    }
}
