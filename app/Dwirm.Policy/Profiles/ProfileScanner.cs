using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Unicode;

namespace Dwirm.Policy.Profiles;

/// <summary>
/// The first pass over a document: one walk over its octets that enforces the limits, refuses what is not JSON without an exception, and
/// notes what lenient mode puts in (outer braces, a colon between key and brace). What it accepts, the second pass can read.
/// </summary>
internal ref struct ProfileScanner
{
    private enum Expect : byte
    {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        CommaOrEnd,
        Nothing,
    }

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly ProfileGrammar _grammar;
    private int _at;
    private int _depth;
    private uint _arrays; // bit n: the container at depth n is an array
    private bool _wrapped;
    private Expect _expect;
    private ProfileFaultKind _fault;

    private ProfileScanner(ReadOnlySpan<byte> text, ProfileGrammar grammar)
    {
        _text = text;
        _grammar = grammar;
    }

    /// <summary>Checks a document without a byte order mark.</summary>
    /// <param name="text">The document.</param>
    /// <param name="grammar">Limits.</param>
    /// <param name="repairs">Offsets before which the second pass needs something put in, in order; null when it needs nothing.</param>
    /// <param name="fault">What is wrong, offsets in <paramref name="text"/>.</param>
    public static bool TryScan(ReadOnlySpan<byte> text, ProfileGrammar grammar, out ProfileRepairs? repairs, out ProfileFault fault)
    {
        repairs = null;
        fault = default;
        if (text.Length > grammar.MaxOctets) fault = new ProfileFault(ProfileFaultKind.TooLong, grammar.MaxOctets);
        else if (text.IndexOf((byte)0) is >= 0 and int nul) fault = new ProfileFault(ProfileFaultKind.NulCharacter, nul);
        else if (!Utf8.IsValid(text)) fault = new ProfileFault(ProfileFaultKind.NotUtf8, FirstInvalid(text));
        if (fault.Kind != ProfileFaultKind.None) return false;
        var scanner = new ProfileScanner(text, grammar);
        scanner.Run(ref repairs);
        fault = new ProfileFault(scanner._fault, scanner._fault == ProfileFaultKind.None ? 0 : scanner._at);
        return scanner._fault == ProfileFaultKind.None;
    }

    private void Run(ref ProfileRepairs? repairs)
    {
        SkipBlanks();
        if (_at == _text.Length)
        {
            _fault = ProfileFaultKind.Empty;
            return;
        }
        if (_text[_at] == '"')
        {
            _wrapped = true;
            repairs = new ProfileRepairs(_at, wrap: true);
            Push(isArray: false);
        }
        while (_fault == ProfileFaultKind.None)
        {
            SkipBlanks();
            if (_at == _text.Length)
            {
                bool complete = _wrapped ? _depth == 1 && _expect == Expect.CommaOrEnd : _expect == Expect.Nothing;
                if (!complete) _fault = ProfileFaultKind.Truncated;
                return;
            }
            Step(ref repairs);
        }
    }

    private void Step(ref ProfileRepairs? repairs)
    {
        byte c = _text[_at];
        switch (_expect)
        {
            case Expect.Colon when c == ':':
                _expect = Expect.Value;
                _at++;
                break;
            case Expect.Colon when c == '{':
                (repairs ??= new ProfileRepairs(_at, wrap: false)).AddColon(_at);
                _expect = Expect.Value;
                break;
            case Expect.Key or Expect.KeyOrEnd when c == '"':
                ScanString();
                _expect = Expect.Colon;
                break;
            case Expect.Value or Expect.ValueOrEnd when c != ']':
                StartValue(c);
                break;
            case Expect.CommaOrEnd when c == ',':
                _expect = IsArray ? Expect.Value : Expect.Key;
                _at++;
                break;
            case Expect.ValueOrEnd or Expect.CommaOrEnd when c == ']' && IsArray:
            case Expect.KeyOrEnd or Expect.CommaOrEnd when c == '}' && !IsArray:
                Pop();
                break;
            default:
                _fault = ProfileFaultKind.Malformed;
                break;
        }
    }

    private readonly bool IsArray => (_arrays >> _depth & 1) != 0;

    private void StartValue(byte c)
    {
        if (c is (byte)'{' or (byte)'[')
        {
            Push(c == '[');
            if (_fault == ProfileFaultKind.None) _at++;
            return;
        }
        if (c == '"') ScanString();
        else if (c is (byte)'-' or (>= (byte)'0' and <= (byte)'9')) ScanNumber();
        else ScanLiteral();
        _expect = _depth == 0 ? Expect.Nothing : Expect.CommaOrEnd;
    }

    private void Push(bool isArray)
    {
        if (_depth >= Math.Min(_grammar.MaxDepth, 31))
        {
            _fault = ProfileFaultKind.TooDeep;
            return;
        }
        _depth++;
        _arrays = isArray ? _arrays | 1u << _depth : _arrays & ~(1u << _depth);
        _expect = isArray ? Expect.ValueOrEnd : Expect.KeyOrEnd;
    }

    private void Pop()
    {
        // The braces that were put in are not the text's to close.
        if (_wrapped && _depth == 1)
        {
            _fault = ProfileFaultKind.Malformed;
            return;
        }
        _depth--;
        _at++;
        _expect = _depth == 0 ? Expect.Nothing : Expect.CommaOrEnd;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') _at++;
    }

    // Counts octets as they are when unescaped. The offset of a fault in a string is where the string starts.
    private void ScanString()
    {
        int start = _at++;
        int octets = 0;
        while (_fault == ProfileFaultKind.None)
        {
            ReadOnlySpan<byte> rest = _text[_at..];
            int run = rest.IndexOfAny(StringEnds);
            if (run < 0) _fault = octets + rest.Length > _grammar.MaxStringOctets ? ProfileFaultKind.StringTooLong : ProfileFaultKind.Truncated;
            else octets += run;
            if (octets > _grammar.MaxStringOctets) _fault = ProfileFaultKind.StringTooLong;
            if (_fault != ProfileFaultKind.None) break;
            _at += run;
            if (_text[_at] == '"')
            {
                _at++;
                return;
            }
            if (_text[_at] == '\\') octets += ScanEscape();
            else _fault = ProfileFaultKind.Malformed;
        }
        if (_fault is ProfileFaultKind.StringTooLong or ProfileFaultKind.Truncated) _at = start;
    }

    // Returns how many octets of UTF-8 the escape stands for. A lone surrogate is no character (RFC 8259 8.2), so it is refused.
    private int ScanEscape()
    {
        ReadOnlySpan<byte> rest = _text[_at..];
        if (rest.Length < 2)
        {
            _fault = ProfileFaultKind.Truncated;
            return 0;
        }
        if (rest[1] != 'u')
        {
            if ("\"\\/bfnrt"u8.IndexOf(rest[1]) < 0) _fault = ProfileFaultKind.Malformed;
            _at += 2;
            return 1;
        }
        int unit = HexUnit(rest);
        if (unit == 0) _fault = ProfileFaultKind.NulCharacter;
        if (unit < 0 || char.IsLowSurrogate((char)unit)) _fault = ProfileFaultKind.Malformed;
        if (_fault != ProfileFaultKind.None) return 0;
        _at += 6;
        if (!char.IsHighSurrogate((char)unit)) return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
        int low = HexUnit(_text[_at..]);
        if (low < 0 || !char.IsLowSurrogate((char)low)) _fault = ProfileFaultKind.Malformed;
        else _at += 6;
        return 4;
    }

    // The value of \uXXXX at the start of the text; -1 when there is none.
    private static int HexUnit(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u') return -1;
        int unit = 0;
        foreach (byte c in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)c)) return -1;
            unit = unit << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        return unit;
    }

    // RFC 8259 6: [ "-" ] ( "0" / digit1-9 *DIGIT ) [ "." 1*DIGIT ] [ ("e"/"E") [ "-" / "+" ] 1*DIGIT ]
    private void ScanNumber()
    {
        int start = _at;
        if (_text[_at] == '-') _at++;
        bool leadingZero = _at < _text.Length && _text[_at] == '0';
        int digits = Digits();
        bool valid = digits > 0 && !(leadingZero && digits > 1);
        if (valid && Take((byte)'.')) valid = Digits() > 0;
        if (valid && (Take((byte)'e') || Take((byte)'E')))
        {
            if (!Take((byte)'-')) Take((byte)'+');
            valid = Digits() > 0;
        }
        if (!valid) _fault = ProfileFaultKind.Malformed;
        else if (_at - start > _grammar.MaxStringOctets) _fault = ProfileFaultKind.StringTooLong;
    }

    private int Digits()
    {
        int start = _at;
        while (_at < _text.Length && _text[_at] is >= (byte)'0' and <= (byte)'9') _at++;
        return _at - start;
    }

    private bool Take(byte c)
    {
        if (_at >= _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private void ScanLiteral()
    {
        ReadOnlySpan<byte> rest = _text[_at..];
        int length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
        if (length == 0) _fault = ProfileFaultKind.Malformed;
        _at += length;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out int used) == OperationStatus.Done) at += used;
        return at;
    }
}

