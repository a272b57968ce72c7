using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Dns;

/// <summary>
/// Header and question of a message that is to be passed on as it is (RFC 1035 sections 4.1.1 and 4.1.2). What follows the question is not
/// looked at. A view over the message; nothing is allocated.
/// </summary>
public readonly ref struct DnsQuery
{
    /// <summary>The longest question: a name, its type and class.</summary>
    public const int MaxQuestion = DnsName.MaxSize + 4;

    /// <summary>Octets of a message without records: header and the longest question.</summary>
    public const int MaxEmptyMessage = DnsMessage.HeaderSize + MaxQuestion;

    private const ushort Response = 0x8000, OpcodeMask = 0x7800, KeptFlags = 0x7910, RecursionAvailable = 0x0080;

    private DnsQuery(ushort id, ushort flags, ReadOnlySpan<byte> question)
    {
        (Id, Flags) = (id, flags);
        Question = question;
    }

    /// <summary>Transaction id.</summary>
    public ushort Id { get; }

    /// <summary>The second word of the header.</summary>
    public ushort Flags { get; }

    /// <summary>Name, type and class, as they came: two messages that speak of the same have the same octets here.</summary>
    public ReadOnlySpan<byte> Question { get; }

    /// <summary>QR: an answer, not a query.</summary>
    public bool IsResponse => (Flags & Response) != 0;

    /// <summary>TC: incomplete.</summary>
    public bool IsTruncated => (Flags & 0x0200) != 0;

    /// <summary>Reads a message of opcode QUERY with exactly one question, whose name is not compressed; false for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < DnsMessage.HeaderSize) return false;
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & OpcodeMask) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1) return false;
        int at = DnsMessage.HeaderSize;
        while (true)
        {
            if (at >= message.Length || message[at] > DnsName.MaxLabel) return false;
            int label = message[at++];
            if (label == 0) break;
            at += label;
        }
        int length = at + 4 - DnsMessage.HeaderSize;
        if (length > MaxQuestion || message.Length < at + 4) return false;
        query = new DnsQuery(BinaryPrimitives.ReadUInt16BigEndian(message), flags, message.Slice(DnsMessage.HeaderSize, length));
        return true;
    }

    /// <summary>Puts another transaction id into a message of at least two octets.</summary>
    public static void SetId(Span<byte> message, ushort id) => BinaryPrimitives.WriteUInt16BigEndian(message, id);

    /// <summary>Writes an answer without records.</summary>
    /// <param name="id">Transaction id.</param>
    /// <param name="flags">Flags of the query: RD and CD are repeated (RFC 1035 section 4.1.1, RFC 4035 section 3.2.2).</param>
    /// <param name="question">The question.</param>
    /// <param name="responseCode">RCODE.</param>
    /// <param name="buffer">At least <see cref="MaxEmptyMessage"/> octets.</param>
    /// <returns>Octets written.</returns>
    public static int WriteFailure(ushort id, ushort flags, ReadOnlySpan<byte> question, byte responseCode, Span<byte> buffer)
    {
        buffer[..DnsMessage.HeaderSize].Clear();
        SetId(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(Response | (flags & KeptFlags) | RecursionAvailable | responseCode));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        question.CopyTo(buffer[DnsMessage.HeaderSize..]);
        return DnsMessage.HeaderSize + question.Length;
    }

    /// <summary>Writes a recursive query for a question, with id 0.</summary>
    /// <param name="question">The question.</param>
    /// <param name="buffer">At least <see cref="MaxEmptyMessage"/> octets.</param>
    /// <returns>Octets written.</returns>
    public static int WriteQuery(ReadOnlySpan<byte> question, Span<byte> buffer)
    {
        buffer[..DnsMessage.HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], DnsMessage.RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        question.CopyTo(buffer[DnsMessage.HeaderSize..]);
        return DnsMessage.HeaderSize + question.Length;
    }

    /// <summary>
    /// Lowers the UDP payload size a query announces (RFC 6891 section 6.2.3), so that no answer to it is fragmented (RFC 9715). A message
    /// that is signed, or whose records cannot be read, stays as it is.
    /// </summary>
    /// <param name="query">A message that <see cref="TryRead"/> could read.</param>
    /// <param name="most">Greatest size announced, octets; at least 512.</param>
    public static void LimitPayload(Span<byte> query, ushort most)
    {
        if (!TryRead(query, out DnsQuery read)) return;
        int offset = DnsMessage.HeaderSize + read.Question.Length, sizeAt = -1;
        int records = BinaryPrimitives.ReadUInt16BigEndian(query[6..]) + BinaryPrimitives.ReadUInt16BigEndian(query[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(query[10..]);
        for (int i = 0; i < records; i++)
        {
            int owner = offset;
            if (!DnsName.TrySkip(query, ref offset)) return;
            int head = offset;
            if (!DnsRecord.TryRead(query, ref offset, out DnsRecord record) || record.Type == DnsType.Tsig) return;
            if (record.Type == DnsType.Opt && head == owner + 1) sizeAt = head + 2;
        }
        if (sizeAt < 0) return;
        ushort announced = BinaryPrimitives.ReadUInt16BigEndian(query[sizeAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(query[sizeAt..], Math.Min(announced, most));
    }
}
