using System;
using Dwirm.Policy.Plans;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>One HTB class as it is wanted. <paramref name="Queue"/> is the rate its own queue is made for, octets per second, 0 when it has classes below.</summary>
internal readonly record struct WantedClass(ushort Parent, HtbShape Shape, long Queue);

/// <summary>The classes a device of the plan wants.</summary>
internal static class ClassPlan
{
    /// <summary>The class under which all others hang, so that devices do not compete for the root's own bandwidth.</summary>
    public const ushort TopMinor = 1;

    /// <summary>Octets per second a service always gets: next to nothing, so that it borrows from its device's class and is bound by it.</summary>
    private const long Trickle = 1000;

    private const long LineRate = 1_250_000_000;
    private const int Frame = 1514, LineQuantum = 60_000;

    public static HtbShape Top => new(LineRate, LineRate, 1601, LineQuantum);

    /// <summary>Octets that may pass at once: 12 ms of the rate, one frame at the least.</summary>
    public static int BurstOf(long bytesPerSecond) => (int)Math.Clamp(bytesPerSecond * 12 / 1000, 1600, 16 << 20);

    /// <summary>What a service may use in one direction of the router, octets per second; 0 for no limit.</summary>
    /// <param name="service">The service, with a rate of its own or without.</param>
    /// <param name="limit">The limit of its device in that direction, bits per second; 0 for none.</param>
    public static long RateOf(PlannedService service, long limit)
    {
        long rate = service.RateBitsPerSecond;
        if (limit > 0 && (rate <= 0 || limit < rate)) rate = limit;
        return rate <= 0 ? 0 : Math.Max(1, rate / 8);
    }

    /// <summary>The classes of one device on one side of the router.</summary>
    /// <param name="device">The device.</param>
    /// <param name="limit">Its limit as a whole on that side, bits per second; 0 for none.</param>
    /// <param name="classes">Takes the class above its services at 0 and theirs at 1 to 15; what it has not is left empty.</param>
    public static void Of(PlannedDevice device, long limit, Span<WantedClass> classes)
    {
        classes.Clear();
        if (device.Generation == 0) return;
        long total = 0;
        ushort minor = TrafficClass.MinorOf(device);
        foreach (PlannedService service in device.Services)
        {
            int number = TrafficClass.NumberOf(device, service);
            long rate = RateOf(service, limit);
            if (number == 0 || rate == 0 || classes[number].Parent != 0) continue;
            classes[number] = new WantedClass(minor, new HtbShape(Math.Min(Trickle, rate), rate, BurstOf(rate), Frame), rate);
            total += rate;
        }
        if (limit > 0) total = Math.Min(total, Math.Max(1, limit / 8));
        if (total > 0) classes[0] = new WantedClass(TopMinor, new HtbShape(total, total, BurstOf(total), Frame), 0);
    }
}
