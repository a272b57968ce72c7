using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>
/// Reads one JSON document value by value. The first fault sticks: from then on every read gives an empty value and every loop ends, so
/// that a document type reads straight through and the fault is asked for once. This is the one place that meets the exceptions of
/// <see cref="Utf8JsonReader"/>; none leaves it.
/// </summary>
public ref struct DocumentReader
{
    private readonly ReadOnlySpan<byte> _document;
    private Utf8JsonReader _reader;
    private ControlFault _fault;

    /// <summary>Starts before the first token of <paramref name="document"/>, UTF-8.</summary>
    public DocumentReader(ReadOnlySpan<byte> document)
    {
        _document = document;
        _reader = new Utf8JsonReader(document);
        _fault = default;
    }

    /// <summary>The first fault, or kind <see cref="ControlFaultKind.None"/>.</summary>
    public readonly ControlFault Fault => _fault;

    /// <summary>True while nothing was wrong.</summary>
    public readonly bool Ok => _fault.Kind == ControlFaultKind.None;

    /// <summary>Enters an object; a fault when the next value is none.</summary>
    public void BeginObject() => Expect(JsonTokenType.StartObject);

    /// <summary>Enters an array; a fault when the next value is none.</summary>
    public void BeginArray() => Expect(JsonTokenType.StartArray);

    /// <summary>Moves to the next name of the object, or past its end and answers false.</summary>
    public bool NextProperty() => Advance() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>True when another value of the array follows; past its end and after a fault false.</summary>
    public bool NextElement()
    {
        if (!Ok) return false;
        // Only a copy looks ahead: the value itself is read by whoever knows its type.
        Utf8JsonReader ahead = _reader;
        try
        {
            if (ahead.Read() && ahead.TokenType != JsonTokenType.EndArray) return true;
        }
        catch (JsonException)
        {
            Fail(ControlFaultKind.Malformed);
            return false;
        }
        _reader = ahead;
        return false;
    }

    /// <summary>True when the name that <see cref="NextProperty"/> moved to is <paramref name="name"/>.</summary>
    public readonly bool Named(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    /// <summary>The name that <see cref="NextProperty"/> moved to.</summary>
    public readonly string PropertyName() => _reader.GetString()!;

    /// <summary>A string; null reads as empty.</summary>
    public string Text()
    {
        if (!Advance() || _reader.TokenType == JsonTokenType.Null) return "";
        if (_reader.TokenType != JsonTokenType.String) return Mistyped("");
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Not UTF-8 inside the quotes, or half a surrogate pair behind \u.
            Fail(ControlFaultKind.Malformed);
            return "";
        }
    }

    /// <summary>A whole number; null reads as 0.</summary>
    public long Number()
    {
        if (!Advance() || _reader.TokenType == JsonTokenType.Null) return 0;
        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value) ? value : Mistyped(0L);
    }

    /// <summary>A whole number from 0 to 2^31-1; null reads as 0.</summary>
    public int Count()
    {
        long value = Number();
        return value is >= 0 and <= int.MaxValue ? (int)value : Mistyped(0);
    }

    /// <summary>True or false.</summary>
    public bool Flag()
    {
        if (!Advance()) return false;
        return _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.TokenType == JsonTokenType.True : Mistyped(false);
    }

    /// <summary>A time as Unix milliseconds; null and the empty string read as 0.</summary>
    public long Time()
    {
        string text = Text();
        if (text.Length == 0) return 0;
        return Timestamp.TryParse(text, out long unixMs) ? unixMs : Mistyped(0L);
    }

    /// <summary>Any value as the JSON text it is written in; null reads as null.</summary>
    public string? Raw()
    {
        if (!Advance() || _reader.TokenType == JsonTokenType.Null) return null;
        int start = (int)_reader.TokenStartIndex;
        PassOver();
        return Ok ? Encoding.UTF8.GetString(_document[start..(int)_reader.BytesConsumed]) : null;
    }

    /// <summary>Passes over one value of any type.</summary>
    public void Skip()
    {
        if (Advance()) PassOver();
    }

    /// <summary>An array of strings.</summary>
    public IReadOnlyList<string> Texts()
    {
        var list = new List<string>();
        BeginArray();
        while (NextElement()) list.Add(Text());
        return list;
    }

    /// <summary>An array of documents of one type.</summary>
    public IReadOnlyList<T> List<T>() where T : IControlDto<T>
    {
        var list = new List<T>();
        BeginArray();
        while (NextElement()) list.Add(T.Read(ref this));
        return list;
    }

    /// <summary>An object whose values are all whole numbers, in the order of the document.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Numbers()
    {
        var list = new List<KeyValuePair<string, long>>();
        BeginObject();
        while (NextProperty())
        {
            string name = PropertyName();
            list.Add(new(name, Number()));
        }
        return list;
    }

    /// <summary>Ends the document: anything but white space behind it is a fault.</summary>
    public void End()
    {
        if (!Ok) return;
        try
        {
            if (_reader.Read()) Fail(ControlFaultKind.Malformed);
        }
        catch (JsonException)
        {
            Fail(ControlFaultKind.Malformed);
        }
    }

    /// <summary>Records a fault at the present place unless there already is one.</summary>
    public void Fail(ControlFaultKind kind)
    {
        if (Ok) _fault = new ControlFault(kind, (int)_reader.TokenStartIndex);
    }

    private T Mistyped<T>(T empty)
    {
        Fail(ControlFaultKind.WrongType);
        return empty;
    }

    private void Expect(JsonTokenType type)
    {
        if (Advance() && _reader.TokenType != type) Fail(ControlFaultKind.WrongType);
    }

    private bool Advance()
    {
        if (!Ok) return false;
        try
        {
            if (_reader.Read())
            {
                // Checked here once, so that comparing and reading names cannot fail.
                if (_reader.TokenType == JsonTokenType.PropertyName) _reader.GetString();
                return true;
            }
        }
        catch (JsonException)
        {
        }
        catch (InvalidOperationException)
        {
        }
        Fail(ControlFaultKind.Malformed);
        return false;
    }

    private void PassOver()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException)
        {
            Fail(ControlFaultKind.Malformed);
        }
    }
}
