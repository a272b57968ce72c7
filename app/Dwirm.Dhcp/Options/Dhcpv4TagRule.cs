using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp.Options;

/// <summary>What a <see cref="Dhcpv4TagRule"/> looks at.</summary>
public enum Dhcpv4TagSource : byte
{
    /// <summary>The hardware address.</summary>
    Mac = 0,

    /// <summary>An option that holds the octets anywhere (vendor class, user class, and text of <c>config match</c>).</summary>
    OptionContains,

    /// <summary>An option of which some element is the octets: elements are as long as these and stand side by side (addresses, numbers).</summary>
    OptionElement,

    /// <summary>An option that begins with the octets, some of which may be anything (hexadecimal text of <c>config match</c>).</summary>
    OptionPrefix,

    /// <summary>A sub-option of the relay agent information that is the octets (RFC 3046).</summary>
    RelayInformation,

    /// <summary>An enterprise number in option 124 or 125 (RFC 3925), four octets.</summary>
    Enterprise,
}

/// <summary>Gives a client a tag for something in its message (<c>config mac</c>, <c>vendorclass</c>, <c>match</c> and their like).</summary>
public sealed class Dhcpv4TagRule
{
    /// <summary>What it looks at.</summary>
    public required Dhcpv4TagSource Source { get; init; }

    /// <summary>The tag it gives.</summary>
    public required TagSet Gives { get; init; }

    /// <summary>Hardware addresses it is for.</summary>
    public MacPattern Mac { get; init; }

    /// <summary>Code of the option, or of the sub-option.</summary>
    public byte Code { get; init; }

    /// <summary>The octets it looks for; none means that the option is there.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>For <see cref="Dhcpv4TagSource.OptionPrefix"/>: ones where an octet counts. Empty or as long as <see cref="Value"/>.</summary>
    public byte[] Mask { get; init; } = [];

    /// <summary>True when the message is of such a client.</summary>
    /// <param name="packet">The message.</param>
    /// <param name="mac">The client's hardware address.</param>
    internal bool Matches(in Dhcpv4Packet packet, MacAddress mac)
    {
        if (Source == Dhcpv4TagSource.Mac) return Mac.Matches(mac);
        Span<byte> scratch = stackalloc byte[255];
        if (Source == Dhcpv4TagSource.Enterprise)
        {
            return (packet.TryGetOption(Dhcpv4OptionCode.VendorIdentifyingClass, scratch, out ReadOnlySpan<byte> classes) && HasEnterprise(classes)) ||
                (packet.TryGetOption(Dhcpv4OptionCode.VendorIdentifyingOptions, scratch, out classes) && HasEnterprise(classes));
        }
        byte code = Source == Dhcpv4TagSource.RelayInformation ? Dhcpv4OptionCode.RelayAgentInformation : Code;
        if (!packet.TryGetOption(code, scratch, out ReadOnlySpan<byte> option)) return false;
        return Source switch
        {
            Dhcpv4TagSource.RelayInformation => RelayAgentInformation.TryFind(option, Code, out ReadOnlySpan<byte> found) && found.SequenceEqual(Value),
            Dhcpv4TagSource.OptionContains => option.IndexOf(Value) >= 0,
            Dhcpv4TagSource.OptionPrefix => BeginsWithValue(option),
            _ => HasElement(option),
        };
    }

    private bool HasElement(ReadOnlySpan<byte> option)
    {
        if (Value.Length == 0) return true;
        for (int i = 0; i + Value.Length <= option.Length; i += Value.Length)
        {
            if (option.Slice(i, Value.Length).SequenceEqual(Value)) return true;
        }
        return false;
    }

    private bool BeginsWithValue(ReadOnlySpan<byte> option)
    {
        if (option.Length < Value.Length) return false;
        for (int i = 0; i < Value.Length; i++)
        {
            int mask = i < Mask.Length ? Mask[i] : 0xff;
            if (((option[i] ^ Value[i]) & mask) != 0) return false;
        }
        return true;
    }

    /// <summary>Option 124 and 125: enterprise number (4), length (1), that many octets, again and again.</summary>
    private bool HasEnterprise(ReadOnlySpan<byte> option)
    {
        while (option.Length >= 5)
        {
            if (option[..4].SequenceEqual(Value)) return true;
            if (option[4] > option.Length - 5) return false;
            option = option[(5 + option[4])..];
        }
        return false;
    }
}
