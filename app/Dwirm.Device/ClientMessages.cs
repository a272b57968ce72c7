using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>Who the device is and what it sends along: the same in every message of a run.</summary>
internal sealed record ClientIdentity
{
    public required MacAddress Mac { get; init; }
    public required byte[] ClientId { get; init; }
    public string? HostName { get; init; }

    /// <summary>The IoT Profile as minified JSON; empty for none.</summary>
    public byte[] Profile { get; init; } = [];
    public NegotiationMode Mode { get; init; }

    /// <summary>Option 57: the longest datagram we take, headers included.</summary>
    public ushort MaximumMessageSize { get; init; } = 1500;
    public byte MessageTypeClient { get; init; } = Dhcpv4MessageType.DefaultDwirmClient;
    public byte MessageTypeServer { get; init; } = Dhcpv4MessageType.DefaultDwirmServer;
    public byte ProfileOption { get; init; } = Dhcpv4OptionCode.DefaultProfile;

    public bool Negotiates => Profile.Length > 0;
    public bool SendsOwnMessage => Negotiates && Mode == NegotiationMode.Client;
    public bool PutsProfileInDiscover => Negotiates && Mode == NegotiationMode.Discover;
}

/// <summary>Writes the client's messages (RFC 2131 section 4.4, table 5).</summary>
/// <param name="identity">Who sends them.</param>
/// <param name="authentication">Signs them.</param>
internal sealed class ClientMessages(ClientIdentity identity, ClientAuthentication authentication)
{
    // A profile has 8 KiB at most, 32 more option headers, and the rest of the message.
    private readonly byte[] _buffer = new byte[10 * 1024];

    /// <summary>DHCPDWIRMCLIENT: the profile.</summary>
    public ReadOnlySpan<byte> Profile(uint xid, ushort secs, Ipv4Address ciaddr) =>
        Write(identity.MessageTypeClient, xid, secs, ciaddr, null, null, withProfile: true);

    /// <summary>DHCPDISCOVER.</summary>
    public ReadOnlySpan<byte> Discover(uint xid, ushort secs) =>
        Write(Dhcpv4MessageType.Discover, xid, secs, default, null, null, identity.PutsProfileInDiscover);

    /// <summary>DHCPREQUEST in state SELECTING: names the server and the address it offered.</summary>
    public ReadOnlySpan<byte> Select(uint xid, ushort secs, LeaseFacts offer) =>
        Write(Dhcpv4MessageType.Request, xid, secs, default, offer.Address, offer.Server, identity.PutsProfileInDiscover);

    /// <summary>DHCPREQUEST in state RENEWING or REBINDING: only ciaddr says what for.</summary>
    public ReadOnlySpan<byte> Extend(uint xid, ushort secs, LeaseFacts lease) =>
        Write(Dhcpv4MessageType.Request, xid, secs, lease.Address, null, null, identity.PutsProfileInDiscover);

    /// <summary>DHCPRELEASE.</summary>
    public ReadOnlySpan<byte> Release(uint xid, LeaseFacts lease) =>
        Write(Dhcpv4MessageType.Release, xid, 0, lease.Address, null, lease.Server, withProfile: false);

    private ReadOnlySpan<byte> Write(byte type, uint xid, ushort secs, Ipv4Address ciaddr, Ipv4Address? requested, Ipv4Address? server, bool withProfile)
    {
        Span<byte> chaddr = stackalloc byte[MacAddress.Size];
        identity.Mac.Write(chaddr);
        var writer = new Dhcpv4Writer(_buffer);
        // The broadcast flag stays clear: the packet socket hears unicast to an address we do not have yet.
        writer.Header(Dhcpv4Layout.BootRequest, Dhcpv4Layout.Ethernet, MacAddress.Size, xid, 0, chaddr);
        writer.Addresses(ciaddr, default, default, default);
        writer.Secs(secs);
        writer.PutU8(Dhcpv4OptionCode.MessageType, type);
        writer.Put(Dhcpv4OptionCode.ClientIdentifier, identity.ClientId);
        if (requested is { } address) writer.PutAddress(Dhcpv4OptionCode.RequestedAddress, address);
        if (server is { } identifier) writer.PutAddress(Dhcpv4OptionCode.ServerIdentifier, identifier);
        Dhcpv4Signature signature = authentication.SignatureFor(type);
        signature.Put(ref writer);
        if (type != Dhcpv4MessageType.Release)
        {
            // RFC 6704 section 3.1.1: HMAC-MD5. Where a secret is shared, it proves a FORCERENEW too.
            if (!authentication.HasSecret) writer.PutU8(Dhcpv4OptionCode.ForceRenewNonceCapable, 1);
            writer.PutU16Be(Dhcpv4OptionCode.MaximumMessageSize, identity.MaximumMessageSize);
            if (identity.HostName is { } name) writer.PutAscii(Dhcpv4OptionCode.HostName, name);
            writer.Put(Dhcpv4OptionCode.ParameterRequestList, RequestList());
        }
        if (withProfile) writer.PutLong(identity.ProfileOption, identity.Profile);
        if (!writer.TryFinish(out int written) || !signature.Complete(_buffer.AsSpan(0, written)))
            throw new InvalidOperationException("a message is longer than its buffer");
        return _buffer.AsSpan(0, written);
    }

    private byte[] RequestList()
    {
        byte[] wanted =
        [
            Dhcpv4OptionCode.SubnetMask, Dhcpv4OptionCode.Router, Dhcpv4OptionCode.DnsServer, Dhcpv4OptionCode.DomainName,
            Dhcpv4OptionCode.LeaseTime, Dhcpv4OptionCode.ServerIdentifier,
        ];
        return identity.Negotiates ? [.. wanted, identity.ProfileOption] : wanted;
    }
}
