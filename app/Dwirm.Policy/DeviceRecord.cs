using System;
using Dwirm.Policy.Controls;
using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>Where a device stands between asking and being granted; the names are those of the control socket's JSON.</summary>
public enum DeviceState : byte
{
    /// <summary>Never sent a profile; the posture of its network applies.</summary>
    New = 0,

    /// <summary>Asked, and the owner has not decided: restricted to DHCP, DNS and NTP of the router.</summary>
    Pending = 1,

    /// <summary>Granted as asked.</summary>
    Granted = 2,

    /// <summary>Granted with changes.</summary>
    Amended = 3,

    /// <summary>Refused and given no lease (deny_action no-lease).</summary>
    Denied = 4,

    /// <summary>Refused or withdrawn: a lease, but only DHCP, DNS and NTP of the router.</summary>
    Quarantined = 5,

    /// <summary>Not restricted, by the owner's word or by an authenticated request.</summary>
    FullAccess = 6,
}

/// <summary>What the owner said of a device's request; it outranks an "ask", never a rule's "deny".</summary>
public enum OwnerVerdict : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Approved: everything that policy left to the owner is granted.</summary>
    Approve = 1,

    /// <summary>Denied in full.</summary>
    Deny = 2,

    /// <summary>Was granted, and taken back.</summary>
    Revoke = 3,

    /// <summary>Full access, until <see cref="DeviceRecord.VerdictUntilUnixMs"/> where that is set.</summary>
    FullAccess = 4,
}

/// <summary>What is durable about one device: who it is, what it asked, what was decided. One row of the store, replaced as a whole.</summary>
/// <remarks>All text that came from the device is already cleaned of control characters and bounded in length.</remarks>
public sealed record DeviceRecord
{
    private readonly Utf8Text _requested, _answer, _grant;

    /// <summary>Hardware address (chaddr): the key.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Client identifier (option 61) as lower-case hexadecimal, empty when the device sent none. A verdict is bound to MAC and client identifier.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Logical network the device was last seen on.</summary>
    public required string Network { get; init; }

    /// <summary>Host name the device asked for, a valid label or empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Vendor class (option 60) of the message that carried the profile, cleaned, or empty: policy may match on it.</summary>
    public string VendorClass { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public DeviceState State { get; init; }

    /// <summary>The profile it asked for, minified JSON in the client's key order; null when it never sent one.</summary>
    public string? RequestedJson
    {
        get => _requested.Text;
        init => _requested = new Utf8Text(value);
    }

    /// <summary>The answer that holds, byte for byte what DHCPDWIRMSERVER carries before any shortening; null while undecided.</summary>
    public string? AnswerJson
    {
        get => _answer.Text;
        init => _answer = new Utf8Text(value);
    }

    /// <summary><see cref="AnswerJson"/> as it goes on the wire; empty for none.</summary>
    public ReadOnlySpan<byte> AnswerUtf8 => _answer.Octets;

    /// <summary>The grant that is enforced, in <c>Grant</c>'s own JSON; null when nothing is granted.</summary>
    public string? GrantJson
    {
        get => _grant.Text;
        init => _grant = new Utf8Text(value);
    }

    /// <summary>True when there is a <see cref="GrantJson"/>.</summary>
    public bool HasGrant => _grant.IsThere;

    /// <summary>Octets of <see cref="GrantJson"/> in UTF-8.</summary>
    public int GrantOctets => _grant.Octets.Length;

    /// <summary>True when both have the same <see cref="GrantJson"/>.</summary>
    public bool HasGrantOf(DeviceRecord other) => _grant.Equals(other._grant);

    /// <summary>Octets of the texts that a device or its owner decides the length of.</summary>
    public int TextOctets => _requested.Octets.Length + _answer.Octets.Length + _grant.Octets.Length
        + 2 * ((AmendmentJson?.Length ?? 0) + (OwnRequestJson?.Length ?? 0) + (OwnAmendmentJson?.Length ?? 0));

    /// <summary>The owner's word on exactly <see cref="RequestedJson"/>.</summary>
    public OwnerVerdict Verdict { get; init; }

    /// <summary>The owner's amendment (a profile that narrows), or null.</summary>
    public string? AmendmentJson { get; init; }

    /// <summary>When the verdict ends, Unix milliseconds, 0 for never.</summary>
    public long VerdictUntilUnixMs { get; init; }

    /// <summary>Which rule or person decided, for people to read.</summary>
    public string DecidedBy { get; init; } = "";

    /// <summary>Generation of the grant: 24 bits, from a counter that only grows; the upper part of every service id (sid) in the kernel.</summary>
    public uint Generation { get; init; }

    /// <summary>Slot of the device's traffic classes, 0 to 4093; -1 when it has none.</summary>
    public int Slot { get; init; } = -1;

    /// <summary>True when the request was proven by RFC 3118 authentication.</summary>
    public bool Authenticated { get; init; }

    /// <summary>The owner's everyday controls; null for none.</summary>
    public DeviceControls? Controls { get; init; }

    /// <summary>True when <see cref="RequestedJson"/> is a profile that the owner assigned, and not one that the device sent.</summary>
    public bool Assigned { get; init; }

    /// <summary>While <see cref="Assigned"/>: what the device itself asks for, as <see cref="RequestedJson"/> would have it.</summary>
    public string? OwnRequestJson { get; init; }

    /// <summary>While <see cref="Assigned"/>: the owner's word, for good, from before; it holds again when the assignment ends.</summary>
    public OwnerVerdict OwnVerdict { get; init; }

    /// <summary>The amendment that belongs to <see cref="OwnVerdict"/>, or null.</summary>
    public string? OwnAmendmentJson { get; init; }

    /// <summary>When its last lease ended, Unix milliseconds; 0 when none has. The decision is remembered for a time after that.</summary>
    public long GoneUnixMs { get; init; }

    /// <summary>First contact, Unix milliseconds.</summary>
    public long FirstSeenUnixMs { get; init; }

    /// <summary>When <see cref="State"/> last changed, Unix milliseconds.</summary>
    public long SinceUnixMs { get; init; }
}

/// <summary>One line of the decision history.</summary>
/// <param name="UnixMs">When.</param>
/// <param name="Mac">Which device.</param>
/// <param name="Kind">What happened: <c>asked</c>, <c>granted</c>, <c>amended</c>, <c>pending</c>, <c>denied</c>, <c>approved</c>, <c>revoked</c>, <c>forgotten</c>, …</param>
/// <param name="By">Rule name, <c>owner</c>, or <c>device</c>.</param>
/// <param name="Detail">One line for people.</param>
/// <param name="Before">What held before: state and services, or controls; empty where nothing changed.</param>
/// <param name="After">What holds since.</param>
public sealed record HistoryEntry(long UnixMs, MacAddress Mac, string Kind, string By, string Detail, string Before = "", string After = "");

/// <summary>What a device has used of its daily quota.</summary>
/// <param name="Mac">Which device.</param>
/// <param name="Day">Number of the local day, counted from 1970-01-01.</param>
/// <param name="Octets">Octets on that day, both directions.</param>
public sealed record QuotaUsage(MacAddress Mac, long Day, long Octets);
