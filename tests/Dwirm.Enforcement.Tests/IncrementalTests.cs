using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>Device by device comes to the same as all at once, whoever claims what and in whatever order.</summary>
public sealed class IncrementalTests
{
    private static readonly HashSet<string> None = [];
    private readonly InterfaceNames _names = new();
    private readonly ElementLedger _ledger;

    public IncrementalTests()
    {
        _ledger = new ElementLedger(_names);
        Take(PlanChange.Whole(Plans.Of()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Trait("Requirement", "DWIRM-27")]
    public void TheLedgerIsTheSameHoweverItCameAbout(int seed)
    {
        var random = new Random(seed);
        var devices = new SortedDictionary<ulong, PlannedDevice>();
        for (int step = 0; step < 400; step++)
        {
            int number = random.Next(1, 9);
            PlannedDevice? device = random.Next(4) == 0 ? null : Contested(random, number);
            if (device is null) devices.Remove(Plans.Mac(number).Value);
            else devices[Plans.Mac(number).Value] = device;
            // A commit that is refused now and then: the next change is a whole one.
            bool refused = random.Next(10) == 0;
            Take(Change(device, number), accept: !refused);
            if (refused) Take(PlanChange.Whole(Plans.Of([.. devices.Values])));
            List<Element> whole = new LedgerBuilder(_names).Build(Plans.Of([.. devices.Values]), [], Plans.Now.MonotonicMs);
            Assert.Equal(whole, Held());
            Assert.Equal(whole.Count, whole.Select(element => (element.Head, element.Mac, element.Address)).Distinct().Count());
        }
    }

    [Fact]
    public void WhoTakesAnAddressOverGetsItWhenItsHolderGoes()
    {
        PlannedDevice first = Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(80)));
        PlannedDevice second = Plans.Device(0x11, Plans.Provide(1, Plans.Tcp(81))) with { Addresses4 = first.Addresses4 };
        Take(Change(second, 0x11));
        Take(Change(first, 0x10));
        Assert.Equal(0x10ul, Assert.Single(In(SetId.Bind4)).Mac & 0xff);
        Assert.Equal(80, Assert.Single(In(SetId.P4)).PortLow);
        Take(Change(null, 0x10));
        Assert.Equal(0x11ul, Assert.Single(In(SetId.Bind4)).Mac & 0xff);
        Assert.Equal(81, Assert.Single(In(SetId.P4)).PortLow);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-15")]
    public void AnAddressThatComesWithAMacIsThatDevices()
    {
        PlannedDevice thief = Plans.Device(0x10) with { Addresses6 = [Ipv6Address.LinkLocalFrom(Plans.Mac(0x20))] };
        Take(Change(thief, 0x10));
        Assert.Equal(2, In(SetId.Bind6).Length);
        Take(Change(Plans.Device(0x20), 0x20));
        Assert.Equal([0x10ul, 0x20ul], In(SetId.Bind6).Select(element => element.Mac & 0xff).Order());
        Assert.Equal(2, In(SetId.Own6).Length);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void APortThatIsGivenBackGoesToWhoAskedForIt()
    {
        PlannedService forward = Plans.Provide(1) with { Forwards = [new(Transports.Tcp, Plans.Ports(8080, 8089), Plans.Ports(80, 89))] };
        PlannedService part = Plans.Provide(1) with { Forwards = [new(Transports.Tcp, Plans.Ports(8085), Plans.Ports(85)), new(Transports.Udp, Plans.Ports(8085), Plans.Ports(85))] };
        Take(Change(Plans.Device(0x10, forward), 0x10));
        Take(Change(Plans.Device(0x11, part), 0x11));
        // Not even in part, and the same number of another transport is another port.
        Assert.Equal(10, In(SetId.Forward4).Count(element => element.Data >> 16 == 0xc0a80110));
        Assert.Equal(17, Assert.Single(In(SetId.Forward4), element => element.Data >> 16 == 0xc0a80111).Protocol);
        Take(Change(Plans.Device(0x10, forward with { Active = false }), 0x10));
        Assert.Equal(2, In(SetId.Forward4).Length);
        Take(Change(null, 0x11));
        Assert.Equal(10, In(SetId.Forward4).Length);
    }

    [Fact]
    public void OneDeviceTouchesNothingOfTheOthers()
    {
        Take(PlanChange.Whole(Plans.Of([.. Enumerable.Range(0x10, 20).Select(i => Plans.Device(i, Plans.Provide(1, Plans.Tcp(80))))])));
        Element[] before = Held().ToArray();
        PlanChange change = Change(Plans.Device(0x18, Plans.Provide(1, Plans.Tcp(80, 81))), 0x18);
        _ledger.Take(change);
        Assert.Single(_ledger.Changed);
        _ledger.Build(change, null, Plans.Now.MonotonicMs, None);
        Assert.Empty(_ledger.Diff.Removed);
        Assert.Contains(_ledger.Diff.Added, element => element.Set == SetId.P4);
        Assert.All(_ledger.Diff.Added, element => Assert.Equal(81, element.PortLow));
        _ledger.Accept();
        Assert.Subset(Held().ToHashSet(), before.ToHashSet());
    }

    [Fact]
    public void AWindowThatIsComputedAnewAndAgainStaysWhatTheKernelHas()
    {
        PlannedService Window(long ms) => Plans.Consume(1, Plans.To("203.0.113.5", 443)) with { ActiveUntilMs = Plans.Now.MonotonicMs + ms };
        Take(Change(Plans.Device(0x10, Window(60_000)), 0x10));
        // Each a second later than the one before: none is news by itself, but three seconds are.
        foreach (int ms in (int[])[61_000, 62_000, 63_000]) Take(Change(Plans.Device(0x10, Window(ms)), 0x10));
        Assert.All(In(SetId.Live), element => Assert.InRange(element.Deadline - Plans.Now.MonotonicMs - LedgerBuilder.DeadlineGraceMs, 62_000, 63_000));
    }

    [Fact]
    public void AfterARefusalTheNextChangeHasToBeWhole()
    {
        Take(Change(Plans.Device(0x10), 0x10), accept: false);
        Assert.Throws<InvalidOperationException>(() => _ledger.Take(Change(Plans.Device(0x10), 0x10)));
    }

    private static PlanChange Change(PlannedDevice? device, int number) => new()
    {
        Networks = Plans.Of().Networks,
        Uplinks = Plans.Of().Uplinks,
        Devices = device is null ? [] : [device],
        Removed = device is null ? [Plans.Mac(number)] : [],
    };

    private void Take(PlanChange change, bool accept = true)
    {
        _ledger.Take(change);
        _ledger.Build(change, change.IsWhole ? [] : null, Plans.Now.MonotonicMs, None);
        if (accept) _ledger.Accept();
        else _ledger.Discard();
    }

    private List<Element> Held()
    {
        List<Element> all = [];
        _ledger.EachBlock(all.AddRange);
        all.Sort();
        return all;
    }

    private Element[] In(SetId set) => [.. Held().Where(element => element.Set == set)];

    // Few addresses, generations, slots and ports, so that every one is claimed by several.
    private static PlannedDevice Contested(Random random, int number)
    {
        if (random.Next(6) == 0) return Plans.Full(number);
        PlannedService service = Plans.Provide(1, Plans.Tcp(80, 80 + random.Next(3))) with
        {
            Active = random.Next(3) != 0,
            RateBitsPerSecond = random.Next(2) * 100_000,
            Forwards = random.Next(2) == 0 ? [] : [Forward(random), Forward(random)],
        };
        return Plans.Device(number, service, Plans.Consume(2, Plans.To("203.0.113.5", 443))) with
        {
            Addresses4 = [new Ipv4Address(0xc0a80110u + (uint)random.Next(4))],
            Addresses6 = [new Ipv6Address(new UInt128(0xfd00000000000000, (ulong)random.Next(3))), Ipv6Address.LinkLocalFrom(Plans.Mac(random.Next(1, 9)))],
            Generation = (uint)random.Next(1, 5),
            Slot = random.Next(-1, 4),
        };
    }

    private static PlannedForward Forward(Random random)
    {
        int low = random.Next(250, 260), size = random.Next(8), shift = random.Next(2) * 100;
        return new PlannedForward(random.Next(2) == 0 ? Transports.Tcp : Transports.Udp, Plans.Ports(low + shift, low + shift + size), Plans.Ports(low, low + size));
    }
}
