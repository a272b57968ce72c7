using System;

namespace Dwirm.Wire.Crypto;

/// <summary>HMAC-MD5 (RFC 2104). A value: a copy goes on from where the original stands. Allocates nothing.</summary>
public struct HmacMd5
{
    /// <summary>Octets of a message authentication code.</summary>
    public const int Size = Md5.Size;

    private Md5 _inner, _outer;

    /// <summary>An authentication code of nothing yet.</summary>
    /// <param name="key">Any length; above 64 octets its digest is the key (RFC 2104 section 2).</param>
    public HmacMd5(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[Md5.BlockSize];
        block.Clear();
        if (key.Length > Md5.BlockSize)
        {
            var shortened = new Md5();
            shortened.Update(key);
            shortened.Finish(block);
        }
        else
        {
            key.CopyTo(block);
        }
        _inner = Begin(block, 0x36);
        _outer = Begin(block, 0x36 ^ 0x5c);
        block.Clear();
    }

    /// <summary>Adds octets.</summary>
    public void Update(ReadOnlySpan<byte> data) => _inner.Update(data);

    /// <summary>Ends it and writes its <see cref="Size"/> octets. Nothing may be added after that.</summary>
    public void Finish(Span<byte> code)
    {
        Span<byte> digest = stackalloc byte[Md5.Size];
        _inner.Finish(digest);
        _outer.Update(digest);
        _outer.Finish(code);
    }

    /// <summary>True when both are the same code; the time taken does not tell where they differ.</summary>
    public static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> given)
    {
        if (expected.Length != Size || given.Length != Size) return false;
        int difference = 0;
        for (int i = 0; i < Size; i++) difference |= expected[i] ^ given[i];
        return difference == 0;
    }

    /// <summary>Turns the key block by <paramref name="pad"/> where it stands, and starts a digest with it.</summary>
    private static Md5 Begin(Span<byte> block, byte pad)
    {
        for (int i = 0; i < block.Length; i++) block[i] ^= pad;
        var digest = new Md5();
        digest.Update(block);
        return digest;
    }
}
