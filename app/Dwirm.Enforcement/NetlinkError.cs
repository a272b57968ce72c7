namespace Dwirm.Enforcement;

/// <summary>What the kernel refused.</summary>
/// <param name="Operation">What we asked for, for people: <c>nft batch</c>, <c>tc class</c>, …</param>
/// <param name="Errno">Error number; positive.</param>
/// <param name="Text">The kernel's own words, or empty.</param>
/// <param name="Offset">Octet of the request the kernel points at, -1 when it points at none.</param>
public sealed record NetlinkError(string Operation, int Errno, string Text = "", int Offset = -1)
{
    /// <summary>ENOENT: no such table, set, element, class.</summary>
    public const int NotFound = 2;

    /// <summary>EEXIST.</summary>
    public const int Exists = 17;

    /// <summary>ERESTART: the ruleset changed while we were looking.</summary>
    public const int Restart = 85;

    /// <summary>EPROTO: the kernel's answer makes no sense, or did not come.</summary>
    public const int NoAnswer = 71;

    /// <summary>True when the kernel does not know what it was asked for: EAFNOSUPPORT or EOPNOTSUPP.</summary>
    public bool IsUnsupported => Errno is 95 or 97;

    /// <summary>One line for a log.</summary>
    public override string ToString()
    {
        string text = $"{Operation}: {Linux.Errno.Describe(Errno)}";
        if (Text.Length > 0) text += $" ({Text})";
        return Offset >= 0 ? $"{text} at octet {Offset}" : text;
    }
}
