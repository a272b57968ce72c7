using System.Linq;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>A change of the plan changes the elements it has to, and no others.</summary>
[Trait("Kind", "Kernel")]
public sealed class DiffTests
{
    private static readonly PlannedService Video = Plans.Provide(1, Plans.Tcp(554));
    private static readonly PlannedService Update = Plans.Consume(2, Plans.To("203.0.113.5", 443));

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void AGrantAddsItsElementsOnly()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, Video)));
        string[] change = router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, Video, Update))));
        Assert.Equal(
            [
                """+ inet c4 [{"concat":["192.168.1.16","203.0.113.5","tcp",443]},4098]""",
                """+ inet live [{"concat":["original",4098]},"none"]""",
                """+ inet live [{"concat":["reply",4098]},"none"]""",
            ],
            Simple(change));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void ARevocationTakesEverythingOfTheService()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update)));
        string[] change = router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, Update))));
        Assert.Equal(
            [
                """- bridge lp4 [{"concat":["192.168.1.16","tcp",554]},4097]""",
                """- bridge lp6 [{"concat":["02:00:00:00:00:10","tcp",554]},4097]""",
                """- inet live [{"concat":["original",4097]},"none"]""",
                """- inet live [{"concat":["reply",4097]},"none"]""",
                """- inet p4 [{"concat":["br-lan","192.168.1.16","tcp",554]},4097]""",
                """- inet p6 [{"concat":["br-lan",4096,"tcp",554]},4097]""",
            ],
            Simple(change));
    }

    [Fact]
    public void ANarrowerGrantLosesPortsAndKeepsTheRest()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(88, 90)))));
        string[] change = router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(88, 89))))));
        Assert.Equal(
            [
                """- bridge lp4 [{"concat":["192.168.1.16","tcp",90]},4097]""",
                """- bridge lp6 [{"concat":["02:00:00:00:00:10","tcp",90]},4097]""",
                """- inet p4 [{"concat":["br-lan","192.168.1.16","tcp",90]},4097]""",
                """- inet p6 [{"concat":["br-lan",4096,"tcp",90]},4097]""",
            ],
            Simple(change));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void AClosedScheduleTakesLiveAndBridgeElementsAndLeavesEndpoints()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, Video, Update)));
        string[] change = router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, Video with { Active = false }, Update with { Active = false }))));
        Assert.Equal(
            [
                """- bridge lp4 [{"concat":["192.168.1.16","tcp",554]},4097]""",
                """- bridge lp6 [{"concat":["02:00:00:00:00:10","tcp",554]},4097]""",
                """- inet live [{"concat":["original",4097]},"none"]""",
                """- inet live [{"concat":["original",4098]},"none"]""",
                """- inet live [{"concat":["reply",4097]},"none"]""",
                """- inet live [{"concat":["reply",4098]},"none"]""",
            ],
            Simple(change));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void AWindowEndsInTheKernelThreeSecondsLater()
    {
        using var router = new Router();
        PlannedService window = Update with { ActiveUntilMs = Plans.Now.MonotonicMs + 60_000 };
        router.Apply(Plans.Of(Plans.Device(0x10, window)));
        Assert.Contains(router.Elements(), line => line.StartsWith("inet live") && line.Contains("\"timeout\":63"));
        // The same window an hour of turns later is no change; a longer one is.
        Assert.Empty(router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, window)), Plans.Now with { MonotonicMs = Plans.Now.MonotonicMs + 1000 })));
        string[] change = router.Change(() => router.Apply(Plans.Of(Plans.Device(0x10, window with { ActiveUntilMs = Plans.Now.MonotonicMs + 90_000 }))));
        Assert.Equal(4, change.Length);
        Assert.All(change, line => Assert.StartsWith("inet live", line[2..]));
    }

    [Fact]
    public void ElementsThatExpiredBesideUsAreNoFault()
    {
        using var router = new Router();
        Instant now = Plans.Now;
        router.Apply(Plans.Of(Plans.Device(0x10, Update with { ActiveUntilMs = now.MonotonicMs - 2500 })), now);
        router.Space.Sh("sleep 0.7");
        Assert.DoesNotContain(router.Elements(), line => line.StartsWith("inet live"));
        router.Apply(Plans.Of(Plans.Device(0x10, Update with { Active = false })), now with { MonotonicMs = now.MonotonicMs + 700 });
        Assert.Empty(router.Log);
        router.Apply(Plans.Of(Plans.Device(0x10, Update)), now with { MonotonicMs = now.MonotonicMs + 800 });
        Assert.Empty(router.Log);
        Assert.Equal(2, router.Elements().Count(line => line.StartsWith("inet live")));
    }

    [Fact]
    public void TheSamePlanIsNoTransaction()
    {
        using var router = new Router();
        router.Apply(Plans.Lab());
        using Running monitor = router.Space.Start("timeout 2 nft monitor");
        router.Space.Sh("sleep 0.5; nft add table inet before");
        router.Apply(Plans.Lab());
        router.Space.Sh("nft add table inet after");
        string heard = monitor.Finish();
        Assert.Contains("before", heard);
        Assert.Contains("after", heard);
        Assert.DoesNotContain("dwirm", heard);
    }

    [Fact]
    public void ADeviceThatLeavesTakesItsIdentityAlong()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Full(0x20)));
        var empty = router.Elements();
        router.Apply(Plans.Lab());
        router.Apply(Plans.Of(Plans.Full(0x20)));
        Assert.Equal(empty, router.Elements());
        Assert.Empty(router.Log);
    }

    private static string[] Simple(string[] lines) => [.. lines.Select(line => line.Replace("{\"elem\":{\"val\":", "").Replace(",\"counter\":{}}}", ""))];
}
