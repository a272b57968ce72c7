using System;
using System.Collections;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>
/// All leases, one an address. It is bounded: when it is full, the lease that has been free for longest is forgotten. Every operation costs
/// O(log n) at most; leases that share one hardware address are walked, and are few (<see cref="Dhcpv4Engine.MaximumIdentities"/>).
/// </summary>
public sealed class LeaseTable : IEnumerable<Lease>
{
    private readonly Dictionary<uint, LeaseSlot> _byAddress = [];
    private readonly Dictionary<string, NetworkState> _networks = new(StringComparer.Ordinal);
    private readonly LeaseHeap _active = new();

    internal LeaseTable()
    {
    }

    /// <summary>Leases of every state.</summary>
    public int Count => _byAddress.Count;

    /// <summary>The most leases it holds.</summary>
    public int Capacity { get; internal set; }

    /// <summary>
    /// The lease of a hardware address on a network; null for none. Of several (one card, several client identifiers) a bound one comes before
    /// an offered one, and that before a free one.
    /// </summary>
    public Lease? ByMac(MacAddress mac, string network) => _networks.TryGetValue(network, out NetworkState? state) ? state.FindMac(mac) : null;

    /// <summary>The lease on an address; null for none.</summary>
    public Lease? ByAddress(Ipv4Address address) => _byAddress.TryGetValue(address.Value, out LeaseSlot? slot) ? slot.Lease : null;

    /// <summary>Every lease of every state, in no order. The table must not change meanwhile.</summary>
    public IEnumerator<Lease> GetEnumerator()
    {
        foreach (LeaseSlot slot in _byAddress.Values) yield return slot.Lease;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal Dictionary<string, NetworkState>.ValueCollection Networks => _networks.Values;

    /// <summary>The slot whose state ends next.</summary>
    internal LeaseSlot? NextToExpire => _active.First;

    internal LeaseSlot? Find(Ipv4Address address) => _byAddress.GetValueOrDefault(address.Value);

    internal NetworkState? FindNetwork(string name) => _networks.GetValueOrDefault(name);

    internal NetworkState Network(string name)
    {
        if (!_networks.TryGetValue(name, out NetworkState? state)) _networks.Add(name, state = new NetworkState(name));
        return state;
    }

    /// <summary>Makes room for one more lease. False when every lease is in use.</summary>
    internal bool EnsureRoom()
    {
        if (_byAddress.Count < Capacity) return true;
        LeaseSlot? oldest = null, kept = null;
        foreach (NetworkState network in _networks.Values)
        {
            oldest = Older(oldest, network.Retired.First);
            foreach (RangeState range in network.Ranges)
            {
                oldest = Older(oldest, range.Reusable.First);
                kept = Older(kept, range.Kept.First);
            }
        }
        oldest ??= kept;
        if (oldest is null) return false;
        Remove(oldest);
        return true;

        static LeaseSlot? Older(LeaseSlot? left, LeaseSlot? right) =>
            left is null || (right is not null && right.Lease.ExpiresMs < left.Lease.ExpiresMs) ? right : left;
    }

    /// <summary>Puts the newest state of an address into the table and all indexes. Does not decide which slot a client is found by.</summary>
    internal LeaseSlot Set(NetworkState network, ReadOnlySpan<char> key, Lease lease)
    {
        if (_byAddress.TryGetValue(lease.Address.Value, out LeaseSlot? slot) && !ReferenceEquals(slot.Network, network))
        {
            Remove(slot);
            slot = null;
        }
        if (slot is null)
        {
            slot = new LeaseSlot(network, key.ToString(), lease);
            _byAddress.Add(lease.Address.Value, slot);
            network.Take(lease.Address);
            network.AddMac(slot);
        }
        else if (!key.SequenceEqual(slot.Key))
        {
            network.Unlink(slot);
            slot.Key = key.ToString();
            (slot.IsEstablished, slot.ProbedUntilMs) = (false, 0);
        }
        Change(slot, lease);
        return slot;
    }

    /// <summary>Replaces a slot's lease by one of the same address.</summary>
    internal void Change(LeaseSlot slot, Lease lease)
    {
        NetworkState network = slot.Network;
        bool sameMac = slot.Lease.Mac == lease.Mac;
        if (!sameMac) network.RemoveMac(slot);
        network.Offered += (lease.State == LeaseState.Offered ? 1 : 0) - (slot.CountsAsOffered ? 1 : 0);
        slot.CountsAsOffered = lease.State == LeaseState.Offered;
        slot.Lease = lease;
        if (!sameMac) network.AddMac(slot);
        LeaseHeap heap = HeapFor(slot);
        if (ReferenceEquals(slot.Heap, heap))
        {
            heap.Update(slot);
            return;
        }
        slot.Heap?.Remove(slot);
        heap.Add(slot);
    }

    internal void Remove(LeaseSlot slot)
    {
        slot.Heap?.Remove(slot);
        if (slot.CountsAsOffered) slot.Network.Offered--;
        if (slot.IsConflict) slot.Network.Conflicts--;
        slot.Network.Unlink(slot);
        slot.Network.RemoveMac(slot);
        _byAddress.Remove(slot.Lease.Address.Value);
        slot.Network.Release(slot.Lease.Address);
    }

    /// <summary>Puts every lease back into the pools after the networks were configured anew.</summary>
    internal void Reindex()
    {
        foreach (LeaseSlot slot in _byAddress.Values)
        {
            slot.Network.Take(slot.Lease.Address);
            slot.Heap?.Remove(slot);
            HeapFor(slot).Add(slot);
        }
    }

    private LeaseHeap HeapFor(LeaseSlot slot)
    {
        if (slot.Lease.State != LeaseState.Free) return _active;
        if (!slot.Network.IsDynamic(slot.Lease.Address) || slot.Network.FindRange(slot.Lease.Address) is not { } range) return slot.Network.Retired;
        return slot.IsEstablished ? range.Kept : range.Reusable;
    }
}
