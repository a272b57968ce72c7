using System.Collections.Generic;
using System.Text;

namespace Dwirm.Cli.Output;

/// <summary>Headings with labelled values below them. Every value is made safe for a terminal.</summary>
internal sealed class Card(int labelWidth)
{
    private readonly StringBuilder _text = new();

    /// <summary>A line from the left edge.</summary>
    public Card Heading(string text)
    {
        _text.Append(SafeText.Line(text)).Append('\n');
        return this;
    }

    /// <summary>An empty line.</summary>
    public Card Gap()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>A label and its value; nothing when the value is empty.</summary>
    public Card Line(string label, string value, int indent = 2)
    {
        if (value.Length == 0) return this;
        _text.Append(' ', indent).Append(label);
        if (labelWidth > label.Length) _text.Append(' ', labelWidth - label.Length);
        _text.Append("  ").Append(SafeText.Line(value)).Append('\n');
        return this;
    }

    /// <summary>A label and several values below each other.</summary>
    public Card Lines(string label, IReadOnlyList<string> values, int indent = 2)
    {
        for (int i = 0; i < values.Count; i++) Line(i == 0 ? label : "", values[i], indent);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
