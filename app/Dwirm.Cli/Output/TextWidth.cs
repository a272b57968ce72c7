namespace Dwirm.Cli.Output;

/// <summary>How many columns of a terminal text takes: marks none, East Asian wide characters two.</summary>
internal static class TextWidth
{
    /// <summary>Columns of clean text on one line.</summary>
    public static int Of(string text)
    {
        int columns = 0;
        for (int i = 0; i < text.Length; i++) columns += Of(text, ref i);
        return columns;
    }

    /// <summary>The longest beginning of <paramref name="text"/> that fits, with an ellipsis in place of what does not.</summary>
    public static string Cut(string text, int columns)
    {
        if (Of(text) <= columns) return text;
        if (columns < 1) return "";
        int used = 0, end = 0;
        for (int i = 0; i < text.Length; i++)
        {
            used += Of(text, ref i);
            if (used > columns - 1) break;
            end = i + 1;
        }
        return text[..end] + "…";
    }

    /// <summary>Columns of the character at <paramref name="i"/>, which is moved to its last code unit.</summary>
    private static int Of(string text, ref int i)
    {
        int c = text[i];
        if (c < 0x300) return 1;
        if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length) c = char.ConvertToUtf32(text[i], text[++i]);
        if (c is (>= 0x300 and <= 0x36f) or (>= 0x1ab0 and <= 0x1aff) or (>= 0x1dc0 and <= 0x1dff) or (>= 0x20d0 and <= 0x20ff)
            or (>= 0xfe00 and <= 0xfe0f) or (>= 0xfe20 and <= 0xfe2f)) return 0;
        return c is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff)
            or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1faff)
            or (>= 0x20000 and <= 0x3fffd) ? 2 : 1;
    }
}
