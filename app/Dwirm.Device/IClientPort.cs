using System;
using Dwirm.Wire;

namespace Dwirm.Device;

/// <summary>What the client does to the world.</summary>
internal interface IClientPort
{
    /// <summary>Sends a message to UDP port 67; a broadcast goes out whether or not there is an address.</summary>
    void Send(ReadOnlySpan<byte> message, Ipv4Address source, Ipv4Address destination);

    /// <summary>Puts address, lifetime and default route of a lease into force.</summary>
    void Configure(LeaseFacts lease);

    /// <summary>Takes an address back.</summary>
    void Unconfigure(LeaseFacts lease);
}

/// <summary>What the client tells its user.</summary>
internal interface IReport
{
    /// <summary>A message left.</summary>
    void Sent(string name, int octets);

    /// <summary>The router answered the profile.</summary>
    /// <param name="profile">The answer as it came, valid UTF-8 and JSON.</param>
    /// <param name="solicited">True for the answer that was waited for, false for one that came later.</param>
    /// <param name="carrier">The message that brought it.</param>
    /// <param name="elapsedMs">Since the profile was last sent.</param>
    void Answer(ReadOnlySpan<byte> profile, bool solicited, string carrier, long elapsedMs);

    /// <summary>Something in the place of an answer that cannot be read.</summary>
    void Unreadable(string carrier, string reason);

    /// <summary>A server offers an address.</summary>
    void Offer(LeaseFacts offer);

    /// <summary>The lease is ours, or ours for longer.</summary>
    void Bound(LeaseFacts lease, bool renewed);

    /// <summary>A server said no.</summary>
    void Nak(string message);

    /// <summary>The lease ran out.</summary>
    void Expired(LeaseFacts lease);

    /// <summary>The lease was given back.</summary>
    void Released(LeaseFacts lease);

    /// <summary>Whether the message that is reported from now on was proven (RFC 3118, RFC 6704).</summary>
    bool Authenticated { set; }

    /// <summary>A message was discarded because it is not proven.</summary>
    void Refused(string carrier, string reason);

    /// <summary>The router asks, with proof, that the lease be renewed now.</summary>
    void ForcedToRenew();

    /// <summary>Time is over.</summary>
    void TimedOut(string waitedFor);
}
