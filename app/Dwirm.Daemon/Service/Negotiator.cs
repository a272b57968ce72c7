using System;
using System.Text;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>How a profile that arrived was dealt with.</summary>
public enum ProfileOutcome
{
    /// <summary>There is an answer: <see cref="DeviceRecord.AnswerJson"/>.</summary>
    Answered,

    /// <summary>The owner has to decide; nothing is said yet.</summary>
    Pending,

    /// <summary>Not looked at, or not understood; what held before still holds, or less.</summary>
    Refused,
}

/// <summary>What came with a profile.</summary>
/// <param name="Mac">Hardware address.</param>
/// <param name="ClientId">Client identifier, lower-case hexadecimal or empty.</param>
/// <param name="Network">Logical network.</param>
/// <param name="VendorClass">Option 60, cleaned, or empty.</param>
/// <param name="Authenticated">The message was proven with the device's key (RFC 3118).</param>
public readonly record struct ProfileSource(MacAddress Mac, string ClientId, string Network, string VendorClass, bool Authenticated = false);

/// <summary>What the owner said, or what ended by itself, as the history tells it: one event with what it led to.</summary>
/// <param name="Kind">Kind of event.</param>
/// <param name="By">Who, or <c>time</c>.</param>
/// <param name="Detail">More for people, or empty.</param>
public sealed record OwnersWord(string Kind, string By, string Detail = "");

/// <summary>Joins profiles, policy and the owner's word into device records, grants and history; every change goes through <see cref="Decide"/>.</summary>
public sealed class Negotiator
{
    private const int ProfilesPerSecond = 1, ProfilesBurst = 8;

    // A profile's share of the table's budget at most, but for one that is all host names: read, answered, granted.
    private const int GrowthPerCharacter = 16;
    private const int LongestStory = 200;
    private const int NewRequestsPerMinute = 12, NewRequestsAtOnce = 512;
    private readonly DaemonState _state;
    private readonly GrantNumbers _numbers;
    private TokenBucket _newRequests, _otherRequests;

    /// <summary>A negotiator over the daemon's state.</summary>
    /// <param name="state">Shared state.</param>
    /// <param name="generation">The last grant generation that was ever used.</param>
    internal Negotiator(DaemonState state, uint generation) => (_state, _numbers) = (state, new GrantNumbers(state, generation));

    /// <summary>Looks at a profile a device sent (validate, look up a stored decision, then policy).</summary>
    /// <param name="source">Who sent it, and where.</param>
    /// <param name="json">The profile as received.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="device">The device; null when it was refused before it got a record.</param>
    public ProfileOutcome Consider(in ProfileSource source, ReadOnlySpan<byte> json, Instant now, out Device? device)
    {
        device = _state.Devices.Find(source.Mac);
        if (device is not null && !device.ProfileBudget.TryTake(now.MonotonicMs, ProfilesPerSecond, ProfilesBurst))
        {
            // A flood gets nothing, not even the answer it already had: what holds is not touched.
            _state.Counters.Count("profile:rate-limited");
            return ProfileOutcome.Refused;
        }
        if (!IotProfile.TryParse(json, _state.Policy.Grammar, out IotProfile? profile, out ProfileFault fault))
        {
            _state.Counters.Count($"profile:{fault.Kind}");
            Misunderstood(source, fault, now, ref device);
            return ProfileOutcome.Refused;
        }
        // The owner's word on what it is to have outranks what it asks for: it is told what holds.
        if (device is { Record.Assigned: true }) Remember(device, source, profile, now);
        if (device is { Record.Assigned: true }) return device.Record.AnswerJson is null ? ProfileOutcome.Pending : ProfileOutcome.Answered;
        bool same = device is not null && device.Record.RequestedJson == profile.CanonicalJson && device.Record.ClientId == source.ClientId
            && device.Record.Network == source.Network && device.Record.State != DeviceState.New;
        if (!same)
        {
            if (!TakesMore(device, now)) return ProfileOutcome.Refused;
            device ??= Admit(source, now);
            if (device is null || !MakeRoom(device, GrowthPerCharacter * profile.CanonicalJson.Length, now)) return ProfileOutcome.Refused;
            Renew(device, source, profile);
            _state.History(now, device, "asked", "device", profile.Description ?? "no description");
            Decide(device, profile, now);
            _ = MakeRoom(device, 0, now);
        }
        else if (device!.Record.Authenticated != source.Authenticated)
        {
            // The same request by the same client, now proven: what the owner said of it holds, and policy may say more.
            _state.Devices.Update(device, device.Record with { Authenticated = source.Authenticated });
            _state.History(now, device, "authenticated", "device", "");
            Decide(device, profile, now);
        }
        return device!.Record.AnswerJson is null ? ProfileOutcome.Pending : ProfileOutcome.Answered;
    }

