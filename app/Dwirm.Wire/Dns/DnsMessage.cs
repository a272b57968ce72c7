using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Dns;

/// <summary>Record types used here (RFC 1035 section 3.2.2, RFC 3596, RFC 6891, RFC 8945).</summary>
public static class DnsType
{
    /// <summary>IPv4 address.</summary>
    public const ushort A = 1;

    /// <summary>Canonical name.</summary>
    public const ushort Cname = 5;

    /// <summary>IPv6 address.</summary>
    public const ushort Aaaa = 28;

    /// <summary>EDNS(0): its class is the greatest UDP payload the sender takes.</summary>
    public const ushort Opt = 41;

    /// <summary>A signature over the whole message, which may not be altered then.</summary>
    public const ushort Tsig = 250;
}

/// <summary>Response codes used here (RFC 1035 section 4.1.1); others are kept as numbers.</summary>
public static class DnsResponseCode
{
    /// <summary>No error.</summary>
    public const byte NoError = 0;

    /// <summary>The server cannot answer now (SERVFAIL).</summary>
    public const byte ServerFailure = 2;

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    public const byte NameError = 3;
}

/// <summary>An address out of an answer.</summary>
/// <param name="Bits">The address as a number; the upper 96 bits are zero for IPv4.</param>
/// <param name="IsIpv6">Which of the two it is.</param>
/// <param name="TtlSeconds">The smallest TTL on the way to it, aliases included; 0 to 2^31-1.</param>
public readonly record struct DnsAddress(UInt128 Bits, bool IsIpv6, uint TtlSeconds)
{
    /// <summary>The address, when it is an IPv4 address.</summary>
    public Ipv4Address Ipv4 => new((uint)Bits);

    /// <summary>The address, when it is an IPv6 address.</summary>
    public Ipv6Address Ipv6 => new(Bits);
}

