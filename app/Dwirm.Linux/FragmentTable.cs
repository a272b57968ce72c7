using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Dwirm.Linux;

/// <summary>
/// Puts the fragments of IPv4 datagrams together again (RFC 791 section 3.2), for a packet socket, which sees them one by one. Bounded: a few
/// datagrams at a time, the oldest gives way; fragments that overlap throw their datagram away, as no honest sender makes them.
/// </summary>
internal sealed class FragmentTable
{
    /// <summary>The most datagrams under way at a time.</summary>
    public const int Capacity = 4;

    private readonly Partial[] _partials = new Partial[Capacity];
    private int _oldest;

    /// <summary>Adds a fragment.</summary>
    /// <param name="header">The IPv4 header, at least twenty octets, already checked.</param>
    /// <param name="payload">What follows it.</param>
    /// <param name="whole">The payload of the whole datagram when this fragment completed it; valid until the next call.</param>
    /// <returns>True when the datagram is complete.</returns>
    public bool Add(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> whole)
    {
        whole = default;
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        bool more = (field & 0x2000) != 0;
        int offset = (field & 0x1fff) * 8;
        if (payload.IsEmpty || offset + payload.Length > Partial.Size || (more && payload.Length % 8 != 0)) return false;

        var key = new FragmentKey(
            BinaryPrimitives.ReadUInt32BigEndian(header[12..]), BinaryPrimitives.ReadUInt32BigEndian(header[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(header[4..]), header[9]);
        Partial partial = FindOrStart(key);
        if (!partial.TryAdd(offset, payload, more))
        {
            partial.Key = null;
            return false;
        }
        if (!partial.IsComplete) return false;
        partial.Key = null;
        whole = partial.Content;
        return true;
    }

    private Partial FindOrStart(FragmentKey key)
    {
        foreach (Partial? partial in _partials)
            if (partial?.Key == key) return partial;
        Partial taken = _partials[_oldest] ??= new Partial();
        _oldest = (_oldest + 1) % Capacity;
        taken.Start(key);
        return taken;
    }

    private readonly record struct FragmentKey(uint Source, uint Destination, ushort Identification, byte Protocol);

    private sealed class Partial
    {
        /// <summary>The longest datagram, UDP header included.</summary>
        public const int Size = ReceiveBatch.DatagramSize + 8;

        private readonly byte[] _data = new byte[Size];
        // One bit for each unit of eight octets that has arrived.
        private readonly ulong[] _arrived = new ulong[(Size / 8 + 63) / 64];
        private int _total;

        public FragmentKey? Key { get; set; }

        public ReadOnlySpan<byte> Content => _data.AsSpan(0, _total);

        public bool IsComplete
        {
            get
            {
                if (_total < 0) return false;
                int units = 0;
                foreach (ulong word in _arrived) units += BitOperations.PopCount(word);
                return units == (_total + 7) / 8;
            }
        }

        public void Start(FragmentKey key)
        {
            Key = key;
            _total = -1;
            Array.Clear(_arrived);
        }

        public bool TryAdd(int offset, ReadOnlySpan<byte> payload, bool more)
        {
            int end = offset + payload.Length;
            if (!more)
            {
                if (_total >= 0 || HasUnitFrom((end + 7) / 8)) return false;
                _total = end;
            }
            else if (_total >= 0 && end > _total) return false;
            for (int unit = offset / 8; unit < (end + 7) / 8; unit++)
            {
                ulong bit = 1UL << (unit % 64);
                if ((_arrived[unit / 64] & bit) != 0) return false;
                _arrived[unit / 64] |= bit;
            }
            payload.CopyTo(_data.AsSpan(offset));
            return true;
        }

        private bool HasUnitFrom(int first)
        {
            for (int unit = first; unit < _arrived.Length * 64; unit++)
                if ((_arrived[unit / 64] & (1UL << (unit % 64))) != 0) return true;
            return false;
        }
    }
}
