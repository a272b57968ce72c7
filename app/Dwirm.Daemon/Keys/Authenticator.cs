using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Store;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Keys;

/// <summary>What a message's option 90 comes to.</summary>
internal enum ProofKind : byte
{
    /// <summary>Nothing is proven, and nothing was asked: plain DHCP goes on.</summary>
    None = 0,

    /// <summary>Nothing is proven, but the client wants signed answers and has a key (RFC 3118 section 5.5.1).</summary>
    Asked,

    /// <summary>The sender has the device's key, and the message is new.</summary>
    Proven,

    /// <summary>The message is to be discarded; that is counted.</summary>
    Refused,
}

/// <summary>The proof that came with a message.</summary>
/// <param name="Kind">What it comes to.</param>
/// <param name="Key">The key of the sender's MAC, or null when it has none.</param>
internal readonly record struct Proof(ProofKind Kind, DeviceKey? Key)
{
    /// <summary>True when the answers are to be signed.</summary>
    public bool Signs => Kind is ProofKind.Asked or ProofKind.Proven;

    /// <summary>True when a profile in the message may be looked at: a device that has a key must use it, others have nothing to prove.</summary>
    public bool AdmitsProfile => Kind == ProofKind.Proven || Key is null;
}

/// <summary>
/// Proves messages of devices that have a key, and signs what goes to them (RFC 3118 delayed authentication, RFC 6704 nonces). Bounded:
/// at most <see cref="ChecksPerSecond"/> codes are computed a second in all and <see cref="ChecksPerSecondOfOne"/> for one MAC, and of one
/// device at most one proven message in ten seconds is taken beyond the first thirty, because each costs a write to flash.
/// </summary>
internal sealed class Authenticator
{
    /// <summary>Codes computed a second, for everybody together.</summary>
    public const int ChecksPerSecond = 400;

    /// <summary>Codes computed a second for one MAC.</summary>
    public const int ChecksPerSecondOfOne = 10;

    /// <summary>Proven messages of one device that are taken at once; then one in ten seconds.</summary>
    public const int TakenAtOnce = 30;

    private const int MillisecondsPerTaken = 10_000;
    private const ulong LostCounterWindow = 30 * 24 * ReplayCounter.Hour;
    private const string ServerCounterName = "auth-server";
    private readonly Counters _counters;
    private readonly StoreBatch _batch;
    private readonly ReplayCounter _serverCounter;
    private TokenBucket _checks;

    /// <summary>An authenticator over the keys; the store says which counters were used before.</summary>
    public Authenticator(KeyRing keys, IGrantStore store, Counters counters, StoreBatch batch)
    {
        (Keys, _counters, _batch) = (keys, counters, batch);
        _ = store.TryCounter(ServerCounterName, out ulong ceiling);
        _serverCounter = new ReplayCounter(ceiling);
    }

    /// <summary>The keys.</summary>
    public KeyRing Keys { get; }

    /// <summary>
    /// Judges a client's message. A proven one is taken for once and all: its counter is recorded in this turn, before anything is answered.
    /// </summary>
    public Proof Check(in Dhcpv4Packet packet, Instant now)
    {
        DeviceKey? key = packet.HasEthernetAddress ? Keys.Find(packet.Chaddr) : null;
        Dhcpv4Authentication option = Dhcpv4Authentication.Read(packet);
        if (option.Form == AuthenticationForm.Delayed)
        {
            if (FaultOf(packet, option, key, now) is { } fault) return Refuse(fault, key);
            Take(key!, option.Counter, now);
            return new Proof(ProofKind.Proven, key);
        }
        // Who has no key here is served like anybody, with nothing proven, whatever its option 90 says.
        if (key is null) return default;
        bool leaves = packet.MessageType is Dhcpv4MessageType.Release or Dhcpv4MessageType.Decline;
        return option.Form switch
        {
            // A client that uses its key signs these too (RFC 3118 section 5.5.6); without that anybody could take its address away.
            AuthenticationForm.Absent => leaves && key.IsInUse ? Refuse("auth:unsigned-release", key) : new Proof(ProofKind.None, key),
            // Only the first message of an exchange may ask; a REQUEST without a code is one that fails (section 5.6.3).
            AuthenticationForm.Request when leaves || packet.MessageType == Dhcpv4MessageType.Request => Refuse("auth:no-code", key),
            AuthenticationForm.Request => new Proof(ProofKind.Asked, key),
            AuthenticationForm.Malformed => Refuse("auth:malformed", key),
            _ => Refuse("auth:other-protocol", key),
        };
    }

