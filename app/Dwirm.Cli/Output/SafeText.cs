using System.Text;

namespace Dwirm.Cli.Output;

/// <summary>
/// Text for a terminal (DWIRM-30). A device chooses its host name, description and category names, so whatever could move the cursor, change
/// colours, title or direction of writing, forge a line or hide is shown as an escape instead: <c>\x1b</c>, <c>\u202e</c>.
/// </summary>
internal static class SafeText
{
    /// <summary>The text on one line.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>The text with its line feeds and tabs, for scripts.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        int i = 0;
        while (i < text.Length && !IsUnsafe(text, i, keepLines)) i++;
        if (i == text.Length) return text;
        var clean = new StringBuilder(text.Length + 16);
        clean.Append(text, 0, i);
        for (; i < text.Length; i++)
        {
            if (IsUnsafe(text, i, keepLines)) Escape(clean, text[i]);
            else clean.Append(text[i]);
        }
        return clean.ToString();
    }

    private static bool IsUnsafe(string text, int i, bool keepLines)
    {
        char c = text[i];
        if (c is >= ' ' and < '\x7f') return false;
        if (c is '\n' or '\t') return !keepLines;
        if (c < ' ' || c is >= '\x7f' and <= '\x9f') return true;
        if (char.IsHighSurrogate(c)) return i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]) || IsHiddenPlane(c);
        if (char.IsLowSurrogate(c)) return i == 0 || !char.IsHighSurrogate(text[i - 1]) || IsHiddenPlane(text[i - 1]);
        return c is '\u00ad' or '\u061c' or '\u180e' or '\u2028' or '\u2029' or '\ufeff'
            or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2060' and <= '\u206f')
            or (>= '\ue000' and <= '\uf8ff') or (>= '\ufff0' and <= '\ufffb') or >= '\ufffe';
    }

    /// <summary>Planes 14 to 16: invisible tags and private use.</summary>
    private static bool IsHiddenPlane(char high) => high >= '\udb40';

    private static void Escape(StringBuilder clean, char c)
    {
        clean.Append(c <= '\xff' ? "\\x" : "\\u");
        for (int shift = c <= '\xff' ? 4 : 12; shift >= 0; shift -= 4) clean.Append("0123456789abcdef"[(c >> shift) & 15]);
    }
}