    /// <summary>Decides a device's request anew: policy, and the owner's verdict in the record. Records, grants and tells what changed.</summary>
    /// <param name="device">Which device.</param>
    /// <param name="profile">What it asks for.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="word">What the owner just said, as the history names it; null when nobody did.</param>
    /// <returns>True when the answer changed.</returns>
    public bool Decide(Device device, IotProfile profile, Instant now, OwnersWord? word = null)
    {
        string before = Standing(device, device.Record.State);
        Negotiation negotiation = _state.Offload.Limit(_state.Policy.Negotiate(InputFor(device.Record, profile, now)), device.Record);
        device.Services = negotiation.Services;
        device.ForwardAsked = negotiation.ForwardAsked || negotiation.EndpointAsked;
        device.ShortAnswerUtf8 = negotiation.ShortAnswerJson is { } shortForm ? Encoding.UTF8.GetBytes(shortForm) : [];
        device.Description = profile.Description ?? "";
        return Apply(device, negotiation.State, negotiation.AnswerJson, negotiation.Grant, negotiation.DecidedBy, now, word, before);
    }

    /// <summary>Everything that a decision on a device's profile depends on.</summary>
    public NegotiationInput InputFor(DeviceRecord record, IotProfile profile, Instant now)
    {
        IotProfile? amendment = null;
        OwnerVerdict verdict = record.Verdict;
        // An approval that was for less than what was asked, and of which it is not known any more for how much, is no approval.
        if (record.AmendmentJson is { } json && !IotProfile.TryParse(Encoding.UTF8.GetBytes(json), _state.Policy.Grammar, out amendment, out _)) verdict = OwnerVerdict.None;
        return new NegotiationInput
        {
            Profile = profile,
            Mac = record.Mac,
            Network = record.Network,
            Authenticated = record.Authenticated,
            Verdict = verdict,
            Amendment = amendment,
            Once = record.Verdict == OwnerVerdict.Approve && record.VerdictUntilUnixMs != 0,
            Source = record.Assigned ? RequestSource.Assigned : RequestSource.Dwirm,
            Forwards = _state.Forwards,
            DenyAction = _state.DenyActionOf(record.Network),
            VendorClass = record.VendorClass,
            Zone = _state.Zone,
            Now = now,
            LocalPrefixes = _state.LocalPrefixes,
            LocalPrefixes6 = _state.LocalPrefixes6,
        };
    }

