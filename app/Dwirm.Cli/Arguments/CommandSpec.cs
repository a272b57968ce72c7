using System;
using System.Collections.Generic;

namespace Dwirm.Cli.Arguments;

/// <summary>One option.</summary>
/// <param name="Name">With its two dashes.</param>
/// <param name="Value">Name of its value in help texts; null for a switch.</param>
/// <param name="Help">One line.</param>
/// <param name="Short">One letter with its dash, or null.</param>
internal sealed record OptionSpec(string Name, string? Value, string Help, string? Short = null);

/// <summary>One argument by place.</summary>
/// <param name="Name">Name in help texts, in capitals.</param>
/// <param name="Help">One line.</param>
/// <param name="Required">True when the command makes no sense without it.</param>
internal sealed record ArgumentSpec(string Name, string Help, bool Required = true);

/// <summary>One command: all that the parser, the help texts and the dispatcher know of it.</summary>
internal sealed record CommandSpec
{
    /// <summary>Its name; two words for a command of a group.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, one line in the imperative.</summary>
    public required string Summary { get; init; }

    /// <summary>More for its own help text, lines of at most 78 columns.</summary>
    public string Details { get; init; } = "";

    /// <summary>Arguments by place; the required ones first.</summary>
    public IReadOnlyList<ArgumentSpec> Arguments { get; init; } = [];

    /// <summary>Its options, without <c>--help</c>, which every command has.</summary>
    public IReadOnlyList<OptionSpec> Options { get; init; } = [];

    /// <summary>Does it; answers the exit code.</summary>
    public required Func<CommandContext, Invocation, int> Run { get; init; }

    /// <summary>The option of that name or letter, or null.</summary>
    public OptionSpec? Find(string name)
    {
        foreach (OptionSpec option in Options)
        {
            if (option.Name == name || option.Short == name) return option;
        }
        return null;
    }
}
