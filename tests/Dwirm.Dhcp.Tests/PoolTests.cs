using System;
using System.Collections.Generic;
using Dwirm.Wire;
using static Dwirm.Dhcp.Tests.LanServer;

namespace Dwirm.Dhcp.Tests;

public sealed class PoolTests
{
    [Theory]
    [InlineData("192.168.1.1/24", 100, 150, "192.168.1.100", "192.168.1.249")]
    [InlineData("192.168.1.1/24", 0, 10, "192.168.1.2", "192.168.1.11")]
    [InlineData("192.168.1.1/24", 1, 10, "192.168.1.2", "192.168.1.11")]
    [InlineData("192.168.1.249/24", 100, 150, "192.168.1.100", "192.168.1.248")]
    [InlineData("192.168.1.100/24", 100, 150, "192.168.1.101", "192.168.1.250")]
    [InlineData("192.168.1.1/24", 200, 150, "192.168.1.200", "192.168.1.254")]
    [InlineData("192.168.1.1/24", 255, 1, null, null)]
    [InlineData("192.168.1.1/24", 256, 150, "192.168.1.2", "192.168.1.151")]
    [InlineData("192.168.1.1/24", 300, 1, "192.168.1.44", "192.168.1.44")]
    [InlineData("192.168.1.1/24", 100, 0, null, null)]
    [InlineData("192.168.1.1/24", 100, uint.MaxValue, "192.168.1.100", "192.168.1.254")]
    [InlineData("192.168.1.1/30", 100, 150, "192.168.1.2", "192.168.1.2")]
    [InlineData("192.168.1.0/31", 0, 2, "192.168.1.1", "192.168.1.1")]
    [InlineData("192.168.1.1/32", 0, 2, null, null)]
    [InlineData("10.0.0.1/16", 266, 10, "10.0.1.10", "10.0.1.19")]
    public void Start_and_limit_mean_what_they_mean_elsewhere(string router, uint start, uint limit, string? first, string? last)
    {
        (Ipv4Address from, Ipv4Address to) = Dhcpv4NetworkConfig.PoolFrom(Prefix(router), start, limit);
        Assert.Equal(first is null, from > to);
        if (first is not null) Assert.Equal((Ip(first), Ip(last!)), (from, to));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65536)]
    public void Every_address_of_a_pool_is_found_once_and_again_after_its_release(int size)
    {
        Ipv4Address start = Ip("10.0.0.7");
        var pool = new AddressPool(start, size);
        var seen = new HashSet<Ipv4Address>();
        for (int i = 0; i < size; i++)
        {
            Assert.True(pool.TryFindFree((i * 31) % size, out Ipv4Address address));
            Assert.True(pool.Contains(address));
            Assert.True(seen.Add(address));
            pool.Take(address);
        }
        Assert.False(pool.TryFindFree(0, out _));
        Assert.Equal(size, seen.Count);
        foreach (int index in new[] { 0, size / 2, size - 1 })
        {
            var address = new Ipv4Address(start.Value + (uint)index);
            pool.Release(address);
            Assert.True(pool.TryFindFree(size - 1, out Ipv4Address found));
            Assert.Equal(address, found);
            pool.Take(found);
        }
        Assert.False(pool.Contains(new Ipv4Address(start.Value - 1)));
        Assert.False(pool.Contains(new Ipv4Address(start.Value + (uint)size)));
    }

    [Fact]
    public void An_empty_pool_has_nothing() => Assert.False(new AddressPool(Ip("10.0.0.1"), 0).Contains(Ip("10.0.0.1")));

    [Fact]
    public void The_heap_agrees_with_a_sorted_list_through_random_changes()
    {
        var random = new Random(11);
        var heap = new LeaseHeap();
        var network = new NetworkState(Lan);
        var slots = new List<LeaseSlot>();
        for (int step = 0; step < 5000; step++)
        {
            int kind = random.Next(3);
            if (kind == 0 || slots.Count == 0)
            {
                var slot = new LeaseSlot(network, "", NewLease(random.Next(1000)));
                slots.Add(slot);
                heap.Add(slot);
            }
            else if (kind == 1)
            {
                int index = random.Next(slots.Count);
                heap.Remove(slots[index]);
                Assert.Null(slots[index].Heap);
                slots.RemoveAt(index);
            }
            else
            {
                LeaseSlot slot = slots[random.Next(slots.Count)];
                slot.Lease = NewLease(random.Next(1000));
                heap.Update(slot);
            }
            long earliest = long.MaxValue;
            foreach (LeaseSlot slot in slots) earliest = Math.Min(earliest, slot.Lease.ExpiresMs);
            Assert.Equal(earliest, heap.First?.Lease.ExpiresMs ?? long.MaxValue);
        }
    }

    private static Lease NewLease(long expires) =>
        new() { Network = Lan, Address = Router, Mac = Mac(1), State = LeaseState.Bound, ExpiresMs = expires };
}
