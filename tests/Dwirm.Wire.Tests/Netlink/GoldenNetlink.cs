using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;

namespace Dwirm.Wire.Tests.Netlink;

/// <summary>
/// Messages octet by octet, one field a line, for a little-endian host. They were put together from the header files by a program that
/// shares nothing with ours; the command above each makes nft, tc or conntrack send the like, up to the order of attributes
/// (<c>nft --debug=mnl</c>, or an nlmon device and tcpdump).
/// </summary>
internal static partial class GoldenNetlink
{
    /// <summary>Octets before the bar of each line; <c>@rtab RATE</c> stands for a rate table.</summary>
    public static byte[] Hex(string lines)
    {
        var octets = new List<byte>();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string field = line.Split('|')[0].Trim();
            if (field.StartsWith('@')) octets.AddRange(RateTable(long.Parse(field.Split(' ')[1], CultureInfo.InvariantCulture)));
            else foreach (string octet in field.Split(' ', StringSplitOptions.RemoveEmptyEntries)) octets.Add(byte.Parse(octet, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
        return [.. octets];
    }

    // Time that 8, 16, … 2,048 octets take, in ticks of 64 ns, rounded up as tc does.
    private static byte[] RateTable(long rate)
    {
        byte[] table = new byte[1024];
        for (int i = 0; i < 256; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), (uint)decimal.Ceiling((i + 1) * 8 * 1_000_000_000m / 64 / rate));
        return table;
    }
}
