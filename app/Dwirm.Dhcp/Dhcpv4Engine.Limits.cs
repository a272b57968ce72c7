using System;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <content>What one client, and all strangers together, can take of a network.</content>
public sealed partial class Dhcpv4Engine
{
    /// <summary>Leases of every state one hardware address has at most on a network, each under a client identifier of its own.</summary>
    public const int MaximumIdentities = 16;

    /// <summary>How long an address is probed before it is offered, in milliseconds.</summary>
    public const long ProbeMs = 500;

    /// <summary>How long the free address of a client that had kept it is out of strangers' reach, in milliseconds: a week.</summary>
    public const long KeptMs = 7 * 86_400_000L;

    /// <summary>A network takes on one new client in this time, in milliseconds, once the first <see cref="NewcomerBurst"/> are used up.</summary>
    public const long NewcomerIntervalMs = 5_000;

    /// <summary>New clients a network takes on at once: this many, or twice its addresses if that is more.</summary>
    public const int NewcomerBurst = 256;

    /// <summary>Addresses of a network that rest at once because a probe was answered: who answers for all of them is not believed for long.</summary>
    public const int MaximumConflicts = 32;

    private const int FewestOffers = 16;

    /// <summary>
    /// Says that somebody else answers for an address that was being probed: it rests for <see cref="DeclineRestMs"/>. Nothing durable follows;
    /// after a restart it is probed again.
    /// </summary>
    /// <returns>False when the address is not being probed, or too many rest already; it is then offered all the same.</returns>
    public bool Conflict(Ipv4Address address, Instant now)
    {
        if (Leases.Find(address) is not { Lease.State: LeaseState.Offered } slot || slot.ProbedUntilMs == 0) return false;
        if (slot.Network.Conflicts == MaximumConflicts)
        {
            slot.ProbedUntilMs = 0;
            return false;
        }
        slot.IsConflict = true;
        slot.Network.Conflicts++;
        slot.Network.Unlink(slot);
        Leases.Change(slot, slot.Lease with { State = LeaseState.Declined, ExpiresMs = now.MonotonicMs + DeclineRestMs });
        return true;
    }

    /// <summary>Says that an address cannot be probed: its client is answered as if it had been.</summary>
    public void SkipProbe(Ipv4Address address)
    {
        if (Leases.Find(address) is { } slot) slot.ProbedUntilMs = 0;
    }

    /// <summary>True when nothing is known of the client: neither a lease, also a former one, nor an entry of the administrator.</summary>
    private static bool IsNewcomer(in Turn turn) =>
        turn.Host is null && turn.Network.FindClient(turn.Client.Key) is null or { Lease.State: LeaseState.Offered, RememberedMs: < 0 };

    /// <summary>True when binding the client to the address tells flash nothing new, or the administrator named the client.</summary>
    private static bool IsRemembered(in Turn turn, LeaseSlot? slot) => turn.Host is not null ||
        (turn.Owns(slot) && (slot!.Lease.State is LeaseState.Bound or LeaseState.Free || slot.RememberedMs >= 0));

    /// <summary>True when strangers hold so many offers that one more could leave known clients without an address.</summary>
    private static bool TooManyOffers(in Turn turn) =>
        turn.Network.FindClient(turn.Client.Key) is null && IsNewcomer(turn) &&
        turn.Network.Offered >= Math.Max(FewestOffers, turn.Network.PoolSize / 2);

    /// <summary>
    /// Every client that is new, or new to its address, costs a write to flash, and hardware addresses are free to whoever makes them up:
    /// as many as the network could want at once, then a few a minute.
    /// </summary>
    private static bool TakeNewcomer(in Turn turn)
    {
        NetworkState network = turn.Network;
        long most = 1000L * Math.Max(NewcomerBurst, 2 * network.PoolSize);
        if (network.NewcomerMilliTokens < 0) network.NewcomerMilliTokens = most;
        else
        {
            long refilled = Math.Max(0, turn.Now - network.NewcomerRefillMs) * 1000 / NewcomerIntervalMs;
            network.NewcomerMilliTokens = Math.Min(most, network.NewcomerMilliTokens + refilled);
        }
        network.NewcomerRefillMs = turn.Now;
        if (network.NewcomerMilliTokens < 1000) return false;
        network.NewcomerMilliTokens -= 1000;
        return true;
    }

    /// <summary>Keeps the leases of one hardware address few: a new identity takes the place of the one that was used longest ago.</summary>
    private bool TryAddIdentity(in Turn turn)
    {
        if (turn.Network.FindClient(turn.Client.Key) is not null) return true;
        if (turn.Network.CountMac(turn.Client.Mac, MaximumIdentities) < MaximumIdentities) return true;
        if (turn.Network.OldestFreeOf(turn.Client.Mac) is not { } oldest) return false;
        Leases.Remove(oldest);
        return true;
    }

    private static bool IsPastHalf(Lease lease, in Turn turn, Ipv4Address address)
    {
        if (lease.State != LeaseState.Bound) return false;
        long seconds = LeaseSeconds(turn, address);
        return seconds == long.MaxValue || lease.ExpiresMs - turn.Now <= seconds * 500;
    }
}
