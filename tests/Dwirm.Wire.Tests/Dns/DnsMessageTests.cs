using System;
using System.Collections.Generic;
using Dwirm.Wire.Dns;

namespace Dwirm.Wire.Tests.Dns;

public sealed class DnsMessageTests
{
    /// <summary>dig +noedns update.example.com A, with an alias: what dnsmasq answers for cname= and address= lines.</summary>
    private static readonly byte[] AliasResponse =
    [
        0x12, 0x34, // id
        0x85, 0x80, // QR AA RD RA, NOERROR
        0x00, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, // one question, two answers
        0x06, (byte)'u', (byte)'p', (byte)'d', (byte)'a', (byte)'t', (byte)'e', // offset 12
        0x07, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', // offset 19
        0x03, (byte)'C', (byte)'O', (byte)'M', 0x00,
        0x00, 0x01, 0x00, 0x01, // A, IN
        0xc0, 0x0c, 0x00, 0x05, 0x00, 0x01, 0x00, 0x00, 0x01, 0x2c, 0x00, 0x06, // CNAME, TTL 300, 6 octets
        0x03, (byte)'c', (byte)'d', (byte)'n', 0xc0, 0x13, // cdn.example.com, offset 48
        0xc0, 0x30, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x3c, 0x00, 0x04, // A, TTL 60
        0xc6, 0x33, 0x64, 0x0a, // 198.51.100.10
    ];

    [Fact]
    public void AQueryIsTheseOctets()
    {
        Span<byte> buffer = stackalloc byte[512];
        buffer.Fill(0xa5);
        Assert.True(DnsMessage.TryWriteQuery("a.example", DnsType.A, 0xbeef, buffer, out int written));
        byte[] expected =
        [
            0xbe, 0xef, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // RD, one question
            0x01, (byte)'a', 0x07, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 0x00,
            0x00, 0x01, 0x00, 0x01,
        ];
        Assert.Equal(expected, buffer[..written].ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("*.example")]
    [InlineData("ä.example")]
    public void NamesThatAreNoneAreRefused(string name) =>
        Assert.False(DnsMessage.TryWriteQuery(name, DnsType.A, 1, new byte[512], out _));

    [Fact]
    public void LabelsAndNamesHaveTheirLimits()
    {
        Assert.True(DnsMessage.TryWriteQuery(new string('a', 63) + ".x", DnsType.A, 1, new byte[512], out _));
        Assert.False(DnsMessage.TryWriteQuery(new string('a', 64) + ".x", DnsType.A, 1, new byte[512], out _));
        string longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal(253, longest.Length);
        Assert.True(DnsMessage.TryWriteQuery(longest, DnsType.A, 1, new byte[512], out _));
        Assert.False(DnsMessage.TryWriteQuery(longest + "e", DnsType.A, 1, new byte[512], out _));
        Assert.False(DnsMessage.TryWriteQuery(longest, DnsType.A, 1, new byte[200], out _));
    }

    [Fact]
    [Trait("Requirement", "DNS-02")]
    public void AnAliasIsFollowedAndTheSmallestTtlCounts()
    {
        Assert.True(DnsMessage.TryParse(AliasResponse, out DnsMessage message));
        Assert.Equal(0x1234, message.Id);
        Assert.Equal("update.example.com", message.ReadQuestionName(new char[DnsName.MaxSize]).ToString());
        Assert.Equal(DnsType.A, message.QuestionType);
        Assert.False(message.IsTruncated);
        Assert.Equal(["198.51.100.10/60"], Answers.Of(message));
    }

    [Fact]
    public void RecordsOfOtherNamesDoNotCount()
    {
        byte[] forged = [.. AliasResponse];
        forged[^15] = 0x13; // the address now belongs to example.com
        Assert.True(DnsMessage.TryParse(forged, out DnsMessage message));
        Assert.Empty(Answers.Of(message));
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        for (int length = 0; length < AliasResponse.Length; length++)
        {
            Assert.False(DnsMessage.TryParse(AliasResponse.AsSpan(0, length), out _), $"{length} octets");
        }
    }

    [Fact]
    public void APointerLoopIsRefused()
    {
        byte[] looped = [.. AliasResponse];
        looped[12] = 0xc0;
        looped[13] = 0x0c; // the question's name points to itself
        Assert.False(DnsMessage.TryParse(looped, out _));
    }

    [Fact]
    public void AChainOfAliasesIsBounded()
    {
        List<byte> octets = [0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1];
        // a is an alias of a: followed a bounded number of times, then without addresses.
        octets.AddRange([0xc0, 0x0c, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 0x0c]);
        Assert.True(DnsMessage.TryParse(octets.ToArray(), out DnsMessage message));
        Assert.Empty(Answers.Of(message));
    }

    [Fact]
    public void TruncationAndNxdomainAreSeen()
    {
        byte[] flagged = [.. AliasResponse];
        flagged[2] |= 0x02;
        flagged[3] = 0x83;
        Assert.True(DnsMessage.TryParse(flagged, out DnsMessage message));
        Assert.True(message.IsTruncated);
        Assert.Equal(DnsResponseCode.NameError, message.ResponseCode);
    }

    [Fact]
    public void RandomOctetsNeverThrow()
    {
        var random = new Random(1035);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] mutated = [.. AliasResponse];
            for (int flips = random.Next(1, 6); flips > 0; flips--) mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            bool read = DnsMessage.TryParse(mutated.AsSpan(0, random.Next(mutated.Length + 1)), out DnsMessage message);
            if (read) Assert.True(Answers.Of(message).Count <= 64);
        }
    }
}

internal static class Answers
{
    /// <summary>Address/TTL, in the order of the chain.</summary>
    internal static List<string> Of(in DnsMessage message)
    {
        var addresses = new DnsAddress[64];
        var text = new List<string>();
        foreach (DnsAddress address in addresses.AsSpan(0, message.ReadAddresses(addresses)))
            text.Add($"{(address.IsIpv6 ? address.Ipv6.ToString() : address.Ipv4.ToString())}/{address.TtlSeconds}");
        return text;
    }
}
