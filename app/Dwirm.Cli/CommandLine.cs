using System;
using System.Collections.Generic;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Commands;
using Dwirm.Cli.Output;

namespace Dwirm.Cli;

/// <summary>From the words of the command line to an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Does what <paramref name="words"/> say.</summary>
    /// <param name="context">Everything outside.</param>
    /// <param name="program">The name that the program was started by; one that ends in <c>dwirmd</c> is <c>dwirm daemon</c>.</param>
    /// <param name="words">The command line without that name.</param>
    public static int Run(CommandContext context, string program, ReadOnlySpan<string> words)
    {
        if (program.EndsWith("dwirmd", StringComparison.Ordinal)) words = (string[])["daemon", .. words];
        switch (ArgumentParser.Parse(words, CommandTable.All, out Invocation? invocation, out CommandSpec? command, out string fault))
        {
            case ParseResult.Run:
                return invocation!.Command.Run(context, invocation);
            case ParseResult.Help:
                context.Output.Out(command is null ? HelpText.General(Asked(words)) : HelpText.Of(command));
                return ExitCode.Done;
            case ParseResult.Version:
                return LocalCommands.PrintVersion(context, json: false);
            default:
                string more = command is null ? "dwirm --help" : $"dwirm {command.Name} --help";
                context.Output.Error($"dwirm: {SafeText.Line(fault)}\nTry `{more}`.\n");
                return ExitCode.Usage;
        }
    }

    // `dwirm key --help` asks about those of its group only.
    private static IReadOnlyList<CommandSpec> Asked(ReadOnlySpan<string> words)
    {
        List<CommandSpec> group = [];
        foreach (CommandSpec command in CommandTable.All)
        {
            if (command.Name.StartsWith(words[0] + " ", StringComparison.Ordinal)) group.Add(command);
        }
        return group.Count == 0 ? CommandTable.All : group;
    }
}
