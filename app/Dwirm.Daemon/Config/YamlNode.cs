using System.Collections.Generic;

namespace Dwirm.Daemon.Config;

/// <summary>The three shapes of YAML that our files use.</summary>
public enum YamlKind : byte
{
    /// <summary>A text; a number is a text too, its reader decides.</summary>
    Scalar,

    /// <summary>A list.</summary>
    Sequence,

    /// <summary>Keys and values.</summary>
    Mapping,
}

/// <summary>A key of a mapping with its value.</summary>
/// <param name="Key">The key as written.</param>
/// <param name="Line">Line of the key, from 1.</param>
/// <param name="Value">What stands behind it.</param>
public readonly record struct YamlEntry(string Key, int Line, YamlNode Value);

/// <summary>A node of a YAML file, with the line it starts on.</summary>
public sealed class YamlNode
{
    private static readonly List<YamlNode> NoItems = [];
    private static readonly List<YamlEntry> NoEntries = [];

    private readonly List<YamlNode>? _items;
    private readonly List<YamlEntry>? _entries;

    private YamlNode(YamlKind kind, int line, string text)
    {
        (Kind, Line, Text) = (kind, line, text);
        if (kind == YamlKind.Sequence) _items = [];
        if (kind == YamlKind.Mapping) _entries = [];
    }

    /// <summary>Shape.</summary>
    public YamlKind Kind { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Text of a scalar; empty for the others.</summary>
    public string Text { get; }

    /// <summary>Elements of a sequence, in order; empty for the others.</summary>
    public IReadOnlyList<YamlNode> Items => _items ?? NoItems;

    /// <summary>Entries of a mapping in the file's order, no key twice; empty for the others.</summary>
    public IReadOnlyList<YamlEntry> Entries => _entries ?? NoEntries;

    /// <summary>What the node is, for messages.</summary>
    public string What => Kind switch
    {
        YamlKind.Sequence => "a list",
        YamlKind.Mapping => "keys and values",
        _ => Text.Length == 0 ? "nothing" : $"'{Text}'",
    };

    internal static YamlNode Scalar(int line, string text) => new(YamlKind.Scalar, line, text);

    internal static YamlNode Sequence(int line) => new(YamlKind.Sequence, line, "");

    internal static YamlNode Mapping(int line) => new(YamlKind.Mapping, line, "");

    internal void Add(YamlNode item) => _items!.Add(item);

    internal void Add(YamlEntry entry) => _entries!.Add(entry);

    internal bool Has(string key)
    {
        foreach (YamlEntry entry in Entries)
        {
            if (entry.Key == key) return true;
        }
        return false;
    }
}
