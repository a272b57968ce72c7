using System;
using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon;

namespace Dwirm.Cli.Tests;

/// <summary>One command line, run against what the test put in place of the world.</summary>
internal sealed class Session
{
    /// <summary>2026-01-01T00:00:00Z.</summary>
    public const long NewYear = 1_767_225_600_000;

    /// <summary>2026-01-01T00:02:00Z: when commands of the tests are run.</summary>
    public const long Now = NewYear + 120_000;

    public Session(int columns = 0)
    {
        Output = new RecordedOutput { Columns = columns };
        Context = new CommandContext
        {
            Output = Output,
            NowUnixMs = () => Now,
            ZoneOffset = _ => 3600,
            RunDaemon = options => Record("run", options, 0),
            CheckDaemon = options => Record("check", options, 1),
            Cleanup = options => Record("cleanup", options, 0),
            CheckPolicy = file =>
            {
                Started.Add("policy " + file);
                return 1;
            },
            Examine = (options, status) =>
            {
                Record("examine", options, 0);
                Status = status;
                return Findings;
            },
        };
    }

    public RecordedOutput Output { get; }

    public CommandContext Context { get; }

    /// <summary>What of the daemon was called.</summary>
    public List<string> Started { get; } = [];

    public DaemonOptions? Options { get; private set; }

    /// <summary>What the examination was told of the daemon.</summary>
    public StatusDto? Status { get; private set; }

    /// <summary>What the examination finds.</summary>
    public IReadOnlyList<FindingDto> Findings { get; set; } = [];

    public int Run(params ReadOnlySpan<string> words) => CommandLine.Run(Context, "/usr/sbin/dwirm", words);

    private int Record(string what, DaemonOptions options, int exit)
    {
        Started.Add(what);
        Options = options;
        return exit;
    }
}
