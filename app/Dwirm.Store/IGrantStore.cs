using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Store;

/// <summary>What has to outlive a power cut: leases, devices with their decisions and grants, the grant counter, and the newest history.</summary>
/// <remarks>One writer, one thread. Every failure is a <see cref="StoreException"/>; after one, the store holds what it held before the call.</remarks>
public interface IGrantStore : IDisposable
{
    /// <summary>Everything but the history. Lease times are on the monotonic clock of the moment the store was opened.</summary>
    /// <exception cref="StoreException">The storage cannot be read.</exception>
    StoreContents Load();

    /// <summary>Makes all changes of the batch durable, in their order, or none. On return they survive a power cut. An empty batch costs nothing.</summary>
    /// <exception cref="StoreException">Nothing of the batch was recorded; the next call may work (<see cref="StoreException.IsFull"/>).</exception>
    void Write(StoreBatch batch);

    /// <summary>A counter as <see cref="StoreBatch.SetCounter"/> left it; false when there is none of that name.</summary>
    /// <exception cref="StoreException">The storage cannot be read.</exception>
    bool TryCounter(string name, out ulong value);

    /// <summary>The newest entries first.</summary>
    /// <param name="limit">At most this many; the store keeps <see cref="StoreBatch.MaxHistory"/>.</param>
    /// <param name="mac">Only this device's, when given.</param>
    /// <exception cref="StoreException">The storage cannot be read.</exception>
    IReadOnlyList<HistoryEntry> History(int limit, MacAddress? mac);
}

/// <summary>What the store held when it was opened.</summary>
/// <param name="Leases">Bound, free and declined leases, by address. A lease that ran out meanwhile ends at the present moment.</param>
/// <param name="Devices">Every device, by MAC.</param>
/// <param name="Generation">The last value recorded with <see cref="StoreBatch.SetGeneration"/>, 0 when there is none.</param>
public sealed record StoreContents(IReadOnlyList<Lease> Leases, IReadOnlyList<DeviceRecord> Devices, uint Generation)
{
    /// <summary>What devices have used of their quotas, by MAC.</summary>
    public IReadOnlyList<QuotaUsage> Quotas { get; init; } = [];
}