/// <summary>What has to be put into a lenient document, and how offsets move by it.</summary>
internal sealed class ProfileRepairs
{
    private readonly List<int> _colons = [];
    private readonly int _start;
    private readonly bool _wrap;

    /// <summary>Repairs of a document whose first character stands at <paramref name="start"/>.</summary>
    public ProfileRepairs(int start, bool wrap) => (_start, _wrap) = (start, wrap);

    /// <summary>Notes a colon missing before <paramref name="offset"/>; offsets only grow.</summary>
    public void AddColon(int offset) => _colons.Add(offset);

    /// <summary>The document with everything put in.</summary>
    public byte[] Apply(ReadOnlySpan<byte> text)
    {
        var repaired = new byte[text.Length + _colons.Count + (_wrap ? 2 : 0)];
        int to = 0, from = 0;
        if (_wrap)
        {
            text[.._start].CopyTo(repaired);
            to = from = _start;
            repaired[to++] = (byte)'{';
        }
        foreach (int colon in _colons)
        {
            text[from..colon].CopyTo(repaired.AsSpan(to));
            to += colon - from;
            from = colon;
            repaired[to++] = (byte)':';
        }
        text[from..].CopyTo(repaired.AsSpan(to));
        if (_wrap) repaired[^1] = (byte)'}';
        return repaired;
    }

    /// <summary>Where an offset of the repaired document stood in the original.</summary>
    public int ToOriginal(int offset)
    {
        if (_wrap && offset > _start) offset--;
        int inserted = 0;
        foreach (int colon in _colons)
        {
            if (colon + inserted >= offset) break;
            inserted++;
        }
        return offset - inserted;
    }
}