    /// <summary>Decides anew from what is on record: the stored request, or without one the owner's word alone.</summary>
    /// <param name="device">Which device.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="word">What the owner just said, as the history names it; null when nobody did.</param>
    /// <returns>True when the answer changed.</returns>
    public bool Settle(Device device, Instant now, OwnersWord? word = null)
    {
        DeviceRecord record = device.Record;
        if (record.RequestedJson is { Length: > 0 } json)
        {
            return IotProfile.TryParse(Encoding.UTF8.GetBytes(json), _state.Policy.Grammar, out IotProfile? profile, out _)
                ? Decide(device, profile, now, word)
                : Apply(device, DeviceState.Quarantined, null, null, "its stored profile is not understood", now, word);
        }
        string before = Standing(device, record.State);
        device.Services = [];
        (device.ForwardAsked, device.Description) = (false, "");
        // Nothing was asked, so there is nothing to answer: only the treatment changes.
        bool full = record.Verdict == OwnerVerdict.FullAccess && !_state.Policy.DeniesFullAccess(record);
        DeviceState treatment = record.Verdict switch
        {
            OwnerVerdict.FullAccess when full => DeviceState.FullAccess,
            OwnerVerdict.Deny or OwnerVerdict.Revoke => _state.DenyActionOf(record.Network) == DenyAction.NoLease ? DeviceState.Denied : DeviceState.Quarantined,
            // One whose profile was not understood stays restricted when the word about it ends.
            _ => record.RequestedJson is not null || record.State == DeviceState.Quarantined ? DeviceState.Quarantined : DeviceState.New,
        };
        return Apply(device, treatment, null, full ? Grant.Unrestricted : null, record.Verdict == OwnerVerdict.None ? record.DecidedBy : "owner", now, word, before);
    }

    /// <summary>The device took a lease on another network. Policy and approval were for the former one, so it is decided anew and told.</summary>
    public void Move(Device device, string network, Instant now)
    {
        // One that goes to and fro at will stays where it was: its grant is bound to its address there.
        if (!device.ProfileBudget.TryTake(now.MonotonicMs, ProfilesPerSecond, ProfilesBurst)) return;
        StartOver(device, device.Record with { Network = network });
        _state.History(now, device, "moved", "device", network);
        if (Settle(device, now)) _state.Unsolicited.Start(device, now);
    }

    /// <summary>Puts a device into a state without a profile being weighed: full access, or nothing.</summary>
    private bool Apply(
        Device device, DeviceState newState, string? answer, Grant? grant, string decidedBy, Instant now, OwnersWord? word = null, string? before = null)
    {
        DeviceRecord record = device.Record;
        string? grantJson = grant?.ToJson();
        bool grantChanged = grantJson != record.GrantJson;
        bool answerChanged = answer != record.AnswerJson;
        bool stateChanged = newState != record.State;
        // A device that asks for something else again and again is not to have its traffic counted for nobody.
        if (grantChanged) _state.Quotas.Settle(record, now);
        device.Grant = grant;
        DeviceRecord next = record with
        {
            State = newState,
            AnswerJson = answer,
            GrantJson = grantJson,
            DecidedBy = decidedBy,
            Generation = grantChanged ? _numbers.GenerationFor(grant, record.Controls) : record.Generation,
            Slot = grantChanged ? _numbers.SlotFor(record, grant) : record.Slot,
            SinceUnixMs = stateChanged ? now.UnixMs : record.SinceUnixMs,
        };
        // The same again costs no flash.
        if (word is null && ReferenceEquals(record, device.Recorded) && next == record) return false;
        if (grantChanged || stateChanged)
        {
            _state.Forwards.Assign(record.Mac, grant);
            _state.Names.Assign(record.Mac, grant, now);
            _state.Enforcement.MarkDirty(record.Mac);
        }
        _state.Devices.Update(device, next);
        _state.Turn.Batch.Put(next);
        before ??= StateNames.Of(record.State);
        if (word is not null) _state.History(now, device, word.Kind, word.By, word.Detail, before, Standing(device, newState));
        else if (stateChanged || answerChanged || grantChanged)
        {
            _state.History(now, device, StateNames.Of(newState), decidedBy, Describe(device), before, Standing(device, newState));
        }
        return answerChanged;
    }

