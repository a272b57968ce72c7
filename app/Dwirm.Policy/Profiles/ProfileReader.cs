using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Dwirm.Policy.Profiles;

/// <summary>The second pass over a document: reads it and writes its canonical form at the same time (DWIRM-01 to 04).</summary>
internal ref struct ProfileReader
{
    private const int OptionLevel = 4;

    private readonly ProfileGrammar _grammar;
    private readonly bool _isAnswer;
    private readonly StringBuilder _json;
    private readonly List<ProfileMember> _members = [];
    private readonly List<CategoryRequest> _categories = [];
    private readonly HashSet<string>?[] _keys; // by depth; case ignored where the grammar has names, exact inside what is unknown
    private Utf8JsonReader _reader;
    private ProfileFault _fault;
    private AnswerStatus _status;
    private string? _description;
    private bool _lenient;

    private ProfileReader(ReadOnlySpan<byte> text, ProfileGrammar grammar, bool isAnswer, bool lenient)
    {
        _grammar = grammar;
        _isAnswer = isAnswer;
        _lenient = lenient;
        _json = new StringBuilder(text.Length);
        _keys = new HashSet<string>?[2 * (grammar.MaxDepth + 2)];
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = grammar.MaxDepth });
    }

    /// <summary>Reads a document; see <see cref="IotProfile.TryParse(ReadOnlySpan{byte}, ProfileGrammar, out IotProfile?, out ProfileFault)"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, ProfileGrammar grammar, bool isAnswer, [NotNullWhen(true)] out IotProfile? profile, out ProfileFault fault)
    {
        profile = null;
        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        int skipped = utf8.StartsWith(mark) ? mark.Length : 0;
        ReadOnlySpan<byte> text = utf8[skipped..];
        if (!ProfileScanner.TryScan(text, grammar, out ProfileRepairs? repairs, out fault))
        {
            if (fault.Kind != ProfileFaultKind.TooLong) fault = fault with { Offset = fault.Offset + skipped };
            return false;
        }
        if (repairs is not null) text = repairs.Apply(text);
        var reader = new ProfileReader(text, grammar, isAnswer, lenient: skipped > 0 || repairs is not null);
        try
        {
            profile = reader.Read();
        }
        catch (JsonException)
        {
            // The first pass lets nothing through that the reader refuses; should the two ever differ, this is a fault and not a crash.
            reader.Fail(ProfileFaultKind.Malformed);
        }
        fault = reader._fault;
        if (fault.Kind is not (ProfileFaultKind.None or ProfileFaultKind.TooLong))
            fault = fault with { Offset = skipped + (repairs is null ? fault.Offset : repairs.ToOriginal(fault.Offset)) };
        return profile is not null;
    }

    private IotProfile? Read()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject) return Fail(ProfileFaultKind.NotAnObject);
        bool found = false;
        OpenObject();
        while (NextKey(out string key))
        {
            if (!IsKey(key, "IoT Profile"))
            {
                CopyUnknown(1);
                continue;
            }
            found = true;
            if (BeginContainer(MemberKind.Container, 1, "IoT Profile")) ReadProfile();
        }
        if (_fault.Kind != ProfileFaultKind.None) return null;
        if (!found) return Fail(ProfileFaultKind.NoProfile);
        if (_categories.Count == 0 && !_isAnswer) return Fail(ProfileFaultKind.NoCategories);
        string canonical = _json.ToString();
        // Escaping and repairs can make it longer; what is kept must be readable again under the same limits.
        if (Encoding.UTF8.GetByteCount(canonical) > _grammar.MaxOctets) return Fail(ProfileFaultKind.TooLong, _grammar.MaxOctets);
        return new IotProfile(canonical, _members.ToArray(), _description, _categories.ToArray(), _status, _lenient);
    }

    private void ReadProfile()
    {
        while (NextKey(out string key))
        {
            if (IsKey(key, "Provide")) ReadSection("Provide", ServiceDirection.Provide);
            else if (IsKey(key, "Consume")) ReadSection("Consume", ServiceDirection.Consume);
            else if (IsKey(key, "Description")) ReadDescription();
            else if (IsKey(key, "Status")) ReadStatus();
            else CopyUnknown(2);
        }
    }

    private void ReadSection(string key, ServiceDirection direction)
    {
        if (!BeginContainer(MemberKind.Container, 2, key)) return;
        while (NextKey(out string name))
        {
            if (name.Length == 0)
            {
                Fail(ProfileFaultKind.NoCategoryName);
                return;
            }
            if (_categories.Count == _grammar.MaxCategories)
            {
                Fail(ProfileFaultKind.TooManyCategories);
                return;
            }
            _categories.Add(new CategoryRequest(direction, name));
            if (BeginContainer(MemberKind.Category, 3, name)) ReadOptions();
        }
    }

    private void ReadOptions()
    {
        while (NextKey(out string key))
        {
            ProfileOption option = ProfileOption.Ports;
            while (option <= ProfileOption.Endpoints && !IsKey(key, option.Key())) option++;
            if (option > ProfileOption.Endpoints)
            {
                CopyUnknown(OptionLevel);
                continue;
            }
            int start = AppendKey(option.Key());
            _reader.Read();
            int valueStart = _json.Length;
            if (option == ProfileOption.Endpoints) ReadEndpoints();
            else ReadText(option);
            _members.Add(new ProfileMember(MemberKind.Option, OptionLevel, option, _categories.Count - 1, start, valueStart, _json.Length));
        }
    }

    // A string; leniently a number, or an array of both that is joined by commas. Anything else stays as it is and is a fault of the option.
    private void ReadText(ProfileOption option)
    {
        CategoryRequest category = _categories[^1];
        Utf8JsonReader before = _reader;
        string? text = null;
        OptionFault fault = OptionFault.WrongType;
        if (_reader.TokenType == JsonTokenType.StartArray)
        {
            List<string>? parts = ReadStrings(int.MaxValue);
            text = parts is null ? null : string.Join(",", parts);
            if (text is not null && Encoding.UTF8.GetByteCount(text) > _grammar.MaxStringOctets) (text, fault) = (null, OptionFault.TooLong);
        }
        else text = Scalar();
        if (text is null)
        {
            _reader = before;
            CopyValue();
            category.Refuse(option, fault);
            return;
        }
        if (before.TokenType == JsonTokenType.String) JsonText.AppendRaw(_json, _reader.ValueSpan);
        else AppendRepaired(text);
        category.Read(option, text, _grammar);
        if (category.FaultOf(option) == OptionFault.TooManyRanges) Fail(ProfileFaultKind.TooManyRanges, before.TokenStartIndex);
    }

    private void ReadEndpoints()
    {
        CategoryRequest category = _categories[^1];
        if (_reader.TokenType == JsonTokenType.String)
        {
            _lenient = true;
            _json.Append('[');
            if (!_reader.ValueSpan.IsEmpty) JsonText.AppendRaw(_json, _reader.ValueSpan);
            _json.Append(']');
            string single = _reader.GetString()!;
            category.Read(single.Length == 0 ? [] : [single]);
            return;
        }
        Utf8JsonReader before = _reader;
        List<string>? endpoints = _reader.TokenType == JsonTokenType.StartArray ? ReadStrings(_grammar.MaxEndpoints) : null;
        if (_fault.Kind != ProfileFaultKind.None) return;
        Utf8JsonReader after = _reader;
        _reader = before;
        CopyValue();
        if (endpoints is null) category.Refuse(ProfileOption.Endpoints, OptionFault.WrongType);
        else
        {
            _reader = after;
            category.Read(endpoints);
        }
    }

    // From the start of an array to its end; null when an element is neither string nor number.
    private List<string>? ReadStrings(int most)
    {
        var texts = new List<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (Scalar() is not { } text) return null;
            if (texts.Count == most)
            {
                Fail(ProfileFaultKind.TooManyEndpoints);
                return null;
            }
            texts.Add(text);
        }
        return texts;
    }

    private readonly string? Scalar() => _reader.TokenType switch
    {
        JsonTokenType.String => _reader.GetString(),
        JsonTokenType.Number => Encoding.ASCII.GetString(_reader.ValueSpan),
        _ => null,
    };

    private void ReadDescription()
    {
        int start = AppendKey("Description");
        _reader.Read();
        int valueStart = _json.Length;
        string? text = Scalar();
        if (text is not null) _description = PlainText.Clean(text);
        if (_reader.TokenType == JsonTokenType.Number) AppendRepaired(text!);
        else CopyValue();
        _members.Add(new ProfileMember(MemberKind.Description, 2, default, -1, start, valueStart, _json.Length));
    }

    // Server to client only: what a device writes there counts for nothing and is not kept (DWIRM-06).
    private void ReadStatus()
    {
        _reader.Read();
        if (_isAnswer)
        {
            bool text = _reader.TokenType == JsonTokenType.String;
            if (text && _reader.ValueTextEquals("Accept"u8)) _status = AnswerStatus.Accept;
            else if (text && _reader.ValueTextEquals("Deny"u8)) _status = AnswerStatus.Deny;
            else Fail(ProfileFaultKind.BadStatus);
        }
        int length = _json.Length;
        CopyValue(); // for the duplicate keys in it
        _json.Length = length;
    }

    private void CopyUnknown(int level)
    {
        int start = AppendKey(null);
        _reader.Read();
        int valueStart = _json.Length;
        CopyValue();
        _members.Add(new ProfileMember(MemberKind.Unknown, (byte)level, default, -1, start, valueStart, _json.Length));
    }

    // The next key of the open object, ready for AppendKey; false at its end, which is written, or on a fault.
    private bool NextKey(out string key)
    {
        key = "";
        if (_fault.Kind != ProfileFaultKind.None) return false;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _json.Append('}');
            return false;
        }
        key = PlainText.Clean(_reader.GetString()!);
        while (key.EndsWith(':')) key = key[..^1].TrimEnd();
        return AddKey(_reader.CurrentDepth, key, StringComparer.OrdinalIgnoreCase);
    }

    // The draft spells keys with capitals; a device that does not is understood all the same.
    private static bool IsKey(string key, string known) => string.Equals(key, known, StringComparison.OrdinalIgnoreCase);

    // The key is where the reader stands: as it is written, or in the given spelling where that differs. Returns where it starts.
    private int AppendKey(string? spelling)
    {
        Separate();
        int start = _json.Length;
        if (spelling is null || _reader.ValueTextEquals(spelling)) JsonText.AppendRaw(_json, _reader.ValueSpan);
        else AppendRepaired(spelling);
        _json.Append(':');
        return start;
    }

    private bool BeginContainer(MemberKind kind, byte level, string key)
    {
        int start = AppendKey(key);
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            Fail(ProfileFaultKind.NotAnObject);
            return false;
        }
        _members.Add(new ProfileMember(kind, level, default, _categories.Count - 1, start, _json.Length, _json.Length));
        OpenObject();
        return true;
    }

    private void OpenObject()
    {
        _json.Append('{');
        _keys[_reader.CurrentDepth + 1]?.Clear();
    }

    // The value the reader stands on, minified; the reader ends on its last token.
    private void CopyValue()
    {
        int inside = _keys.Length / 2;
        int open = 0;
        do
        {
            JsonTokenType token = _reader.TokenType;
            if (token is not (JsonTokenType.EndObject or JsonTokenType.EndArray)) Separate();
            switch (token)
            {
                case JsonTokenType.PropertyName:
                    if (!AddKey(inside + _reader.CurrentDepth - 1, _reader.GetString()!, StringComparer.Ordinal)) return;
                    JsonText.AppendRaw(_json, _reader.ValueSpan);
                    _json.Append(':');
                    break;
                case JsonTokenType.String:
                    JsonText.AppendRaw(_json, _reader.ValueSpan);
                    break;
                default:
                    if (token == JsonTokenType.StartObject) _keys[inside + _reader.CurrentDepth]?.Clear();
                    if (token is JsonTokenType.StartObject or JsonTokenType.StartArray) open++;
                    if (token is JsonTokenType.EndObject or JsonTokenType.EndArray) open--;
                    _json.Append(Encoding.ASCII.GetString(_reader.ValueSpan)); // a bracket, a number or a literal
                    break;
            }
        }
        while (open > 0 && _reader.Read());
    }

    private bool AddKey(int slot, string key, StringComparer comparer)
    {
        HashSet<string> keys = _keys[slot] ??= new HashSet<string>(comparer);
        if (keys.Add(key)) return true;
        Fail(ProfileFaultKind.DuplicateKey);
        return false;
    }

    // A bracket or a colon that stands last was opened, not closed: every string ends in a quote.
    private readonly void Separate()
    {
        if (_json.Length > 0 && _json[^1] is not ('{' or '[' or ':')) _json.Append(',');
    }

    private void AppendRepaired(string text)
    {
        _lenient = true;
        JsonText.AppendQuoted(_json, text);
    }

    private IotProfile? Fail(ProfileFaultKind kind, long offset = -1)
    {
        if (_fault.Kind == ProfileFaultKind.None) _fault = new ProfileFault(kind, (int)(offset < 0 ? _reader.TokenStartIndex : offset));
        return null;
    }
}
