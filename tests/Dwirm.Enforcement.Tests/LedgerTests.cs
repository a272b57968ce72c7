using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Shaping;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>From plan to elements, without a kernel.</summary>
public sealed class LedgerTests
{
    private static List<Element> Build(params PlannedDevice[] devices) => Build(Plans.Of(devices));

    private static List<Element> Build(EnforcementPlan plan) => new LedgerBuilder(new InterfaceNames()).Build(plan, [], Plans.Now.MonotonicMs);

    private static Element[] In(List<Element> elements, SetId set) => [.. elements.Where(element => element.Set == set)];

    [Fact]
    [Trait("Requirement", "DWIRM-28")]
    public void ADeviceWithoutServicesHasItsIdentityAndNothingElse()
    {
        List<Element> elements = Build(Plans.Device(0x10));
        Assert.Equal(
            [SetId.Dev, SetId.Bind4, SetId.Bind6, SetId.Own4, SetId.Own6, SetId.Device6, SetId.L2Dev, SetId.L2Class, SetId.L2Managed, SetId.L2Bind4, SetId.L2Bind6,
                SetId.L2NdOwn, SetId.L2NdHeld, SetId.L2Own4, SetId.L2Own6],
            elements.Where(element => element.Set is >= SetId.Dev and not SetId.Net6).Select(element => element.Set));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-28")]
    public void ADeviceWhoseNetworkIsGoneIsRestrictedEverywhereAndAtHomeNowhere()
    {
        List<Element> elements = Build(Plans.Device(0x10) with { Device = "", Addresses4 = [] });
        Assert.Single(In(elements, SetId.Dev));
        Assert.Single(In(elements, SetId.L2Managed));
        Assert.Empty(In(elements, SetId.Bind4));
        Assert.Empty(In(elements, SetId.Bind6));
    }

    [Fact]
    public void RouterServicesAreDhcpDnsAndNtp() =>
        Assert.Equal(["6/53", "17/53", "17/67", "17/123", "17/547"], In(Build(), SetId.Base).Select(element => $"{element.Protocol}/{element.PortLow}"));

    [Theory]
    [Trait("Requirement", "DNS-04")]
    [InlineData(true, ForeignDns.Redirect, "dns:6/53 17/53 foreign:6/53 17/53 allowed: port:6/5354 17/5354")]
    [InlineData(true, ForeignDns.Block, "dns:6/53 17/53 foreign: allowed: port:6/5354 17/5354")]
    [InlineData(true, ForeignDns.Allow, "dns:6/53 17/53 foreign: allowed:6/53 17/53 port:6/5354 17/5354")]
    [InlineData(false, ForeignDns.Redirect, "dns: foreign: allowed: port:")]
    [InlineData(false, ForeignDns.Allow, "dns: foreign: allowed:6/53 17/53 port:")]
    public void QuestionsAreRedirectedOnlyWhereTheForwarderListens(bool listens, ForeignDns foreign, string expected)
    {
        List<Element> elements = Build(Plans.Of() with { Networks = [Plans.Lan() with { HasForwarder = listens, ForeignDns = foreign }] });
        string Of(SetId set) => string.Join(' ', In(elements, set).Select(element => $"{element.Protocol}/{element.PortLow}"));
        Assert.Equal(expected, $"dns:{Of(SetId.Dns)} foreign:{Of(SetId.DnsForeign)} allowed:{Of(SetId.DnsAllowed)} port:{Of(SetId.DnsPort)}");
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void AnywhereIsTheOutside()
    {
        List<Element> elements = Build(Plans.Device(0x10, Plans.Consume(1, Plans.To("0.0.0.0/0", 443))));
        Element[] ranges = In(elements, SetId.C4Range);
        Assert.Equal(
            ["0-c0a800ff", "c0a80200-ffffffff"],
            ranges.Select(range => $"{range.DestinationLow:x}-{range.DestinationHigh:x}"));
        Assert.Empty(In(elements, SetId.L2ConsumeRange));
        // A network that is named is meant.
        Assert.Single(In(Build(Plans.Device(0x10, Plans.Consume(1, Plans.To("192.168.0.0/16", 443)))), SetId.L2ConsumeRange));
    }

    [Fact]
    public void SmallRangesAreExactAndLargeOnesRanges()
    {
        List<Element> elements = Build(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(100, 115), Plans.Tcp(200, 216))));
        Assert.Equal(16, In(elements, SetId.P4).Length);
        Element range = Assert.Single(In(elements, SetId.P4Range));
        Assert.Equal((200, 216), (range.PortLow, range.PortHigh));
    }

