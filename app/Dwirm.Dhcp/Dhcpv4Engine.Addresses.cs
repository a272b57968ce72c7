using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <content>Which address a client may have, and the changes to the table.</content>
public sealed partial class Dhcpv4Engine
{
    /// <summary>
    /// The address for a client that asks for any (RFC 2131 section 4.3.1): the reserved one, else the current binding, else the previous one
    /// of the client or of its card if it is still free, else the one the client wishes, else one from the pool that depends on who the client is, else the one that has
    /// been free for longest.
    /// </summary>
    private bool TryChoose(in Turn turn, out Ipv4Address address)
    {
        if (TryReserved(turn, out address)) return true;
        if (turn.Network.FindClient(turn.Client.Key) is { } own && MayHold(turn, own.Lease.Address))
        {
            address = own.Lease.Address;
            return true;
        }
        // The same card under another client identifier, another DHCP client or a boot loader: what it had, if nobody holds it.
        if (turn.Network.FindMac(turn.Client.Mac) is { State: LeaseState.Free } former && MayHold(turn, former.Address))
        {
            address = former.Address;
            return true;
        }
        if (turn.Packet.TryGetAddress(Dhcpv4OptionCode.RequestedAddress, out address) && Leases.Find(address) is null &&
            MayHold(turn, address)) return true;
        return TryNewAddress(turn, out address);
    }

    /// <summary>An address that nobody has, else the one that has been free for longest, of the first range that is for the client.</summary>
    private bool TryNewAddress(in Turn turn, out Ipv4Address address)
    {
        uint hash = turn.Config.SequentialIp ? 0 : turn.Client.Hash(_seed);
        foreach (RangeState range in turn.Network.Ranges)
        {
            if (range.Pool.Size == 0 || !range.Range.Condition.Holds(turn.Tags)) continue;
            if (range.Pool.TryFindFree((int)(hash % (uint)range.Pool.Size), out address)) return true;
        }
        foreach (RangeState range in turn.Network.Ranges)
        {
            if (!range.Range.Condition.Holds(turn.Tags)) continue;
            LeaseSlot? oldest = range.Reusable.First;
            if (oldest is null && range.Kept.First is { } kept && turn.Now - kept.Lease.ExpiresMs > KeptMs) oldest = kept;
            if (oldest is null) continue;
            address = oldest.Lease.Address;
            return true;
        }
        address = default;
        return false;
    }

    /// <summary>The address reserved for the client, unless somebody else sits on it or it rests.</summary>
    private bool TryReserved(in Turn turn, out Ipv4Address address)
    {
        address = turn.Host?.Address ?? default;
        return turn.Host is not null && !address.IsAny && !turn.Network.IsExcluded(address) &&
            ReferenceEquals(turn.Network.OwnerOf(address), turn.Host) && IsVacantFor(turn, Leases.Find(address));
    }

    /// <summary>True when the client may have this very address now.</summary>
    private bool MayHold(in Turn turn, Ipv4Address address)
    {
        if (!turn.Config.RouterPrefix.Contains(address) || turn.Network.IsExcluded(address)) return false;
        Dhcpv4Host? owner = turn.Network.OwnerOf(address);
        if (owner is not null ? !ReferenceEquals(owner, turn.Host) : !turn.Network.IsDynamicFor(address, turn.Tags)) return false;
        return IsVacantFor(turn, Leases.Find(address));
    }

    /// <summary>
    /// True when the address holds nobody else. A reserved address held by another card of the same host counts as vacant: of several hardware
    /// addresses in one entry one is in use at a time.
    /// </summary>
    private static bool IsVacantFor(in Turn turn, LeaseSlot? slot)
    {
        if (slot is null || slot.Lease.State == LeaseState.Free) return true;
        if (slot.Lease.State == LeaseState.Declined) return false;
        return turn.Owns(slot) || IsOtherCardOfHost(turn, slot);
    }

    private static bool IsOtherCardOfHost(in Turn turn, LeaseSlot slot) =>
        turn.Host is { Address: not null } && ReferenceEquals(slot.Network, turn.Network) &&
        slot.Lease.Address == turn.Host.Address && ReferenceEquals(turn.Network.OwnerOf(slot.Lease.Address), turn.Host) &&
        ReferenceEquals(turn.Network.FindHost(slot.Lease.ClientId, slot.Lease.Mac, slot.Lease.Hostname, turn.Tags), turn.Host);

    /// <summary>Holds an address for a client that was offered it. False when the table is full.</summary>
    private bool TryHold(in Turn turn, Ipv4Address address, LeaseSlot? slot, out Lease? offered)
    {
        offered = null;
        if (slot is { Lease.State: LeaseState.Bound })
        {
            // The other card of a host keeps its binding until this one really takes the address.
            offered = NewLease(turn, address, slot: null, LeaseState.Offered, turn.Now + OfferMs);
            return true;
        }
        if (slot is null && !Leases.EnsureRoom()) return false;
        long remembered = !turn.Owns(slot) ? -1 : slot!.Lease.State == LeaseState.Free ? slot.Lease.ExpiresMs : slot.RememberedMs;
        offered = NewLease(turn, address, slot, LeaseState.Offered, turn.Now + OfferMs);
        LeaseSlot held = Leases.Set(turn.Network, turn.Client.Key, offered);
        held.RememberedMs = remembered;
        if (turn.Network.FindClient(turn.Client.Key) is { Lease.State: LeaseState.Bound } bound && !ReferenceEquals(bound, held)) return true;
        LinkOnly(held);
        return true;
    }

