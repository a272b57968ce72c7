using System;
using System.Collections.Generic;
using Dwirm.Wire.Dns;

namespace Dwirm.Wire.Tests.Dns;

public sealed class DnsQueryTests
{
    /// <summary>dig +cd update.example A with EDNS(0), a cookie and 4096 octets.</summary>
    private static readonly byte[] Query =
    [
        0x12, 0x34, // id
        0x01, 0x30, // RD AD CD
        0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, // one question, one additional record
        0x06, (byte)'u', (byte)'p', (byte)'d', (byte)'a', (byte)'t', (byte)'e', 0x07, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 0x00,
        0x00, 0x01, 0x00, 0x01, // A, IN
        0x00, 0x00, 0x29, 0x10, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x0c, // root, OPT, 4096, DO, 12 octets
        0x00, 0x0a, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8, // cookie
    ];

    private const int SizeAt = 35;

    [Fact]
    public void Header_and_question_are_read()
    {
        Assert.True(DnsQuery.TryRead(Query, out DnsQuery query));
        Assert.Equal((0x1234, 0x0130), (query.Id, query.Flags));
        Assert.False(query.IsResponse);
        Assert.False(query.IsTruncated);
        Assert.Equal(Query[12..32], query.Question.ToArray());
    }

    [Fact]
    public void What_has_no_whole_question_is_refused()
    {
        for (int length = 0; length < 32; length++) Assert.False(DnsQuery.TryRead(Query.AsSpan(0, length), out _), $"{length} octets");
        Assert.True(DnsQuery.TryRead(Query.AsSpan(0, 32), out _));
        foreach ((int at, byte value) in new (int, byte)[] { (5, 2), (5, 0), (2, 0x29), (12, 0xc0), (12, 0x40), (12, 63) })
        {
            byte[] other = [.. Query];
            other[at] = value;
            Assert.False(DnsQuery.TryRead(other, out _), $"octet {at} is {value}");
        }
    }

    [Fact]
    public void A_name_has_255_octets_at_most()
    {
        byte[] header = Query[..12];
        List<byte> name = [];
        for (int i = 0; i < 3; i++) name.AddRange([63, .. new byte[63]]);
        byte[] longest = [.. header, .. name, 61, .. new byte[61], 0, 0, 1, 0, 1], tooLong = [.. header, .. name, 62, .. new byte[62], 0, 0, 1, 0, 1];
        Assert.True(DnsQuery.TryRead(longest, out DnsQuery query));
        Assert.Equal(DnsQuery.MaxQuestion, query.Question.Length);
        Assert.False(DnsQuery.TryRead(tooLong, out _));
    }

    [Theory]
    [InlineData(4096, 1232)]
    [InlineData(1233, 1232)]
    [InlineData(1232, 1232)]
    [InlineData(0, 0)]
    public void The_announced_size_is_lowered_and_nothing_else_changes(int announced, int left)
    {
        byte[] query = [.. Query], expected = [.. Query];
        (query[SizeAt], query[SizeAt + 1]) = ((byte)(announced >> 8), (byte)announced);
        (expected[SizeAt], expected[SizeAt + 1]) = ((byte)(left >> 8), (byte)left);
        DnsQuery.LimitPayload(query, 1232);
        Assert.Equal(expected, query);
    }

    [Fact]
    public void A_signed_or_broken_message_stays_as_it_is()
    {
        byte[] signed = [.. Query, 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0], cut = Query[..^1], named = [.. Query[..32], 1, (byte)'a', .. Query[32..]];
        signed[11] = 2;
        foreach (byte[] message in new[] { signed, cut, named })
        {
            byte[] before = [.. message];
            DnsQuery.LimitPayload(message, 1232);
            Assert.Equal(before, message);
        }
    }

    [Fact]
    public void A_failure_repeats_the_question()
    {
        Span<byte> buffer = stackalloc byte[DnsQuery.MaxEmptyMessage];
        buffer.Fill(0xa5);
        Assert.True(DnsQuery.TryRead(Query, out DnsQuery query));
        int length = DnsQuery.WriteFailure(query.Id, query.Flags, query.Question, DnsResponseCode.ServerFailure, buffer);
        byte[] expected = [0x12, 0x34, 0x81, 0x92, 0, 1, 0, 0, 0, 0, 0, 0, .. Query[12..32]]; // QR RD, RA CD SERVFAIL
        Assert.Equal(expected, buffer[..length].ToArray());
    }

    [Fact]
    public void A_question_is_asked_again_as_it_was()
    {
        Span<byte> buffer = stackalloc byte[DnsQuery.MaxEmptyMessage];
        buffer.Fill(0xa5);
        byte[] expected = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Query[12..32]];
        Assert.Equal(expected, buffer[..DnsQuery.WriteQuery(Query.AsSpan(12, 20), buffer)].ToArray());
    }
}
