using System;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>
/// Signs what the client sends and proves what it hears (RFC 3118). With a secret nothing else is believed: our policy under section 5.5.1.
/// Without one, only FORCERENEW has to be proven, by the nonce that came in an ACK (RFC 6704).
/// </summary>
/// <param name="secret">Shared with the router; null for none.</param>
/// <param name="wallMs">The wall clock, Unix milliseconds, right or wrong.</param>
/// <param name="complain">Told when counters cannot be kept.</param>
internal sealed class ClientAuthentication(ClientSecret? secret, Func<long> wallMs, Action<int> complain)
{
    private readonly ReplayCounter _counter = new(secret?.Ceiling ?? 0);
    private readonly byte[] _nonce = new byte[Dhcpv4Authentication.KeySize];
    private ulong _routerCounter = secret?.RouterCounter ?? 0;
    private bool _hasNonce;

    /// <summary>True when messages are signed.</summary>
    public bool HasSecret => secret is not null;

    /// <summary>The signature of a message: a DISCOVER asks for authentication, everything else is signed (RFC 3118 section 5.5).</summary>
    public Dhcpv4Signature SignatureFor(byte messageType)
    {
        if (secret is null) return default;
        ulong counter = _counter.Next(wallMs(), out bool raised);
        if (raised) Save();
        return messageType == Dhcpv4MessageType.Discover
            ? Dhcpv4Signature.Request(counter)
            : Dhcpv4Signature.Delayed(counter, secret.Id, secret.Octets);
    }

    /// <summary>Judges a message of a server.</summary>
    /// <param name="packet">The message.</param>
    /// <param name="proven">True when it is proven.</param>
    /// <returns>Why it is not to be believed; empty when it is.</returns>
    public string FaultOf(in Dhcpv4Packet packet, out bool proven)
    {
        proven = false;
        bool forced = packet.MessageType == Dhcpv4MessageType.ForceRenew;
        if (secret is null && !forced) return "";
        Dhcpv4Authentication option = Dhcpv4Authentication.Read(packet);
        if (secret is null && !_hasNonce) return "it cannot be checked: the router gave no nonce";
        ReadOnlySpan<byte> key = secret is null ? _nonce : secret.Octets;
        if (option.Form != (secret is null ? AuthenticationForm.NonceCode : AuthenticationForm.Delayed)) return "it is not authenticated";
        if (secret is not null && option.SecretId != secret.Id) return "it is made with another secret";
        if (!option.IsMadeWith(packet, key)) return "its authentication code is wrong";
        if (option.Counter <= _routerCounter) return "it was sent before: its replay counter is old";
        _routerCounter = option.Counter;
        proven = true;
        return "";
    }

    /// <summary>A lease was given: the nonce in its ACK is kept, and so is how far the counters are.</summary>
    public void TakeAck(in Dhcpv4Packet ack)
    {
        if (secret is not null)
        {
            Save();
            return;
        }
        Dhcpv4Authentication option = Dhcpv4Authentication.Read(ack);
        if (option.Form != AuthenticationForm.Nonce) return;
        option.CopyNonce(ack, _nonce);
        _routerCounter = option.Counter;
        _hasNonce = true;
    }

    private void Save()
    {
        int errno = secret!.Save(_counter.Ceiling, _routerCounter);
        if (errno != 0) complain(errno);
    }
}