    /// <summary>Weighs every stored request and word of the owner again, after the policy changed or the daemon started; the outcome is the same unless policy is not.</summary>
    /// <param name="now">The turn's time.</param>
    /// <param name="answerChanged">Called for each device whose answer is not what it was told.</param>
    public void ReconsiderAll(Instant now, Action<Device> answerChanged)
    {
        foreach (Device device in _state.Devices.All)
        {
            if (device.Record.RequestedJson is null && device.Record.Verdict == OwnerVerdict.None) continue;
            string? before = device.Record.AnswerJson;
            if (Settle(device, now) && before is not null) answerChanged(device);
        }
    }

    /// <summary>A device with a fresh record, making room if the table is full; null when there is none.</summary>
    public Device? Admit(in ProfileSource source, Instant now)
    {
        if (!MakeRoom(null, 0, now)) return null;
        var device = new Device(new DeviceRecord
        {
            Mac = source.Mac,
            ClientId = source.ClientId,
            Network = source.Network,
            FirstSeenUnixMs = now.UnixMs,
            SinceUnixMs = now.UnixMs,
        });
        device.ProfileBudget.TryTake(now.MonotonicMs, ProfilesPerSecond, ProfilesBurst);
        _state.Devices.Add(device);
        return device;
    }

    /// <summary>Removes everything known of a device; it is new again.</summary>
    public void Forget(Device device, Instant now, string by, string why)
    {
        _state.Unsolicited.Stop(device);
        _state.CancelDeadlines(device);
        _state.Service.DropHeld(device);
        _state.Forwards.Assign(device.Record.Mac, null);
        _state.Names.Assign(device.Record.Mac, null, now);
        _state.Devices.Remove(device);
        _state.Turn.Batch.Remove(device.Record.Mac);
        _state.History(now, device, "forgotten", by, why);
        _state.Enforcement.MarkDirty(device.Record.Mac);
    }

    /// <summary>Puts a device under other controls, or under none; the owner's word on its request is another matter.</summary>
    public void Control(Device device, DeviceControls? controls, string kind, Instant now)
    {
        DeviceRecord record = device.Record;
        string before = (record.Controls ?? DeviceControls.None).Describe(), after = (controls ?? DeviceControls.None).Describe();
        DeviceRecord next = record with { Controls = controls };
        bool counts = controls is { NeedsClass: true } || device.Grant is not null;
        next = next with { Generation = !counts ? 0 : record.Generation == 0 ? _numbers.NextGeneration() : record.Generation, Slot = _numbers.SlotFor(next, device.Grant) };
        _state.Enforcement.MarkDirty(record.Mac);
        _state.History(now, device, kind, "owner", after, before, after);
        _state.Devices.Update(device, next);
        bool nothingLeft = controls is null && next.State == DeviceState.New && next.Verdict == OwnerVerdict.None && next.RequestedJson is null;
        if (!nothingLeft)
        {
            _state.Turn.Batch.Put(next);
            return;
        }
        _state.Devices.Remove(device);
        _state.Turn.Batch.Remove(record.Mac);
    }

    /// <summary>A profile that is not understood never widens anything: a device that had no standing is restricted, and the owner is told (DWIRM-04).</summary>
    private void Misunderstood(in ProfileSource source, ProfileFault fault, Instant now, ref Device? device)
    {
        string why = $"its profile is not understood: {fault.Describe()}";
        if (_state.Log.AllowsPacketLine(now)) _state.Log.Warning($"{source.Mac} on {source.Network}: {why}");
        if (device is null && TakesMore(null, now)) device = Admit(source, now);
        if (device is null || device.Record.State != DeviceState.New) return;
        // An empty request says that there was one: whatever else ends, the device does not become one that never asked.
        _state.Devices.Update(device, device.Record with { RequestedJson = "" });
        Apply(device, DeviceState.Quarantined, null, null, why, now);
    }

    private void Renew(Device device, in ProfileSource source, IotProfile profile) => StartOver(device, device.Record with
    {
        ClientId = source.ClientId,
        Network = source.Network,
        VendorClass = source.VendorClass,
        RequestedJson = profile.CanonicalJson,
        Authenticated = source.Authenticated,
    });

