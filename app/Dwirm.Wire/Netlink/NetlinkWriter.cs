using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>
/// Writes netlink messages one after the other into one buffer: byte order is in the method's name, nesting is in the braces, lengths are
/// patched when a scope closes.
/// </summary>
/// <remarks>
/// <code>
/// nlmsghdr  | length u32 | type u16 | flags u16 | sequence u32 | port id u32 |      (host order, 4-byte aligned)
/// nlattr    | length u16 | type u16 | payload … | padding to 4 |                    (length counts header and payload, not the padding)
/// </code>
/// A class on purpose: a <c>using</c> scope has to point back at it. What is written is decided by us alone, so running past a limit is
/// our own fault and throws.
/// </remarks>
public sealed class NetlinkWriter
{
    /// <summary>Greatest payload of one attribute: its length is 16 bits and counts the header.</summary>
    public const int MaxAttributePayload = ushort.MaxValue - 4;

    private readonly int _limit;
    private byte[] _buffer;

    /// <summary>Makes an empty writer.</summary>
    /// <param name="capacity">Octets to start with.</param>
    /// <param name="limit">Octets it may grow to; writing more throws <see cref="InvalidOperationException"/>.</param>
    public NetlinkWriter(int capacity = 4096, int limit = 64 << 20)
    {
        _buffer = new byte[capacity];
        _limit = limit;
    }

    /// <summary>Octets written so far; always a multiple of four between messages.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; good until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets everything; gives a buffer above <paramref name="keep"/> octets back to the collector.</summary>
    public void Clear(int keep = 1 << 16)
    {
        Length = 0;
        if (_buffer.Length > keep) _buffer = new byte[Math.Min(keep, 4096)];
    }

    /// <summary>Opens a message; closing the scope patches its length.</summary>
    public MessageScope Message(ushort type, NetlinkFlags flags, uint sequence)
    {
        int start = Length;
        Span<byte> header = Take(16);
        header.Clear();
        MemoryMarshal.Write(header[4..], in type);
        ushort flagBits = (ushort)flags;
        MemoryMarshal.Write(header[6..], in flagBits);
        MemoryMarshal.Write(header[8..], in sequence);
        return new MessageScope(this, start);
    }

    /// <summary>Opens an attribute that holds attributes; closing the scope patches its length.</summary>
    public NestScope Nest(ushort type)
    {
        int start = Length;
        Header(4, (ushort)(type | NetlinkReader.NestedFlag));
        return new NestScope(this, start);
    }

    /// <summary>An attribute of one octet.</summary>
    public void PutU8(ushort type, byte value) => Attribute(type, 1)[0] = value;

    /// <summary>An attribute of 16 bits in host order.</summary>
    public void PutU16Host(ushort type, ushort value) => MemoryMarshal.Write(Attribute(type, 2), in value);

    /// <summary>An attribute of 16 bits in network order.</summary>
    public void PutU16Be(ushort type, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Attribute(type, 2), value);

    /// <summary>An attribute of 32 bits in host order.</summary>
    public void PutU32Host(ushort type, uint value) => MemoryMarshal.Write(Attribute(type, 4), in value);

