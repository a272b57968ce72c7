using System;
using System.Collections.Generic;

namespace Dwirm.Enforcement.Ledger;

/// <summary>Numbers for interface names, so that an element holds two octets instead of sixteen. A number is never given to another name.</summary>
internal sealed class InterfaceNames
{
    /// <summary>Octets of a kernel interface name with its closing zero (IFNAMSIZ).</summary>
    public const int Size = 16;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public string this[int number] => _names[number];

    /// <summary>The name's number; -1 when the kernel could have no interface of that name or 65,535 were seen.</summary>
    public int NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out int number)) return number;
        if (!IsValid(name) || _names.Count > ushort.MaxValue) return -1;
        _numbers.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    // The kernel's dev_valid_name, and no quote or backslash: the name is also written into nft scripts.
    private static bool IsValid(string name)
    {
        if (name.Length is 0 or >= Size || name is "." or "..") return false;
        foreach (char c in name)
        {
            if (c is <= ' ' or > '~' or '/' or ':' or '"' or '\\' or '*') return false;
        }
        return true;
    }
}