    /// <summary>Keeps what a device asks for while something else is assigned to it: that is decided when the assignment ends.</summary>
    private void Remember(Device device, in ProfileSource source, IotProfile profile, Instant now)
    {
        DeviceRecord record = device.Record;
        if (record.OwnRequestJson == profile.CanonicalJson || !TakesMore(device, now)) return;
        if (!MakeRoom(device, 2 * profile.CanonicalJson.Length, now)) return;
        _state.Devices.Update(device, record with
        {
            OwnRequestJson = profile.CanonicalJson,
            OwnVerdict = Refusal(record.OwnVerdict),
            OwnAmendmentJson = null,
            Authenticated = record.Authenticated && source.Authenticated,
        });
    }

    // What of the owner's word outlives the request that it was said of.
    private static OwnerVerdict Refusal(OwnerVerdict word) => word is OwnerVerdict.Deny or OwnerVerdict.Revoke ? word : OwnerVerdict.None;

    /// <summary>The verdict belongs to one client, one network and one request: another of these starts from policy again, and only a refusal stays.</summary>
    private void StartOver(Device device, DeviceRecord next)
    {
        OwnerVerdict verdict = device.Record.Verdict;
        bool sameClient = device.Record.ClientId == next.ClientId;
        bool keeps = next.Assigned || verdict is OwnerVerdict.Deny or OwnerVerdict.Revoke || (sameClient && verdict == OwnerVerdict.FullAccess);
        _state.Unsolicited.Stop(device);
        _state.Devices.Update(device, next with
        {
            Verdict = keeps ? verdict : OwnerVerdict.None,
            AmendmentJson = null,
            VerdictUntilUnixMs = keeps ? device.Record.VerdictUntilUnixMs : 0,
            OwnVerdict = Refusal(device.Record.OwnVerdict),
            OwnAmendmentJson = null,
        });
    }

    /// <summary>
    /// New requests cost a write to flash each, and MACs are free: as many as a large building may power up at once, then few. Devices on
    /// record that ask for something else have a budget of their own: strangers do not use it up.
    /// </summary>
    private bool TakesMore(Device? known, Instant now)
    {
        ref TokenBucket budget = ref known is null ? ref _newRequests : ref _otherRequests;
        if (budget.TryTake(now.MonotonicMs / 60, NewRequestsPerMinute, NewRequestsAtOnce)) return true;
        _state.Counters.Count("profile:too-many-new");
        return false;
    }

    /// <summary>Makes room for so many octets, at the cost of devices nobody decided about; false when every other device counts.</summary>
    private bool MakeRoom(Device? forWhom, int octets, Instant now)
    {
        while (forWhom is null ? !_state.Devices.HasRoom : !_state.Devices.HasRoomFor(octets))
        {
            if (_state.Devices.Expendable(other => other == forWhom || _state.HasLease(other)) is not { } old)
            {
                _state.Counters.Count("profile:table-full");
                if (_state.Log.AllowsPacketLine(now)) _state.Log.Warning("the table of devices is full: no other grant is made");
                return false;
            }
            Forget(old, now, "daemon", "the table of devices was full");
        }
        return true;
    }

    private static string Describe(Device device)
    {
        var text = new StringBuilder();
        foreach (ServiceDecision service in device.Services)
        {
            if (text.Length > 0) text.Append("; ");
            text.Append(service.Category).Append(": ").Append(service.Decision.Text());
            if (text.Length > LongestStory) break;
        }
        // Names are the device's to choose, and history is in flash.
        return text.Length <= LongestStory ? text.ToString() : $"{text.ToString(0, LongestStory)} …";
    }

    private static string Standing(Device device, DeviceState state)
    {
        string services = state is DeviceState.New or DeviceState.FullAccess ? "" : Describe(device);
        return services.Length == 0 ? StateNames.Of(state) : $"{StateNames.Of(state)}: {services}";
    }
}
