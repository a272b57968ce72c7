using System;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>
/// Makes a valid host label (RFC 1123 section 2.1) out of what a client calls itself. The name ends up in files, in DNS and in front of
/// people, so nothing but letters, digits and inner hyphens leaves this class.
/// </summary>
public static class HostLabel
{
    /// <summary>Longest label.</summary>
    public const int MaximumLength = 63;

    /// <summary>True for names that would mislead others: the machine itself, and where browsers look for a proxy.</summary>
    public static bool IsBogus(ReadOnlySpan<char> name) =>
        name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.Equals("wpad", StringComparison.OrdinalIgnoreCase);

    /// <summary>The client's name from option 81 (RFC 4702), else from option 12. Returns its length in characters, 0 for none.</summary>
    /// <param name="packet">The message.</param>
    /// <param name="label">Room for <see cref="MaximumLength"/> characters.</param>
    public static int Read(in Dhcpv4Packet packet, Span<char> label)
    {
        Span<byte> scratch = stackalloc byte[255];
        if (packet.TryGetOption(Dhcpv4OptionCode.ClientFqdn, scratch, out ReadOnlySpan<byte> fqdn) && fqdn.Length > 3)
        {
            int length = Clean(FirstLabel(fqdn), label);
            if (length > 0) return length;
        }
        return packet.TryGetOption(Dhcpv4OptionCode.HostName, scratch, out ReadOnlySpan<byte> name) ? Clean(name, label) : 0;
    }

    /// <summary>
    /// Writes the cleaned first label of a name: other octets become hyphens, runs of them one, none at the ends. Returns the number of
    /// characters, 0 when nothing is left.
    /// </summary>
    public static int Clean(ReadOnlySpan<byte> name, Span<char> label)
    {
        int length = 0;
        bool hyphen = false;
        foreach (byte octet in name)
        {
            if (octet is (byte)'.' or 0) break;
            if (!char.IsAsciiLetterOrDigit((char)octet))
            {
                hyphen = length > 0;
                continue;
            }
            int needed = hyphen ? 2 : 1;
            if (length + needed > MaximumLength) break;
            if (hyphen) label[length++] = '-';
            label[length++] = (char)octet;
            hyphen = false;
        }
        return length;
    }

    /// <summary>RFC 4702 section 2: flags, two result codes, then the name, in DNS wire form when flag E (0x04) is set.</summary>
    private static ReadOnlySpan<byte> FirstLabel(ReadOnlySpan<byte> fqdn)
    {
        ReadOnlySpan<byte> name = fqdn[3..];
        if ((fqdn[0] & 0x04) == 0) return name;
        return name[0] <= MaximumLength && name[0] < name.Length ? name.Slice(1, name[0]) : default;
    }
}
