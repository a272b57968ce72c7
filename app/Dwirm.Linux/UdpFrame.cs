using System;
using System.Buffers.Binary;

namespace Dwirm.Linux;

/// <summary>
/// Checks IPv4 and UDP headers of a packet the kernel has not checked.
/// <code>
///  0               1               2               3
/// |Version|  IHL  |      TOS      |         Total Length          |
/// |        Identification         |Flags|     Fragment Offset     |
/// |      TTL      |   Protocol    |        Header Checksum        |
/// |                        Source Address                         |
/// |                      Destination Address                      |
/// </code>
/// </summary>
internal static class UdpFrame
{
    /// <summary>Finds header and payload of an IPv4 packet with UDP in it (RFC 791 section 3.1). Padding of the link layer is cut off.</summary>
    public static bool TrySplitIpv4(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> payload)
    {
        header = payload = default;
        if (packet.Length < 20 || packet[0] >> 4 != 4) return false;
        int headerLength = (packet[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < 20 || total < headerLength || total > packet.Length || packet[9] != 17) return false;
        header = packet[..headerLength];
        if (InternetChecksum.Finish(InternetChecksum.Add(0, header)) != 0) return false;
        payload = packet[headerLength..total];
        return true;
    }

    /// <summary>True when the packet is one fragment of several.</summary>
    public static bool IsFragment(ReadOnlySpan<byte> header) => (BinaryPrimitives.ReadUInt16BigEndian(header[6..]) & 0x3fff) != 0;

    /// <summary>Checks a UDP datagram (RFC 768).</summary>
    /// <param name="header">The IPv4 header, for the pseudo header.</param>
    /// <param name="datagram">UDP header and payload.</param>
    /// <param name="checksumReady">False when the sender's network card was to fill the sum in and there was none: a packet that never left this machine.</param>
    /// <param name="payload">The payload.</param>
    public static bool TryReadUdp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> datagram, bool checksumReady, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (datagram.Length < 8) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (length < 8 || length > datagram.Length) return false;
        datagram = datagram[..length];
        if (checksumReady && BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]) != 0)
        {
            uint sum = InternetChecksum.PseudoHeader(BinaryPrimitives.ReadUInt32BigEndian(header[12..]), BinaryPrimitives.ReadUInt32BigEndian(header[16..]), length);
            if (InternetChecksum.Finish(InternetChecksum.Add(sum, datagram)) != 0) return false;
        }
        payload = datagram[8..];
        return true;
    }
}
