using System;
using System.Collections.Generic;

namespace Dwirm.Fuzz;

/// <summary>Makes inputs out of seeds. Everything it does follows from its own seed, so a run can be repeated.</summary>
public sealed class Mutator(int seed, IReadOnlyList<byte[]> seeds)
{
    /// <summary>Longest input, in octets: longer than any datagram or request that is let in.</summary>
    public const int MaximumLength = 20_000;

    private static readonly byte[] Remarkable = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff, (byte)'"', (byte)'{', (byte)'}', (byte)'[', (byte)',', (byte)'\n', (byte)'-'];

    private readonly Random _random = new(seed);
    private readonly List<byte> _input = [];

    /// <summary>The next input: a seed after one to eight changes.</summary>
    public byte[] Next()
    {
        _input.Clear();
        if (seeds.Count > 0) _input.AddRange(seeds[_random.Next(seeds.Count)]);
        for (int changes = 1 << _random.Next(4); changes > 0; changes--) Change();
        if (_input.Count > MaximumLength) _input.RemoveRange(MaximumLength, _input.Count - MaximumLength);
        return [.. _input];
    }

    private void Change()
    {
        if (_input.Count == 0)
        {
            Insert(0);
            return;
        }
        int at = _random.Next(_input.Count);
        switch (_random.Next(10))
        {
            case 0: _input[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1: _input[at] = (byte)_random.Next(256); break;
            case 2: _input[at] = Remarkable[_random.Next(Remarkable.Length)]; break;
            case 3: _input[at] += (byte)_random.Next(-3, 4); break;
            case 4: Insert(at); break;
            case 5: _input.RemoveRange(at, Math.Min(_input.Count - at, Size())); break;
            case 6: _input.InsertRange(_random.Next(_input.Count), _input.GetRange(at, Math.Min(_input.Count - at, Size()))); break;
            case 7: Splice(at); break;
            case 8: Overwrite(at); break;
            default:
                if (_random.Next(4) == 0) _input.RemoveRange(at, _input.Count - at);
                break;
        }
    }

    /// <summary>Small sizes are likely, large ones happen.</summary>
    private int Size() => 1 + _random.Next(1 << _random.Next(1, 11));

    private void Insert(int at)
    {
        byte octet = _random.Next(2) == 0 ? (byte)_random.Next(256) : Remarkable[_random.Next(Remarkable.Length)];
        for (int count = Size(); count > 0; count--) _input.Insert(at, octet);
    }

    private void Splice(int at)
    {
        if (seeds.Count == 0) return;
        byte[] other = seeds[_random.Next(seeds.Count)];
        if (other.Length == 0) return;
        int from = _random.Next(other.Length);
        _input.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, Size())).ToArray());
    }

    private void Overwrite(int at)
    {
        for (int count = Math.Min(_random.Next(1, 5), _input.Count - at); count > 0; count--) _input[at++] = (byte)_random.Next(256);
    }
}
