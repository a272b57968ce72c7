using System;
using System.Text;
using Dwirm.Daemon.Devices;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>The owner's everyday controls of any device, DWIRM or not. Each returns null when done, or why not.</summary>
internal sealed class OwnerControls(DaemonState state)
{
    /// <summary>Slows the device down; <c>none</c> takes the limit away.</summary>
    /// <param name="mac">Which device.</param>
    /// <param name="down">Towards the device, as profiles write rates.</param>
    /// <param name="up">From the device; empty for the same.</param>
    /// <param name="now">The turn's time.</param>
    public string? Limit(MacAddress mac, string down, string up, Instant now)
    {
        if (IsNone(down)) return Change(mac, "unlimited", static controls => controls with { DownBitsPerSecond = 0, UpBitsPerSecond = 0 }, now);
        // Profiles may leave the unit out and mean bits; a person who does means something else.
        if (char.IsAsciiDigit(down[^1]) || !BitRate.TryParse(down, out BitRate toDevice)) return NoRate(down);
        BitRate fromDevice = toDevice;
        if (up.Length > 0 && (char.IsAsciiDigit(up[^1]) || !BitRate.TryParse(up, out fromDevice))) return NoRate(up);
        return Change(mac, "limited", controls => controls with { DownBitsPerSecond = toDevice.BitsPerSecond, UpBitsPerSecond = fromDevice.BitsPerSecond }, now);
    }

    /// <summary>Closes the device until a time, or until it is resumed.</summary>
    /// <param name="mac">Which device.</param>
    /// <param name="untilUnixMs">The end, Unix milliseconds; 0 for none.</param>
    /// <param name="now">The turn's time.</param>
    public string? Pause(MacAddress mac, long untilUnixMs, Instant now)
    {
        if (untilUnixMs != 0 && untilUnixMs <= now.UnixMs) return "the time given is past";
        long until = untilUnixMs == 0 ? DeviceControls.UntilResumed : untilUnixMs;
        return Change(mac, "paused", controls => controls with { PausedUntilUnixMs = until }, now);
    }

    /// <summary>Ends a pause.</summary>
    public string? Resume(MacAddress mac, Instant now) => state.Devices.Find(mac)?.Record.Controls is { PausedUntilUnixMs: not 0 }
        ? Change(mac, "resumed", static controls => controls with { PausedUntilUnixMs = 0 }, now)
        : $"{mac} is not paused";

    /// <summary>Opens the device in a daily window only; <c>none</c> takes the window away.</summary>
    public string? Schedule(MacAddress mac, string window, Instant now)
    {
        if (IsNone(window)) return Change(mac, "unscheduled", static controls => controls with { Window = null }, now);
        if (!DailyWindow.TryParse(window, state.Policy.Zones, out DailyWindow hours, out OptionFault fault))
        {
            return $"'{window}' is no daily window such as 07:00-21:00L: {fault.Describe()}";
        }
        return Change(mac, "scheduled", controls => controls with { Window = hours.IsAllDay ? null : hours }, now);
    }

    /// <summary>Closes the device when it has used an amount of data since local midnight; <c>none</c> takes the quota away.</summary>
    public string? Quota(MacAddress mac, string amount, Instant now)
    {
        if (IsNone(amount)) return Change(mac, "unmetered", static controls => controls with { QuotaBytes = 0 }, now);
        ReadOnlySpan<char> octets = amount;
        if (octets.EndsWith("/day", StringComparison.OrdinalIgnoreCase)) octets = octets[..^4];
        if (!ByteCount.TryParse(octets, out long quota)) return $"'{amount}' is no daily amount of data such as 2GB/day or 500MB";
        string? refusal = Change(mac, "metered", controls => controls with { QuotaBytes = quota }, now);
        state.Quotas.Begin(now);
        return refusal;
    }

    /// <summary>Closes the device until the owner says otherwise, or opens it again.</summary>
    public string? Block(MacAddress mac, bool clear, Instant now) => clear
        ? Change(mac, "unblocked", static controls => controls with { Blocked = false }, now)
        : Change(mac, "blocked", static controls => controls with { Blocked = true }, now);

