using System;
using System.Collections.Generic;

namespace Dwirm.Cli.Arguments;

/// <summary>Finds what somebody who mistyped a name may have meant.</summary>
internal static class NearestName
{
    /// <summary>Longer words are not compared.</summary>
    private const int MaxLength = 32;

    /// <summary>
    /// The name that <paramref name="word"/> begins, or else the one that fewest edits lead to, if these are few enough to be a slip: one in
    /// short words, a third of the letters in long ones. Null when nothing is near.
    /// </summary>
    public static string? Find(string word, IReadOnlyList<string> names)
    {
        if (word.Length is 0 or > MaxLength) return null;
        string? best = null;
        int fewest = Math.Max(1, word.Length / 3) + 1;
        foreach (string name in names)
        {
            int edits = word.Length >= 3 && name.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : Edits(word, name);
            if (edits >= fewest) continue;
            (best, fewest) = (name, edits);
        }
        return best;
    }

    /// <summary>Letters to insert, delete, replace or swap with their neighbour; case does not count.</summary>
    internal static int Edits(string a, string b)
    {
        Span<int> before = stackalloc int[MaxLength + 2], last = stackalloc int[MaxLength + 2], row = stackalloc int[MaxLength + 2];
        if (a.Length > MaxLength || b.Length > MaxLength) return int.MaxValue;
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
                if (swapped) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            last.CopyTo(before);
            row.CopyTo(last);
        }
        return last[b.Length];
    }

    private static bool Same(char x, char y) => char.ToLowerInvariant(x) == char.ToLowerInvariant(y);
}
