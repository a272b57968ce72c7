using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What lease changes cost flash, whoever makes them.</summary>
public sealed class LeaseJournalTests
{
    private static Lease Lease(LeaseState state, long expiresMs, string name = "a") => new()
    {
        Network = "lan",
        Address = new Ipv4Address(0xc0a80164),
        Mac = new MacAddress(0x020000000001),
        Hostname = name,
        State = state,
        ExpiresMs = expiresMs,
    };

    private static Instant At(long ms) => new(ms, ms, true);

    [Fact]
    public void Binding_and_releasing_for_a_day_costs_a_bounded_number_of_writes()
    {
        var journal = new LeaseJournal();
        int writes = 0;
        for (long now = 0; now < 86_400_000; now += 1000)
        {
            if (journal.Takes(Lease(LeaseState.Bound, now + 43_200_000), At(now))) writes++;
            if (journal.Takes(Lease(LeaseState.Free, now), At(now))) writes++;
        }
        Assert.InRange(writes, 2, 2 * (256 + 4 * 24 * 60) + 10);
    }

    [Fact]
    public void Renaming_itself_for_a_day_does_too()
    {
        var journal = new LeaseJournal();
        int writes = 0;
        for (int i = 0; i < 86_400; i++)
        {
            long now = i * 1000L;
            if (journal.Takes(Lease(LeaseState.Bound, now + 43_200_000, $"n{i}"), At(now))) writes++;
        }
        Assert.InRange(writes, 256, 256 + 4 * 24 * 60 + 10);
    }

    [Fact]
    public void A_new_client_is_always_written_and_a_renewal_when_flash_would_run_out()
    {
        var journal = new LeaseJournal();
        Assert.True(journal.Takes(Lease(LeaseState.Bound, 43_200_000), At(0)));
        Assert.False(journal.Takes(Lease(LeaseState.Bound, 43_201_000), At(1000)));
        Assert.True(journal.Takes(Lease(LeaseState.Bound, 83_200_000), At(40_000_000)));
        Assert.True(journal.Takes(Lease(LeaseState.Bound, 83_201_000) with { Mac = new MacAddress(2) }, At(40_001_000)));
    }
}
