using System.Collections.Generic;
using System.Linq;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>What services used survives the elements that count it. nft writes the counts that a test needs: traffic is tested elsewhere.</summary>
[Trait("Kind", "Kernel")]
[Trait("Requirement", "DWIRM-27")]
public sealed class UsageTests
{
    private static readonly PlannedService Video = Plans.Provide(1, Plans.Tcp(554));
    private static readonly PlannedService Update = Plans.Consume(2, Plans.To("203.0.113.5", 443)) with { RateBitsPerSecond = 1_000_000 };

    [Fact]
    public void AWindowThatClosesAndOpensGoesOnCounting()
    {
        using var router = Counted(Video, Update);
        router.Apply(Plans.Of(Plans.Device(0x10, Video with { Active = false }, Update)));
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update)));
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
        Assert.Contains("original . 0x00001001 counter packets 7 bytes 700", router.Space.Sh("nft list map inet dwirm live"));
    }

    [Fact]
    public void AnotherClassAndAnotherPortGoOnCounting()
    {
        using var router = Counted(Video, Update);
        router.Apply(Plans.Of(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(555)) with { RateBitsPerSecond = 50_000 }, Update)));
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
        Assert.Empty(router.Log);
    }

    [Fact]
    public void ARestartGoesOnCountingOfWhatItKeeps()
    {
        using var router = Counted(Video, Update);
        router.Restart();
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update), Plans.Device(0x11, Video)));
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
        Assert.Equal((0, 0, 0, 0, 0, 0), Of(router, 1, 0x11));
    }

    [Fact]
    public void TablesThatAreWrittenAnewGoOnCounting()
    {
        using var router = Counted(Video, Update);
        router.Enforcer.DistrustTables();
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update)));
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
    }

    [Fact]
    public void AnotherGrantBeginsAtNothing()
    {
        using var router = Counted(Video, Update);
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update) with { Generation = 0x99 }));
        Dictionary<uint, ServiceUsage> usage = Read(router);
        Assert.DoesNotContain(0x1001u, usage.Keys);
        Assert.Equal(0ul, usage[0x9901].OriginalPackets);
        // Nor does the old number come back with what it had.
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update)));
        Assert.Equal((0, 0, 0, 0, 0, 0), Of(router, 1));
    }

    [Fact]
    public void OneDeviceIsAskedForAlone()
    {
        using var router = Counted(Video, Update);
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update), Plans.Device(0x11, Video)));
        var usage = new Dictionary<uint, ServiceUsage>();
        Assert.True(router.Space.Run(() => router.Enforcer.ReadUsage([Plans.Mac(0x10)], usage)));
        Assert.Equal([0x1001u, 0x1002u], usage.Keys.Order());
        Assert.Equal(Read(router)[0x1001], usage[0x1001]);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-10")]
    public void WhatARateDroppedIsCountedThroughARestart()
    {
        using var router = new Router();
        router.Space.Sh("tc qdisc add dev wan root handle 8001: bfifo limit 100000");
        router.Apply(Plans.Of(Plans.Device(0x10, Update)));
        Assert.Contains("original . 0x00001002 limit", router.Space.Sh("nft list set inet dwirm police"));
        router.Space.Sh("nft 'delete element inet dwirm police { original . 0x00001002 }; add element inet dwirm police { original . 0x00001002 limit rate over 125000 bytes/second burst 1600 bytes counter packets 9 bytes 900 }'");
        Assert.Equal(9ul, Read(router)[0x1002].Dropped);
        router.Restart();
        router.Apply(Plans.Of(Plans.Device(0x10, Update)));
        Assert.Equal(9ul, Read(router)[0x1002].Dropped);
    }

    private static Router Counted(params PlannedService[] services)
    {
        var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, services)));
        router.Space.Sh(
            "nft 'delete element inet dwirm live { original . 0x00001001, reply . 0x00001001 }; "
            + "add element inet dwirm live { original . 0x00001001 counter packets 7 bytes 700 : 0:0, reply . 0x00001001 counter packets 3 bytes 300 : 0:0 }; "
            + "delete element bridge dwirm lp4 { 192.168.1.16 . tcp . 554 }; "
            + "add element bridge dwirm lp4 { 192.168.1.16 . tcp . 554 counter packets 5 bytes 500 : 0x00001001 }'");
        Assert.Equal((7, 700, 3, 300, 5, 500), Of(router, 1));
        return router;
    }

    private static Dictionary<uint, ServiceUsage> Read(Router router)
    {
        var usage = new Dictionary<uint, ServiceUsage>();
        Assert.True(router.Space.Run(() => router.Enforcer.ReadUsage(usage)));
        return usage;
    }

    private static (int, int, int, int, int, int) Of(Router router, uint service, uint generation = 0x10)
    {
        ServiceUsage used = Read(router)[(generation << 8) | service];
        return ((int)used.OriginalPackets, (int)used.OriginalBytes, (int)used.ReplyPackets, (int)used.ReplyBytes, (int)used.LocalPackets, (int)used.LocalBytes);
    }
}
