using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Xunit.Abstractions;

namespace Dwirm.Enforcement.Tests;

/// <summary>
/// Many devices with four services each: what is in the kernel is counted, and what it took is printed and never judged, for machines
/// differ. DWIRM_DEVICES says how many, DWIRM_RATED how many of them have rates.
/// </summary>
[Trait("Kind", "Kernel")]
public sealed class LoadMeasure(ITestOutputHelper output)
{
    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : otherwise;

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void ManyDevicesAreLoadedAndOneIsChanged()
    {
        int count = Setting("DWIRM_DEVICES", 200), rated = Setting("DWIRM_RATED", 20);
        using var router = new Router();
        InterfaceTable interfaces = router.Interfaces();
        var devices = new PlannedDevice[count];
        for (int i = 0; i < count; i++) devices[i] = Device(i, i < rated);
        EnforcementPlan plan = Plans.Of(devices) with { Networks = [Plans.Lan() with { Prefix = Plans.Prefix("10.0.0.1/8") }] };
        Time("load", 1, _ => router.Space.Run(() => Assert.Null(router.Enforcer.Apply(PlanChange.Whole(plan, interfaces), Plans.Now))));
        PlanChange One(PlannedDevice device) => new() { Networks = plan.Networks, Uplinks = plan.Uplinks, Interfaces = interfaces, Devices = [device] };
        PlanChange None(PlannedDevice device) => new() { Networks = plan.Networks, Uplinks = plan.Uplinks, Interfaces = interfaces, Removed = [device.Mac] };
        void Apply(PlanChange change) => router.Space.Run(() => Assert.Null(router.Enforcer.Apply(change, Plans.Now)));
        Time("withdraw one", 10, i => Apply(None(devices[count / 2 + i])));
        Time("add one", 10, i => Apply(One(devices[count / 2 + i])));
        PlannedDevice Closed(PlannedDevice device) => device with { Services = [device.Services[0] with { Active = false }, .. device.Services.Skip(1)] };
        Time("close a window", 10, i => Apply(One(Closed(devices[count / 2 + i]))));
        Time("open a window", 10, i => Apply(One(devices[count / 2 + i])));
        Time("same again", 1, _ => Apply(PlanChange.Whole(plan, interfaces)));
        var usage = new Dictionary<uint, ServiceUsage>();
        Time("usage", 1, _ => Assert.True(router.Space.Run(() => router.Enforcer.ReadUsage(usage))));
        Assert.Equal(4 * count, usage.Count);
        router.Restart();
        Time("take over", 1, _ => router.Space.Run(() => Assert.Null(router.Enforcer.Apply(PlanChange.Whole(plan, interfaces), Plans.Now))));
        Assert.Empty(router.Log);
        Assert.Equal((rated == 0 ? 0 : Math.Min(rated, count) * 5 + 1), router.Space.Sh("tc class show dev wan").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private void Time(string what, int times, Action<int> action)
    {
        long allocated = GC.GetTotalAllocatedBytes();
        long least = long.MaxValue, most = 0;
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action(i);
            long took = Stopwatch.GetTimestamp() - start;
            (least, most) = (Math.Min(least, took), Math.Max(most, took));
        }
        double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
        self.Refresh();
        double processor = (self.TotalProcessorTime - before).TotalMilliseconds / times;
        output.WriteLine($"{what,-16} {Ms(least),9:0.00} to {Ms(most):0.00} ms, processor {processor:0.00} ms, {(GC.GetTotalAllocatedBytes() - allocated) / 1024 / times} KiB");
    }

    private static PlannedDevice Device(int number, bool rated)
    {
        PlannedService Rated(PlannedService service) => rated ? service with { RateBitsPerSecond = 1_000_000 } : service;
        return Plans.Device(number + 0x10,
            Rated(Plans.Provide(1, Plans.Tcp(554))),
            Rated(Plans.Provide(2, Plans.Tcp(80, 83))),
            Rated(Plans.Consume(3, Plans.To("203.0.113.5", 443), Plans.To("203.0.113.6", 443))),
            Rated(Plans.Consume(4, Plans.To("203.0.113.7", 123, 0, Transports.Udp)))) with
        {
            Addresses4 = [new Ipv4Address(0x0a000100u + (uint)number)],
            Slot = rated ? number : -1,
        };
    }
}
