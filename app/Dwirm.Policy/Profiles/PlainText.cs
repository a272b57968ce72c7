using System.Text;

namespace Dwirm.Policy.Profiles;

/// <summary>Makes text of a device safe for people: logs, terminals, web pages (DWIRM-30).</summary>
public static class PlainText
{
    /// <summary>
    /// The text without control characters, invisible format characters and bidirectional overrides, blanks trimmed at both ends.
    /// What is HTML stays HTML: whoever makes a page of it escapes it.
    /// </summary>
    public static string Clean(string text)
    {
        int first = 0;
        while (first < text.Length && !IsHarmful(text, first)) first++;
        if (first == text.Length) return text.Trim();
        var clean = new StringBuilder(text.Length);
        clean.Append(text, 0, first);
        for (int i = first; i < text.Length; i++)
        {
            if (!IsHarmful(text, i)) clean.Append(text[i]);
        }
        return clean.ToString().Trim();
    }

    /// <summary>True for characters that a terminal obeys or a reader cannot see.</summary>
    internal static bool IsHarmful(char c) =>
        c < ' ' || (c >= '\u007f' && c <= '\u009f') || c == '\u00ad' || c == '\u061c' || c == '\u180e'
        || (c >= '\u200b' && c <= '\u200f') || (c >= '\u2028' && c <= '\u202e') || (c >= '\u2060' && c <= '\u206f')
        || c == '\ufeff' || (c >= '\ufff9' && c <= '\ufffb');

    // Tag characters, U+E0000 to U+E0FFF, are invisible too: high surrogates DB40 to DB43.
    private static bool IsHarmful(string text, int index)
    {
        char c = text[index];
        if (!char.IsSurrogate(c)) return IsHarmful(c);
        if (char.IsHighSurrogate(c)) return index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]) || IsTagHalf(c);
        return index == 0 || !char.IsHighSurrogate(text[index - 1]) || IsTagHalf(text[index - 1]);
    }

    private static bool IsTagHalf(char high) => high >= '\udb40' && high <= '\udb43';
}