    /// <summary>
    /// A client that names the address it believes to have: given when it is right, DHCPNAK when it is not. A client whose reserved address is
    /// available is refused any other, so that it comes back with a DHCPDISCOVER and gets it.
    /// </summary>
    private Dhcpv4Decision BindOwn(in Turn turn, Ipv4Address address)
    {
        if (turn.Network.FindClient(turn.Client.Key) is { Lease.State: LeaseState.Bound } bound && bound.Lease.Address != address) return Refuse(turn);
        return Bind(turn, address);
    }

    private Dhcpv4Decision Bind(in Turn turn, Ipv4Address address)
    {
        if (!MayHold(turn, address)) return Refuse(turn);
        if (TryReserved(turn, out Ipv4Address reserved) && reserved != address) return Refuse(turn);
        LeaseSlot? slot = Leases.Find(address);
        if (slot is null && !Leases.EnsureRoom()) return Ignore(IgnoreReason.TableFull);

        if (!IsRemembered(turn, slot) && !TakeNewcomer(turn)) return Ignore(IgnoreReason.TooManyNewClients);

        bool takenOver = slot is { Lease.State: LeaseState.Bound } && !turn.Owns(slot);
        Lease? ended = takenOver ? slot!.Lease with { State = LeaseState.Free, ExpiresMs = turn.Now } : null;
        bool stays = turn.Owns(slot) && (slot!.IsEstablished || IsPastHalf(slot.Lease, turn, address));
        long seconds = LeaseSeconds(turn, address);
        long expires = seconds == long.MaxValue ? long.MaxValue : turn.Now + seconds * 1000;
        Lease lease = NewLease(turn, address, slot, LeaseState.Bound, expires);
        LeaseSlot held = Leases.Set(turn.Network, turn.Client.Key, lease);
        held.IsEstablished = stays;
        ended = LinkOnly(held, turn.Now) ?? ended;
        return Reply(turn, Dhcpv4Action.Ack, lease, lease, ended);
    }

    private static Dhcpv4Decision Refuse(in Turn turn) => Reply(turn, Dhcpv4Action.Nak, null, null, null);

    /// <summary>
    /// Makes the slot its client's only one: an earlier offer goes, an earlier binding ends (and is returned), an earlier free address is no
    /// longer this client's.
    /// </summary>
    private Lease? LinkOnly(LeaseSlot slot, long now = 0)
    {
        LeaseSlot? former = slot.Network.FindClient(slot.Key);
        if (ReferenceEquals(former, slot)) return null;
        slot.Network.Link(slot);
        if (former is null) return null;
        switch (former.Lease.State)
        {
            case LeaseState.Offered:
                Withdraw(former);
                return null;
            case LeaseState.Bound:
                Leases.Change(former, former.Lease with { State = LeaseState.Free, ExpiresMs = now });
                return former.Lease;
            default:
                return null;
        }
    }

    /// <summary>Takes an offer back: the address is free again, and remembered for the client when it was before.</summary>
    private void Withdraw(LeaseSlot slot)
    {
        if (slot.RememberedMs < 0) Leases.Remove(slot);
        else Leases.Change(slot, slot.Lease with { State = LeaseState.Free, ExpiresMs = slot.RememberedMs });
    }

    /// <summary>The next lease of an address; strings that did not change are taken over from the old one.</summary>
    private static Lease NewLease(in Turn turn, Ipv4Address address, LeaseSlot? slot, LeaseState state, long expires)
    {
        Lease? old = turn.Owns(slot) ? slot!.Lease : null;
        string hostname = Hostname(turn, old);
        if (old is not null && (object)hostname == old.Hostname) return old with { State = state, ExpiresMs = expires };
        return new Lease
        {
            Network = turn.Network.Name,
            Address = address,
            Mac = turn.Client.Mac,
            ClientId = old?.ClientId ?? turn.Client.ClientId.ToString(),
            Hostname = hostname,
            State = state,
            ExpiresMs = expires,
        };
    }

    /// <summary>The host entry's name; else the client's wish, unless it is another host entry's; else what it was called before.</summary>
    private static string Hostname(in Turn turn, Lease? old)
    {
        string before = old?.Hostname ?? "";
        ReadOnlySpan<char> name = turn.Host is { Name.Length: > 0 } ? turn.Host.Name : turn.Hostname;
        if (name.IsEmpty || name.SequenceEqual(before)) return before;
        if (turn.Host is { Name.Length: > 0 }) return turn.Host.Name;
        if (turn.Config.RefuseBogusNames && HostLabel.IsBogus(name)) return before;
        return turn.Network.IsReservedName(name) ? before : name.ToString();
    }

    /// <summary>
    /// The host's or the range's lease time. A client that asks for less (option 51) gets less, down to <see cref="MinimumLeaseSeconds"/>;
    /// never more. A BOOTP client cannot renew: it keeps the address.
    /// </summary>
    private static long LeaseSeconds(in Turn turn, Ipv4Address address)
    {
        if (turn.Packet.MessageType == Dhcpv4MessageType.None) return long.MaxValue;
        long seconds = turn.Host?.LeaseSeconds ?? turn.Network.RangeOf(address, turn.Tags).Range.LeaseSeconds;
        if (!turn.Packet.TryGetU32(Dhcpv4OptionCode.LeaseTime, out uint wish) || wish == uint.MaxValue) return seconds;
        return Math.Min(seconds, Math.Max(wish, MinimumLeaseSeconds));
    }
}
