using System.IO;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary>The owner's everyday controls of a device.</summary>
internal static class ControlCommands
{
    /// <summary><c>dwirm assign</c>: what names a file, or looks like one, is a profile; anything else is a template.</summary>
    public static int Assign(CommandContext context, Invocation invocation)
    {
        if (Value(context, invocation, out string value) is var exit && exit != ExitCode.Done) return exit;
        var request = new ControlRequest { Method = ControlMethods.Assign, Value = value };
        if (IsFile(value))
        {
            string fault = DecisionCommands.ReadAmendment(value, out string json);
            if (fault.Length > 0) return DaemonClient.For(context, invocation).Fail(fault);
            (request.Json, request.Value) = (json, "");
        }
        return DecisionCommands.Decide(context, invocation, request);
    }

    /// <summary>True for what names a file, or is written as only files are.</summary>
    public static bool IsFile(string text) =>
        text == "-" || text.Contains('/') || text.EndsWith(".json", System.StringComparison.OrdinalIgnoreCase) || (text != "none" && File.Exists(text));

    /// <summary><c>dwirm limit</c>.</summary>
    public static int Limit(CommandContext context, Invocation invocation) =>
        With(context, invocation, new ControlRequest { Method = ControlMethods.Limit, Up = invocation.Value("--up", "") });

    /// <summary><c>dwirm schedule</c>.</summary>
    public static int Schedule(CommandContext context, Invocation invocation) => With(context, invocation, new ControlRequest { Method = ControlMethods.Schedule });

    /// <summary><c>dwirm quota</c>.</summary>
    public static int Quota(CommandContext context, Invocation invocation) => With(context, invocation, new ControlRequest { Method = ControlMethods.Quota });

    /// <summary><c>dwirm pause</c>.</summary>
    public static int Pause(CommandContext context, Invocation invocation)
    {
        var request = new ControlRequest { Method = ControlMethods.Pause };
        if (invocation.Has("--for"))
        {
            string text = invocation.Value("--for", "");
            if (!UntilTime.TryParse(text, context, out long until))
            {
                _ = DaemonClient.For(context, invocation).Fail($"--for does not take {text}: write {UntilTime.Forms}");
                return ExitCode.Usage;
            }
            request.UntilUnixMs = until;
        }
        return DecisionCommands.Decide(context, invocation, request);
    }

    /// <summary><c>dwirm resume</c>.</summary>
    public static int Resume(CommandContext context, Invocation invocation) =>
        DecisionCommands.Decide(context, invocation, new ControlRequest { Method = ControlMethods.Resume });

    /// <summary><c>dwirm block</c>.</summary>
    public static int Block(CommandContext context, Invocation invocation) =>
        DecisionCommands.Decide(context, invocation, new ControlRequest { Method = ControlMethods.Block, Clear = invocation.Has("--clear") });

    private static int With(CommandContext context, Invocation invocation, ControlRequest request)
    {
        int exit = Value(context, invocation, out string value);
        request.Value = value;
        return exit == ExitCode.Done ? DecisionCommands.Decide(context, invocation, request) : exit;
    }

    // The value, or none for --clear; one of the two has to be there.
    private static int Value(CommandContext context, Invocation invocation, out string value)
    {
        value = invocation.Argument(1);
        bool clear = invocation.Has("--clear");
        if (value.Length > 0 != clear)
        {
            if (clear) value = "none";
            return ExitCode.Done;
        }
        ArgumentSpec argument = invocation.Command.Arguments[1];
        _ = DaemonClient.For(context, invocation).Fail($"{invocation.Command.Name} needs either {argument.Name} ({argument.Help}) or --clear");
        return ExitCode.Usage;
    }
}
