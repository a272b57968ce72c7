using System;

namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// A counter for replay detection (RFC 3118 section 4, RDM 0): grows with every message, also over restarts and when the clock is set back.
/// It follows the time, as the RFC advises, and never falls behind a ceiling that its owner keeps on durable storage. The ceiling is raised an
/// hour ahead, so it costs at most one write an hour.
/// </summary>
/// <param name="floor">The ceiling as it was stored, 0 for none: everything above was never used.</param>
public sealed class ReplayCounter(ulong floor)
{
    /// <summary>One hour, in counts.</summary>
    public const ulong Hour = 3_600_000UL << FractionBits;

    private const int FractionBits = 16;
    private ulong _last = floor;

    /// <summary>What has to be stored before a value of <see cref="Next"/> is used.</summary>
    public ulong Ceiling { get; private set; } = floor;

    /// <summary>The count of a time: Unix milliseconds, and 16 bits for what happens within one.</summary>
    public static ulong At(long unixMs) => (ulong)Math.Max(unixMs, 0) << FractionBits;

    /// <summary>The next value.</summary>
    /// <param name="unixMs">The wall clock, right or wrong.</param>
    /// <param name="raised">True when <see cref="Ceiling"/> moved and has to be stored first.</param>
    public ulong Next(long unixMs, out bool raised)
    {
        _last = Math.Max(_last + 1, At(unixMs));
        raised = _last >= Ceiling;
        if (raised) Ceiling = _last + Hour;
        return _last;
    }
}
