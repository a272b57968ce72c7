using System;
using System.Buffers.Binary;

namespace Dwirm.Linux;

/// <summary>The Internet checksum (RFC 1071), for frames the kernel neither builds nor checks.</summary>
public static class InternetChecksum
{
    /// <summary>Adds octets, as big-endian 16-bit words, to a running sum. All parts but the last must have an even length.</summary>
    public static uint Add(uint sum, ReadOnlySpan<byte> octets)
    {
        ulong total = sum;
        while (octets.Length >= 2)
        {
            total += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }
        if (octets.Length == 1) total += (uint)octets[0] << 8;
        while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
        return (uint)total;
    }

    /// <summary>The sum of the UDP pseudo header (RFC 768).</summary>
    public static uint PseudoHeader(uint source, uint destination, int udpLength) =>
        (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff) + 17 + (uint)udpLength;

    /// <summary>The checksum that belongs to a sum; a correct packet, checksum included, gives 0.</summary>
    public static ushort Finish(uint sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
