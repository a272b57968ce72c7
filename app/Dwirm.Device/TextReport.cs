using System;
using System.Text;
using Dwirm.Linux;
using Dwirm.Policy.Profiles;

namespace Dwirm.Device;

/// <summary>Lines for people. What others sent is shown only as the profile reader cleaned it.</summary>
/// <param name="request">The profile that was sent, to say what the answer changes; null without one.</param>
internal sealed class TextReport(IotProfile? request) : IReport
{
    public bool Authenticated { private get; set; }

    public void Sent(string name, int octets) => Line($"sent {name}, {octets} octets");

    public void Answer(ReadOnlySpan<byte> profile, bool solicited, string carrier, long elapsedMs)
    {
        if (!IotProfile.TryParseAnswer(profile, out IotProfile? answer, out _)) return;
        Line(solicited ? $"answer in {carrier}{Proof} after {elapsedMs} ms:" : $"later answer in {carrier}{Proof}:");
        StandardStreams.Out(AnswerText.Describe(request, answer!));
    }

    public void Unreadable(string carrier, string reason) => Line($"{carrier} carries an answer that cannot be read: {reason}");

    public void Offer(LeaseFacts offer) => Line($"offered {offer.Address} by {offer.Server}{Proof}");

    public void Bound(LeaseFacts lease, bool renewed)
    {
        var text = new StringBuilder(renewed ? "renewed " : "bound to ").Append(lease.Prefix);
        text.Append(lease.Seconds == LeaseFacts.Infinite ? " for ever" : $" for {lease.Seconds} s");
        if (lease.Router is { } router) text.Append(", router ").Append(router);
        for (int i = 0; i < lease.Dns.Count; i++) text.Append(i == 0 ? ", DNS " : " ").Append(lease.Dns[i]);
        Line(text.ToString());
    }

    public void Nak(string message) => Line(message.Length == 0 ? "refused by the server (DHCPNAK)" : $"refused by the server (DHCPNAK): {Printable(message)}");

    public void Expired(LeaseFacts lease) => Line($"the lease of {lease.Address} ran out");

    public void Released(LeaseFacts lease) => Line($"released {lease.Address}");

    public void Refused(string carrier, string reason) => Line($"{carrier} refused: {reason}");

    public void ForcedToRenew() => Line("the router asks to renew (DHCPFORCERENEW, authenticated)");

    public void TimedOut(string waitedFor) => Line($"gave up waiting for {waitedFor}");

    private string Proof => Authenticated ? " (authenticated)" : "";

    // A server's text goes to a terminal: nothing in it may be an escape sequence.
    internal static string Printable(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(c is >= ' ' and <= '~' ? c : '?');
        return clean.ToString();
    }

    private static void Line(string text) => StandardStreams.Out(text + "\n");
}
