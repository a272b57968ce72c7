using System;
using System.Collections.Generic;

namespace Dwirm.Cli.Arguments;

/// <summary>What became of a command line.</summary>
internal enum ParseResult
{
    /// <summary>A command to run.</summary>
    Run,

    /// <summary>The caller asked for help, for one command or in general.</summary>
    Help,

    /// <summary>The caller asked for the version.</summary>
    Version,

    /// <summary>Wrong usage.</summary>
    Wrong,
}

/// <summary>
/// Splits a command line into a command, its arguments and its options. Options may stand anywhere behind the command, as <c>--name value</c>
/// or <c>--name=value</c>; behind <c>--</c> everything is an argument.
/// </summary>
internal static class ArgumentParser
{
    /// <summary>Parses <paramref name="words"/> against <paramref name="table"/>.</summary>
    /// <param name="words">The command line without the program's name.</param>
    /// <param name="table">All commands.</param>
    /// <param name="invocation">The command, when the result is to run one.</param>
    /// <param name="command">The command that help was asked for or that was used wrongly; null for none.</param>
    /// <param name="fault">One line for people, when the usage is wrong.</param>
    public static ParseResult Parse(
        ReadOnlySpan<string> words, IReadOnlyList<CommandSpec> table, out Invocation? invocation, out CommandSpec? command, out string fault)
    {
        (invocation, command, fault) = (null, null, "");
        if (words.Length == 0)
        {
            fault = "no command given";
            return ParseResult.Wrong;
        }
        if (words[0] is "--version" or "-V") return ParseResult.Version;
        if (words[0] is "--help" or "-h" || (words[0] == "help" && words.Length == 1)) return ParseResult.Help;

        bool explain = words[0] == "help";
        if (explain) words = words[1..];
        command = FindCommand(words, table, out int used, out fault);
        if (command is null)
        {
            // `dwirm policy --help` asks about a group, which is nothing wrong.
            return words.Length > 1 && words[1] is "--help" or "-h" && IsGroup(words[0], table) ? ParseResult.Help : ParseResult.Wrong;
        }
        return explain ? ParseResult.Help : ParseRest(words[used..], command, out invocation, out fault);
    }

    private static ParseResult ParseRest(ReadOnlySpan<string> words, CommandSpec command, out Invocation? invocation, out string fault)
    {
        invocation = null;
        var arguments = new List<string>();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        bool plain = false;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (plain || word.Length < 2 || word[0] != '-')
            {
                arguments.Add(word);
                continue;
            }
            if (word == "--")
            {
                plain = true;
                continue;
            }
            if (word is "--help" or "-h")
            {
                fault = "";
                return ParseResult.Help;
            }
            fault = TakeOption(words, ref i, command, options);
            if (fault.Length > 0) return ParseResult.Wrong;
        }
        fault = CheckArguments(command, arguments);
        if (fault.Length > 0) return ParseResult.Wrong;
        invocation = new Invocation(command, arguments, options);
        return ParseResult.Run;
    }

    /// <summary>Takes the option at <paramref name="i"/> and its value; answers what is wrong with it, or nothing.</summary>
    private static string TakeOption(ReadOnlySpan<string> words, ref int i, CommandSpec command, Dictionary<string, string> options)
    {
        string word = words[i];
        int equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=') : -1;
        string name = equals < 0 ? word : word[..equals];
        OptionSpec? option = command.Find(name);
        if (option is null) return $"{command.Name} has no option {name}{Suggestion(name, OptionNames(command))}";
        string value = "";
        if (option.Value is null)
        {
            if (equals >= 0) return $"{option.Name} takes no value";
        }
        else if (equals >= 0)
        {
            value = word[(equals + 1)..];
        }
        else if (i + 1 < words.Length)
        {
            value = words[++i];
        }
        else
        {
            return $"{option.Name} needs a value: {option.Name} {option.Value}";
        }
        if (option.Value is not null && value.Length == 0) return $"{option.Name} needs a value that is not empty";
        return options.TryAdd(option.Name, value) ? "" : $"{option.Name} is given twice";
    }

    private static string CheckArguments(CommandSpec command, List<string> arguments)
    {
        if (arguments.Count > command.Arguments.Count)
        {
            string word = arguments[command.Arguments.Count];
            return command.Arguments.Count == 0 ? $"{command.Name} takes no argument, but got {word}" : $"{command.Name} got one argument too many: {word}";
        }
        for (int i = 0; i < command.Arguments.Count; i++)
        {
            ArgumentSpec argument = command.Arguments[i];
            if (argument.Required && (i >= arguments.Count || arguments[i].Length == 0)) return $"{command.Name} needs {argument.Name}: {argument.Help}";
        }
        return "";
    }

    private static CommandSpec? FindCommand(ReadOnlySpan<string> words, IReadOnlyList<CommandSpec> table, out int used, out string fault)
    {
        (used, fault) = (1, "");
        foreach (CommandSpec command in table)
        {
            if (command.Name == words[0]) return command;
            int space = command.Name.IndexOf(' ');
            if (space < 0 || words.Length < 2 || command.Name.AsSpan(0, space) is var group && !group.SequenceEqual(words[0])) continue;
            if (!command.Name.AsSpan(space + 1).SequenceEqual(words[1])) continue;
            used = 2;
            return command;
        }
        if (words[0].StartsWith('-')) fault = $"a command comes first, options behind it: {words[0]}";
        else if (IsGroup(words[0], table)) fault = $"{words[0]} needs one of: {Members(words[0], table)}";
        else fault = $"there is no command {words[0]}{Suggestion(words[0], CommandNames(table))}";
        return null;
    }

    private static bool IsGroup(string word, IReadOnlyList<CommandSpec> table) => Members(word, table).Length > 0;

    private static string Members(string word, IReadOnlyList<CommandSpec> table)
    {
        string members = "";
        foreach (CommandSpec command in table)
        {
            if (!command.Name.StartsWith(word + " ", StringComparison.Ordinal)) continue;
            members += members.Length == 0 ? command.Name : ", " + command.Name;
        }
        return members;
    }

    private static string Suggestion(string word, IReadOnlyList<string> names)
    {
        string? nearest = NearestName.Find(word, names);
        return nearest is null ? "" : $"; did you mean {nearest}?";
    }

    private static List<string> CommandNames(IReadOnlyList<CommandSpec> table)
    {
        var names = new List<string>();
        foreach (CommandSpec command in table) names.Add(command.Name);
        return names;
    }

    private static List<string> OptionNames(CommandSpec command)
    {
        var names = new List<string> { "--help" };
        foreach (OptionSpec option in command.Options) names.Add(option.Name);
        return names;
    }
}
