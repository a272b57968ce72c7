using System.Collections.Generic;

namespace Dwirm.Dhcp;

/// <summary>One address of the table: the newest lease on it and its place in the indexes. Mutable, and never seen outside this room.</summary>
internal sealed class LeaseSlot(NetworkState network, string key, Lease lease)
{
    public NetworkState Network { get; } = network;

    /// <summary>Key of the client the lease belongs to.</summary>
    public string Key { get; set; } = key;

    public Lease Lease { get; set; } = lease;

    /// <summary>When the client's earlier binding of this address ended, while the address is offered again; -1 when there was none.</summary>
    public long RememberedMs { get; set; } = -1;

    /// <summary>True once its client has renewed it after half its time: no passer-by.</summary>
    public bool IsEstablished { get; set; }

    /// <summary>Until when the address is probed; the client is not answered before.</summary>
    public long ProbedUntilMs { get; set; }

    /// <summary>True while a probe's answer keeps the address from being given; nothing durable knows of it.</summary>
    public bool IsConflict { get; set; }

    /// <summary>True while the network counts it among its offers.</summary>
    public bool CountsAsOffered { get; set; }

    /// <summary>The next lease of the same hardware address.</summary>
    public LeaseSlot? NextSameMac { get; set; }

    public LeaseHeap? Heap { get; set; }

    public int HeapIndex { get; set; } = -1;
}

/// <summary>Slots by the end of their state, earliest first. A slot knows its place, so a change of its time costs O(log n).</summary>
internal sealed class LeaseHeap
{
    private readonly List<LeaseSlot> _slots = [];

    public LeaseSlot? First => _slots.Count == 0 ? null : _slots[0];

    public void Add(LeaseSlot slot)
    {
        slot.Heap = this;
        slot.HeapIndex = _slots.Count;
        _slots.Add(slot);
        Update(slot);
    }

    public void Remove(LeaseSlot slot)
    {
        int index = slot.HeapIndex, last = _slots.Count - 1;
        LeaseSlot moved = _slots[last];
        _slots.RemoveAt(last);
        slot.Heap = null;
        slot.HeapIndex = -1;
        if (index == last) return;
        Place(moved, index);
        Update(moved);
    }

    /// <summary>Restores the order after the slot's time has changed.</summary>
    public void Update(LeaseSlot slot)
    {
        int index = slot.HeapIndex;
        while (index > 0 && slot.Lease.ExpiresMs < _slots[(index - 1) / 2].Lease.ExpiresMs)
        {
            Place(_slots[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }
        while (true)
        {
            int child = 2 * index + 1;
            if (child >= _slots.Count) break;
            if (child + 1 < _slots.Count && _slots[child + 1].Lease.ExpiresMs < _slots[child].Lease.ExpiresMs) child++;
            if (_slots[child].Lease.ExpiresMs >= slot.Lease.ExpiresMs) break;
            Place(_slots[child], index);
            index = child;
        }
        Place(slot, index);
    }

    private void Place(LeaseSlot slot, int index)
    {
        _slots[index] = slot;
        slot.HeapIndex = index;
    }
}
