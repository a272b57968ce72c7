using System;

namespace Dwirm.Daemon.Service;

/// <summary>
/// How soon what others change is put back: at once for a few times, and ever later when they do not stop, so that two programs that both
/// insist do not keep the router busy. A quiet minute, and it is as at first.
/// </summary>
public struct Patience
{
    private const int AtOnce = 8, MostDoublings = 4;
    private const long QuietMs = 60_000, ShortestMs = 1000;
    private long _lastMs;
    private int _streak;

    /// <summary>Before this time (monotonic milliseconds) nothing is put back.</summary>
    public long NotBeforeMs { get; private set; }

    /// <summary>Notes that something is put back now.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <returns>Milliseconds until the next time at the earliest: 0, or 1 to 16 seconds.</returns>
    public long Spend(long nowMs)
    {
        if (nowMs - _lastMs > QuietMs) _streak = 0;
        _lastMs = nowMs;
        long pauseMs = ++_streak < AtOnce ? 0 : ShortestMs << Math.Min(_streak - AtOnce, MostDoublings);
        NotBeforeMs = nowMs + pauseMs;
        return pauseMs;
    }
}
