using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>JSON that is passed on as text: profiles, answers, amendments.</summary>
public static class RawJson
{
    /// <summary>True when <paramref name="json"/> is one well-formed JSON value and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<byte> json)
    {
        var reader = new DocumentReader(json);
        reader.Skip();
        reader.End();
        return reader.Ok;
    }

    /// <summary>Takes the white space between tokens out of well-formed JSON, line feeds with it; strings are left as they are.</summary>
    public static byte[] Minify(ReadOnlySpan<byte> json)
    {
        byte[] result = new byte[json.Length];
        int length = 0;
        bool quoted = false, escaped = false;
        foreach (byte b in json)
        {
            if (!quoted && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            result[length++] = b;
            if (escaped) escaped = false;
            else if (quoted && b == (byte)'\\') escaped = true;
            else if (b == (byte)'"') quoted = !quoted;
        }
        return result[..length];
    }

    /// <summary>
    /// The same JSON in ASCII: what lies outside, and DEL, becomes <c>\u</c> escapes, so that a profile printed on a terminal cannot steer it.
    /// </summary>
    public static string ToAscii(string json)
    {
        if (!json.AsSpan().ContainsAnyExceptInRange('\0', '~')) return json;
        var text = new StringBuilder(json.Length + 32);
        foreach (char c in json)
        {
            if (c <= '~') text.Append(c);
            else text.Append("\\u").Append(Hex(c >> 12)).Append(Hex(c >> 8)).Append(Hex(c >> 4)).Append(Hex(c));
        }
        return text.ToString();
    }

    /// <summary>Writes a property whose value is JSON text, null as null. Text that is no JSON is written as a string: wrong, but there to see.</summary>
    internal static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? json) => WriteText(writer, name, json is null ? null : ToAscii(json));

    /// <summary>As <see cref="Write"/>, but in UTF-8 as it is: for requests, which no terminal sees and where escapes would count against limits.</summary>
    internal static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? json)
    {
        writer.WritePropertyName(name);
        if (json is null)
        {
            writer.WriteNullValue();
            return;
        }
        byte[] text = Encoding.UTF8.GetBytes(json);
        if (IsValid(text)) writer.WriteRawValue(Minify(text), skipInputValidation: true);
        else writer.WriteStringValue(json);
    }

    /// <summary>Writes a property whose value is a time, 0 as null.</summary>
    internal static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long unixMs)
    {
        if (unixMs == 0) writer.WriteNull(name);
        else writer.WriteString(name, Timestamp.Format(unixMs));
    }

    /// <summary>Writes a property whose value is an array of strings.</summary>
    internal static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static char Hex(int nibble) => "0123456789abcdef"[nibble & 15];
}
