using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace Dwirm.Bench;

/// <summary>
/// What enforcement costs: per packet and per change, in houses of 0 to 10,000 devices. As root; namespaces of its own, nothing else is
/// touched.
/// </summary>
internal static class Program
{
    private static readonly int[] Sizes = [0, 100, 1_000, 10_000];
    private static readonly int[] LinearSizes = [100, 1_000, 10_000];

    /// <summary>bench TOP [REPETITIONS]</summary>
    private static int Main(string[] words)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string top = words.Length > 0 ? words[0] : Directory.GetCurrentDirectory();
        int repetitions = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 9;
        List<Lane> lanes = [];
        try
        {
            Console.WriteLine("Medians. Times are of the processor that did the work; by the wall where it says so.");
            Dictionary<string, Lane> managed = Loads(lanes, top);
            Packets(lanes, repetitions);
            Changes(managed);
            return 0;
        }
        finally
        {
            foreach (Lane lane in lanes) lane.Dispose();
        }
    }

    private static Dictionary<string, Lane> Loads(List<Lane> lanes, string top)
    {
        Dictionary<string, Lane> managed = [];
        Console.WriteLine("\nLoading everything at start");
        foreach (bool bridged in (bool[])[true, false])
        {
            string on = bridged ? "" : ", LAN no bridge";
            lanes.Add(new Lane("fw4 alone" + on, bridged, 0, top));
            foreach (int size in Sizes)
            {
                var lane = new Lane($"{size:N0} devices" + on, bridged, House.Measured(size), top);
                lanes.Add(lane);
                Cost cost = lane.Load(size);
                if (!bridged) continue;
                managed[lane.Name] = lane;
                string target = size == 10_000 ? Verdict("at most 2,000 ms", cost.ProcessorMs <= 2000) : "";
                Console.WriteLine($"   {size,6:N0} devices × {House.Services} services  {cost.ProcessorMs,8:0.0} ms, "
                    + $"by the wall {cost.WallMs,8:0.0} ms{target}");
            }
        }
        foreach (int size in LinearSizes)
        {
            var lane = new Lane($"linear chain, {size:N0} devices", true, House.Measured(size), top);
            lanes.Add(lane);
            lane.LoadLinear(size);
        }
        return managed;
    }

    private static void Packets(List<Lane> lanes, int repetitions)
    {
        var seen = lanes.ToDictionary(lane => lane.Name, _ => new List<Throughput>());
        foreach (Lane lane in lanes) lane.Measure(TimeSpan.FromMilliseconds(100)); // the flow is made, the caches are warm
        for (int i = 0; i < repetitions; i++)
        {
            foreach (Lane lane in lanes) seen[lane.Name].Add(lane.Measure(TimeSpan.FromMilliseconds(300)));
        }
        double PerSecond(string name) => Median(seen[name].Select(one => one.PerSecond));
        double Ns(string name) => Median(seen[name].Select(one => one.NsPerPacket));
        Console.WriteLine("\nForwarding 60-octet UDP frames of one established flow; the sender's own cost is contained. "
            + $"{repetitions} repetitions of 0.3 s, in turn");
        foreach (Lane lane in lanes)
        {
            string alone = lane.Bridged ? "fw4 alone" : "fw4 alone, LAN no bridge";
            Console.WriteLine($"   {lane.Name,-34} {PerSecond(lane.Name),10:N0} packets/s  {Ns(lane.Name),9:N0} ns  "
                + $"{Ns(lane.Name) - Ns(alone),9:+0;-0;0} ns  {100 * PerSecond(lane.Name) / PerSecond(alone),6:0.0} % of fw4 alone");
        }
        foreach (string on in (string[])["", ", LAN no bridge"])
        {
            double few = PerSecond("100 devices" + on), many = PerSecond("10,000 devices" + on), alone = PerSecond("fw4 alone" + on);
            Console.WriteLine($"   10,000 devices against 100{on}: {100 * many / few:0.0} %{Verdict("at least 97 %", many >= 0.97 * few)}");
            Console.WriteLine($"   10,000 devices against fw4 alone{on}: {100 * many / alone:0.0} %"
                + Verdict("at least 85 %", many >= 0.85 * alone));
        }
        foreach (int size in LinearSizes)
        {
            double ratio = PerSecond($"{size:N0} devices") / PerSecond($"linear chain, {size:N0} devices");
            Console.WriteLine($"   {size,6:N0} devices: {ratio:0.0} times the packets of a linear chain");
        }
    }

    private static void Changes(Dictionary<string, Lane> lanes)
    {
        Console.WriteLine("\nOne device among many");
        foreach (int size in Sizes.Where(static size => size > 0))
        {
            Lane lane = lanes[$"{size:N0} devices"];
            int number = House.Measured(size) - 1;
            List<Cost> withdrawn = [], added = [], closed = [], opened = [];
            for (int i = 0; i < 21; i++)
            {
                withdrawn.Add(lane.Apply(lane.Change(number, present: false)));
                added.Add(lane.Apply(lane.Change(number, present: true)));
                closed.Add(lane.Apply(lane.Change(number, present: true, active: false)));
                opened.Add(lane.Apply(lane.Change(number, present: true)));
                Thread.Sleep(5);
            }
            double add = Ms(added), withdraw = Ms(withdrawn);
            Console.WriteLine($"   {size,6:N0} devices: withdraw {withdraw:0.00} ms, add {add:0.00} ms"
                + $"{Verdict("at most 5 ms", add <= 5 && withdraw <= 5)}, "
                + $"close a window {Ms(closed):0.00} ms, open it {Ms(opened):0.00} ms; "
                + $"add by the wall {Median(added.Select(static one => one.WallMs)):0.00} ms");
        }
    }

    private static double Ms(List<Cost> costs) => Median(costs.Select(static cost => cost.ProcessorMs));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Verdict(string target, bool met) => $"  (target: {target}: {(met ? "met" : "MISSED")})";
}
