using System;
using System.Text;
using Dwirm.Wire.Crypto;

namespace Dwirm.Wire.Tests;

/// <summary>MD5 by the suite of RFC 1321 appendix A.5, HMAC-MD5 by RFC 2202 section 2, both against the library where no vector reaches.</summary>
[Trait("Requirement", "DHC-07")]
public class CryptoTests
{
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void Md5_suite_of_RFC_1321(string text, string digest) => Assert.Equal(digest, Md5Of(Encoding.ASCII.GetBytes(text), 7));

    public static TheoryData<string, string, string> Rfc2202 => new()
    {
        { Repeated("0b", 16), Hex("Hi There"), "9294727a3638bb1c13f48ef8158bfc9d" },
        { Hex("Jefe"), Hex("what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738" },
        { Repeated("aa", 16), Repeated("dd", 50), "56be34521d144c88dbb8c733f0e8b3f6" },
        { "0102030405060708090a0b0c0d0e0f10111213141516171819", Repeated("cd", 50), "697eaf0aca3a3aea3a75164746ffaa79" },
        { Repeated("0c", 16), Hex("Test With Truncation"), "56461ef2342edc00f9bab995690efd4c" },
        { Repeated("aa", 80), Hex("Test Using Larger Than Block-Size Key - Hash Key First"), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
        { Repeated("aa", 80), Hex("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"), "6f630fad67cda0ee1fb1f562db3aa53e" },
    };

    [Theory]
    [MemberData(nameof(Rfc2202))]
    public void Hmac_vectors_of_RFC_2202(string key, string data, string code) =>
        Assert.Equal(code, HmacOf(Convert.FromHexString(key), Convert.FromHexString(data)));

    [Fact]
    public void Every_length_around_the_block_gives_what_the_library_gives_however_it_is_cut()
    {
        var random = new Random(1);
        for (int length = 0; length <= 260; length++)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
#pragma warning disable CA5351 // The protocol's algorithm, here as the oracle.
            string expected = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(data));
            string code = Convert.ToHexStringLower(System.Security.Cryptography.HMACMD5.HashData(data, data));
#pragma warning restore CA5351
            for (int piece = 1; piece < 70; piece += 23) Assert.Equal(expected, Md5Of(data, piece));
            Assert.Equal(code, HmacOf(data, data));
        }
    }

    [Fact]
    public void A_code_in_the_making_is_a_value_that_a_copy_goes_on_from()
    {
        Assert.False(System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<HmacMd5>());
        var one = new HmacMd5([1, 2, 3]);
        one.Update(new byte[100]);
        HmacMd5 other = one;
        other.Update([1]);
        byte[] first = new byte[16], second = new byte[16];
        one.Finish(first);
        other.Finish(second);
        Assert.Equal(HmacOf([1, 2, 3], new byte[100]), Convert.ToHexStringLower(first));
        Assert.Equal(HmacOf([1, 2, 3], [.. new byte[100], 1]), Convert.ToHexStringLower(second));
    }

    [Fact]
    public void Codes_match_only_when_every_octet_does()
    {
        byte[] one = new byte[16], other = new byte[16];
        Assert.True(HmacMd5.Matches(one, other));
        Assert.False(HmacMd5.Matches(one, other.AsSpan(1)));
        for (int bit = 0; bit < 128; bit++)
        {
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(HmacMd5.Matches(one, other));
            other[bit / 8] = 0;
        }
    }

    private static string Md5Of(ReadOnlySpan<byte> data, int piece)
    {
        var md5 = new Md5();
        for (; data.Length > piece; data = data[piece..]) md5.Update(data[..piece]);
        md5.Update(data);
        Span<byte> digest = stackalloc byte[Md5.Size];
        md5.Finish(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static string HmacOf(byte[] key, byte[] data)
    {
        var hmac = new HmacMd5(key);
        hmac.Update(data);
        Span<byte> code = stackalloc byte[HmacMd5.Size];
        hmac.Finish(code);
        return Convert.ToHexStringLower(code);
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));

    private static string Repeated(string octet, int times) => string.Concat(System.Linq.Enumerable.Repeat(octet, times));
}
