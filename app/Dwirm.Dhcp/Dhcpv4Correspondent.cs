using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>What has to be kept of a client's message to write to the client later, without the message (an unsolicited DHCPDWIRMSERVER).</summary>
public sealed record Dhcpv4Correspondent
{
    /// <summary>htype.</summary>
    public byte HardwareType { get; init; } = Dhcpv4Layout.Ethernet;

    /// <summary>hlen.</summary>
    public byte HardwareLength { get; init; } = MacAddress.Size;

    /// <summary>Transaction id of the client's last DHCPDWIRMCLIENT.</summary>
    public required uint Xid { get; init; }

    /// <summary>Flags, of which the broadcast bit counts.</summary>
    public ushort Flags { get; init; }

    /// <summary>The relay, or 0.</summary>
    public Ipv4Address Giaddr { get; init; }

    /// <summary>The sixteen octets of chaddr, or fewer.</summary>
    public required byte[] Chaddr { get; init; }

    /// <summary>Client identifier, or empty; at most 255 octets.</summary>
    public byte[] ClientId { get; init; } = [];

    /// <summary>Relay agent information, or empty; at most 255 octets.</summary>
    public byte[] RelayAgentInformation { get; init; } = [];

    /// <summary>The longest UDP payload the client takes, in octets.</summary>
    public int PayloadLimit { get; init; } = Dhcpv4Layout.MinimumMaximumMessageSize - Dhcpv4Layout.IpUdpOverhead;

    /// <summary>Copies what is needed out of a message.</summary>
    public static Dhcpv4Correspondent From(in Dhcpv4Packet request) => new()
    {
        HardwareType = request.HardwareType,
        HardwareLength = request.HardwareLength,
        Xid = request.Xid,
        Flags = request.Flags,
        Giaddr = request.Giaddr,
        Chaddr = request.ChaddrBytes.ToArray(),
        ClientId = Copy(request, Dhcpv4OptionCode.ClientIdentifier),
        RelayAgentInformation = Copy(request, Dhcpv4OptionCode.RelayAgentInformation),
        PayloadLimit = request.PayloadLimit,
    };

    /// <summary>Where a message to the client goes: to its address if it has one, else as an OFFER would.</summary>
    /// <param name="bound">The client's leased address, 0 for none.</param>
    public Dhcpv4Destination Destination(Ipv4Address bound) => Dhcpv4Destination.For(Giaddr, bound, (Flags & Dhcpv4Layout.BroadcastFlag) != 0,
        HardwareType == Dhcpv4Layout.Ethernet && HardwareLength == MacAddress.Size, Dhcpv4Action.Offer, bound);

    private static byte[] Copy(in Dhcpv4Packet request, byte code)
    {
        Span<byte> scratch = stackalloc byte[byte.MaxValue];
        return request.TryGetOption(code, scratch, out ReadOnlySpan<byte> value) ? value.ToArray() : [];
    }
}
