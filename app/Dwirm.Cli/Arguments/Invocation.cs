using System.Collections.Generic;

namespace Dwirm.Cli.Arguments;

/// <summary>A command as the caller gave it, already checked against its <see cref="CommandSpec"/>.</summary>
/// <param name="Command">Which.</param>
/// <param name="Arguments">By place.</param>
/// <param name="Options">By long name; a switch has the empty value.</param>
internal sealed record Invocation(CommandSpec Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>True when the option was given.</summary>
    public bool Has(string option) => Options.ContainsKey(option);

    /// <summary>The option's value, or <paramref name="otherwise"/> when it was not given.</summary>
    public string Value(string option, string otherwise) => Options.TryGetValue(option, out string? value) ? value : otherwise;

    /// <summary>The argument at a place, or empty.</summary>
    public string Argument(int place) => place < Arguments.Count ? Arguments[place] : "";
}
