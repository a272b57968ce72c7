using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Store;

/// <summary>What one <see cref="StoreChange"/> does.</summary>
public enum StoreChangeKind : byte
{
    /// <summary>Replaces the lease of an address; <see cref="StoreChange.Record"/> is a <see cref="Lease"/>.</summary>
    PutLease,

    /// <summary>Deletes the lease of the address <see cref="StoreChange.Key"/>.</summary>
    RemoveLease,

    /// <summary>Replaces a device; <see cref="StoreChange.Record"/> is a <see cref="DeviceRecord"/>.</summary>
    PutDevice,

    /// <summary>Deletes the device of the MAC <see cref="StoreChange.Key"/>.</summary>
    RemoveDevice,

    /// <summary>Appends to the history; <see cref="StoreChange.Record"/> is a <see cref="HistoryEntry"/>.</summary>
    AddHistory,

    /// <summary>Sets the grant counter to <see cref="StoreChange.Key"/>.</summary>
    SetGeneration,

    /// <summary>Replaces what a device has used of its quota; <see cref="StoreChange.Record"/> is a <see cref="QuotaUsage"/>.</summary>
    PutQuota,

    /// <summary>Sets the counter that <see cref="StoreChange.Record"/>, a string, names to <see cref="StoreChange.Key"/>.</summary>
    SetCounter,

    /// <summary>Deletes the counter that <see cref="StoreChange.Record"/>, a string, names.</summary>
    RemoveCounter,
}

/// <summary>One change of a batch.</summary>
/// <param name="Kind">What it does, and what the other members mean.</param>
/// <param name="Record">The record, null for removals and the counter.</param>
/// <param name="Key">Address, MAC or counter; 0 for the others.</param>
/// <param name="Now">The clocks when a lease was put; default for the others.</param>
public readonly record struct StoreChange(StoreChangeKind Kind, object? Record, ulong Key, Instant Now);

/// <summary>The durable changes of one turn of the loop, in the order they happened. Meant to be cleared and used again.</summary>
public sealed class StoreBatch
{
    /// <summary>How many history entries a store keeps; the oldest go first.</summary>
    public const int MaxHistory = 2000;

    private readonly List<StoreChange> _changes = [];

    /// <summary>The changes, oldest first.</summary>
    public IReadOnlyList<StoreChange> Changes => _changes;

    /// <summary>True when there is nothing to record.</summary>
    public bool IsEmpty => _changes.Count == 0;

    /// <summary>Records a lease; <paramref name="now"/> ties its monotonic end to the wall clock.</summary>
    /// <exception cref="ArgumentException">The lease is only offered: an offer is not durable.</exception>
    public void Put(Lease lease, Instant now)
    {
        if (lease.State == LeaseState.Offered) throw new ArgumentException("an offer is not durable", nameof(lease));
        _changes.Add(new StoreChange(StoreChangeKind.PutLease, lease, 0, now));
    }

    /// <summary>Deletes the lease of an address; no fault when there is none.</summary>
    public void Remove(Ipv4Address address) => _changes.Add(new StoreChange(StoreChangeKind.RemoveLease, null, address.Value, default));

    /// <summary>Records a device as a whole.</summary>
    public void Put(DeviceRecord device) => _changes.Add(new StoreChange(StoreChangeKind.PutDevice, device, 0, default));

    /// <summary>Records what a device has used of its quota.</summary>
    public void Put(QuotaUsage usage) => _changes.Add(new StoreChange(StoreChangeKind.PutQuota, usage, 0, default));

    /// <summary>Deletes a device with what it used; no fault when there is none. Its history stays.</summary>
    public void Remove(MacAddress mac) => _changes.Add(new StoreChange(StoreChangeKind.RemoveDevice, null, mac.Value, default));

    /// <summary>Appends to the history.</summary>
    public void Add(HistoryEntry entry) => _changes.Add(new StoreChange(StoreChangeKind.AddHistory, entry, 0, default));

    /// <summary>Records the counter that generations of grants are taken from.</summary>
    public void SetGeneration(uint generation) => _changes.Add(new StoreChange(StoreChangeKind.SetGeneration, null, generation, default));

    /// <summary>Records a counter of any name, to be read with <see cref="IGrantStore.TryCounter"/>.</summary>
    public void SetCounter(string name, ulong value) => _changes.Add(new StoreChange(StoreChangeKind.SetCounter, name, value, default));

    /// <summary>Deletes a counter; no fault when there is none.</summary>
    public void RemoveCounter(string name) => _changes.Add(new StoreChange(StoreChangeKind.RemoveCounter, name, 0, default));

    /// <summary>Empties the batch for the next turn.</summary>
    public void Clear() => _changes.Clear();
}
