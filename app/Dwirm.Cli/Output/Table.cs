using System;
using System.Collections.Generic;
using System.Text;

namespace Dwirm.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Right">True to align numbers at the right.</param>
/// <param name="Flexible">True when it may be cut on a narrow terminal.</param>
internal readonly record struct Column(string Title, bool Right = false, bool Flexible = false);

/// <summary>Rows under headings, aligned. Every cell is made safe for a terminal; on one, flexible columns are cut until the rows fit.</summary>
internal sealed class Table(params Column[] columns)
{
    /// <summary>Spaces between columns, and columns that are left of any text however narrow the terminal.</summary>
    private const int Gap = 2, Least = 8;

    private readonly List<string[]> _rows = [];

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row with one cell for each column; empty cells are shown as a dash.</summary>
    public void Add(params ReadOnlySpan<string> cells)
    {
        var row = new string[columns.Length];
        for (int i = 0; i < row.Length; i++) row[i] = cells[i].Length == 0 ? "-" : SafeText.Line(cells[i]);
        _rows.Add(row);
    }

    /// <summary>The table as text.</summary>
    /// <param name="terminal">Columns of the terminal, 0 for none.</param>
    /// <param name="indent">Spaces before each row.</param>
    public string Render(int terminal, int indent = 0)
    {
        int[] widths = Measure();
        if (terminal > 0) Fit(widths, terminal - indent);
        var text = new StringBuilder();
        var headings = new string[columns.Length];
        for (int i = 0; i < headings.Length; i++) headings[i] = columns[i].Title;
        Append(text, headings, widths, terminal, indent);
        foreach (string[] row in _rows) Append(text, row, widths, terminal, indent);
        return text.ToString();
    }

    private int[] Measure()
    {
        var widths = new int[columns.Length];
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = TextWidth.Of(columns[i].Title);
            foreach (string[] row in _rows) widths[i] = Math.Max(widths[i], TextWidth.Of(row[i]));
        }
        return widths;
    }

    /// <summary>Narrows the widest flexible column first.</summary>
    private void Fit(int[] widths, int room)
    {
        int excess = Gap * (widths.Length - 1) - room;
        foreach (int width in widths) excess += width;
        for (; excess > 0; excess--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                bool mayShrink = columns[i].Flexible && widths[i] > Least;
                if (mayShrink && (widest < 0 || widths[i] > widths[widest])) widest = i;
            }
            if (widest < 0) return;
            widths[widest]--;
        }
    }

    private void Append(StringBuilder text, string[] cells, int[] widths, int terminal, int indent)
    {
        var line = new StringBuilder();
        line.Append(' ', indent);
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = TextWidth.Cut(cells[i], widths[i]);
            int padding = widths[i] - TextWidth.Of(cell);
            if (columns[i].Right) line.Append(' ', padding).Append(cell);
            else line.Append(cell).Append(' ', padding);
            if (i < cells.Length - 1) line.Append(' ', Gap);
        }
        string whole = line.ToString().TrimEnd(' ');
        text.Append(terminal > 0 ? TextWidth.Cut(whole, terminal) : whole).Append('\n');
    }
}
