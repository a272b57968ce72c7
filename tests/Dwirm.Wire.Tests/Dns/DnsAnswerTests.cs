using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Dwirm.Wire.Dns;

namespace Dwirm.Wire.Tests.Dns;

/// <summary>Single answers to "a IN A", built field by field.</summary>
public sealed class DnsAnswerTests
{
    private static byte[] Answer(params byte[][] records)
    {
        List<byte> octets = [0, 1, 0x81, 0x80, 0, 1, (byte)(records.Length >> 8), (byte)records.Length, 0, 0, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1];
        foreach (byte[] record in records) octets.AddRange(record);
        return [.. octets];
    }

    /// <summary>A record of the question's name (a pointer to offset 12).</summary>
    private static byte[] Record(ushort type, uint ttl, byte[] data, byte klass = 1)
    {
        byte[] record = [0xc0, 0x0c, 0, (byte)type, 0, klass, 0, 0, 0, 0, 0, (byte)data.Length, .. data];
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(6), ttl);
        return record;
    }

    [Fact]
    public void Both_families_are_read()
    {
        byte[] six = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        Assert.True(DnsMessage.TryParse(Answer(Record(1, 5, [192, 0, 2, 1]), Record(28, 6, six), Record(1, 7, [192, 0, 2, 2])), out DnsMessage message));
        Assert.Equal(["192.0.2.1/5", "2001:db8::1/6", "192.0.2.2/7"], Answers.Of(message));
    }

    [Theory]
    [InlineData(0x7fffffffu, 0x7fffffffu)]
    [InlineData(0x80000000u, 0u)]
    [InlineData(0xffffffffu, 0u)]
    [InlineData(0u, 0u)]
    public void A_ttl_with_the_top_bit_counts_as_zero(uint sent, uint read)
    {
        Assert.True(DnsMessage.TryParse(Answer(Record(1, sent, [192, 0, 2, 1])), out DnsMessage message));
        Assert.Equal([$"192.0.2.1/{read}"], Answers.Of(message));
    }

    [Theory]
    [InlineData(1, new byte[] { 192, 0, 2 })]
    [InlineData(1, new byte[] { 192, 0, 2, 1, 0 })]
    [InlineData(28, new byte[] { 192, 0, 2, 1 })]
    [InlineData(5, new byte[] { 1, (byte)'b', 0, 0 })]
    [InlineData(5, new byte[] { 1 })]
    [InlineData(5, new byte[] { })]
    public void A_record_of_the_wrong_size_is_refused(ushort type, byte[] data) =>
        Assert.False(DnsMessage.TryParse(Answer(Record(type, 1, data)), out _));

    [Fact]
    public void Other_types_and_classes_are_passed_over()
    {
        Assert.True(DnsMessage.TryParse(Answer(Record(16, 1, [1, 2, 3]), Record(1, 1, [192, 0, 2, 1], klass: 3), Record(46, 1, [])), out DnsMessage message));
        Assert.Empty(Answers.Of(message));
    }

    [Fact]
    public void A_query_two_questions_and_a_crowd_of_records_are_refused()
    {
        byte[] good = Answer(Record(1, 1, [192, 0, 2, 1]));
        byte[] query = [.. good], two = [.. good];
        query[2] = 0x01;
        two[5] = 2;
        Assert.True(DnsMessage.TryParse(good, out _));
        Assert.False(DnsMessage.TryParse(query, out _));
        Assert.False(DnsMessage.TryParse(two, out _));
        byte[][] crowd = new byte[DnsMessage.MaxRecords + 1][];
        Array.Fill(crowd, Record(1, 1, [192, 0, 2, 1]));
        Assert.False(DnsMessage.TryParse(Answer(crowd), out _));
        Assert.True(DnsMessage.TryParse(Answer(crowd[1..]), out _));
    }

    [Fact]
    public void An_address_with_an_alias_beside_it_counts()
    {
        Assert.True(DnsMessage.TryParse(Answer(Record(5, 9, [1, (byte)'b', 0]), Record(1, 1, [192, 0, 2, 1])), out DnsMessage message));
        Assert.Equal(["192.0.2.1/1"], Answers.Of(message));
    }
}
