using System;
using System.Collections.Generic;

namespace Dwirm.Enforcement.Ledger;

/// <summary>
/// Sorted elements in as few octets as it takes to remember them: neighbours share most of their octets, so only those that differ are kept,
/// some ten for an element of 48. A router with thousands of devices would otherwise hold their elements for the one that changes next.
/// </summary>
/// <remarks>
/// An element: one octet with a bit for each of its six numbers that differs from the one before; for each of those one octet with a bit for
/// each octet that differs, and these octets.
/// </remarks>
internal static class PackedElements
{
    private const int Words = 6;

    /// <summary>Packs elements, in any order; sorted ones take the least.</summary>
    /// <param name="elements">What is to be packed.</param>
    /// <param name="scratch">Room to work in; emptied first.</param>
    public static byte[] Pack(ReadOnlySpan<Element> elements, List<byte> scratch)
    {
        scratch.Clear();
        Span<ulong> before = stackalloc ulong[Words], now = stackalloc ulong[Words];
        before.Clear();
        foreach (ref readonly Element element in elements)
        {
            Split(element, now);
            int at = scratch.Count, differing = 0;
            scratch.Add(0);
            for (int i = 0; i < Words; i++)
            {
                if (now[i] == before[i]) continue;
                differing |= 1 << i;
                PackWord(now[i] ^ before[i], scratch);
            }
            scratch[at] = (byte)differing;
            now.CopyTo(before);
        }
        return scratch.Count == 0 ? [] : [.. scratch];
    }

    /// <summary>Appends what was packed.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, List<Element> into)
    {
        Span<ulong> words = stackalloc ulong[Words];
        words.Clear();
        int at = 0;
        while (at < packed.Length)
        {
            int differing = packed[at++];
            for (int i = 0; i < Words; i++)
            {
                if ((differing & (1 << i)) != 0) words[i] ^= UnpackWord(packed, ref at);
            }
            into.Add(new Element(words[0], words[1], new UInt128(words[2], words[3]), words[4], (long)words[5]));
        }
    }

    private static void Split(in Element element, Span<ulong> words)
    {
        words[0] = element.Head;
        words[1] = element.Mac;
        words[2] = (ulong)(element.Address >> 64);
        words[3] = (ulong)element.Address;
        words[4] = element.Data;
        words[5] = (ulong)element.Deadline;
    }

    private static void PackWord(ulong word, List<byte> into)
    {
        int at = into.Count, present = 0;
        into.Add(0);
        for (int i = 0; i < 8; i++, word >>= 8)
        {
            if ((byte)word == 0) continue;
            present |= 1 << i;
            into.Add((byte)word);
        }
        into[at] = (byte)present;
    }

    private static ulong UnpackWord(ReadOnlySpan<byte> packed, ref int at)
    {
        int present = packed[at++];
        ulong word = 0;
        for (int i = 0; i < 8; i++)
        {
            if ((present & (1 << i)) != 0) word |= (ulong)packed[at++] << (8 * i);
        }
        return word;
    }
}
