using System;

namespace Dwirm.Cli.Client;

/// <summary>Watches a JSON document pass by and knows whether it is whole, without keeping it.</summary>
internal struct JsonBalance
{
    private int _depth;
    private bool _quoted, _escaped;

    /// <summary>True when there was any bracket.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True when as many brackets were closed as opened.</summary>
    public readonly bool IsWhole => HasBegun && _depth == 0 && !_quoted;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (byte b in piece)
        {
            if (_escaped) _escaped = false;
            else if (_quoted && b == '\\') _escaped = true;
            else if (b == '"') _quoted = !_quoted;
            else if (_quoted) continue;
            else if (b is (byte)'{' or (byte)'[') (HasBegun, _depth) = (true, _depth + 1);
            else if (b is (byte)'}' or (byte)']') _depth--;
        }
    }
}
