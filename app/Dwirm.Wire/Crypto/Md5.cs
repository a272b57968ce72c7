using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dwirm.Wire.Crypto;

/// <summary>
/// MD5 (RFC 1321), for HMAC-MD5 only: the DHCP authentication protocols fix it (RFC 3118 section 5, RFC 6704 section 3). It is broken as a hash
/// of documents, which nobody asks of it here. Ours, because the library's needs libssl at run time. A value: a copy goes on from where the
/// original stands. Allocates nothing.
/// </summary>
public struct Md5
{
    /// <summary>Octets of a digest.</summary>
    public const int Size = 16;

    /// <summary>Octets of a block.</summary>
    public const int BlockSize = 64;

    private const int LengthOffset = 56;
    private Block _block;
    private ulong _length;
    private uint _a, _b, _c, _d;

    /// <summary>A digest of nothing yet.</summary>
    public Md5() => (_a, _b, _c, _d) = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

    /// <summary>floor(2^32 × abs(sin(i + 1))), RFC 1321 section 3.4.</summary>
    private static ReadOnlySpan<uint> Sines =>
    [
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    ];

    /// <summary>Left rotations, four to a round.</summary>
    private static ReadOnlySpan<byte> Rotations => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    /// <summary>Adds octets.</summary>
    public void Update(ReadOnlySpan<byte> data)
    {
        Span<byte> block = _block;
        int filled = (int)(_length % BlockSize);
        _length += (uint)data.Length;
        while (!data.IsEmpty)
        {
            int piece = Math.Min(data.Length, BlockSize - filled);
            data[..piece].CopyTo(block[filled..]);
            data = data[piece..];
            filled += piece;
            if (filled < BlockSize) return;
            Compress();
            filled = 0;
        }
    }

    /// <summary>Ends the digest and writes its <see cref="Size"/> octets. Nothing may be added after that.</summary>
    public void Finish(Span<byte> digest)
    {
        Span<byte> block = _block;
        int filled = (int)(_length % BlockSize);
        block[filled++] = 0x80;
        if (filled > LengthOffset)
        {
            block[filled..].Clear();
            Compress();
            filled = 0;
        }
        block[filled..].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(block[LengthOffset..], _length * 8);
        Compress();
        BinaryPrimitives.WriteUInt32LittleEndian(digest, _a);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[4..], _b);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[8..], _c);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[12..], _d);
    }

    /// <summary>One block, RFC 1321 section 3.4. A loop, not 64 lines: a message takes microseconds either way, and the binary is small.</summary>
    private void Compress()
    {
        ReadOnlySpan<byte> block = _block;
        ReadOnlySpan<uint> sines = Sines;
        (uint a, uint b, uint c, uint d) = (_a, _b, _c, _d);
        for (int i = 0; i < 64; i++)
        {
            int round = i >> 4;
            (uint mixed, int word) = round switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((d & b) | (~d & c), 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | ~d), 7 * i),
            };
            uint sum = a + mixed + sines[i] + BinaryPrimitives.ReadUInt32LittleEndian(block[((word & 15) * 4)..]);
            (a, d, c, b) = (d, c, b, b + BitOperations.RotateLeft(sum, Rotations[round * 4 + (i & 3)]));
        }
        _a += a;
        _b += b;
        _c += c;
        _d += d;
    }

    [InlineArray(BlockSize)]
    private struct Block
    {
        private byte _first;
    }
}