/// <summary>
/// A response to one question (RFC 1035 section 4), read as far as addresses need: the alias chain from the question is followed, and only
/// records that belong to it count. Whatever a forger adds about other names is passed over. A view over the datagram; nothing is
/// allocated.
/// </summary>
public readonly ref struct DnsMessage
{
    /// <summary>UDP and TCP port of the service.</summary>
    public const ushort Port = 53;

    /// <summary>Records of a response that are looked at; more than this is refused.</summary>
    public const int MaxRecords = 256;

    /// <summary>Octets of the header.</summary>
    internal const int HeaderSize = 12;

    /// <summary>Class IN.</summary>
    internal const ushort ClassInternet = 1;

    /// <summary>RD: the resolver is to find the answer.</summary>
    internal const ushort RecursionDesired = 0x0100;

    private const int MaxAliases = 16;
    private const ushort Response = 0x8000, Truncated = 0x0200, NoChecking = 0x0010;

    private readonly ReadOnlySpan<byte> _message;
    private readonly ushort _flags;
    private readonly int _firstAnswer, _answers;

    private DnsMessage(ReadOnlySpan<byte> message, ushort flags, ushort questionType, int firstAnswer, int answers)
    {
        (_flags, QuestionType, _firstAnswer, _answers) = (flags, questionType, firstAnswer, answers);
        _message = message;
    }

    /// <summary>Transaction id.</summary>
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_message);

    /// <summary>The type that was asked for.</summary>
    public ushort QuestionType { get; }

    /// <summary>TC: the answer is incomplete, ask again over TCP.</summary>
    public bool IsTruncated => (_flags & Truncated) != 0;

    /// <summary>CD: whoever asked did not want the answer validated (RFC 4035 section 3.2.2), so it may be forged.</summary>
    public bool IsUnchecked => (_flags & NoChecking) != 0;

    /// <summary>RCODE, 0 to 15.</summary>
    public byte ResponseCode => (byte)(_flags & 15);

    /// <summary>Writes a recursive query with one question.</summary>
    /// <returns>False when the name is not one of 1 to 253 characters in labels of 1 to 63, or does not fit.</returns>
    public static bool TryWriteQuery(ReadOnlySpan<char> name, ushort type, ushort id, Span<byte> buffer, out int written)
    {
        written = 0;
        buffer = buffer[..Math.Min(buffer.Length, HeaderSize + DnsName.MaxSize + 4)];
        if (buffer.Length < HeaderSize) return false;
        buffer[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        if (!DnsName.TryWrite(name, buffer[HeaderSize..], out int length)) return false;
        int end = HeaderSize + length;
        if (buffer.Length < end + 4) return false;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[end..], type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(end + 2)..], ClassInternet);
        written = end + 4;
        return true;
    }

    /// <summary>Reads a response with exactly one question of class IN; false for anything else, malformed or not a response.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out DnsMessage message)
    {
        message = default;
        if (datagram.Length < HeaderSize) return false;
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]), answers = BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]);
        if ((flags & Response) == 0 || questions != 1 || answers > MaxRecords) return false;

        int offset = HeaderSize;
        if (!DnsName.TrySkip(datagram, ref offset) || datagram.Length < offset + 4) return false;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]) != ClassInternet) return false;
        int first = offset += 4;
        for (int i = 0; i < answers; i++)
        {
            if (!DnsName.TrySkip(datagram, ref offset) || !DnsRecord.TryRead(datagram, ref offset, out DnsRecord record)) return false;
            if (!record.IsSound(datagram)) return false;
        }
        message = new DnsMessage(datagram, flags, type, first, answers);
        return true;
    }

    /// <summary>The name that was asked for, lower case, without the final dot.</summary>
    /// <param name="text">Receives it; at least <see cref="DnsName.MaxSize"/> characters.</param>
    /// <returns>The part of <paramref name="text"/> that was filled.</returns>
    public ReadOnlySpan<char> ReadQuestionName(Span<char> text)
    {
        int offset = HeaderSize;
        DnsName.TryRead(_message, ref offset, text, out int length);
        return text[..length];
    }

    /// <summary>
    /// The addresses of the question's name and of every name its aliases lead to, at most sixteen aliases one after another; a chain that
    /// closes on itself ends there.
    /// </summary>
    /// <param name="into">Receives them in the order of the chain; what does not fit is left out.</param>
    /// <returns>How many there are in <paramref name="into"/>.</returns>
    public int ReadAddresses(Span<DnsAddress> into)
    {
        Span<char> name = stackalloc char[DnsName.MaxSize], owner = stackalloc char[DnsName.MaxSize];
        int length = ReadQuestionName(name).Length, count = 0;
        uint ttl = int.MaxValue;
        for (int aliases = 0; aliases <= MaxAliases; aliases++)
        {
            DnsRecord alias = default;
            int offset = _firstAnswer;
            for (int i = 0; i < _answers; i++)
            {
                DnsName.TryRead(_message, ref offset, owner, out int ownerLength);
                DnsRecord.TryRead(_message, ref offset, out DnsRecord record);
                if (record.Class != ClassInternet || !owner[..ownerLength].SequenceEqual(name[..length])) continue;
                if (record.Type == DnsType.Cname && alias.Type == 0) alias = record;
                if (count == into.Length) continue;
                ReadOnlySpan<byte> data = _message.Slice(record.Data, record.Length);
                uint smallest = Math.Min(ttl, record.Ttl);
                if (record.Type == DnsType.A) into[count++] = new DnsAddress(Ipv4Address.Read(data).Value, false, smallest);
                else if (record.Type == DnsType.Aaaa) into[count++] = new DnsAddress(Ipv6Address.Read(data).Value, true, smallest);
            }
            if (alias.Type == 0) break;
            offset = alias.Data;
            DnsName.TryRead(_message, ref offset, name, out length);
            ttl = Math.Min(ttl, alias.Ttl);
            if (name[..length].SequenceEqual(ReadQuestionName(owner))) break;
        }
        return count;
    }
}

/// <summary>A resource record without its owner (RFC 1035 section 3.2.1): where its data are in the message.</summary>
internal readonly record struct DnsRecord(ushort Type, ushort Class, uint Ttl, int Data, int Length)
{
    private const int HeadSize = 10;

    /// <summary>Reads what follows the owner; false when it overruns.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out DnsRecord record)
    {
        record = default;
        if (message.Length < offset + HeadSize) return false;
        ReadOnlySpan<byte> head = message.Slice(offset, HeadSize);
        int length = BinaryPrimitives.ReadUInt16BigEndian(head[8..]), data = offset + HeadSize;
        if (message.Length < data + length) return false;
        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        // A TTL with the top bit set counts as zero (RFC 2181 section 8).
        record = new DnsRecord(BinaryPrimitives.ReadUInt16BigEndian(head), BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            ttl > int.MaxValue ? 0 : ttl, data, length);
        offset = data + length;
        return true;
    }

    /// <summary>True when the data are what an address or an alias looks like, or it is neither.</summary>
    public bool IsSound(ReadOnlySpan<byte> message)
    {
        if (Class != DnsMessage.ClassInternet) return true;
        if (Type == DnsType.A) return Length == Ipv4Address.Size;
        if (Type == DnsType.Aaaa) return Length == Ipv6Address.Size;
        int end = Data;
        return Type != DnsType.Cname || (DnsName.TrySkip(message, ref end) && end == Data + Length);
    }
}
