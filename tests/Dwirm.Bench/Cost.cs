using System;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dwirm.Bench;

/// <summary>What something took.</summary>
/// <param name="WallNs">Nanoseconds by the wall, which a busy machine makes longer.</param>
/// <param name="ProcessorNs">Nanoseconds of processor time of this thread, in which the kernel's work for it is contained.</param>
internal readonly partial record struct Cost(long WallNs, long ProcessorNs)
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>Milliseconds of processor time.</summary>
    public double ProcessorMs => ProcessorNs / 1e6;

    /// <summary>Milliseconds by the wall.</summary>
    public double WallMs => WallNs / 1e6;

    /// <summary>Starts to measure; on the thread that will do the work.</summary>
    public static Cost Begin() => new(Stopwatch.GetTimestamp(), ThreadNs());

    /// <summary>Ends to measure what <see cref="Begin"/> started.</summary>
    public Cost End() => new((long)Stopwatch.GetElapsedTime(WallNs).TotalNanoseconds, ThreadNs() - ProcessorNs);

    private static unsafe long ThreadNs()
    {
        long* time = stackalloc long[2];
        if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, time) != 0) throw new InvalidOperationException("clock_gettime");
        return (time[0] * 1_000_000_000) + time[1];
    }

    [LibraryImport("libc")]
    private static unsafe partial int clock_gettime(int clock, long* time);
}

/// <summary>What one repetition brought.</summary>
/// <param name="Packets">Packets that arrived.</param>
/// <param name="Cost">What the sending thread spent: the whole way to the far end runs on its processor.</param>
internal readonly record struct Throughput(long Packets, Cost Cost)
{
    /// <summary>Packets per second of processor time.</summary>
    public double PerSecond => Cost.ProcessorNs == 0 ? 0 : Packets * 1e9 / Cost.ProcessorNs;

    /// <summary>Nanoseconds of processor time per packet.</summary>
    public double NsPerPacket => Packets == 0 ? double.NaN : (double)Cost.ProcessorNs / Packets;
}
