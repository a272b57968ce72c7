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

    /// <summary>A record of the name "x", one label of one letter.</summary>
    private static byte[] Of(char owner, ushort type, params byte[] data) => [1, (byte)owner, 0, 0, (byte)type, 0, 1, 0, 0, 0, 9, 0, (byte)data.Length, .. data];

    [Fact]
    [Trait("Requirement", "DNS-02")]
    public void Every_owner_on_the_chain_counts_in_whatever_order_the_records_come()
    {
        byte[] answer = Answer(
            Of('c', 1, 192, 0, 2, 3), Of('b', 1, 192, 0, 2, 2), Of('z', 1, 192, 0, 2, 66), Of('b', 5, 1, (byte)'c', 0), Of('a', 5, 1, (byte)'b', 0));
        Assert.True(DnsMessage.TryParse(answer, out DnsMessage message));
        Assert.Equal(["192.0.2.2/9", "192.0.2.3/9"], Answers.Of(message));
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void A_chain_has_sixteen_aliases_at_most(int aliases, bool reached)
    {
        List<byte[]> records = [];
        for (int i = 0; i < aliases; i++) records.Add(Of((char)('a' + i), 5, 1, (byte)('b' + i), 0));
        records.Add(Of((char)('a' + aliases), 1, 192, 0, 2, 1));
        Assert.True(DnsMessage.TryParse(Answer([.. records]), out DnsMessage message));
        Assert.Equal(reached, Answers.Of(message).Count == 1);
    }

    [Fact]
    public void A_chain_that_closes_on_itself_ends()
    {
        byte[] answer = Answer(Of('a', 5, 1, (byte)'b', 0), Of('b', 5, 1, (byte)'a', 0), Of('b', 1, 192, 0, 2, 2), Of('a', 1, 192, 0, 2, 1));
        Assert.True(DnsMessage.TryParse(answer, out DnsMessage message));
        Assert.Equal(["192.0.2.1/9", "192.0.2.2/9"], Answers.Of(message));
    }

    [Fact]
    public void What_finds_no_room_is_left_out()
    {
        Assert.True(DnsMessage.TryParse(Answer(Of('a', 1, 192, 0, 2, 1), Of('a', 1, 192, 0, 2, 2)), out DnsMessage message));
        var room = new DnsAddress[1];
        Assert.Equal(1, message.ReadAddresses(room));
        Assert.Equal("192.0.2.1", room[0].Ipv4.ToString());
    }
}
