using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Dwirm.Fuzz;

/// <summary>
/// <c>Dwirm.Fuzz [--seconds N] [--seed S] [--target NAME] [--corpus DIR]</c>: replays the corpus, then feeds mutations of it to every target for
/// N seconds in all (0 replays only). Exits 1 at the first finding, which is saved beside the corpus under crashes/.
/// </summary>
internal static class Program
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private static int Main(string[] args)
    {
        double seconds = double.Parse(Option(args, "--seconds") ?? "30", CultureInfo.InvariantCulture);
        int seed = int.Parse(Option(args, "--seed") ?? (Environment.TickCount & 0xffff).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        string? only = Option(args, "--target");
        string corpus = Option(args, "--corpus") ?? FindCorpus();
        if (args.Contains("--write-corpus"))
        {
            DhcpCorpus.Write(corpus);
            return 0;
        }

        List<IFuzzTarget> targets = [.. Targets().Where(target => only is null || target.Name == only)];
        if (targets.Count == 0)
        {
            Console.Error.WriteLine($"no target {only}; there are: {string.Join(' ', Targets().Select(target => target.Name))}");
            return 2;
        }
        Console.WriteLine($"seed {seed}, {seconds} s over {targets.Count} targets");
        foreach (IFuzzTarget target in targets)
        {
            if (!Fuzz(target, corpus, seed, TimeSpan.FromSeconds(seconds / targets.Count))) return 1;
        }
        return 0;
    }

    private static bool Fuzz(IFuzzTarget target, string corpus, int seed, TimeSpan time)
    {
        string folder = Path.Combine(corpus, target.Name);
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)] : [];
        byte[][] seeds = [.. files.Select(File.ReadAllBytes)];
        for (int i = 0; i < files.Length; i++)
        {
            if (!TryRun(target, seeds[i], Path.GetFileName(files[i]))) return false;
        }

        var mutator = new Mutator(seed, seeds);
        long executions = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            byte[] input = mutator.Next();
            executions++;
            if (TryRun(target, input, $"execution {executions} of seed {seed}")) continue;
            string crash = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(corpus))!, "crashes");
            Directory.CreateDirectory(crash);
            crash = Path.Combine(crash, $"{target.Name}-{seed}-{executions}");
            File.WriteAllBytes(crash, input);
            Console.Error.WriteLine($"saved as {crash}; fix it, then keep the file in corpus/{target.Name} under a name that says what it is");
            return false;
        }
        double rate = executions / Math.Max(clock.Elapsed.TotalSeconds, 0.001);
        Console.WriteLine($"{target.Name,-12} {files.Length,4} seeds {executions,10} executions {rate,9:F0}/s");
        return true;
    }

    private static bool TryRun(IFuzzTarget target, byte[] input, string origin)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            target.Run(input);
        }
#pragma warning disable CA1031 // Whatever it is, it is the finding.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"{target.Name}: {origin}, {input.Length} octets: {exception}");
            return false;
        }
        if (clock.Elapsed < Hang) return true;
        Console.Error.WriteLine($"{target.Name}: {origin}, {input.Length} octets: took {clock.Elapsed.TotalSeconds:F1} s");
        return false;
    }

    private static IEnumerable<IFuzzTarget> Targets() => typeof(Program).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IFuzzTarget).IsAssignableFrom(type))
        .OrderBy(type => type.Name, StringComparer.Ordinal)
        .Select(type => (IFuzzTarget)Activator.CreateInstance(type)!);

    private static string? Option(string[] args, string name)
    {
        int index = Array.IndexOf(args, name);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
    }

    private static string FindCorpus()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dwirm.Fuzz.csproj"))) return Path.Combine(folder.FullName, "corpus");
        }
        return Path.Combine(AppContext.BaseDirectory, "corpus");
    }
}
