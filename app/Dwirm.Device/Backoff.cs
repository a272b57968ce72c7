using System;

namespace Dwirm.Device;

/// <summary>Retransmission delays of RFC 2131 section 4.1: 4, 8, 16, 32, 64 seconds, each give or take a random second.</summary>
/// <param name="random">Random numbers.</param>
internal struct Backoff(Func<uint> random)
{
    private const int FirstMs = 4_000;
    private const int LongestMs = 64_000;

    private int _nextMs = FirstMs;

    /// <summary>The delay before the next retransmission, in milliseconds.</summary>
    public int Next()
    {
        int delay = _nextMs + (int)(random() % 2001) - 1000;
        _nextMs = Math.Min(_nextMs * 2, LongestMs);
        return delay;
    }
}
