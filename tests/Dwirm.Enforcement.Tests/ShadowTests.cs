using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>What we believe to be in the kernel is in the kernel, whatever happened on the way.</summary>
[Trait("Kind", "Kernel")]
public sealed class ShadowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20260101)]
    [Trait("Requirement", "DWIRM-27")]
    public void FiveHundredRandomStepsKeepShadowAndKernelEqual(int seed)
    {
        using var router = new Router();
        using var other = new Netns();
        var random = new Random(seed);
        var devices = new List<PlannedDevice>();
        for (int step = 1; step <= 500; step++)
        {
            Step(random, devices);
            router.Apply(Plans.Of([.. devices]));
            if (step % 50 == 0) AssertShadow(router, other);
        }
        // Not one step needed the tables to be written anew.
        Assert.Empty(router.Log);
    }

    [Fact]
    public void ASetThatOutgrowsItsRoomIsMadeAnew()
    {
        using var router = new Router();
        PlannedDevice[] crowd = [.. Enumerable.Range(1, 2500).Select(number => Plans.Device(0, []) with
        {
            Mac = Plans.Mac(number), Addresses4 = [new Ipv4Address(0x0a000000u + (uint)number)], Generation = (uint)number, Slot = -1,
        })];
        router.Apply(Plans.Of(crowd[..1100]));
        router.Apply(Plans.Of(crowd[..2100]));
        Assert.Empty(router.Log);
        router.Apply(Plans.Of(crowd));
        Assert.Contains("anew", Assert.Single(router.Log));
        Assert.Equal(2500, router.Space.Sh("nft list map inet dwirm dev").Split("goto").Length - 1);
    }

    [Fact]
    public void AStrangersChangeIsRepaired()
    {
        using var router = new Router();
        using var other = new Netns();
        router.Apply(Plans.Lab());
        router.Space.Sh("nft 'delete element inet dwirm live { original . 0x00001001 }'");
        router.Apply(Plans.Of(Plans.Full(0x20)));
        AssertShadow(router, other);
        Assert.Contains(router.Log, line => line.Contains("anew"));
    }

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table bridge dwirm")]
    [InlineData("nft delete table inet dwirm; nft add table inet dwirm")]
    public void TablesThatAreGoneComeBackWithTheNextPlan(string harm)
    {
        using var router = new Router();
        using var other = new Netns();
        router.Apply(Plans.Lab());
        Assert.True(router.Space.Run(router.Enforcer.IsIntact));
        router.Space.Sh(harm);
        Assert.False(router.Space.Run(router.Enforcer.IsIntact));
        router.Apply(Plans.Lab());
        AssertShadow(router, other);
    }

    [Fact]
    public void StrangersTablesAreNoReasonToLoadAnew()
    {
        using var router = new Router();
        router.Apply(Plans.Of(Plans.Full(0x20)));
        router.Space.Sh("nft add table inet fw4; nft 'add chain inet fw4 forward { type filter hook forward priority 0; }'");
        Assert.True(router.Space.Run(router.Enforcer.IsIntact));
        router.Apply(Plans.Lab());
        Assert.Empty(router.Log);
        Assert.Contains("\"fw4\"", router.Json());
    }

    [Fact]
    public void AFailedTransactionLeavesTheOldState()
    {
        using var router = new Router();
        router.Apply(Plans.Lab());
        string before = RulesetJson.Normalise(router.Json());
        NetlinkError? error = router.Space.Run(() =>
        {
            var names = new InterfaceNames();
            var tables = new NftTables(new NetlinkChannel(NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER)), names, router.Log.Add);
            // One key with two values: the kernel takes the first and refuses the second, and with it everything.
            List<Element> broken = new LedgerBuilder(names).Build(Plans.Of(Plans.Device(0x40)), [], Plans.Now.MonotonicMs);
            broken.Add(new Element(Element.HeadOf(SetId.C4, 6, 0, 80, 80), 0, Element.AddressOf(1, 1, 2, 2), 7, 0));
            broken.Add(new Element(Element.HeadOf(SetId.C4, 6, 0, 80, 80), 0, Element.AddressOf(1, 1, 2, 2), 8, 0));
            broken.Sort();
            return tables.Commit(new LedgerDiff(), take => take(broken), Plans.Now.MonotonicMs);
        });
        Assert.Equal(NetlinkError.Exists, error?.Errno);
        Assert.Equal(before, RulesetJson.Normalise(router.Json()));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void ARestartTakesOverAndCleanupLeavesNothing()
    {
        using var router = new Router();
        using var other = new Netns();
        router.Apply(Plans.Lab());
        router.Restart();
        router.Apply(Plans.Lab());
        AssertShadow(router, other);
        Assert.Null(router.Space.Run(router.Enforcer.Cleanup));
        Assert.Equal("", router.Space.Sh("nft list ruleset"));
        Assert.DoesNotContain("htb", router.Space.Sh("tc qdisc show"));
        Assert.Null(router.Space.Run(router.Enforcer.Cleanup));
    }

    [Fact]
    public void AThousandDevicesFitIntoOneTransaction()
    {
        using var router = new Router();
        var devices = new PlannedDevice[1000];
        for (int i = 0; i < devices.Length; i++)
        {
            devices[i] = Plans.Device(i + 16, Plans.Provide(1, Plans.Tcp(80, 83)), Plans.Consume(2, Plans.To("203.0.113.5", 443), Plans.To("203.0.113.6", 443))) with
            {
                Addresses4 = [new Ipv4Address(0x0a000000u + (uint)i)],
                Slot = -1,
            };
        }
        router.Apply(Plans.Of(devices));
        Assert.Equal(2000 * 2, CountOf(router, "live"));
        Assert.Equal(4000, CountOf(router, "lp4"));
    }

    private static int CountOf(Router router, string set)
    {
        int count = 0;
        foreach (string line in router.Elements())
        {
            if (line.Split(' ')[1] == set) count++;
        }
        return count;
    }

    private static void AssertShadow(Router router, Netns other)
    {
        string script = NftScript.Render([.. router.Enforcer.Shadow], router.Enforcer.Names, Plans.Now.MonotonicMs, new RulesetOptions(true, true));
        other.Sh("nft flush ruleset; nft -f /dev/stdin", script);
        Assert.Equal(
            RulesetJson.Normalise(other.Sh("nft -j list ruleset"), false),
            RulesetJson.Normalise(router.Json(), false));
    }

    private static void Step(Random random, List<PlannedDevice> devices)
    {
        int number = random.Next(2, 14);
        int at = devices.FindIndex(device => device.Mac == Plans.Mac(number));
        if (at >= 0 && random.Next(4) == 0) devices.RemoveAt(at);
        else if (at >= 0) devices[at] = RandomDevice(random, number);
        else devices.Add(RandomDevice(random, number));
    }

    private static PlannedDevice RandomDevice(Random random, int number)
    {
        if (random.Next(8) == 0) return Plans.Full(number);
        var services = new PlannedService[random.Next(5)];
        for (byte i = 0; i < services.Length; i++) services[i] = RandomService(random, (byte)(i + 1));
        return Plans.Device(number, services) with { Generation = (uint)random.Next(1, 3) * 256 + (uint)number };
    }

    private static PlannedService RandomService(Random random, byte id)
    {
        PlannedService service = random.Next(2) == 0
            ? Plans.Provide(id, RandomPorts(random), RandomPorts(random)) with
            {
                Sources = random.Next(3) == 0 ? [RandomPrefix(random), RandomPrefix(random)] : [],
                Forwards = random.Next(3) == 0 ? [RandomForward(random)] : [],
            }
            : Plans.Consume(id, RandomEndpoint(random), RandomEndpoint(random), RandomEndpoint(random));
        return service with
        {
            Active = random.Next(4) != 0,
            ActiveUntilMs = random.Next(3) == 0 ? Plans.Now.MonotonicMs + 600_000 + random.Next(600_000) : 0,
            RateBitsPerSecond = random.Next(3) == 0 ? random.Next(8_000, 50_000_000) : 0,
        };
    }

    // Few values, so that claims meet, touch and overlap.
    private static PortRange RandomRange(Random random)
    {
        int low = random.Next(1, 40);
        return Plans.Ports(low, low + random.Next(random.Next(2) == 0 ? 3 : 40));
    }

    private static Transports RandomTransport(Random random) => random.Next(2) == 0 ? Transports.Tcp : Transports.Udp;

    private static PlannedPort RandomPorts(Random random) => new(RandomTransport(random), RandomRange(random));

    private static PlannedForward RandomForward(Random random)
    {
        PortRange range = RandomRange(random);
        int shift = random.Next(3) * 1000;
        return new PlannedForward(RandomTransport(random), Plans.Ports(range.Low + shift, range.High + shift), range);
    }

    private static Ipv4Prefix RandomPrefix(Random random) => random.Next(5) switch
    {
        0 => Plans.Prefix("0.0.0.0/0"),
        1 => Plans.Prefix("192.168.1.0/28"),
        2 => new Ipv4Prefix(new Ipv4Address(0xcb007100u + (uint)random.Next(8)), random.Next(28, 33)),
        3 => new Ipv4Prefix(new Ipv4Address(0xc0a80100u + (uint)random.Next(16)), 32),
        _ => new Ipv4Prefix(new Ipv4Address(0xcb007100u + (uint)random.Next(8)), 32),
    };

    private static PlannedEndpoint RandomEndpoint(Random random) => new(RandomPrefix(random), RandomTransport(random), RandomRange(random));
}
