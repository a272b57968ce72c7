using System;

namespace Dwirm.Daemon.Loop;

/// <summary>A rate limit: <c>burst</c> at once, then <c>perSecond</c>.</summary>
public struct TokenBucket
{
    private long _milliTokens;
    private long _lastMs;
    private bool _started;

    /// <summary>Takes one token if there is one.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="perSecond">Tokens that come back each second.</param>
    /// <param name="burst">Most tokens held.</param>
    public bool TryTake(long nowMs, int perSecond, int burst)
    {
        long elapsed = Math.Clamp(nowMs - _lastMs, 0, 1000L * burst);
        _milliTokens = _started ? Math.Min(burst * 1000L, _milliTokens + elapsed * perSecond) : burst * 1000L;
        _started = true;
        _lastMs = nowMs;
        if (_milliTokens < 1000) return false;
        _milliTokens -= 1000;
        return true;
    }
}
