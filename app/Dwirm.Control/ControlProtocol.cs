using System;

namespace Dwirm.Control;

/// <summary>
/// How the command line and the daemon talk: one connection carries one request, a JSON object on a line, and gets one JSON document
/// back, after which the daemon closes. <c>events</c> with <c>follow</c> gets one document a line until the caller leaves.
/// </summary>
public static class ControlProtocol
{
    /// <summary>File name of the socket below the run directory.</summary>
    public const string SocketName = "control.sock";

    /// <summary>Octets of a request, its line feed included; the daemon drops a connection that sends more without one.</summary>
    public const int MaxRequestOctets = 16 * 1024;

    /// <summary>Octets of an amendment, as for a profile.</summary>
    public const int MaxAmendmentOctets = 8 * 1024;

    /// <summary>Octets of a document that the command line takes into memory to print as a table; <c>--json</c> passes any length on.</summary>
    public const int MaxReplyOctets = 12 * 1024 * 1024;

    /// <summary>Events of an answer to <c>events</c> when the request names no limit.</summary>
    public const int DefaultEventLimit = 100;

    /// <summary>Path of the socket in <paramref name="runDirectory"/>.</summary>
    public static string SocketPath(string runDirectory) => runDirectory.EndsWith('/') ? runDirectory + SocketName : runDirectory + "/" + SocketName;

    /// <summary>Finds the first line in what has been received so far; <paramref name="line"/> is without its line feed.</summary>
    public static bool TryTakeLine(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> line)
    {
        int end = received.IndexOf((byte)'\n');
        line = end < 0 ? default : received[..end];
        return end >= 0;
    }
}

/// <summary>Methods of the socket; each is named as its command.</summary>
public static class ControlMethods
{
    /// <summary>Answers <see cref="StatusDto"/>.</summary>
    public const string Status = "status";

    /// <summary>Answers an array of <see cref="DeviceDto"/>.</summary>
    public const string Devices = "devices";

    /// <summary><c>mac</c>: answers one <see cref="DeviceDto"/>.</summary>
    public const string Device = "device";

    /// <summary>Answers an array of <see cref="LeaseDto"/>.</summary>
    public const string Leases = "leases";

    /// <summary>Answers an array of <see cref="GrantDto"/>.</summary>
    public const string Grants = "grants";

    /// <summary>Answers an array of <see cref="PendingDto"/>.</summary>
    public const string Pending = "pending";

    /// <summary><c>mac</c> (all without): answers an array of <see cref="CountersDto"/>.</summary>
    public const string Counters = "counters";

    /// <summary><c>follow</c>, <c>limit</c>, <c>mac</c>: answers an array of <see cref="EventDto"/>, oldest first; with follow one a line, past ones first.</summary>
    public const string Events = "events";

    /// <summary><c>mac</c>, <c>json</c> (an amendment that narrows), <c>once</c>, <c>value</c> (the only category): answers <see cref="OutcomeDto"/>.</summary>
    public const string Approve = "approve";

    /// <summary><c>mac</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Deny = "deny";

    /// <summary><c>mac</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Revoke = "revoke";

    /// <summary><c>mac</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Forget = "forget";

    /// <summary><c>mac</c>, <c>until</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string FullAccess = "full-access";

    /// <summary><c>mac</c>: answers <see cref="KeyDto"/> with the secret, this one time.</summary>
    public const string KeyAdd = "key-add";

    /// <summary>Answers an array of <see cref="KeyDto"/> without secrets.</summary>
    public const string KeyList = "key-list";

    /// <summary><c>mac</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string KeyRemove = "key-remove";

    /// <summary><c>mac</c>, or <c>json</c> (a profile) and <c>value</c> (a network): answers a <see cref="DeviceDto"/> that says what policy decides, and why.</summary>
    public const string Explain = "explain";

    /// <summary><c>mac</c>, <c>json</c> (a profile) or <c>value</c> (a template, or <c>none</c>): answers <see cref="OutcomeDto"/>.</summary>
    public const string Assign = "assign";

    /// <summary><c>mac</c>, <c>value</c> (a rate, or <c>none</c>), <c>up</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Limit = "limit";

    /// <summary><c>mac</c>, <c>until</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Pause = "pause";

    /// <summary><c>mac</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Resume = "resume";

    /// <summary><c>mac</c>, <c>value</c> (a daily window, or <c>none</c>): answers <see cref="OutcomeDto"/>.</summary>
    public const string Schedule = "schedule";

    /// <summary><c>mac</c>, <c>value</c> (octets a day, or <c>none</c>): answers <see cref="OutcomeDto"/>.</summary>
    public const string Quota = "quota";

    /// <summary><c>mac</c>, <c>clear</c>: answers <see cref="OutcomeDto"/>.</summary>
    public const string Block = "block";

    /// <summary><c>mac</c>, <c>until</c>, <c>clear</c> (end it): answers <see cref="OutcomeDto"/>.</summary>
    public const string Observe = "observe";

    /// <summary><c>mac</c>: answers <see cref="SuggestionDto"/>.</summary>
    public const string Suggest = "suggest";

    /// <summary><c>format</c> (<c>json</c> or <c>nft</c>), <c>mac</c>: answers <see cref="PlanDto"/>, or <see cref="TextDto"/> with an nft script.</summary>
    public const string Plan = "plan";
}