    [Fact]
    public void TheHouseIsEveryNetworkOfOursThatIsNotKeptApart()
    {
        PlannedDevice printer = Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(631)) with { Reach = ServiceReach.House }, Plans.Provide(2, Plans.Tcp(80)));
        var house = new EnforcementPlan(
            [
                Plans.Lan(),
                new PlannedNetwork("office", "br-office", true, Plans.Prefix("10.1.0.1/16"), NetworkPosture.Open),
                new PlannedNetwork("guest", "br-guest", true, Plans.Prefix("10.2.0.1/16"), NetworkPosture.Isolate),
            ],
            [Plans.Wan()],
            [printer]);
        var names = new InterfaceNames();
        var builder = new LedgerBuilder(names);
        List<Element> elements = builder.Build(house, [], Plans.Now.MonotonicMs);
        string[] expected = ["br-lan 80", "br-lan 631", "br-office 631"];
        foreach (SetId set in (SetId[])[SetId.P4, SetId.P6])
            Assert.Equal(expected.Order(), In(elements, set).Select(element => $"{names[element.Interface]} {element.PortLow}").Order());
        Assert.All(In(elements, SetId.P4), element => Assert.Equal(element.PortLow == 631 ? 0x1001u : 0x1002u, (uint)element.Data));
    }

    [Fact]
    public void ADeviceUnderControlsAsAWholeHasOneElementAndTwoLiveOnes()
    {
        PlannedDevice laptop = Plans.Full(0x20) with { Posture = DevicePosture.Ordinary, Generation = 9, Slot = 2, DownBitsPerSecond = 8000, Services = [Plans.Consume(1)] };
        List<Element> elements = Build(laptop);
        Assert.Equal(0x901u, (uint)Assert.Single(In(elements, SetId.Whole)).Data);
        Assert.Equal([0x10031ul, 0x10031ul], In(elements, SetId.Live).Select(element => element.Data));
        Assert.DoesNotContain(elements, element => element.Set is SetId.Dev or SetId.Full or SetId.Own4 or SetId.L2Dev);
        // Closed by the kernel itself: the element stays, what it leads to is gone.
        elements = Build(laptop with { Services = [Plans.Consume(1) with { Active = false }] });
        Assert.Single(In(elements, SetId.Whole));
        Assert.Empty(In(elements, SetId.Live));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void SourcesBindAProvideToThem()
    {
        PlannedService service = Plans.Provide(1, Plans.Tcp(22)) with { Sources = [Plans.Prefix("192.168.1.32")], Forwards = [new(Transports.Tcp, Plans.Ports(2222), Plans.Ports(22))] };
        List<Element> elements = Build(Plans.Device(0x10, service));
        Assert.Empty(In(elements, SetId.P4));
        Assert.Empty(In(elements, SetId.L2Provide));
        Assert.All(In(elements, SetId.P4Range), range => Assert.Equal((0xc0a80120u, 0xc0a80120u), (range.SourceLow, range.SourceHigh)));
        Assert.Equal(2, In(elements, SetId.P4Range).Length);
        Assert.Single(In(elements, SetId.L2ProvideRange));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void AnInactiveServiceNeverHidesAnActiveOne()
    {
        // The exact port of the inactive one would be found before the active range.
        List<Element> elements = Build(Plans.Device(0x10,
            Plans.Consume(1, Plans.To("203.0.113.5", 443)) with { Active = false },
            Plans.Consume(2, Plans.To("203.0.113.0/24", 400, 500)),
            Plans.Consume(3, Plans.To("203.0.113.5", 8443)) with { Active = false },
            Plans.Consume(4, Plans.To("203.0.113.5", 8443))));
        Element exact = Assert.Single(In(elements, SetId.C4));
        Assert.Equal(0x1004ul, exact.Data);
        Assert.Equal(0x1002ul, Assert.Single(In(elements, SetId.C4Range)).Data);
        Assert.Equal(4, In(elements, SetId.Live).Length);
    }

    [Fact]
    public void OfTwoWindowsOnOnePortTheLongerHolds()
    {
        long now = Plans.Now.MonotonicMs;
        List<Element> elements = Build(Plans.Device(0x10,
            Plans.Provide(1, Plans.Tcp(80)) with { ActiveUntilMs = now + 1000 },
            Plans.Provide(2, Plans.Tcp(80)) with { ActiveUntilMs = now + 9000 },
            Plans.Provide(3, Plans.Tcp(81)) with { ActiveUntilMs = now + 1000 },
            Plans.Provide(4, Plans.Tcp(81))));
        Assert.Equal([now + 9000 + LedgerBuilder.DeadlineGraceMs, 0], In(elements, SetId.L2Provide).Select(element => element.Deadline));
    }

    [Fact]
    public void AnAddressBelongsToOneDevice()
    {
        PlannedDevice thief = Plans.Device(0x11, Plans.Provide(1, Plans.Tcp(1, 65535))) with { Addresses4 = [Plans.Ip("192.168.1.16")] };
        List<Element> elements = Build(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(80))), thief);
        Assert.Equal(0x10ul, Assert.Single(In(elements, SetId.Bind4)).Mac & 0xff);
        Assert.Empty(In(elements, SetId.P4Range));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void AnExternalPortHasOneOwnerAndTheActiveOneComesFirst()
    {
        PlannedService forward = Plans.Provide(1) with { Forwards = [new(Transports.Tcp, Plans.Ports(8080), Plans.Ports(80)), new(Transports.Udp, Plans.Ports(5000, 5100), Plans.Ports(5000, 5100))] };
        List<Element> elements = Build(Plans.Device(0x10, forward with { Active = false }), Plans.Device(0x11, forward));
        Assert.Equal((0xc0a80111ul << 16) | 80, Assert.Single(In(elements, SetId.Forward4)).Data);
        Assert.Equal(0xc0a80111ul, Assert.Single(In(elements, SetId.Forward4Range)).Data);
    }

    [Fact]
    public void AShiftedRangeTakesAnElementForEachPortUpToABound()
    {
        var builder = new LedgerBuilder(new InterfaceNames());
        PlannedService Shifted(int count) => Plans.Provide(1) with { Forwards = [new(Transports.Tcp, Plans.Ports(10_001, 10_000 + count), Plans.Ports(1, count))] };
        Assert.Equal(100, In(builder.Build(Plans.Of(Plans.Device(0x10, Shifted(100))), [], 0), SetId.Forward4).Length);
        Assert.False(builder.Incomplete);
        Assert.Equal(LedgerBuilder.ForwardsPerService, In(builder.Build(Plans.Of(Plans.Device(0x10, Shifted(9000))), [], 0), SetId.Forward4).Length);
        Assert.True(builder.Incomplete);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BoxesNeverOverlapAndCoverWhatWasAdded(int seed)
    {
        var random = new Random(seed);
        var set = new BoxSet();
        var wanted = new HashSet<(uint, ushort)>();
        for (int i = 0; i < 40; i++)
        {
            uint low = (uint)random.Next(30);
            ushort port = (ushort)random.Next(30);
            var box = new Box(low, low + (uint)random.Next(12), port, (ushort)(port + random.Next(12)));
            Assert.True(set.Add(box));
            for (uint address = box.Low; address <= box.High; address++)
            {
                for (int at = box.PortLow; at <= box.PortHigh; at++) wanted.Add((address, (ushort)at));
            }
        }
        long area = set.Boxes.Sum(box => (long)(box.High - box.Low + 1) * (box.PortHigh - box.PortLow + 1));
        Assert.Equal(wanted.Count, area);
        Assert.All(wanted, point => Assert.True(set.Covers(point.Item1, point.Item2)));
        for (int i = 0; i < set.Boxes.Count; i++)
        {
            for (int j = 0; j < i; j++) Assert.False(set.Boxes[i].Overlaps(set.Boxes[j]));
        }
    }

    [Fact]
    public void BoxesReachTheEndsOfTheirRange()
    {
        var set = new BoxSet();
        Assert.True(set.Add(new Box(0, 0, 0, 0)));
        Assert.True(set.Add(new Box(uint.MaxValue, uint.MaxValue, ushort.MaxValue, ushort.MaxValue)));
        Assert.True(set.Add(new Box(0, uint.MaxValue, 0, ushort.MaxValue)));
        Assert.True(set.Covers(0, ushort.MaxValue) && set.Covers(uint.MaxValue, 0) && set.Covers(1 << 20, 1000));
    }

    [Fact]
    public void ADiffTellsWhatIsNoLongerLive()
    {
        var diff = new LedgerDiff();
        Assert.False(diff.Add([.. Build(Plans.Device(0x10, Plans.Provide(1), Plans.Provide(2)))], Build(Plans.Device(0x10, Plans.Provide(2))).ToArray()));
        Assert.Equal([0x1001u], diff.Withdrawn);
        Assert.Equal(2, diff.Removed.Count);
        Assert.Empty(diff.Added);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-10")]
    public void ARateWithoutAClassIsPolicedBothWays()
    {
        PlannedService video = Plans.Provide(1, Plans.Tcp(554)) with { RateBitsPerSecond = 80_000 };
        PlannedService update = Plans.Consume(2, Plans.To("203.0.113.5", 443)) with { RateBitsPerSecond = 160_000 };
        Assert.Empty(In(Build(Plans.Device(0x10, video, update)), SetId.Police));
        List<Element> elements = Build(Plans.Device(0x10, video, update) with { Slot = -1 });
        Assert.Equal(
            [(0u, 0x1001u, 10_000ul), (0u, 0x1002u, 20_000ul), (1u, 0x1001u, 10_000ul), (1u, 0x1002u, 20_000ul)],
            In(elements, SetId.Police).Select(element => (element.Direction, element.Mark, element.Data)));
        Assert.All(In(elements, SetId.Live), element => Assert.Equal(TrafficClass.Policed, (uint)element.Data));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-10")]
    public void TwoDevicesNeverShareAClass()
    {
        PlannedService video = Plans.Provide(1, Plans.Tcp(554)) with { RateBitsPerSecond = 80_000 };
        List<Element> elements = Build(Plans.Device(0x10, video), Plans.Device(0x11, video) with { Slot = 0x10 });
        Assert.Equal([0x10111ul, 0x10111ul, TrafficClass.Policed, TrafficClass.Policed], In(elements, SetId.Live).OrderBy(element => element.Mark).Select(element => element.Data));
        Assert.All(In(elements, SetId.Police), element => Assert.Equal(0x1101u, element.Mark));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-10")]
    public void WhatADeviceSendsToTheRouterIsPoliced()
    {
        PlannedService update = Plans.Consume(2, Plans.To("192.168.1.1", 443)) with { RateBitsPerSecond = 160_000 };
        Element element = Assert.Single(In(Build(Plans.Device(0x10, update)), SetId.PoliceInput));
        Assert.Equal((0u, 0x1002u, 20_000ul), (element.Direction, element.Mark, element.Data));
    }

    [Fact]
    public void SlotsAndServicesNameTheirClasses()
    {
        PlannedService rated = Plans.Provide(3) with { RateBitsPerSecond = 1000 };
        Assert.Equal(0x10113u, Shaping.TrafficClass.IdOf(Plans.Device(0x10, rated), rated));
        Assert.Equal(0u, Shaping.TrafficClass.IdOf(Plans.Device(0x10, rated) with { Slot = -1 }, rated));
        PlannedService high = rated with { Id = 200 };
        Assert.Equal(0x1ffe2u, Shaping.TrafficClass.IdOf(Plans.Device(0x10, rated, high) with { Slot = 4093 }, high));
    }
}
