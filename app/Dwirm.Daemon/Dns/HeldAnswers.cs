using System;
using System.Buffers.Binary;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// Answers that wait for the end of the turn: what they say may be connected to is in the kernel then. Preallocated; each stands with the
/// two octets of length that TCP puts in front.
/// </summary>
internal sealed class HeldAnswers
{
    /// <summary>Octets in front of a message on TCP.</summary>
    public const int PrefixSize = 2;

    private const int ArenaSize = 256 * 1024, MaxAnswers = 512;
    private readonly byte[] _arena = new byte[ArenaSize];
    private readonly Inquiry?[] _inquiries = new Inquiry?[MaxAnswers];
    private readonly int[] _ends = new int[MaxAnswers];
    private int _used;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>True when an answer by UDP might not fit any more.</summary>
    public bool IsFull => Count == MaxAnswers || ArenaSize - _used < PrefixSize + Upstream.MaxDatagram;

    /// <summary>Keeps an answer; false when it does not fit.</summary>
    public bool TryAdd(Inquiry inquiry, ReadOnlySpan<byte> message)
    {
        if (Count == MaxAnswers || ArenaSize - _used < PrefixSize + message.Length) return false;
        BinaryPrimitives.WriteUInt16BigEndian(_arena.AsSpan(_used), (ushort)message.Length);
        message.CopyTo(_arena.AsSpan(_used + PrefixSize));
        _used += PrefixSize + message.Length;
        _inquiries[Count] = inquiry;
        _ends[Count++] = _used;
        return true;
    }

    /// <summary>An answer with its prefix.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="inquiry">What it answers.</param>
    public ReadOnlySpan<byte> Get(int index, out Inquiry inquiry)
    {
        inquiry = _inquiries[index]!;
        int start = index == 0 ? 0 : _ends[index - 1];
        return _arena.AsSpan(start, _ends[index] - start);
    }

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        Array.Clear(_inquiries, 0, Count);
        (Count, _used) = (0, 0);
    }
}
