using System;
using System.Text;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>What the owner may say of a device. Each returns null when done, or why not.</summary>
internal sealed class OwnerCommands(DaemonState state)
{
    // A hundred years: what a single approval gets on a lease that does not end by itself.
    private const long Lifetime = 100L * 365 * 86_400_000;

    /// <summary>Grants what policy left to the owner; what a rule denies stays denied.</summary>
    /// <param name="mac">Which device.</param>
    /// <param name="amendmentJson">A profile that narrows the request, or null.</param>
    /// <param name="once">True to let the approval end with the present lease.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="category">The only category to approve; empty for all. What else waits is refused until it is approved too.</param>
    public string? Approve(MacAddress mac, string? amendmentJson, bool once, Instant now, string category = "")
    {
        if (state.Devices.Find(mac) is not { } device) return NothingKnown(mac);
        if (string.IsNullOrEmpty(device.Record.RequestedJson))
        {
            return $"{mac} has sent no profile to approve; `dwirm assign` gives it one, `dwirm full-access` lifts all restrictions";
        }
        if (amendmentJson is not null)
        {
            if (!IotProfile.TryParse(Encoding.UTF8.GetBytes(amendmentJson), state.Policy.Grammar, out IotProfile? amendment, out ProfileFault fault))
            {
                return $"the amendment is not a profile: {fault.Describe()}";
            }
            // A name that is wrong would refuse the category that was meant.
            IotProfile? asked = Read(device.Record.RequestedJson);
            foreach (CategoryRequest one in amendment.Categories)
            {
                if (asked?.Find(one.Direction, one.Name) is not null) continue;
                return $"{mac} does not ask to {Verb(one.Direction)} '{one.Name}', which the amendment has";
            }
            amendmentJson = amendment.CanonicalJson;
        }
        if (category.Length > 0 && (amendmentJson = InPart(device.Record, category, amendmentJson, now)) is null) return $"{mac} does not ask for a category '{category}'";
        long until = 0;
        if (once)
        {
            if (state.LeaseOf(device) is not { } lease) return $"{mac} has no lease that a single approval could end with";
            until = lease.ExpiresMs == long.MaxValue ? now.UnixMs + Lifetime : now.ToUnixMs(lease.ExpiresMs);
        }
        return Speak(device, OwnerVerdict.Approve, amendmentJson, until, now, category);
    }

    /// <summary>Refuses the request.</summary>
    public string? Deny(MacAddress mac, Instant now) => state.Devices.Find(mac) is not { } device
        ? NothingKnown(mac)
        : Speak(device, OwnerVerdict.Deny, null, 0, now);

    /// <summary>Takes everything back that was granted.</summary>
    public string? Revoke(MacAddress mac, Instant now) => state.Devices.Find(mac) is not { } device
        ? NothingKnown(mac)
        : Speak(device, OwnerVerdict.Revoke, null, 0, now);

    /// <summary>Lifts every restriction, for good or until a time.</summary>
    public string? FullAccess(MacAddress mac, long untilUnixMs, Instant now)
    {
        if (untilUnixMs != 0 && untilUnixMs <= now.UnixMs) return "the time given is past";
        Device? device = state.Devices.Find(mac) ?? Admit(mac, now);
        if (device is null) return $"no device {mac}; `dwirm leases` lists those that are present";
        if (string.IsNullOrEmpty(device.Record.RequestedJson) && state.Policy.DeniesFullAccess(device.Record)) return "a rule of the policy denies Full Access";
        return Speak(device, OwnerVerdict.FullAccess, null, untilUnixMs, now);
    }

    /// <summary>Removes everything known of a device; the posture of its network applies again.</summary>
    public string? Forget(MacAddress mac, Instant now)
    {
        if (state.Devices.Find(mac) is not { } device) return NothingKnown(mac);
        state.Negotiator.Forget(device, now, "owner", "by command");
        return null;
    }

