using Dwirm.Cli.Arguments;
using Dwirm.Control;
using Dwirm.Daemon;

namespace Dwirm.Cli.Commands;

/// <summary>Commands that ask no running daemon.</summary>
internal static class LocalCommands
{
    private static readonly DaemonOptions Defaults = new();

    /// <summary><c>dwirm daemon</c>.</summary>
    public static int Daemon(CommandContext context, Invocation invocation)
    {
        DaemonOptions options = Options(invocation);
        return invocation.Has("--check") ? context.CheckDaemon(options) : context.RunDaemon(options);
    }

    /// <summary><c>dwirm cleanup</c>.</summary>
    public static int Cleanup(CommandContext context, Invocation invocation) => context.Cleanup(Options(invocation));

    /// <summary><c>dwirm policy check FILE</c>.</summary>
    public static int CheckPolicy(CommandContext context, Invocation invocation) => context.CheckPolicy(invocation.Argument(0));

    /// <summary><c>dwirm version</c>.</summary>
    public static int Version(CommandContext context, Invocation invocation) => PrintVersion(context, invocation.Has("--json"));

    /// <summary>Prints the version.</summary>
    public static int PrintVersion(CommandContext context, bool json)
    {
        context.Output.Out(json ? $"{{\"version\":\"{ProductVersion.Text}\"}}\n" : $"dwirm {ProductVersion.Text}\n");
        return ExitCode.Done;
    }

    /// <summary>Where the command line says that the daemon finds and keeps things.</summary>
    internal static DaemonOptions Options(Invocation invocation) => new()
    {
        UciDir = invocation.Value("--uci-dir", Defaults.UciDir),
        PolicyPath = invocation.Value("--policy", Defaults.PolicyPath),
        CategoriesPath = invocation.Value("--categories", Defaults.CategoriesPath),
        StateDir = invocation.Value("--state-dir", Defaults.StateDir),
        RunDir = invocation.Value("--run-dir", Defaults.RunDir),
        LeaseFile = invocation.Value("--lease-file", Defaults.LeaseFile),
    };
}
