using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Store.Tests;

/// <summary>What every grant store has to do. A store's own tests derive from this class and say how it is opened.</summary>
public abstract class GrantStoreContract
{
    private protected static readonly Instant Now = StateDirectory.Now;

    /// <summary>Opens the same storage again; the one before was disposed.</summary>
    private protected abstract IGrantStore Open(Instant now);

    private StoreContents Reopened(Instant? now = null)
    {
        using IGrantStore store = Open(now ?? Now);
        return store.Load();
    }

    private void Write(Action<StoreBatch> fill)
    {
        using IGrantStore store = Open(Now);
        var batch = new StoreBatch();
        fill(batch);
        store.Write(batch);
    }

    [Fact]
    public void A_new_store_is_empty()
    {
        using IGrantStore store = Open(Now);
        StoreContents contents = store.Load();
        Assert.Empty(contents.Leases);
        Assert.Empty(contents.Devices);
        Assert.Equal(0u, contents.Generation);
        Assert.Empty(store.History(10, null));
    }

    [Fact]
    public void Leases_come_back_as_they_were()
    {
        Lease[] leases =
        [
            Samples.Lease(1),
            Samples.Lease(2, long.MaxValue) with { Hostname = "", ClientId = "" },
            Samples.Lease(3, Now.MonotonicMs, LeaseState.Free),
            Samples.Lease(4, state: LeaseState.Declined) with { Address = new Ipv4Address(uint.MaxValue), Mac = new MacAddress(0xffffffffffff), Network = "b" },
        ];
        Write(batch =>
        {
            foreach (Lease lease in leases.Reverse()) batch.Put(lease, Now);
        });
        Assert.Equal(leases, Reopened().Leases);
    }

    [Fact]
    public void Devices_come_back_as_they_were()
    {
        DeviceRecord[] devices = [Samples.Device(1), Samples.Device(2) with { RequestedJson = "{}" }, Samples.FullDevice];
        Write(batch =>
        {
            foreach (DeviceRecord device in devices) batch.Put(device);
        });
        Assert.Equal(devices, Reopened().Devices);
    }

    [Fact]
    public void Counters_come_back_by_name_and_a_removed_one_is_gone()
    {
        Write(batch =>
        {
            batch.SetCounter("auth-1", ulong.MaxValue);
            batch.SetCounter("auth-2", 5);
            batch.SetCounter("auth-1", ulong.MaxValue - 1);
            batch.RemoveCounter("auth-2");
            batch.RemoveCounter("auth-3");
        });
        using IGrantStore store = Open(Now);
        Assert.True(store.TryCounter("auth-1", out ulong value));
        Assert.Equal(ulong.MaxValue - 1, value);
        Assert.False(store.TryCounter("auth-2", out _));
    }

    [Fact]
    public void A_record_replaces_the_one_before_and_a_removed_one_is_gone()
    {
        Write(batch =>
        {
            batch.Put(Samples.Lease(1), Now);
            batch.Put(Samples.Lease(2), Now);
            batch.Put(Samples.FullDevice);
            batch.Put(Samples.Device(2));
        });
        Write(batch =>
        {
            batch.Put(Samples.Lease(1) with { Mac = Samples.Mac(9) }, Now);
            batch.Remove(Samples.Lease(2).Address);
            batch.Remove(new Ipv4Address(1));
            batch.Put(Samples.Device(0) with { Mac = Samples.FullDevice.Mac });
            batch.Remove(Samples.Mac(2));
            batch.Remove(Samples.Mac(77));
        });
        StoreContents contents = Reopened();
        Assert.Equal(Samples.Mac(9), Assert.Single(contents.Leases).Mac);
        Assert.Equal(Samples.Device(0) with { Mac = Samples.FullDevice.Mac }, Assert.Single(contents.Devices));
    }

    [Fact]
    public void What_was_used_of_a_quota_is_kept_as_long_as_the_device()
    {
        Write(batch =>
        {
            batch.Put(new QuotaUsage(Samples.Mac(1), 20_000, 5));
            batch.Put(new QuotaUsage(Samples.Mac(2), 20_000, 1L << 50));
            batch.Put(new QuotaUsage(Samples.Mac(1), 20_001, 6));
        });
        Assert.Equal([new QuotaUsage(Samples.Mac(1), 20_001, 6), new QuotaUsage(Samples.Mac(2), 20_000, 1L << 50)], Reopened().Quotas);
        Write(batch => batch.Remove(Samples.Mac(2)));
        Assert.Equal(Samples.Mac(1), Assert.Single(Reopened().Quotas).Mac);
    }

    [Fact]
    public void Changes_of_a_batch_happen_in_their_order()
    {
        Write(batch =>
        {
            batch.Put(Samples.Lease(1), Now);
            batch.Remove(Samples.Lease(1).Address);
            batch.Remove(Samples.Mac(1));
            batch.Put(Samples.Device(1));
            batch.SetGeneration(7);
            batch.SetGeneration(6);
        });
        StoreContents contents = Reopened();
        Assert.Empty(contents.Leases);
        Assert.Single(contents.Devices);
        Assert.Equal(6u, contents.Generation);
    }

