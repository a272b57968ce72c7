using System;
using System.Collections.Generic;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Wire;

namespace Dwirm.Daemon.Devices;

/// <summary>One device as the daemon knows it: the durable record and what only this run knows.</summary>
public sealed class Device
{
    /// <summary>What the parts of a device that are there whatever it asked for take, in octets: record, lease, who holds its addresses, counters.</summary>
    private const int FixedWeight = 2048;

    /// <summary>What a grant of so many octets of JSON takes parsed, decided, planned and as elements in the kernel's tables, in multiples of them.</summary>
    private const int GrantFactor = 8;

    /// <summary>A device with the given record.</summary>
    public Device(DeviceRecord record) => Record = record;

    /// <summary>What is durable.</summary>
    public DeviceRecord Record { get; set; }

    /// <summary>The record as the store has it; null while it has none. Only what is recorded is enforced.</summary>
    public DeviceRecord? Recorded { get; set; }

    /// <summary>The answer as it goes on the wire; empty while there is none.</summary>
    public ReadOnlySpan<byte> AnswerUtf8 => Record.AnswerUtf8;

    /// <summary>The Status form of the answer, for clients that cannot take the whole; empty when the decision is not the same for all services.</summary>
    public byte[] ShortAnswerUtf8 { get; set; } = [];

    /// <summary>The grant of <see cref="DeviceRecord.GrantJson"/>, parsed.</summary>
    public Grant? Grant { get; set; }

    /// <summary>What was decided of each category, newest decision.</summary>
    public IReadOnlyList<ServiceDecision> Services { get; set; } = [];

    /// <summary>A port forward, or an endpoint inside the house, waits for the owner although the profile is answered.</summary>
    public bool ForwardAsked { get; set; }

    /// <summary>The profile's own description, cleaned; empty when there is none.</summary>
    public string Description { get; set; } = "";

    /// <summary>The client of the last DWIRM exchange, so that a late answer can be sent; null when none was seen in this run.</summary>
    public Dhcpv4Correspondent? Exchange { get; set; }

    /// <summary>The address it had in the plan that was made last; null for none.</summary>
    public Ipv4Address? PlannedAddress { get; set; }

    /// <summary>IPv6 addresses it was seen to form, at most <see cref="LearntAddress.PerDevice"/>; beside them it has its EUI-64 link-local one.</summary>
    internal List<LearntAddress> Addresses6 { get; } = [];

    /// <summary>Monotonic milliseconds at which its part of the plan changes by schedule or verdict.</summary>
    internal long PlanChangesMs { get; set; } = long.MaxValue;

    /// <summary>True while its part of the plan is to be made anew.</summary>
    internal bool IsPlanDirty { get; set; }

    /// <summary>A DISCOVER whose OFFER waits for the decision, as it was received; null when none waits.</summary>
    public byte[]? HeldDiscover { get; set; }

    /// <summary>True when that DISCOVER is to be answered with a signed OFFER.</summary>
    public bool HeldSigns { get; set; }

    /// <summary>True when its last DWIRM exchange used or asked for authentication, so that what is sent later is signed too.</summary>
    public bool AsksAuthentication { get; set; }

    /// <summary>True when it reads the answer in an ACK, so that it may be told to renew.</summary>
    public bool ReadsAnswerInAck { get; set; }

    /// <summary>The forcerenew nonce it was given (RFC 6704), or null. Not kept over restarts: the next renewal gets a new one.</summary>
    public byte[]? Nonce { get; set; }

    /// <summary>True while it is asked to renew, instead of being sent the answer.</summary>
    public bool IsForcedToRenew { get; set; }

    /// <summary>Ends the wait for a decision (100 ms from receipt).</summary>
    public Deadline? DecisionDeadline { get; set; }

    /// <summary>Next unsolicited DHCPDWIRMSERVER.</summary>
    public Deadline? UnsolicitedDeadline { get; set; }

    /// <summary>Unsolicited answers sent since the last decision, 0 to 3.</summary>
    public int UnsolicitedSent { get; set; }

    /// <summary>End of a verdict that holds for a time.</summary>
    public Deadline? VerdictDeadline { get; set; }

    /// <summary>Limits how often the device's profiles are looked at.</summary>
    internal TokenBucket ProfileBudget;

    /// <summary>What it did with the DNS forwarder; null until it asked something.</summary>
    internal DnsUse? Dns { get; set; }

    /// <summary>Names it asked the DNS forwarder for, in this run.</summary>
    public long DnsQueries => Dns?.Queries ?? 0;

    /// <summary>Of its questions, those that were not taken because they were too many or malformed.</summary>
    public long DnsDropped => Dns?.Dropped ?? 0;

    /// <summary>Of its questions, those the router's resolver did not answer in time.</summary>
    public long DnsTimeouts => Dns?.Timeouts ?? 0;

    /// <summary>What it has used of its daily quota.</summary>
    public QuotaUsage? Quota { get; set; }

    /// <summary>True when its counters were read since it has a quota in this run: what they show more from then on is used.</summary>
    internal bool IsMetered { get; set; }

    /// <summary>True while it is under enforcement: it asked, or the owner spoke of it.</summary>
    public bool IsManaged => Record.State is not DeviceState.New || Record.Controls is not null;

    /// <summary>True while today's quota is used up. Which day it is nobody knows before the clock is right, so it stays as it was.</summary>
    public bool IsQuotaSpent(Instant now, ILocalZone zone) =>
        Record.Controls is { QuotaBytes: > 0 } controls && Quota is { } used && used.Octets >= controls.QuotaBytes
        && (!now.WallIsTrusted || used.Day == LocalDay.Of(now.UnixMs, zone));

    /// <summary>
    /// What may be enforced of it: its record once the store has it. Before, a grant that is in both goes on, and everything else is
    /// restricted; null when the posture of its network applies.
    /// </summary>
    public DeviceRecord? Enforceable
    {
        get
        {
            bool isFree = IsFree(Record);
            if (ReferenceEquals(Recorded, Record)) return isFree ? null : Record;
            if (isFree && (Recorded is null || IsFree(Recorded))) return null;
            bool sameGrant = Grants(Record) && Recorded is not null && Grants(Recorded)
                && Record.Generation == Recorded.Generation && Record.HasGrantOf(Recorded) && Record.Network == Recorded.Network
                && Equals(Record.Controls, Recorded.Controls);
            return sameGrant ? Record : Record with { State = DeviceState.Quarantined, GrantJson = null };
        }
    }

    /// <summary>Octets held for the device, for the table's budget: its texts, and what its grant becomes.</summary>
    public int Weight => FixedWeight + Record.TextOctets + GrantFactor * Record.GrantOctets;

    /// <summary>The record of a device whose grant has no room in memory: it is known, and restricted.</summary>
    internal static DeviceRecord WithoutGrant(DeviceRecord record) => IsFree(record) || record.Verdict == OwnerVerdict.FullAccess ? record
        : record with { State = DeviceState.Quarantined, RequestedJson = "", AnswerJson = null, GrantJson = null, AmendmentJson = null, Generation = 0, Slot = -1 };

    // Nothing but the posture of its network applies.
    private static bool IsFree(DeviceRecord record) => record.State == DeviceState.New && record.Controls is null;

    private static bool Grants(DeviceRecord record) => record.State is DeviceState.Granted or DeviceState.Amended or DeviceState.FullAccess;
}
