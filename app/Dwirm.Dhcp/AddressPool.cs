using System.Numerics;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>
/// Which addresses of a range are taken: one bit each, and one bit for every 64 that are all taken, so that the next free one is found in a
/// few steps even in a full range of 65,536.
/// </summary>
internal sealed class AddressPool
{
    private readonly ulong[] _taken;
    private readonly ulong[] _full;
    private readonly uint _start;

    public AddressPool(Ipv4Address start, int size)
    {
        _start = start.Value;
        Size = size;
        _taken = new ulong[(size + 63) / 64];
        _full = new ulong[(_taken.Length + 63) / 64];
        for (int i = size; i < _taken.Length * 64; i++) Set(i);
        for (int word = _taken.Length; word < _full.Length * 64; word++) _full[word / 64] |= 1UL << (word % 64);
    }

    /// <summary>Addresses in the range.</summary>
    public int Size { get; }

    public bool Contains(Ipv4Address address) => address.Value - _start < (uint)Size;

    public void Take(Ipv4Address address)
    {
        if (Contains(address)) Set((int)(address.Value - _start));
    }

    public void Release(Ipv4Address address)
    {
        if (!Contains(address)) return;
        int index = (int)(address.Value - _start);
        _taken[index / 64] &= ~(1UL << (index % 64));
        _full[index / 4096] &= ~(1UL << (index / 64 % 64));
    }

    /// <summary>The first free address at or after the offset, searching round the end; false when all are taken.</summary>
    public bool TryFindFree(int offset, out Ipv4Address address)
    {
        int index = FindFrom(offset);
        if (index < 0) index = FindFrom(0);
        address = index < 0 ? default : new Ipv4Address(_start + (uint)index);
        return index >= 0;
    }

    private int FindFrom(int offset)
    {
        if (offset >= Size) return -1;
        int word = offset / 64;
        ulong free = ~_taken[word] & (ulong.MaxValue << (offset % 64));
        if (free != 0) return word * 64 + BitOperations.TrailingZeroCount(free);
        word = NextOpenWord(word + 1);
        return word < 0 ? -1 : word * 64 + BitOperations.TrailingZeroCount(~_taken[word]);
    }

    private int NextOpenWord(int from)
    {
        for (int block = from / 64; block < _full.Length; block++)
        {
            ulong open = ~_full[block];
            if (block == from / 64) open &= ulong.MaxValue << (from % 64);
            if (open != 0) return block * 64 + BitOperations.TrailingZeroCount(open);
        }
        return -1;
    }

    private void Set(int index)
    {
        int word = index / 64;
        _taken[word] |= 1UL << (index % 64);
        if (_taken[word] == ulong.MaxValue) _full[word / 64] |= 1UL << (word % 64);
    }
}