    [Fact]
    public void A_batch_is_used_again_after_it_is_cleared()
    {
        using (IGrantStore store = Open(Now))
        {
            var batch = new StoreBatch();
            Assert.True(batch.IsEmpty);
            store.Write(batch);
            batch.Put(Samples.Device(1));
            Assert.False(batch.IsEmpty);
            store.Write(batch);
            batch.Clear();
            Assert.True(batch.IsEmpty);
            batch.SetGeneration(uint.MaxValue);
            store.Write(batch);
            Assert.Single(store.Load().Devices);
        }
        Assert.Equal(uint.MaxValue, Reopened().Generation);
    }

    [Fact]
    public void An_offer_is_not_durable() =>
        Assert.Throws<ArgumentException>(() => new StoreBatch().Put(Samples.Lease(1, state: LeaseState.Offered), Now));

    [Fact]
    public void History_is_read_newest_first_by_device_and_up_to_a_limit()
    {
        Write(batch =>
        {
            batch.Add(Samples.Entry(1, "a"));
            batch.Add(Samples.Entry(2, "b"));
            batch.Add(Samples.Entry(1, "c"));
        });
        using IGrantStore store = Open(Now);
        Assert.Equal([Samples.Entry(1, "c"), Samples.Entry(2, "b"), Samples.Entry(1, "a")], store.History(10, null));
        Assert.Equal(["c"], store.History(1, null).Select(entry => entry.Detail));
        Assert.Equal(["c", "a"], store.History(10, Samples.Mac(1)).Select(entry => entry.Detail));
        Assert.Empty(store.History(10, Samples.Mac(3)));
        Assert.Empty(store.History(-1, null));
    }

    [Fact]
    public void History_is_bounded_and_the_oldest_go_first()
    {
        using IGrantStore store = Open(Now);
        var batch = new StoreBatch();
        int written = 0;
        for (int turn = 0; turn < 5; turn++)
        {
            batch.Clear();
            for (int i = 0; i < 500; i++) batch.Add(Samples.Entry(1, (++written).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            store.Write(batch);
        }
        IReadOnlyList<HistoryEntry> history = store.History(int.MaxValue, null);
        Assert.Equal(StoreBatch.MaxHistory, history.Count);
        Assert.Equal("2500", history[0].Detail);
        Assert.Equal("501", history[^1].Detail);
    }

    [Fact]
    public void A_thousand_devices_and_leases_in_one_batch()
    {
        Write(batch =>
        {
            for (uint i = 0; i < 1000; i++)
            {
                batch.Put(Samples.Lease(i), Now);
                batch.Put(Samples.FullDevice with { Mac = Samples.Mac(i), GrantJson = "{}" });
            }
        });
        StoreContents contents = Reopened();
        Assert.Equal(1000, contents.Leases.Count);
        Assert.Equal(1000, contents.Devices.Count);
    }

    [Fact]
    public void Time_that_passed_while_the_store_was_closed_is_taken_off_a_lease()
    {
        Write(batch => batch.Put(Samples.Lease(1, Now.MonotonicMs + 3_600_000), Now));
        var afterReboot = new Instant(30_000, Now.UnixMs + 600_000, WallIsTrusted: false);
        Assert.Equal(30_000 + 3_000_000, Assert.Single(Reopened(afterReboot).Leases).ExpiresMs);
        var nextDay = new Instant(30_000, Now.UnixMs + 86_400_000, WallIsTrusted: true);
        Assert.Equal(30_000, Assert.Single(Reopened(nextDay).Leases).ExpiresMs);
    }

    [Fact]
    public void A_clock_that_fell_back_leaves_a_lease_the_time_it_had_at_the_newest_record()
    {
        Write(batch => batch.Put(Samples.Lease(1, Now.MonotonicMs + 3_600_000), Now));
        var later = Now with { MonotonicMs = Now.MonotonicMs + 60_000, UnixMs = Now.UnixMs + 60_000 };
        Write(batch => batch.Put(Samples.Lease(2, Now.MonotonicMs + 3_600_000), later));
        var noClock = new Instant(30_000, 0, WallIsTrusted: false);
        Assert.All(Reopened(noClock).Leases, lease => Assert.Equal(30_000 + 3_540_000, lease.ExpiresMs));
    }

    [Fact]
    public void A_lease_recorded_before_the_clock_was_set_keeps_all_its_time_after()
    {
        var before = new Instant(20_000, 20_000, WallIsTrusted: false);
        Write(batch => batch.Put(Samples.Lease(1, 20_000 + 3_600_000), before));
        Assert.Equal(Now.MonotonicMs + 3_600_000, Assert.Single(Reopened(Now).Leases).ExpiresMs);
    }
}