    /// <summary>Gives the device a profile as if it had asked for it and been approved; rules that deny still do.</summary>
    /// <param name="mac">Which device.</param>
    /// <param name="json">The profile; null for the template <paramref name="template"/>.</param>
    /// <param name="template">Name of a template of the registry, or <c>none</c> to take an assigned profile away.</param>
    /// <param name="now">The turn's time.</param>
    public string? Assign(MacAddress mac, string? json, string template, Instant now)
    {
        if (json is null && IsNone(template)) return Unassign(mac, now);
        string name = json is null ? template : "a profile";
        if (json is null)
        {
            if (state.Policy.Registry.Template(template) is not { } known) return $"there is no template '{template}'; there are {state.Policy.Registry.TemplateNames}";
            (json, name) = (known.Json, known.Name);
        }
        if (!IotProfile.TryParse(Encoding.UTF8.GetBytes(json), state.Policy.Grammar, out IotProfile? profile, out ProfileFault fault)) return $"this is not a profile: {fault.Describe()}";
        if (FindOrAdmit(mac, now) is not { } device) return "the table of devices is full";
        state.CancelDeadlines(device);
        state.Unsolicited.Stop(device);
        state.Devices.Update(device, SetAside(device.Record) with
        {
            RequestedJson = profile.CanonicalJson,
            Assigned = true,
            Verdict = OwnerVerdict.Approve,
            AmendmentJson = null,
            VerdictUntilUnixMs = 0,
        });
        Tell(device, state.Negotiator.Settle(device, now, new OwnersWord("assigned", "owner", name)), now);
        return null;
    }

    private string? Unassign(MacAddress mac, Instant now)
    {
        if (state.Devices.Find(mac) is not { Record.Assigned: true } device) return $"{mac} has no assigned profile";
        DeviceRecord record = device.Record;
        state.CancelDeadlines(device);
        // What was refused in the meantime stays refused; every other word was on the assigned profile and ends with it.
        bool refused = record.Verdict is OwnerVerdict.Deny or OwnerVerdict.Revoke;
        state.Devices.Update(device, record with
        {
            RequestedJson = record.OwnRequestJson,
            Assigned = false,
            State = record.OwnRequestJson is null ? DeviceState.New : record.State,
            Verdict = refused ? record.Verdict : record.OwnVerdict,
            AmendmentJson = refused ? null : record.OwnAmendmentJson,
            VerdictUntilUnixMs = 0,
            DecidedBy = "",
            OwnRequestJson = null,
            OwnVerdict = OwnerVerdict.None,
            OwnAmendmentJson = null,
        });
        Tell(device, state.Negotiator.Settle(device, now, new OwnersWord("unassigned", "owner")), now);
        return null;
    }

    // What the device asked, and the lasting word on that, holds again when the assignment ends: else a denied device would be free then.
    private static DeviceRecord SetAside(DeviceRecord record)
    {
        if (record.Assigned) return record;
        bool forGood = record.VerdictUntilUnixMs == 0;
        return record with
        {
            OwnRequestJson = record.RequestedJson,
            OwnVerdict = forGood ? record.Verdict : OwnerVerdict.None,
            OwnAmendmentJson = forGood ? record.AmendmentJson : null,
        };
    }

    private void Tell(Device device, bool answerChanged, Instant now)
    {
        if (answerChanged) state.Unsolicited.Start(device, now);
        state.Service.ReleaseHeld(device, now);
    }

    private string? Change(MacAddress mac, string kind, Func<DeviceControls, DeviceControls> change, Instant now)
    {
        DeviceControls before = state.Devices.Find(mac)?.Record.Controls ?? DeviceControls.None;
        DeviceControls after = change(before);
        if (after == before) return null;
        bool measures = Measured(after) != Measured(before);
        if (measures && state.Offload.RefusalOf(after, now) is { } refusal) return refusal;
        if (FindOrAdmit(mac, now) is not { } device) return "the table of devices is full";
        state.Negotiator.Control(device, after == DeviceControls.None ? null : after, kind, now);
        return null;
    }

    // One that was never here is put on record all the same: the word holds when it comes.
    private Device? FindOrAdmit(MacAddress mac, Instant now) =>
        state.Devices.Find(mac) ?? state.Owner.Admit(mac, now) ?? state.Negotiator.Admit(new ProfileSource(mac, "", "", ""), now);

    // What has to be counted or slowed; closing a device needs neither.
    private static DeviceControls Measured(DeviceControls controls) => controls with { Blocked = false, PausedUntilUnixMs = 0 };

    private static bool IsNone(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static string NoRate(string text) => $"'{text}' is no rate such as 5Mbps, 500Kbps or Line";
}
