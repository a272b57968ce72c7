using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using Dwirm.Policy;

namespace Dwirm.Daemon.Config;

/// <summary>
/// Reads the text of a UCI file as libuci does, quirks included, because every other program of the router reads it so. The unit is a
/// line; only a quoted value or a backslash at its end lets a line go on.
/// </summary>
/// <remarks>
/// After a complete command a <c>;</c> that stands by itself starts another command on the same line. A <c>;</c> glued to a bare word
/// ends the line: libuci drops what follows, so this reader does.
/// </remarks>
internal ref struct UciParser
{
    private readonly UciPackage _package;
    private readonly ReadOnlySpan<byte> _text;
    private readonly List<ConfigFault> _faults;
    private readonly ArrayBufferWriter<byte> _word = new(64);
    private UciSection? _section;
    private int _pos;
    private int _end;           // where the present line stops: a comment and a glued ';' pull it in
    private int _next;          // where the next line starts
    private int _line;          // line of _pos, from 1 once a line is read
    private bool _failed;

    internal UciParser(UciPackage package, ReadOnlySpan<byte> text, List<ConfigFault> faults)
    {
        _package = package;
        _text = text;
        _faults = faults;
    }

    internal bool Run()
    {
        while (!_failed && NextLine()) Line();
        return !_failed;
    }

    /// <summary>Extends the present line by the next one; false at the end of the file.</summary>
    private bool NextLine()
    {
        _pos = _end = _next;
        if (_next == _text.Length) return false;
        int newline = _text[_next..].IndexOf((byte)'\n');
        _end = _next = newline < 0 ? _text.Length : _next + newline + 1;
        _line++;
        return true;
    }

    private void Line()
    {
        SkipSpace();
        while (!_failed)
        {
            while (_pos < _end && _text[_pos] is (byte)' ' or (byte)'\t') _pos++;
            if (_pos >= _end || _text[_pos] == '#')
            {
                _pos = _end;
                return;
            }
            int line = _line;
            int start = _pos;
            while (_pos < _end && _text[_pos] is not ((byte)' ' or (byte)'\t')) _pos++;
            ReadOnlySpan<byte> keyword = _text[start.._pos];
            if (keyword.SequenceEqual("option"u8) || keyword.SequenceEqual("o"u8)) Option(line, list: false);
            else if (keyword.SequenceEqual("list"u8) || keyword.SequenceEqual("l"u8)) Option(line, list: true);
            else if (keyword.SequenceEqual("config"u8) || keyword.SequenceEqual("c"u8)) Config(line);
            else if (keyword.SequenceEqual("package"u8) || keyword.SequenceEqual("p"u8)) Package(line);
            else Fail(line, $"'{Show(keyword)}' is no command; a line starts with config, option or list, then a blank");
        }
    }

    private void Config(int line)
    {
        if (!Word(out string type) || !Word(out string name) || !EndOfCommand(line)) return;
        if (type.Length == 0) Fail(line, "config needs a section type: config TYPE ['NAME']");
        else if (!IsType(type)) Fail(line, $"section type '{Show(type)}' holds a blank or a character that is not printable ASCII");
        else if (name.Length > 0 && !IsName(name)) Fail(line, $"section name '{Show(name)}' may hold letters, digits and _ only");
        else if (name.Length > 0 && _package.Find(name) is { } known)
        {
            if (known.Type != type) Fail(line, $"section '{Show(name)}' is a '{Show(known.Type)}' in line {known.Line} and a '{Show(type)}' here; rename one");
            _section = known;
        }
        else _section = _package.Open(type, name, line);
    }

    private void Option(int line, bool list)
    {
        if (_section is null)
        {
            Fail(line, "an option before the first section; put a config line above it");
            return;
        }
        if (!Word(out string name) || !Word(out string value) || !EndOfCommand(line)) return;
        if (name.Length == 0) Fail(line, "an option needs a name: option NAME 'VALUE'");
        else if (!IsName(name)) Fail(line, $"option name '{Show(name)}' may hold letters, digits and _ only");
        else if (list) _section.Append(name, value, line);
        else _section.Set(name, value, line);
    }

    /// <summary>A package line is allowed and means nothing in a file of its own.</summary>
    private void Package(int line)
    {
        if (!Word(out string name) || !EndOfCommand(line)) return;
        if (!IsName(name.Replace('-', '_'))) Fail(line, $"package name '{Show(name)}' may hold letters, digits, _ and - only");
    }

    private bool EndOfCommand(int line)
    {
        if (!Word(out string extra)) return false;
        if (extra.Length > 0) Fail(line, $"'{Show(extra)}' is one word too many; put a value with blanks into quotes");
        return !_failed;
    }

    /// <summary>Reads one word; empty at the end of the command. False when a fault was found.</summary>
    private bool Word(out string word)
    {
        word = "";
        SkipSpace();
        if (_pos < _end && _text[_pos] == ';')
        {
            _pos++;
            return true;
        }
        _word.ResetWrittenCount();
        int start = _pos;
        while (_pos < _end && !IsSpace(_text[_pos]))
        {
            byte c = _text[_pos];
            if (c == '#')
            {
                _end = _pos;
                break;
            }
            if (c == ';')
            {
                // The word's end mark falls on the ';' unless quotes or escapes made the word shorter than its text.
                if (_word.WrittenCount == _pos - start) _end = _pos;
                word = Encoding.UTF8.GetString(_word.WrittenSpan);
                return true;
            }
            if (c is (byte)'\'' or (byte)'"')
            {
                if (!Quoted(c)) return false;
            }
            else if (c != '\\' || Escaped()) Take();
        }
        if (_pos < _end) _pos++;                        // the blank that ended the word
        word = Encoding.UTF8.GetString(_word.WrittenSpan);
        return true;
    }

    /// <summary>Takes up to the closing quote; a line break inside belongs to the value. In '…' nothing is special, in "…" the backslash is.</summary>
    private bool Quoted(byte quote)
    {
        int opened = _line;
        _pos++;
        while (true)
        {
            if (_pos >= _end)
            {
                if (NextLine()) continue;
                Fail(opened, $"the quote {(char)quote} is never closed");
                return false;
            }
            byte c = _text[_pos];
            if (c == quote)
            {
                _pos++;
                return true;
            }
            if (c != '\\' || quote == '\'' || Escaped()) Take();
        }
    }

    /// <summary>Steps over a backslash. True when the next character is to be taken as it is; a backslash before the end of the line joins the lines.</summary>
    private bool Escaped()
    {
        _pos++;
        ReadOnlySpan<byte> rest = _text[_pos.._end];
        if (rest.Length > 0 && !rest.SequenceEqual("\n"u8) && !rest.SequenceEqual("\r\n"u8)) return true;
        NextLine();
        return false;
    }

    private void Take() => _word.Write(_text.Slice(_pos++, 1));

    private void SkipSpace()
    {
        while (_pos < _end && IsSpace(_text[_pos])) _pos++;
    }

    private void Fail(int line, string message)
    {
        if (!_failed) _faults.Add(new ConfigFault(_package.File, line, message));
        _failed = true;
    }

    private static bool IsSpace(byte c) => c == ' ' || c - '\t' is >= 0 and <= 4;       // \t \n \v \f \r

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }
        return text.Length > 0;
    }

    private static bool IsType(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('!', '~');

    private static string Show(ReadOnlySpan<byte> bytes) => Show(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 64)]).TrimEnd());

    /// <summary>Text from the file as it may stand in one line of a message: printable and short.</summary>
    internal static string Show(string text) => string.Create(Math.Min(text.Length, 40), text, static (shown, source) =>
    {
        for (int i = 0; i < shown.Length; i++) shown[i] = char.IsControl(source[i]) ? '?' : source[i];
    });
}
