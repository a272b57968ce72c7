using System;
using System.Collections.Generic;
using Dwirm.Cli.Output;
using Dwirm.Control;
using Dwirm.Daemon;

namespace Dwirm.Cli;

/// <summary>What commands need from outside, so that tests can put their own in place.</summary>
internal sealed record CommandContext
{
    /// <summary>Standard output and error.</summary>
    public required IOutput Output { get; init; }

    /// <summary>Wall clock, Unix milliseconds.</summary>
    public required Func<long> NowUnixMs { get; init; }

    /// <summary>Seconds to add to UTC for local time at a Unix second.</summary>
    public required Func<long, int> ZoneOffset { get; init; }

    /// <summary>Runs the daemon until it is told to stop.</summary>
    public required Func<DaemonOptions, int> RunDaemon { get; init; }

    /// <summary>Checks configuration, policy and categories.</summary>
    public required Func<DaemonOptions, int> CheckDaemon { get; init; }

    /// <summary>Takes everything of ours out of the kernel.</summary>
    public required Func<DaemonOptions, int> Cleanup { get; init; }

    /// <summary>Checks one policy file.</summary>
    public required Func<string, int> CheckPolicy { get; init; }

    /// <summary>Looks at what the system has of what the daemon needs; the second is what a running daemon says, or null.</summary>
    public required Func<DaemonOptions, StatusDto?, IReadOnlyList<FindingDto>> Examine { get; init; }
}
