using System.Collections.Generic;
using Dwirm.Daemon.Service;

namespace Dwirm.Daemon.Tests.Service;

public sealed class PatienceTests
{
    [Fact]
    public void AFewTimesAtOnceThenEverLater()
    {
        var patience = new Patience();
        List<long> pauses = [];
        long nowMs = 1_000_000;
        for (int i = 0; i < 14; i++)
        {
            pauses.Add(patience.Spend(nowMs));
            Assert.Equal(nowMs + pauses[^1], patience.NotBeforeMs);
            nowMs = patience.NotBeforeMs + 50;
        }
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 16_000, 16_000], pauses);
    }

    [Fact]
    public void AQuietMinuteAndItIsAsAtFirst()
    {
        var patience = new Patience();
        for (int i = 0; i < 12; i++) patience.Spend(1000 + i);
        Assert.Equal(16_000, patience.Spend(61_000));
        Assert.Equal(0, patience.Spend(61_000 + 60_001));
    }
}