    /// <summary>An attribute of 32 bits in network order.</summary>
    public void PutU32Be(ushort type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, 4), value);

    /// <summary>An attribute of 64 bits in host order.</summary>
    public void PutU64Host(ushort type, ulong value) => MemoryMarshal.Write(Attribute(type, 8), in value);

    /// <summary>An attribute of 64 bits in network order.</summary>
    public void PutU64Be(ushort type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, 8), value);

    /// <summary>An attribute of octets as they are.</summary>
    public void PutBytes(ushort type, ReadOnlySpan<byte> value) => value.CopyTo(Attribute(type, value.Length));

    /// <summary>An attribute without payload: its presence is the message.</summary>
    public void PutFlag(ushort type) => Attribute(type, 0);

    /// <summary>An attribute of text with a closing zero.</summary>
    public void PutStringZ(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> payload = Attribute(type, value.Length + 1);
        value.CopyTo(payload);
        payload[^1] = 0;
    }

    /// <summary>An attribute of ASCII text with a closing zero; a character above 127 throws, since kernel names of ours have none.</summary>
    public void PutStringZ(ushort type, string value)
    {
        Span<byte> payload = Attribute(type, value.Length + 1);
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] is '\0' or > '\x7f') throw new ArgumentException("a kernel name is ASCII", nameof(value));
            payload[i] = (byte)value[i];
        }
        payload[^1] = 0;
    }

    /// <summary>Room for a fixed header or a raw structure of <paramref name="size"/> octets, zeroed, padded to four; good until the next write.</summary>
    public Span<byte> Raw(int size)
    {
        Span<byte> room = Take((size + 3) & ~3);
        room.Clear();
        return room[..size];
    }

    /// <summary>Room for an attribute's payload of <paramref name="size"/> octets, zeroed; good until the next write.</summary>
    public Span<byte> Attribute(ushort type, int size)
    {
        if (size > MaxAttributePayload) throw new InvalidOperationException("netlink attribute too long");
        Header(size + 4, type);
        Span<byte> room = Take((size + 3) & ~3);
        room.Clear();
        return room[..size];
    }

    /// <summary>The four octets of nfgenmsg: family, version 0, resource id in network order.</summary>
    public void NfGenMessage(NfFamily family, ushort resourceId = 0)
    {
        Span<byte> header = Raw(4);
        header[0] = (byte)family;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resourceId);
    }

    /// <summary>Sets flags on a message that is already closed, such as the acknowledgement wish on the last of a batch.</summary>
    /// <param name="start">Where the message starts: <see cref="Length"/> before it was opened.</param>
    /// <param name="flags">Flags to add.</param>
    public void AddFlags(int start, NetlinkFlags flags)
    {
        Span<byte> field = _buffer.AsSpan(start + 6, 2);
        ushort value = (ushort)(MemoryMarshal.Read<ushort>(field) | (ushort)flags);
        MemoryMarshal.Write(field, in value);
    }

    private void Header(int length, ushort type)
    {
        Span<byte> header = Take(4);
        ushort size = (ushort)length;
        MemoryMarshal.Write(header, in size);
        MemoryMarshal.Write(header[2..], in type);
    }

    private Span<byte> Take(int size)
    {
        int need = Length + size;
        if (need > _buffer.Length)
        {
            if (need > _limit) throw new InvalidOperationException("netlink batch too long");
            Array.Resize(ref _buffer, Math.Min(_limit, Math.Max(need, _buffer.Length < 1 << 20 ? _buffer.Length * 2 : _buffer.Length + _buffer.Length / 4)));
        }
        Span<byte> room = _buffer.AsSpan(Length, size);
        Length = need;
        return room;
    }

    private void CloseMessage(int start)
    {
        uint length = (uint)(Length - start);
        MemoryMarshal.Write(_buffer.AsSpan(start), in length);
    }

    private void CloseNest(int start)
    {
        int length = Length - start;
        if (length > ushort.MaxValue) throw new InvalidOperationException("netlink attribute too long");
        ushort size = (ushort)length;
        MemoryMarshal.Write(_buffer.AsSpan(start), in size);
    }

    /// <summary>An open message.</summary>
    public readonly struct MessageScope : IDisposable
    {
        private readonly NetlinkWriter _writer;
        private readonly int _start;

        internal MessageScope(NetlinkWriter writer, int start) => (_writer, _start) = (writer, start);

        /// <summary>Patches the length.</summary>
        public void Dispose() => _writer.CloseMessage(_start);
    }

    /// <summary>An open attribute with attributes inside.</summary>
    public readonly struct NestScope : IDisposable
    {
        private readonly NetlinkWriter _writer;
        private readonly int _start;

        internal NestScope(NetlinkWriter writer, int start) => (_writer, _start) = (writer, start);

        /// <summary>Octets in it so far, its header included.</summary>
        public int Length => _writer.Length - _start;

        /// <summary>Patches the length.</summary>
        public void Dispose() => _writer.CloseNest(_start);
    }
}
