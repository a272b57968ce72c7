using System;

namespace Dwirm.Policy;

/// <summary>Patterns of policy files: <c>*</c> for any run of characters, <c>?</c> for one; letters match without regard to case.</summary>
public static class Glob
{
    /// <summary>True when the whole of <paramref name="text"/> matches. Time is bounded by the product of the two lengths; nothing is allocated.</summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || char.ToUpperInvariant(pattern[p]) == char.ToUpperInvariant(text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more; earlier stars never need to be tried again.
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
