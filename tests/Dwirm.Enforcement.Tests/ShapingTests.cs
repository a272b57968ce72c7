using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>tc is the oracle for classes and queues.</summary>
[Trait("Kind", "Kernel")]
[Trait("Requirement", "DWIRM-10")]
public sealed class ShapingTests
{
    private static readonly PlannedService TwoMegabits = Plans.Provide(1, Plans.Tcp(554)) with { RateBitsPerSecond = 2_000_000 };
    private static readonly PlannedService Slow = Plans.Consume(3, Plans.To("203.0.113.5", 443)) with { RateBitsPerSecond = 15_000 };

    [Fact]
    public void ClassesAreThoseThatTcMakes()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits, Slow)));
        using var other = new Router();
        other.Space.Sh(
            """
            for d in br-lan wan; do
              tc qdisc add dev $d root handle 1: htb default 0
              tc class add dev $d parent 1: classid 1:1 htb rate 10gbit ceil 10gbit quantum 60000
              tc class add dev $d parent 1:1 classid 1:110 htb rate 2015000bit ceil 2015000bit burst 3022 cburst 3022 quantum 1514
              tc class add dev $d parent 1:110 classid 1:111 htb rate 8kbit ceil 2mbit burst 3000 cburst 3000 quantum 1514
              tc class add dev $d parent 1:110 classid 1:113 htb rate 8kbit ceil 15kbit burst 1600 cburst 1600 quantum 1514
            done
            """);
        Assert.Equal(Classes(other, "br-lan"), Classes(router, "br-lan"));
        Assert.Equal(Classes(other, "wan"), Classes(router, "wan"));
        Assert.Contains("qdisc htb 1: root refcnt 2 r2q 10 default 0", router.Space.Sh("tc qdisc show dev br-lan").Replace("default 0x0", "default 0"));
    }

    [Fact]
    public void EveryServiceHasAQueueOfAboutAHundredMilliseconds()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits, Slow)));
        string queues = router.Space.Sh("tc qdisc show dev wan");
        if (queues.Contains("fq_codel")) Assert.Equal(2, queues.Split('\n').Count(line => line.Contains("fq_codel")));
        else
        {
            Assert.Contains("parent 1:111 limit 25000b", queues);
            Assert.Contains("parent 1:113 limit 6000b", queues);
        }
    }

    [Fact]
    public void LineRateInstallsNothing()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits with { RateBitsPerSecond = 0 })));
        Assert.DoesNotContain("htb", router.Space.Sh("tc qdisc show"));
    }

    [Fact]
    public void ARateChangesInPlaceAndAClassGoesWithItsService()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits, Slow)));
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits with { RateBitsPerSecond = 4_000_000 })));
        string[] classes = Classes(router, "wan");
        Assert.Equal(3, classes.Length);
        Assert.Contains(classes, line => line.Contains("1:111") && line.Contains("4Mbit"));
        router.Apply(Plans.Of(Plans.Full(0x10)));
        Assert.Single(Classes(router, "wan"));
    }

    [Fact]
    public void ARestartKeepsTheRootAndDropsStaleClasses()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits), Plans.Device(0x11, Slow)));
        string[] before = Classes(router, "br-lan");
        router.Restart();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits)));
        string[] after = Classes(router, "br-lan");
        Assert.Equal(5, before.Length);
        Assert.Equal(3, after.Length);
        Assert.All(after, line => Assert.Contains(line, before));
        Assert.Empty(router.Log);
    }

    [Theory]
    [InlineData("tc qdisc add dev wan root handle 1: htb default 11; tc class add dev wan parent 1: classid 1:1 htb rate 1mbit; tc class add dev wan parent 1:1 classid 1:11 htb rate 1mbit")]
    [InlineData("tc qdisc add dev wan root handle 1: htb; tc class add dev wan parent 1: classid 1:1 htb rate 1mbit; tc class add dev wan parent 1:1 classid 1:111 htb rate 1mbit")]
    [InlineData("tc qdisc add dev wan root handle 8001: bfifo limit 100000")]
    [Trait("Requirement", "DWIRM-27")]
    public void ARootThatSomebodyChoseIsLeftAloneAndTheRateIsPoliced(string theirs)
    {
        using var router = new Router();
        router.Space.Sh(theirs);
        string before = Everything(router);
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits, Slow)));
        Assert.Equal(before, Everything(router));
        Assert.Contains(router.Enforcer.Support.Notes, note => note.StartsWith("wan") && note.Contains("not ours"));
        Assert.NotEmpty(Classes(router, "br-lan"));
        // Towards the outside: what a provider answers, what a consumer asks.
        Assert.Equal(
            ["inet police original . 4099 1875", "inet police reply . 4097 250000"],
            Rates(router, "police"));
        router.Apply(Plans.Of(Plans.Full(0x20)));
        Assert.Null(router.Space.Run(router.Enforcer.Cleanup));
        Assert.Equal(before, Everything(router));
    }

    [Fact]
    public void AnotherBridgeOfOursIsShapedToo()
    {
        using var router = new Router();
        router.Space.Sh("ip link add br-iot type bridge; ip link set br-iot up");
        PlannedNetwork iot = new("iot", "br-iot", true, Plans.Prefix("10.1.0.1/16"), NetworkPosture.Isolate);
        EnforcementPlan plan = Plans.Of(Plans.Device(0x10, TwoMegabits) with { DownBitsPerSecond = 1_000_000 });
        router.Apply(plan with { Networks = [.. plan.Networks, iot] });
        // Towards the device its own limit counts, away from it the service's.
        Assert.Contains(Classes(router, "br-lan"), line => line.Contains("1:111") && line.Contains("ceil 1Mbit"));
        Assert.Contains(Classes(router, "br-iot"), line => line.Contains("1:111") && line.Contains("ceil 2Mbit"));
        Assert.Equal(Classes(router, "wan"), Classes(router, "br-iot"));
    }

    [Fact]
    public void OneDeviceThatGoesTakesItsClassesAndNoOthers()
    {
        using var router = new Router();
        InterfaceTable interfaces = router.Interfaces();
        EnforcementPlan plan = Plans.Of(Plans.Device(0x10, TwoMegabits), Plans.Device(0x11, Slow));
        router.Apply(PlanChange.Whole(plan, interfaces));
        string[] both = Classes(router, "wan");
        PlanChange Change(PlannedDevice? device) => new()
        {
            Networks = plan.Networks,
            Uplinks = plan.Uplinks,
            Interfaces = interfaces,
            Devices = device is null ? [] : [device],
            Removed = device is null ? [Plans.Mac(0x11)] : [],
        };
        router.Apply(Change(null));
        Assert.Equal(both.Where(line => !line.Contains("1:12")), Classes(router, "wan"));
        router.Apply(Change(Plans.Device(0x11, Slow)));
        Assert.Equal(both, Classes(router, "wan"));
        // Its slot may be another's by now.
        router.Apply(Change(Plans.Device(0x11, Slow) with { Slot = 0x20 }));
        Assert.Equal(both.Length, Classes(router, "wan").Length);
        Assert.Contains(Classes(router, "wan"), line => line.Contains("1:213"));
        Assert.Empty(router.Log);
    }

    [Fact]
    public void MoreRatesThanClassesAreSaid()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits) with { Slot = -1 }));
        Assert.Contains(router.Enforcer.Support.Notes, note => note.Contains("policed, not shaped"));
        Assert.Equal(["inet police original . 4097 250000", "inet police reply . 4097 250000"], Rates(router, "police"));
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits)));
        Assert.DoesNotContain(router.Enforcer.Support.Notes, note => note.Contains("policed"));
        Assert.Empty(Rates(router, "police"));
    }

    [Fact]
    public void WhatAClassDroppedIsTheServices()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits)));
        // A queue that takes nothing, and datagrams that have the class as their priority.
        router.Space.Sh("tc qdisc replace dev wan parent 1:111 bfifo limit 1; ip address add 198.51.100.2/24 dev wan; " +
            "ip neigh replace 198.51.100.9 lladdr 02:00:00:00:00:99 dev wan; for i in 1 2 3; do echo x | socat -u - UDP:198.51.100.9:9,priority=65809; done");
        Assert.Contains("(dropped 3", router.Space.Sh("tc -s class show dev wan"));
        var usage = new Dictionary<uint, ServiceUsage>();
        Assert.True(router.Space.Run(() => router.Enforcer.ReadUsage(usage)));
        Assert.Equal(3ul, usage[0x1001].Dropped);
        Assert.True(router.Space.Run(() => router.Enforcer.ReadUsage([Plans.Mac(0x10)], usage)));
        Assert.Equal(3ul, usage[0x1001].Dropped);
    }

    [Fact]
    public void FramesBetweenPortsArePolicedInBothDirections()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Device(0x10, TwoMegabits)));
        Assert.Equal(["bridge lup 4097 250000"], Rates(router, "lup"));
        Assert.Equal(["bridge ldown 4097 250000"], Rates(router, "ldown"));
        Assert.Empty(Rates(router, "police"));
    }

    private static string[] Classes(Router router, string device) =>
        [.. router.Space.Sh($"tc class show dev {device}").Split('\n').Where(line => line.Length > 0)
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, " leaf [0-9a-f]+:", ""))
            // tc rounds the burst of ten gigabits down to nothing; it is 1,600 octets.
            .Select(line => line.StartsWith("class htb 1:1 ") ? line[..line.IndexOf(" burst")] : line).Order()];

    private static string Everything(Router router) =>
        System.Text.RegularExpressions.Regex.Replace(router.Space.Sh("tc qdisc show dev wan; tc class show dev wan"), "direct_packets_stat [0-9]+", "");

    private static List<string> Rates(Router router, string set)
    {
        var rates = new List<string>();
        foreach (JsonNode? item in JsonNode.Parse(router.Json())!["nftables"]!.AsArray())
        {
            if (item!["set"] is not { } found || found["name"]!.ToString() != set || found["elem"] is not JsonArray elements) continue;
            foreach (JsonNode? element in elements)
            {
                JsonNode inner = element!["elem"]!, limit = inner["limit"]!;
                string key = inner["val"] is JsonObject joined && joined["concat"] is JsonArray parts ? string.Join(" . ", parts.Select(part => part!.ToString())) : inner["val"]!.ToString();
                long unit = limit["rate_unit"]!.ToString() switch { "mbytes" => 1 << 20, "kbytes" => 1 << 10, _ => 1 };
                rates.Add($"{found["family"]} {set} {key} {limit["rate"]!.GetValue<long>() * unit}");
            }
        }
        rates.Sort(System.StringComparer.Ordinal);
        return rates;
    }
}
