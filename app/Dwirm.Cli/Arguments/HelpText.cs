using System;
using System.Collections.Generic;
using System.Text;

namespace Dwirm.Cli.Arguments;

/// <summary>Help, made from the table of commands so that it cannot miss one.</summary>
internal static class HelpText
{
    private const string Indent = "  ";

    /// <summary>All commands, a line each.</summary>
    public static string General(IReadOnlyList<CommandSpec> table)
    {
        var text = new StringBuilder("usage: dwirm COMMAND [arguments] [options]\n\n");
        int width = 0;
        foreach (CommandSpec command in table) width = Math.Max(width, Synopsis(command).Length);
        foreach (CommandSpec command in table) Line(text, Synopsis(command), width, command.Summary);
        text.Append("\nA DEVICE is a MAC address (colons, dashes or neither), or a host name or address of only one device.\n");
        text.Append("`dwirm COMMAND --help` explains a command and its options.\n");
        text.Append("Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 daemon not reachable.\n");
        return text.ToString();
    }

    /// <summary>One command in full.</summary>
    public static string Of(CommandSpec command)
    {
        var text = new StringBuilder("usage: dwirm ");
        text.Append(Synopsis(command)).Append(" [options]\n\n").Append(command.Summary).Append(".\n");
        if (command.Details.Length > 0) text.Append('\n').Append(command.Details).Append('\n');
        int width = "-h, --help".Length;
        foreach (ArgumentSpec argument in command.Arguments) width = Math.Max(width, argument.Name.Length);
        foreach (OptionSpec option in command.Options) width = Math.Max(width, Spelling(option).Length);
        text.Append('\n');
        foreach (ArgumentSpec argument in command.Arguments) Line(text, argument.Name, width, argument.Help);
        foreach (OptionSpec option in command.Options) Line(text, Spelling(option), width, option.Help);
        Line(text, "-h, --help", width, "print this text");
        return text.ToString();
    }

    private static string Synopsis(CommandSpec command)
    {
        string text = command.Name;
        foreach (ArgumentSpec argument in command.Arguments) text += argument.Required ? " " + argument.Name : $" [{argument.Name}]";
        return text;
    }

    private static string Spelling(OptionSpec option)
    {
        string text = option.Short is null ? option.Name : $"{option.Short}, {option.Name}";
        return option.Value is null ? text : $"{text} {option.Value}";
    }

    private static void Line(StringBuilder text, string left, int width, string right) =>
        text.Append(Indent).Append(left).Append(' ', width - left.Length + 2).Append(right).Append('\n');
}
