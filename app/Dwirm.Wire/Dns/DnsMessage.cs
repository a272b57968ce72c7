using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Dwirm.Wire.Dns;

/// <summary>Record types used here (RFC 1035 section 3.2.2, RFC 3596).</summary>
public static class DnsType
{
    /// <summary>IPv4 address.</summary>
    public const ushort A = 1;

    /// <summary>Canonical name.</summary>
    public const ushort Cname = 5;

    /// <summary>IPv6 address.</summary>
    public const ushort Aaaa = 28;
}

/// <summary>Response codes used here (RFC 1035 section 4.1.1); others are kept as numbers.</summary>
public static class DnsResponseCode
{
    /// <summary>No error.</summary>
    public const byte NoError = 0;

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    public const byte NameError = 3;
}

/// <summary>An address out of an answer.</summary>
/// <param name="Address">The address.</param>
/// <param name="TtlSeconds">The smallest TTL on the way to it, aliases included; 0 to 2^31-1.</param>
public readonly record struct DnsAddress<T>(T Address, uint TtlSeconds)
    where T : struct;

/// <summary>
/// A response to one question (RFC 1035 section 4), read as far as addresses need: the alias chain from the question is followed, and only
/// records that belong to it count. Whatever a forger adds about other names is passed over.
/// </summary>
public sealed class DnsMessage
{
    /// <summary>UDP and TCP port of the service.</summary>
    public const ushort Port = 53;

    /// <summary>Records of a response that are looked at; more than this is refused.</summary>
    public const int MaxRecords = 256;

    private const int HeaderSize = 12, MaxAliases = 16;
    private const ushort ClassInternet = 1, RecursionDesired = 0x0100, Response = 0x8000, Truncated = 0x0200;

    private DnsMessage(ushort id, ushort flags, string questionName, ushort questionType)
    {
        (Id, QuestionName, QuestionType) = (id, questionName, questionType);
        (IsTruncated, ResponseCode) = ((flags & Truncated) != 0, (byte)(flags & 15));
    }

    /// <summary>Transaction id.</summary>
    public ushort Id { get; }

    /// <summary>The name that was asked for, lower case, without the final dot.</summary>
    public string QuestionName { get; }

    /// <summary>The type that was asked for.</summary>
    public ushort QuestionType { get; }

    /// <summary>TC: the answer is incomplete, ask again over TCP.</summary>
    public bool IsTruncated { get; }

    /// <summary>RCODE, 0 to 15.</summary>
    public byte ResponseCode { get; }

    /// <summary>IPv4 addresses of the question's name, by way of its aliases.</summary>
    public IReadOnlyList<DnsAddress<Ipv4Address>> Addresses4 { get; private set; } = [];

    /// <summary>IPv6 addresses of the question's name, by way of its aliases.</summary>
    public IReadOnlyList<DnsAddress<Ipv6Address>> Addresses6 { get; private set; } = [];

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
    public static bool TryParse(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (datagram.Length < HeaderSize) return false;
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]), answers = BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]);
        if ((flags & Response) == 0 || questions != 1 || answers > MaxRecords) return false;

        int offset = HeaderSize;
        if (!DnsName.TryRead(datagram, ref offset, out string question) || datagram.Length < offset + 4) return false;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]) != ClassInternet) return false;
        offset += 4;

        var read = new DnsMessage(BinaryPrimitives.ReadUInt16BigEndian(datagram), flags, question, type);
        var records = new List<Record>(Math.Min(answers, 16));
        for (int i = 0; i < answers; i++)
        {
            if (!TryReadRecord(datagram, ref offset, out Record record)) return false;
            records.Add(record);
        }
        if (!read.Follow(datagram, records)) return false;
        message = read;
        return true;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> datagram, ref int offset, out Record record)
    {
        record = default;
        if (!DnsName.TryRead(datagram, ref offset, out string owner) || datagram.Length < offset + 10) return false;
        ReadOnlySpan<byte> head = datagram.Slice(offset, 10);
        int length = BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
        int data = offset + 10;
        if (datagram.Length < data + length) return false;
        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        // A TTL with the top bit set counts as zero (RFC 2181 section 8).
        record = new Record(owner, BinaryPrimitives.ReadUInt16BigEndian(head), BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            ttl > int.MaxValue ? 0 : ttl, data, length);
        offset = data + length;
        return true;
    }

    /// <summary>Walks from the question along CNAMEs, a bounded number of them, and collects the addresses at the end; false when an alias or address is malformed.</summary>
    private bool Follow(ReadOnlySpan<byte> datagram, List<Record> records)
    {
        string name = QuestionName;
        uint ttl = int.MaxValue;
        for (int aliases = 0; aliases <= MaxAliases; aliases++)
        {
            Record? alias = null;
            List<DnsAddress<Ipv4Address>> four = [];
            List<DnsAddress<Ipv6Address>> six = [];
            foreach (Record record in records)
            {
                if (record.Class != ClassInternet || record.Owner != name) continue;
                ReadOnlySpan<byte> data = datagram.Slice(record.Data, record.Length);
                switch (record.Type)
                {
                    case DnsType.A when data.Length != Ipv4Address.Size:
                    case DnsType.Aaaa when data.Length != Ipv6Address.Size:
                        return false;
                    case DnsType.A:
                        four.Add(new(Ipv4Address.Read(data), Math.Min(ttl, record.Ttl)));
                        break;
                    case DnsType.Aaaa:
                        six.Add(new(Ipv6Address.Read(data), Math.Min(ttl, record.Ttl)));
                        break;
                    case DnsType.Cname:
                        alias ??= record;
                        break;
                }
            }
            if (alias is not { } next || four.Count + six.Count > 0)
            {
                (Addresses4, Addresses6) = (four, six);
                return true;
            }
            int offset = next.Data;
            if (!DnsName.TryRead(datagram, ref offset, out name) || offset != next.Data + next.Length) return false;
            ttl = Math.Min(ttl, next.Ttl);
        }
        return true;
    }

    private readonly record struct Record(string Owner, ushort Type, ushort Class, uint Ttl, int Data, int Length);
}