    /// <summary>Lets verdicts that hold for a time end, now or when they are due; called after the store was read.</summary>
    public void Watch(Device device, Instant now)
    {
        if (device.Record.VerdictUntilUnixMs == 0) return;
        device.VerdictDeadline ??= new Deadline(later => EndVerdict(device, later));
        // A wall-clock time: looked at least every minute, so that a clock step is followed.
        long dueMs = Math.Min(now.ToMonotonicMs(device.Record.VerdictUntilUnixMs), now.MonotonicMs + 60_000);
        state.Loop.Deadlines.Set(device.VerdictDeadline, dueMs);
    }

    /// <summary>An approval for one lease ends with it, however long it was to last.</summary>
    public void LeaseEnded(Device device, Instant now)
    {
        if (device.Record is { Verdict: OwnerVerdict.Approve, VerdictUntilUnixMs: not 0 }) Speak(device, OwnerVerdict.None, null, 0, now);
    }

    /// <summary>Ends a verdict whose time has come, or looks again later.</summary>
    public void EndVerdict(Device device, Instant now)
    {
        if (device.Record.VerdictUntilUnixMs == 0) return;
        if (now.UnixMs < device.Record.VerdictUntilUnixMs) Watch(device, now);
        else Speak(device, OwnerVerdict.None, null, 0, now);
    }

    private string? InPart(DeviceRecord record, string category, string? amendmentJson, Instant now)
    {
        if (Read(record.RequestedJson) is not { } profile) return null;
        NegotiationInput input = state.Negotiator.InputFor(record with { Verdict = OwnerVerdict.None, AmendmentJson = null }, profile, now);
        IotProfile? earlier = record.Verdict == OwnerVerdict.Approve ? Read(record.AmendmentJson) : null;
        return PartialApproval.Amendment(profile, state.Policy.Negotiate(input).Services, category, Read(amendmentJson), earlier);
    }

    private IotProfile? Read(string? json) =>
        json is not null && IotProfile.TryParse(Encoding.UTF8.GetBytes(json), state.Policy.Grammar, out IotProfile? profile, out _) ? profile : null;

    private string? Speak(Device device, OwnerVerdict verdict, string? amendment, long untilUnixMs, Instant now, string category = "")
    {
        state.CancelDeadlines(device);
        state.Devices.Update(device, device.Record with { Verdict = verdict, AmendmentJson = amendment, VerdictUntilUnixMs = untilUnixMs });
        string until = untilUnixMs == 0 ? category : verdict == OwnerVerdict.Approve ? $"{category} for this lease".TrimStart() : "for a time";
        bool answerChanged = state.Negotiator.Settle(device, now, new OwnersWord(Spoken(verdict), verdict == OwnerVerdict.None ? "time" : "owner", until));
        Watch(device, now);
        if (answerChanged) state.Unsolicited.Start(device, now);
        state.Service.ReleaseHeld(device, now);
        return null;
    }

    /// <summary>A record for a device that holds a lease and was never spoken of; null when there is no such lease, or no room.</summary>
    public Device? Admit(MacAddress mac, Instant now)
    {
        foreach (string network in state.Ports.Keys)
        {
            if (state.Dhcp.Leases.ByMac(mac, network) is not { State: LeaseState.Bound } lease) continue;
            var source = new ProfileSource(mac, lease.ClientId, network, "");
            return state.Negotiator.Admit(source, now);
        }
        return null;
    }

    private string NothingKnown(MacAddress mac)
    {
        foreach (string network in state.Ports.Keys)
        {
            if (state.Dhcp.Leases.ByMac(mac, network) is { State: LeaseState.Bound }) return $"{mac} has sent no profile, and nothing was decided about it";
        }
        return $"no device {mac}; `dwirm devices` lists them";
    }

    private static string Verb(ServiceDirection direction) => direction == ServiceDirection.Provide ? "provide" : "consume";

    private static string Spoken(OwnerVerdict verdict) => verdict switch
    {
        OwnerVerdict.Approve => "approved",
        OwnerVerdict.Deny => "denied",
        OwnerVerdict.Revoke => "revoked",
        OwnerVerdict.FullAccess => "full-access",
        _ => "verdict-ended",
    };
}
