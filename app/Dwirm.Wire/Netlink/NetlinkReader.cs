using System;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Walks the messages of one netlink datagram. After the last <see cref="Next"/>, <see cref="Malformed"/> tells a broken datagram from an ordinary end.</summary>
/// <param name="datagram">What one receive returned.</param>
public ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    /// <summary>Type bit of an attribute that holds attributes (NLA_F_NESTED).</summary>
    public const ushort NestedFlag = 0x8000;

    /// <summary>Type bits that are the type (NLA_TYPE_MASK).</summary>
    public const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>True when the walk ended at a length that does not fit, instead of at the end.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The next message, or false at the end or at a fault.</summary>
    public bool Next(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty || Malformed) return false;
        if (_rest.Length < NetlinkMessage.HeaderSize) return Fault();
        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkMessage.HeaderSize || length > (uint)_rest.Length) return Fault();
        message = new NetlinkMessage(_rest[..(int)length]);
        int aligned = (int)Math.Min((uint)_rest.Length, (length + 3) & ~3u);
        _rest = _rest[aligned..];
        return true;
    }

    private bool Fault()
    {
        Malformed = true;
        return false;
    }
}

/// <summary>One message: header fields and what follows the header. The header's length was checked by the reader.</summary>
public readonly ref struct NetlinkMessage
{
    /// <summary>Octets of nlmsghdr.</summary>
    public const int HeaderSize = 16;

    private readonly ReadOnlySpan<byte> _bytes;

    internal NetlinkMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Message type; below 16 it is netlink's own.</summary>
    public ushort Type => MemoryMarshal.Read<ushort>(_bytes[4..]);

    /// <summary>Flags.</summary>
    public NetlinkFlags Flags => (NetlinkFlags)MemoryMarshal.Read<ushort>(_bytes[6..]);

    /// <summary>The request's sequence number, 0 for an event.</summary>
    public uint Sequence => MemoryMarshal.Read<uint>(_bytes[8..]);

    /// <summary>Port of the socket that asked, in an answer and in an event of what it changed; 0 for the kernel itself.</summary>
    public uint PortId => MemoryMarshal.Read<uint>(_bytes[12..]);

    /// <summary>The header too.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>What follows the netlink header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    /// <summary>The attributes after a fixed header of <paramref name="headerSize"/> octets; none and malformed when the message is shorter.</summary>
    public NetlinkAttributes Attributes(int headerSize)
    {
        int offset = (headerSize + 3) & ~3;
        return Payload.Length < headerSize ? NetlinkAttributes.Broken : new NetlinkAttributes(Payload.Length > offset ? Payload[offset..] : default);
    }

    /// <summary>Reads the message as NLMSG_ERROR (an acknowledgement is an error of 0); false when it is none or is too short.</summary>
    /// <remarks>
    /// <code>
    /// nlmsgerr  | errno i32, negated | nlmsghdr of the request, 16 | its payload, unless NETLINK_CAP_ACK | attributes, when the flag ACK_TLVS is set |
    /// </code>
    /// </remarks>
    public bool TryGetAck(out NetlinkAck ack)
    {
        ack = default;
        if (Type != NetlinkMessageType.Error || Payload.Length < 4 + HeaderSize) return false;
        ack.Errno = -MemoryMarshal.Read<int>(Payload);
        ack.RequestType = MemoryMarshal.Read<ushort>(Payload[8..]);
        ack.RequestSequence = MemoryMarshal.Read<uint>(Payload[12..]);
        ack.Offset = -1;
        if (((ushort)Flags & NetlinkAck.TlvsFlag) == 0) return true;
        int skip = 4 + HeaderSize;
        if (((ushort)Flags & NetlinkAck.CappedFlag) == 0)
        {
            uint requestLength = MemoryMarshal.Read<uint>(Payload[4..]);
            if (requestLength < HeaderSize || requestLength > (uint)(Payload.Length - 4)) return true;
            skip = 4 + (((int)requestLength + 3) & ~3);
        }
        var attributes = new NetlinkAttributes(Payload.Length > skip ? Payload[skip..] : default);
        while (attributes.Next())
        {
            if (attributes.Type == NetlinkAck.MessageAttribute) ack.Text = attributes.Value.TrimEnd((byte)0);
            else if (attributes.Type == NetlinkAck.OffsetAttribute && attributes.TryU32Host(out uint offset)) ack.Offset = (int)Math.Min(offset, int.MaxValue);
        }
        return true;
    }
}

/// <summary>The kernel's answer to one request.</summary>
public ref struct NetlinkAck
{
    internal const ushort MessageAttribute = 1;
    internal const ushort OffsetAttribute = 2;
    internal const ushort CappedFlag = 0x100;
    internal const ushort TlvsFlag = 0x200;

    /// <summary>Error number, positive; 0 for success.</summary>
    public int Errno { get; internal set; }

    /// <summary>Type of the request it answers.</summary>
    public ushort RequestType { get; internal set; }

    /// <summary>Sequence number of the request it answers.</summary>
    public uint RequestSequence { get; internal set; }

    /// <summary>Octet of the request at which the kernel saw the fault, -1 when it did not say.</summary>
    public int Offset { get; internal set; }

    /// <summary>The kernel's own words, ASCII, empty when it has none.</summary>
    public ReadOnlySpan<byte> Text { get; internal set; }
}

/// <summary>Walks attributes. After the last <see cref="Next"/>, <see cref="Malformed"/> tells a broken list from an ordinary end.</summary>
/// <param name="attributes">A list of attributes, for example the value of a nested one.</param>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>True when the walk ended at a length that does not fit, instead of at the end.</summary>
    public bool Malformed { get; private set; }

    /// <summary>Type of the present attribute, without the nested and byte-order bits.</summary>
    public ushort Type { get; private set; }

    /// <summary>Value of the present attribute, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    internal static NetlinkAttributes Broken => new() { Malformed = true };

    /// <summary>Steps to the next attribute; false at the end or at a fault.</summary>
    public bool Next()
    {
        Value = default;
        Type = 0;
        if (_rest.IsEmpty || Malformed) return false;
        if (_rest.Length < 4) return Fault();
        ushort length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length) return Fault();
        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & NetlinkReader.TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    /// <summary>The attributes inside the present one.</summary>
    public readonly NetlinkAttributes Inner() => new(Value);

    /// <summary>Exactly 32 bits in host order.</summary>
    public readonly bool TryU32Host(out uint value)
    {
        value = Value.Length == 4 ? MemoryMarshal.Read<uint>(Value) : 0;
        return Value.Length == 4;
    }

    /// <summary>Exactly 32 bits in network order.</summary>
    public readonly bool TryU32Be(out uint value)
    {
        value = Value.Length == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;
        return Value.Length == 4;
    }

    /// <summary>Exactly 64 bits in network order.</summary>
    public readonly bool TryU64Be(out ulong value)
    {
        value = Value.Length == 8 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Value) : 0;
        return Value.Length == 8;
    }

    private bool Fault()
    {
        Malformed = true;
        return false;
    }
}
