using System;
using System.Collections.Generic;
using Dwirm.Policy;

namespace Dwirm.Daemon.Config;

/// <summary>One file of /etc/config, read the way libuci reads committed files. Never written.</summary>
public sealed class UciPackage
{
    /// <summary>A file above this is refused: no configuration of a router comes near it.</summary>
    public const int MaxFileSize = 1 << 20;

    private readonly List<UciSection> _sections = [];
    private readonly Dictionary<string, UciSection> _byName = new(StringComparer.Ordinal);

    internal UciPackage(string file) => File = file;

    /// <summary>The file as it was named to the reader; faults carry it.</summary>
    public string File { get; }

    /// <summary>All sections in the file's order; sections of the same type and name are merged into the first.</summary>
    public IReadOnlyList<UciSection> Sections => _sections;

    /// <summary>
    /// Parses a whole file. The first fault fails the file: one entry goes to <paramref name="faults"/> and the answer is null,
    /// so that half a configuration never comes into force.
    /// </summary>
    public static UciPackage? Parse(string file, ReadOnlySpan<byte> text, List<ConfigFault> faults)
    {
        if (text.Length > MaxFileSize)
        {
            faults.Add(new ConfigFault(file, 0, $"the file is larger than {MaxFileSize} bytes; is it a UCI file?"));
            return null;
        }
        int nul = text.IndexOf((byte)0);
        if (nul >= 0)
        {
            int line = text[..nul].Count((byte)'\n') + 1;
            faults.Add(new ConfigFault(file, line, "a zero byte; the file is damaged or not text, restore it"));
            return null;
        }
        var package = new UciPackage(file);
        return new UciParser(package, text, faults).Run() ? package : null;
    }

    /// <summary>The section of this name, anonymous sections by their generated name; null when there is none.</summary>
    public UciSection? Find(string name) => _byName.GetValueOrDefault(name);

    internal UciSection Open(string type, string name, int line)
    {
        bool anonymous = name.Length == 0;
        if (anonymous) name = AnonymousName(_sections.Count + 1, type);
        var section = new UciSection(type, name, anonymous, line);
        _sections.Add(section);
        _byName.TryAdd(name, section);
        return section;
    }

    /// <summary><c>cfg</c>, the running number of the section in two hexadecimal digits, and the low 16 bits of djb2 over the type.</summary>
    private static string AnonymousName(int number, string type)
    {
        uint hash = 5381;
        foreach (char c in type) hash = unchecked(hash * 33 + c);
        return $"cfg{number:x2}{hash & 0xffff:x4}";
    }
}

/// <summary>One section of a UCI file.</summary>
public sealed class UciSection
{
    private readonly List<UciOption> _options = [];

    internal UciSection(string type, string name, bool anonymous, int line) => (Type, Name, Anonymous, Line) = (type, name, anonymous, line);

    /// <summary>The type: the first word after <c>config</c>.</summary>
    public string Type { get; }

    /// <summary>The name, or the generated <c>cfgNNhhhh</c>. A generated name changes when sections are moved: never store it.</summary>
    public string Name { get; }

    /// <summary>True when the file gives no name.</summary>
    public bool Anonymous { get; }

    /// <summary>Line of the first <c>config</c> that opened it, from 1.</summary>
    public int Line { get; }

    /// <summary>The options in the file's order.</summary>
    public IReadOnlyList<UciOption> Options => _options;

    /// <summary>The value of a plain option, the last item of a list, or null when it is absent. An option without value is absent.</summary>
    public string? Get(string option) => Find(option) is { Values: { Count: > 0 } values } ? values[^1] : null;

    /// <summary>The items of a list, a plain option as its single item, or nothing.</summary>
    public IReadOnlyList<string> List(string option) => Find(option)?.Values ?? [];

    /// <summary>The option itself, with its line; null when it is absent.</summary>
    public UciOption? Find(string option)
    {
        foreach (UciOption candidate in _options)
        {
            if (candidate.Name == option) return candidate;
        }
        return null;
    }

    /// <summary>The line of an option, or that of the section when the option is absent: where a fault is to point.</summary>
    public int LineOf(string option) => Find(option)?.Line ?? Line;

    internal void Set(string name, string value, int line)
    {
        if (value.Length == 0) return;                 // as libuci: an empty value neither sets nor clears
        UciOption? old = Find(name);
        if (old is null) _options.Add(new UciOption(name, line, value, isList: false));
        else _options[_options.IndexOf(old)] = new UciOption(name, line, value, isList: false);
    }

    internal void Append(string name, string value, int line)
    {
        UciOption? old = Find(name);
        if (old is null) _options.Add(new UciOption(name, line, value, isList: true));
        else old.Append(value);
    }
}

/// <summary>One option or list of a section.</summary>
public sealed class UciOption
{
    private readonly List<string> _values;

    internal UciOption(string name, int line, string value, bool isList) => (Name, Line, IsList, _values) = (name, line, isList, [value]);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The line it was (first) given on, from 1.</summary>
    public int Line { get; }

    /// <summary>True when it was given with <c>list</c>, or grew by one.</summary>
    public bool IsList { get; private set; }

    /// <summary>One value, or the items of the list (items may be empty text).</summary>
    public IReadOnlyList<string> Values => _values;

    internal void Append(string value)
    {
        IsList = true;
        _values.Add(value);
    }
}
