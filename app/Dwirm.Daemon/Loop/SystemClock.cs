using Dwirm.Daemon.Config;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Loop;

/// <summary>The kernel's clocks as one <see cref="Instant"/>; the only place of the daemon that reads a clock.</summary>
public sealed class SystemClock
{
    private const long TrustCheckIntervalMs = 1000;
    private long _nextTrustCheckMs;

    /// <summary>Whose word the wall clock is taken on: NTP's, or the owner's.</summary>
    public ClockTrust Trust { get; set; } = ClockTrust.Ntp;

    /// <summary>True when the kernel says its clock is synchronised; read at most once a second.</summary>
    public bool IsSynchronised { get; private set; }

    /// <summary>One reading.</summary>
    public Instant Now()
    {
        long monotonicMs = Clock.BootTimeMs();
        if (monotonicMs >= _nextTrustCheckMs)
        {
            IsSynchronised = Clock.IsSynchronised();
            _nextTrustCheckMs = monotonicMs + TrustCheckIntervalMs;
        }
        return new Instant(monotonicMs, Clock.RealTimeMs(), IsSynchronised || Trust == ClockTrust.Trust);
    }
}

/// <summary>The router's own time zone, as libc knows it from TZ.</summary>
public sealed class RouterZone : ILocalZone
{
    /// <inheritdoc/>
    public int OffsetSeconds(long unixSeconds) => LocalZone.OffsetSeconds(unixSeconds);
}
