using Dwirm.Daemon.Loop;

namespace Dwirm.Daemon.Tests.Loop;

public sealed class TokenBucketTests
{
    [Fact]
    public void TheBurstPassesThenTheRate()
    {
        var bucket = default(TokenBucket);
        Assert.Equal(5, Taken(ref bucket, 1000, 20));
        Assert.Equal(0, Taken(ref bucket, 1400, 20));
        Assert.Equal(1, Taken(ref bucket, 1500, 20));
        Assert.Equal(5, Taken(ref bucket, 60_000, 20));
    }

    [Fact]
    public void AClockThatStandsStillGivesNothing()
    {
        var bucket = default(TokenBucket);
        Taken(ref bucket, 1000, 20);
        Assert.Equal(0, Taken(ref bucket, 900, 20));
    }

    private static int Taken(ref TokenBucket bucket, long atMs, int tries)
    {
        int taken = 0;
        for (int i = 0; i < tries; i++) taken += bucket.TryTake(atMs, perSecond: 2, burst: 5) ? 1 : 0;
        return taken;
    }
}
