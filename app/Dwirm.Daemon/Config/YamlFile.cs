using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dwirm.Daemon.Config;

/// <summary>Turns a YAML file into nodes, by YamlDotNet's event parser; anchors, tags and several documents are not for us.</summary>
/// <remarks>A file is at most <see cref="MaxOctets"/> long and <see cref="MaxDepth"/> deep, so that reading it takes bounded time and memory.</remarks>
public static class YamlFile
{
    /// <summary>Greatest file, octets.</summary>
    public const int MaxOctets = 256 * 1024;

    /// <summary>Greatest nesting.</summary>
    public const int MaxDepth = 12;

    /// <summary>Reads a file from disk; null, and a fault, when it cannot be read or is no YAML we take.</summary>
    public static YamlNode? Read(string path, List<ConfigFault> faults)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxOctets })
            {
                faults.Add(new ConfigFault(path, 0, TooLarge));
                return null;
            }
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault(path, 0, $"cannot be read: {Errno.Describe(error)}"));
            return null;
        }
        return Parse(path, bytes, faults);
    }

    /// <summary>Reads a file's content; null, and a fault, when it is no YAML we take. An empty file is an empty mapping.</summary>
    public static YamlNode? Parse(string file, ReadOnlySpan<byte> utf8, List<ConfigFault> faults)
    {
        if (utf8.Length > MaxOctets)
        {
            faults.Add(new ConfigFault(file, 0, TooLarge));
            return null;
        }
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
            return new Builder(text).Document();
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new ConfigFault(file, LineOfBadUtf8(utf8), "is not UTF-8; save the file in that encoding"));
        }
        catch (YamlFault fault)
        {
            faults.Add(FaultAt(file, fault.Line, fault.Message));
        }
        catch (YamlException error)
        {
            faults.Add(FaultAt(file, (int)error.Start.Line, $"is not YAML: {error.Message}"));
        }
        return null;
    }

    private const int LongestMessage = 400;
    private const string TooLarge = "is larger than 256 KiB; split it or remove what is not needed";

    private static int LineOfBadUtf8(ReadOnlySpan<byte> utf8)
    {
        int line = 1;
        while (!utf8.IsEmpty)
        {
            int end = utf8.IndexOf((byte)'\n');
            if (!System.Text.Unicode.Utf8.IsValid(end < 0 ? utf8 : utf8[..end])) break;
            utf8 = end < 0 ? default : utf8[(end + 1)..];
            line++;
        }
        return line;
    }

    /// <summary>A fault whose message, which may quote the file, is one line of bounded length that a terminal can show.</summary>
    internal static ConfigFault FaultAt(string file, int line, string message)
    {
        message = PlainText.Clean(message.ReplaceLineEndings(" "));
        return new ConfigFault(file, line, message.Length <= LongestMessage ? message : string.Concat(message.AsSpan(0, LongestMessage), "…"));
    }

    // Thrown and caught in this file only: the event parser leaves no other way out of its depth.
    private sealed class YamlFault(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }

    private sealed class Builder(string text)
    {
        private readonly Parser _parser = new(new StringReader(text));

        public YamlNode Document()
        {
            Next<StreamStart>();
            if (Peek() is StreamEnd) return YamlNode.Mapping(1);
            Next<DocumentStart>();
            YamlNode root = Node(0);
            Next<DocumentEnd>();
            if (Peek() is not StreamEnd) throw Fault("a second document starts here; one file holds one document, remove the line '---'");
            return root.Kind == YamlKind.Scalar && root.Text.Length == 0 ? YamlNode.Mapping(1) : root;
        }

        private YamlNode Node(int depth)
        {
            if (Peek() is AnchorAlias) throw Fault("an alias (*name) is not supported; write the value out");
            if (Peek() is NodeEvent { Anchor.IsEmpty: false }) throw Fault("an anchor (&name) is not supported; remove it");
            if (Peek() is NodeEvent { Tag.IsEmpty: false }) throw Fault("a tag (!name) is not supported; remove it");
            if (depth > MaxDepth) throw Fault("is nested too deeply");
            switch (Take())
            {
                case Scalar scalar:
                    return YamlNode.Scalar(Line(scalar), scalar.Value);
                case SequenceStart start:
                    YamlNode list = YamlNode.Sequence(Line(start));
                    while (Peek() is not SequenceEnd) list.Add(Node(depth + 1));
                    Take();
                    return list;
                case MappingStart start:
                    YamlNode map = YamlNode.Mapping(Line(start));
                    while (Peek() is not MappingEnd) map.Add(Entry(map, depth));
                    Take();
                    return map;
                default:
                    throw Fault("is not understood");
            }
        }

        private YamlEntry Entry(YamlNode map, int depth)
        {
            YamlNode key = Node(depth + 1);
            if (key.Kind != YamlKind.Scalar) throw new YamlFault(key.Line, "a key must be a plain word");
            if (map.Has(key.Text)) throw new YamlFault(key.Line, $"the key '{key.Text}' stands here twice; keep one");
            return new YamlEntry(key.Text, key.Line, Node(depth + 1));
        }

        private ParsingEvent Peek()
        {
            if (_parser.Current is null && !MoveNext()) throw new YamlFault(0, "ends too early");
            return _parser.Current!;
        }

        // On some odd input the event parser breaks down with an exception that is not its own kind.
        private bool MoveNext()
        {
            try
            {
                return _parser.MoveNext();
            }
            catch (Exception error) when (error is not YamlException)
            {
                throw new YamlFault((int)(_parser.Current?.End.Line ?? 1), "is not YAML from here on");
            }
        }

        private ParsingEvent Take()
        {
            ParsingEvent taken = Peek();
            MoveNext();
            return taken;
        }

        private void Next<T>()
        {
            if (Take() is not T) throw Fault("is not understood");
        }

        private YamlFault Fault(string message) => new(Line(Peek()), message);

        private static int Line(ParsingEvent parsing) => (int)parsing.Start.Line;
    }
}