    /// <summary>How an answer to a message is signed: with the key that the message was proven with, or asked for.</summary>
    public Dhcpv4Signature SignatureFor(Proof proof, Instant now) =>
        proof.Signs ? Dhcpv4Signature.Delayed(NextCounter(now), proof.Key!.SecretId, proof.Key.Secret) : default;

    /// <summary>How a message without a request is signed: with the device's key when it showed that it uses it.</summary>
    public Dhcpv4Signature SignatureFor(Device device, Instant now) => SignatureFor(Of(device), now);

    /// <summary>The device as it last showed itself, for what is sent later.</summary>
    public Proof Of(Device device)
    {
        DeviceKey? key = Keys.Find(device.Record.Mac);
        bool signs = key is not null && (device.Record.Authenticated || device.AsksAuthentication);
        return new Proof(signs ? ProofKind.Asked : ProofKind.None, key);
    }

    /// <summary>The next replay counter of ours; a ceiling above it is recorded in the same turn.</summary>
    public ulong NextCounter(Instant now)
    {
        ulong next = _serverCounter.Next(now.UnixMs, out bool raised);
        if (raised) _batch.SetCounter(ServerCounterName, _serverCounter.Ceiling);
        return next;
    }

    private Proof Refuse(string why, DeviceKey? key)
    {
        _counters.Count(why);
        return new Proof(ProofKind.Refused, key);
    }

    /// <summary>
    /// Why a signed message is discarded, or null. What costs nothing is asked first: the id, the counter, then the code (RFC 3118 section 5.3).
    /// </summary>
    private string? FaultOf(in Dhcpv4Packet packet, in Dhcpv4Authentication option, DeviceKey? key, Instant now)
    {
        if (key is null || key.SecretId != option.SecretId) return "auth:unknown-secret";
        if (key.CounterIsLost)
        {
            // What is recorded does not tell old messages from new ones: only a counter that follows the time, and a clock that is right, do.
            ulong present = ReplayCounter.At(now.UnixMs);
            if (!now.WallIsTrusted || option.Counter < present || option.Counter > present + LostCounterWindow) return "auth:counter-lost";
        }
        else if (option.Counter <= key.LastCounter)
        {
            return "auth:replayed";
        }
        if (!key.Checks.TryTake(now.MonotonicMs, ChecksPerSecondOfOne, 2 * ChecksPerSecondOfOne)) return "auth:rate-limited";
        if (!_checks.TryTake(now.MonotonicMs, ChecksPerSecond, ChecksPerSecond)) return "auth:rate-limited";
        if (!option.IsMadeWith(packet, key.Secret)) return "auth:bad-code";
        // The bucket counts in seconds; a tenth of the time makes it one in ten.
        return key.Taken.TryTake(now.MonotonicMs / (MillisecondsPerTaken / 1000), 1, TakenAtOnce) ? null : "auth:too-many";
    }

    private void Take(DeviceKey key, ulong counter, Instant now)
    {
        (key.LastCounter, key.CounterIsLost, key.LastUsedUnixMs) = (counter, false, now.UnixMs);
        _batch.SetCounter(key.CounterName, counter);
        _batch.SetCounter(key.UsedName, (ulong)now.UnixMs);
        _counters.Count("auth:proven");
    }
}
