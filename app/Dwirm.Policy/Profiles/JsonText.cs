using System;
using System.Text;

namespace Dwirm.Policy.Profiles;

/// <summary>JSON strings in text: what JSON has to escape is escaped, and so is what a terminal would obey or a reader not see.</summary>
internal static class JsonText
{
    /// <summary>Appends the text as a quoted JSON string.</summary>
    public static void AppendQuoted(StringBuilder json, string text)
    {
        json.Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '"' or '\\') json.Append('\\').Append(c);
            else AppendSafe(json, c);
        }
        json.Append('"');
    }

    /// <summary>Appends the inside of a JSON string that is escaped already, as it was written.</summary>
    public static void AppendRaw(StringBuilder json, ReadOnlySpan<byte> escaped)
    {
        json.Append('"');
        foreach (char c in Encoding.UTF8.GetString(escaped)) AppendSafe(json, c);
        json.Append('"');
    }

    private static void AppendSafe(StringBuilder json, char c)
    {
        // Tag characters are U+E0000 and up: both halves of the pair are escaped, so that it stays a pair.
        bool tagHalf = (c >= '\udb40' && c <= '\udb43') || (char.IsLowSurrogate(c) && !char.IsHighSurrogate(json[^1]));
        if (!tagHalf && !PlainText.IsHarmful(c))
        {
            json.Append(c);
            return;
        }
        json.Append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) json.Append("0123456789abcdef"[(c >> shift) & 15]);
    }
}
