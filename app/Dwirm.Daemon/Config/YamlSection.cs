using System;
using System.Collections.Generic;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;

namespace Dwirm.Daemon.Config;

/// <summary>Reads the keys of one mapping and reports, with its line, each that is unknown or has a value that will not do.</summary>
/// <remarks>Every getter marks its key as known and answers null both for an absent key and for a faulty one, whose fault is then in the list.</remarks>
internal sealed class YamlSection
{
    private readonly string _file;
    private readonly YamlNode _node;
    private readonly string _name;
    private readonly List<ConfigFault> _faults;
    private readonly List<string> _known = [];

    private YamlSection(string file, YamlNode node, string name, List<ConfigFault> faults) =>
        (_file, _node, _name, _faults) = (file, node, name, faults);

    /// <summary>Line the mapping starts on.</summary>
    public int Line => _node.Line;

    /// <summary>A reader of <paramref name="node"/>, or null and a fault when it is no mapping.</summary>
    public static YamlSection? Open(string file, YamlNode node, string name, List<ConfigFault> faults)
    {
        if (node.Kind == YamlKind.Mapping) return new YamlSection(file, node, name, faults);
        faults.Add(YamlFile.FaultAt(file, node.Line, $"{name} must be keys and values, not {node.What}"));
        return null;
    }

    /// <summary>True when the key stands there, whatever its value.</summary>
    public bool Has(string key) => _node.Has(key);

    /// <summary>Adds a fault at <paramref name="line"/>.</summary>
    public void Fault(int line, string message) => _faults.Add(YamlFile.FaultAt(_file, line, message));

    /// <summary>The value of a key, its key line and node; null when absent.</summary>
    public YamlNode? Node(string key)
    {
        _known.Add(key);
        foreach (YamlEntry entry in _node.Entries)
        {
            if (entry.Key == key) return entry.Value;
        }
        return null;
    }

    /// <summary>A text; an empty one is a fault.</summary>
    public string? Text(string key, string example)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        if (node.Kind == YamlKind.Scalar && node.Text.Length > 0) return node.Text;
        Fault(node.Line, $"{key} must be a text such as {example}, not {node.What}");
        return null;
    }

    /// <summary>true or false.</summary>
    public bool? Flag(string key)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        if (node.Kind == YamlKind.Scalar && node.Text is "true" or "false") return node.Text == "true";
        Fault(node.Line, $"{key} must be true or false, not {node.What}");
        return null;
    }

    /// <summary>One of a few words; the answer is its index.</summary>
    public int? Word(string key, params ReadOnlySpan<string> words)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        int index = node.Kind == YamlKind.Scalar ? words.IndexOf(node.Text) : -1;
        if (index >= 0) return index;
        Fault(node.Line, $"{key} must be {string.Join(" | ", words!)}, not {node.What}");
        return null;
    }

    /// <summary>A list of texts; a single text is a list of one.</summary>
    public List<YamlNode>? List(string key)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        if (node.Kind == YamlKind.Scalar && node.Text.Length > 0) return [node];
        if (node.Kind != YamlKind.Sequence)
        {
            Fault(node.Line, $"{key} must be a list such as [a, b], not {node.What}");
            return null;
        }
        var items = new List<YamlNode>(node.Items.Count);
        foreach (YamlNode item in node.Items)
        {
            if (item.Kind == YamlKind.Scalar && item.Text.Length > 0) items.Add(item);
            else Fault(item.Line, $"each of {key} must be a text, not {item.What}");
        }
        return items;
    }

    /// <summary>A sub-section; null when absent or no mapping.</summary>
    public YamlSection? Section(string key, string name)
    {
        YamlNode? node = Node(key);
        return node is null ? null : Open(_file, node, name, _faults);
    }

    /// <summary>A list of ports and ranges as profiles write it.</summary>
    public PortSet? Ports(string key)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        OptionFault fault = OptionFault.WrongType;
        if (node.Kind == YamlKind.Scalar && PortSet.TryParse(node.Text, out PortSet ports, out fault)) return ports;
        Fault(node.Line, $"{key} must be ports such as \"80,8000-8010\", not {node.What}{Why(fault)}");
        return null;
    }

    /// <summary>A rate as profiles write it.</summary>
    public BitRate? Rate(string key)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        OptionFault fault = OptionFault.WrongType;
        if (node.Kind == YamlKind.Scalar && BitRate.TryParse(node.Text, out BitRate rate, out fault)) return rate;
        Fault(node.Line, $"{key} must be a rate such as 2Mbps, 15Kbps or Line, not {node.What}{Why(fault)}");
        return null;
    }

    /// <summary>A daily window as profiles write it.</summary>
    public DailyWindow? Window(string key, ZoneTable zones)
    {
        YamlNode? node = Node(key);
        if (node is null) return null;
        OptionFault fault = OptionFault.WrongType;
        if (node.Kind == YamlKind.Scalar && DailyWindow.TryParse(node.Text, zones, out DailyWindow window, out fault)) return window;
        Fault(node.Line, $"{key} must be All Day or a window such as 01:00-05:59L, not {node.What}{Why(fault)}");
        return null;
    }

    /// <summary>Hosts and URLs as profiles write them.</summary>
    public List<EndpointName>? Endpoints(string key)
    {
        List<YamlNode>? nodes = List(key);
        if (nodes is null) return null;
        var names = new List<EndpointName>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            if (EndpointName.TryParse(node.Text, out EndpointName? name, out OptionFault fault)) names.Add(name!);
            else Fault(node.Line, $"'{node.Text}' is no endpoint such as https://update.example.com{Why(fault)}");
        }
        return names;
    }

    /// <summary>The nodes of a list of sections; none when the key is absent or no list.</summary>
    public IReadOnlyList<YamlNode> Sections(string key, string example)
    {
        YamlNode? node = Node(key);
        if (node is null) return [];
        if (node.Kind == YamlKind.Sequence) return node.Items;
        Fault(node.Line, $"{key} must be a list, one '{example}' after the other, not {node.What}");
        return [];
    }

    /// <summary>Checks the file's version, which says what its keys mean.</summary>
    public void Version(int expected)
    {
        YamlNode? node = Node("version");
        if (node is null) Fault(Line, $"the version is missing; write version: {expected}");
        else if (node.Kind != YamlKind.Scalar || node.Text != expected.ToString()) Fault(node.Line, $"version must be {expected}, not {node.What}");
    }

    /// <summary>Reports every key that nobody asked for; call it when all keys were read.</summary>
    public void Finish()
    {
        foreach (YamlEntry entry in _node.Entries)
        {
            if (!_known.Contains(entry.Key))
            {
                Fault(entry.Line, $"unknown key '{entry.Key}' in {_name}; known here are {string.Join(", ", _known)}");
            }
        }
    }

    private static string Why(OptionFault fault) =>
        fault is OptionFault.None or OptionFault.WrongType or OptionFault.Syntax ? "" : $": {fault.Describe()}";
}
