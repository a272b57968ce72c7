using System;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Service;

/// <summary>The way of a packet: bytes in, facts, decision, effects queued for the end of the turn. Never throws on what a client sends.</summary>
internal sealed class DhcpService(DaemonState state)
{
    private const int MaxProfileOctets = 8 * 1024, MaxHeld = 512, MaxHeldOctets = 1024 * 1024;
    private readonly byte[] _profileScratch = new byte[MaxProfileOctets + 1];
    private readonly byte[] _smallScratch = new byte[255];
    private int _held, _heldOctets;

    /// <summary>Handles one datagram that arrived on UDP 67 of a network of ours, sent to our own address (unicast) or to all.</summary>
    public void Handle(INetworkPort port, ReadOnlySpan<byte> datagram, bool unicast, Instant now)
    {
        state.Counters.Received++;
        if (!Dhcpv4Packet.TryParse(datagram, out Dhcpv4Packet packet, out ParseFault fault))
        {
            state.Counters.Fault(fault);
            return;
        }
        if (state.Turn.IsChoked)
        {
            state.Counters.Count("ignored:store-fault");
            return;
        }
        if (packet.Op != Dhcpv4Layout.BootRequest)
        {
            state.Counters.Count("ignored:not-a-request");
            return;
        }
        Proof proof = state.Authenticator.Check(packet, now);
        if (proof.Kind == ProofKind.Refused)
        {
            if (!state.Log.AllowsPacketLine(now)) return;
            state.Log.Warning($"{packet.Chaddr} on {port.Settings.Name}: a message failed authentication and was discarded");
            return;
        }
        byte type = packet.MessageType;
        if (type == state.Config.MessageTypeClient)
        {
            ClientMessage(port, packet, datagram, proof, now);
            return;
        }
        Device? device = state.Devices.Find(packet.Chaddr);
        if (packet.HasOption(state.Config.ProfileOption) && CarriesProfile(type))
        {
            Piggyback(port, packet, proof, ref device, now);
        }
        if (device?.DecisionDeadline is { IsSet: true } && type == Dhcpv4MessageType.Discover && Hold(device, datagram, proof)) return;
        Answer(port, packet, device, proof, now, unicast);
    }

    /// <summary>Lets the OFFER of a held DISCOVER go, decision or not (DWIRM-19).</summary>
    public void ReleaseHeld(Device device, Instant now)
    {
        if (device.HeldDiscover is not { } datagram) return;
        DropHeld(device);
        if (state.PortOf(device.Record.Network) is not { } port) return;
        if (!Dhcpv4Packet.TryParse(datagram, out Dhcpv4Packet packet, out _)) return;
        var proof = new Proof(device.HeldSigns ? ProofKind.Asked : ProofKind.None, state.Authenticator.Keys.Find(packet.Chaddr));
        Answer(port, packet.As(Dhcpv4MessageType.Discover), device, proof.Key is null ? default : proof, now);
    }

    /// <summary>Answers a DISCOVER whose address was probed.</summary>
    public void Probed(INetworkPort port, byte[] datagram, bool signs, Instant now)
    {
        if (!Dhcpv4Packet.TryParse(datagram, out Dhcpv4Packet packet, out _)) return;
        var proof = new Proof(signs ? ProofKind.Asked : ProofKind.None, state.Authenticator.Keys.Find(packet.Chaddr));
        Answer(port, packet.As(Dhcpv4MessageType.Discover), state.Devices.Find(packet.Chaddr), proof.Key is null ? default : proof, now);
    }

    /// <summary>Forgets the DISCOVER that waits, if one does.</summary>
    public void DropHeld(Device device)
    {
        if (device.HeldDiscover is not { } datagram) return;
        device.HeldDiscover = null;
        _held--;
        _heldOctets -= datagram.Length;
    }

    /// <summary>DHCPDWIRMCLIENT (DWIRM-18): answer at once where there is a decision, else wait for one for at most the decision time, then offer.</summary>
    private void ClientMessage(INetworkPort port, in Dhcpv4Packet packet, ReadOnlySpan<byte> datagram, in Proof proof, Instant now)
    {
        state.Counters.Count("received:dwirmclient");
        if (!packet.HasEthernetAddress)
        {
            state.Counters.Count("ignored:not-ethernet");
            return;
        }
        ProfileOutcome outcome = Consider(port, packet, proof, now, out Device? device);
        bool offers = state.Config.ImplicitDiscover && LeaseOf(packet.Chaddr, port) is null;
        switch (outcome)
        {
            case ProfileOutcome.Answered:
                Remember(device!, packet, proof);
                state.Unsolicited.Stop(device!);
                SendDwirmServer(port, packet, device!, now);
                EndWait(device!, now);
                break;
            case ProfileOutcome.Pending:
                Remember(device!, packet, proof);
                AwaitDecision(device!, now);
                if (offers && Hold(device!, datagram, proof)) return;
                break;
            default:
                if (device is not null) EndWait(device, now);
                break;
        }
        if (offers) Answer(port, packet.As(Dhcpv4MessageType.Discover), device, proof, now);
    }

    /// <summary>A profile inside DISCOVER, REQUEST or INFORM: decided the same way; the answer rides in OFFER or ACK when the client listed its code.</summary>
    private void Piggyback(INetworkPort port, in Dhcpv4Packet packet, in Proof proof, ref Device? device, Instant now)
    {
        if (!packet.HasEthernetAddress) return;
        ProfileOutcome outcome = Consider(port, packet, proof, now, out Device? considered);
        device = considered ?? device;
        if (device is null) return;
        if (outcome != ProfileOutcome.Refused) Remember(device, packet, proof);
        if (outcome == ProfileOutcome.Pending && packet.MessageType == Dhcpv4MessageType.Discover) AwaitDecision(device, now);
    }

    private ProfileOutcome Consider(INetworkPort port, in Dhcpv4Packet packet, in Proof proof, Instant now, out Device? device)
    {
        if (!proof.AdmitsProfile)
        {
            // Whoever sends this may not be the device that has the key: what holds is not touched, and nothing is said about it.
            state.Counters.Count("auth:unproven-profile");
            device = state.Devices.Find(packet.Chaddr);
            return ProfileOutcome.Refused;
        }
        if (!packet.Giaddr.IsAny && !port.Settings.Dhcp.RouterPrefix.Contains(packet.Giaddr))
        {
            // Frames from behind a relay carry the relay's address: nothing that is answered could be enforced, so nothing is.
            state.Counters.Count("ignored:relayed-profile");
            device = null;
            return ProfileOutcome.Refused;
        }
        var source = new ProfileSource(
            packet.Chaddr, ClientIdOf(packet), port.Settings.Name, VendorClassOf(packet), proof.Kind == ProofKind.Proven);
        // Too long or absent is the profile parser's to name: it sees one octet too many, or none.
        int length = Math.Max(packet.OptionLength(state.Config.ProfileOption), 0);
        ReadOnlySpan<byte> json = _profileScratch;
        if (length <= MaxProfileOctets && !packet.TryGetOption(state.Config.ProfileOption, _profileScratch, out json)) json = default;
        return state.Negotiator.Consider(source, json, now, out device);
    }

    private void AwaitDecision(Device device, Instant now)
    {
        device.DecisionDeadline ??= new Deadline(later => ReleaseHeld(device, later));
        if (!device.DecisionDeadline.IsSet)
        {
            state.Loop.Deadlines.Set(device.DecisionDeadline, now.MonotonicMs + state.Config.DecisionTimeMs);
        }
    }

    private void EndWait(Device device, Instant now)
    {
        if (device.DecisionDeadline is not null) state.Loop.Deadlines.Cancel(device.DecisionDeadline);
        ReleaseHeld(device, now);
    }

    private bool Hold(Device device, ReadOnlySpan<byte> datagram, in Proof proof)
    {
        DropHeld(device);
        if (_held == MaxHeld || _heldOctets + datagram.Length > MaxHeldOctets) return false;
        _held++;
        _heldOctets += datagram.Length;
        device.HeldDiscover = datagram.ToArray();
        device.HeldSigns = proof.Signs;
        return true;
    }

    /// <summary>Ordinary DHCP: the engine decides, the change is recorded, the reply waits for the end of the turn.</summary>
    private void Answer(INetworkPort port, in Dhcpv4Packet packet, Device? device, in Proof proof, Instant now, bool unicast = false)
    {
        if (device?.Record.State == DeviceState.Denied && packet.MessageType is Dhcpv4MessageType.Discover or Dhcpv4MessageType.Request or Dhcpv4MessageType.None)
        {
            state.Counters.Count("ignored:denied");
            return;
        }
        Dhcpv4Decision decision = state.Dhcp.Decide(packet, port.Settings.Name, port.RouterAddress, now, unicast);
        if (decision.NeedsProbe)
        {
            if (state.Probes?.TryBegin(port, packet, decision.Lease!.Address, proof.Kind == ProofKind.Asked, now) == true) return;
            state.Dhcp.SkipProbe(decision.Lease!.Address);
        }
        if (port.Settings.LogDhcp) LogAnswer(port, packet, decision, now);
        if (decision.Ended is { } ended) state.LeaseChanged(ended, state.Devices.Find(ended.Mac), now);
        if (decision.Changed is { } changed)
        {
            // A proven device moves to another network by its own word only, not by that of whoever took its address there.
            bool elsewhere = device is { Record.Authenticated: true } && proof.Kind != ProofKind.Proven && device.Record.Network != changed.Network;
            // Nobody is moved behind a relay either: what comes from there is only said to be the device's.
            bool relayed = decision.Network is { RelayedVia.Length: > 0 };
            state.LeaseChanged(changed, elsewhere || relayed ? null : device, now);
        }
        if (decision.Action is Dhcpv4Action.Offer or Dhcpv4Action.Ack or Dhcpv4Action.Nak or Dhcpv4Action.InformAck)
        {
            Reply(port, packet, decision, device, proof, now);
        }
    }

    private void Reply(INetworkPort port, in Dhcpv4Packet packet, in Dhcpv4Decision decision, Device? device, in Proof proof, Instant now)
    {
        Span<byte> buffer = state.Turn.Replies.Buffer;
        byte option = state.Config.ProfileOption;
        // The answer is for the network it was asked on.
        bool answers = device is not null && device.Record.Network == port.Settings.Name && packet.Requests(option);
        ReadOnlySpan<byte> answer = answers ? device!.AnswerUtf8 : default;
        Dhcpv4Signature signature = state.Authenticator.SignatureFor(proof, now);
        if (device is not null && decision.Action == Dhcpv4Action.Ack && signature.IsNone) signature = HandOutNonce(device, packet.TakesNonce, packet.Ciaddr.IsAny, now);
        bool wrote = state.Dhcp.TryWriteReply(packet, decision, answer, option, buffer, out int written, signature);
        if (!wrote && !answer.IsEmpty)
        {
            // Too long for the client: the short form where the decision is the same for all, else the reply without the answer.
            wrote = state.Dhcp.TryWriteReply(packet, decision, device!.ShortAnswerUtf8, option, buffer, out written, signature)
                || state.Dhcp.TryWriteReply(packet, decision, default, option, buffer, out written, signature);
        }
        if (!wrote)
        {
            state.Counters.Count("reply:too-large");
            return;
        }
        // INFORM comes from an address the client has by itself (RFC 2131 section 4.3.5).
        Ipv4Address client = decision.Action == Dhcpv4Action.InformAck ? packet.Ciaddr : decision.Lease?.Address ?? default;
        bool broadcast = packet.BroadcastFlag || decision.Broadcast;
        var destination = Dhcpv4Destination.For(packet.Giaddr, packet.Ciaddr, broadcast, packet.HasEthernetAddress, decision.Action, client);
        bool needsKernel = device is { IsManaged: true } && (answers || decision.Action == Dhcpv4Action.Ack);
        state.Turn.Replies.Add(port, written, destination, packet.Chaddr, needsKernel);
        if (device is not null && decision.Action == Dhcpv4Action.Ack) state.Unsolicited.Renewed(device);
    }

    /// <summary>
    /// The nonce that later proves our FORCERENEW, for a client that lists HMAC-MD5 in option 145 (RFC 6704 section 3): made when there is
    /// none, told in the ACK that begins a lease, and on renewal only when it is new. Not beside RFC 3118, which proves it already.
    /// </summary>
    private Dhcpv4Signature HandOutNonce(Device device, bool takesOne, bool begins, Instant now)
    {
        if (!state.Config.ForceRenew || !takesOne)
        {
            device.Nonce = null;
            return default;
        }
        bool isNew = device.Nonce is null;
        if (isNew)
        {
            device.Nonce = new byte[Dhcpv4Authentication.KeySize];
            RandomBytes.Fill(device.Nonce);
        }
        return isNew || begins ? Dhcpv4Signature.Nonce(state.Authenticator.NextCounter(now), device.Nonce) : default;
    }

    private void LogAnswer(INetworkPort port, in Dhcpv4Packet packet, in Dhcpv4Decision decision, Instant now)
    {
        if (decision.Action == Dhcpv4Action.Ignore || !state.Log.AllowsPacketLine(now)) return;
        state.Log.Info($"DHCP {decision.Action} on {port.Settings.Device}: {packet.Chaddr} {decision.Lease?.Address} {decision.Lease?.Hostname}");
    }

    private void SendDwirmServer(INetworkPort port, in Dhcpv4Packet packet, Device device, Instant now)
    {
        if (TryWriteDwirmServer(device, device.Exchange!, port, now, out int written))
        {
            var destination = Dhcpv4Destination.For(packet, Dhcpv4Action.Offer, LeaseOf(packet.Chaddr, port)?.Address ?? default);
            state.Turn.Replies.Add(port, written, destination, packet.Chaddr, needsKernel: true);
            state.Counters.Count("sent:dwirmserver");
        }
        else
        {
            state.Counters.Count("dwirmserver:too-large");
        }
    }

    /// <summary>Writes the answer that holds into the reply queue's buffer: the whole, else the Status form where that says the same.</summary>
    public bool TryWriteDwirmServer(Device device, Dhcpv4Correspondent client, INetworkPort port, Instant now, out int written)
    {
        Span<byte> buffer = state.Turn.Replies.Buffer;
        Dhcpv4Signature signature = state.Authenticator.SignatureFor(device, now);
        return TryWrite(device.AnswerUtf8, buffer, signature, out written) || TryWrite(device.ShortAnswerUtf8, buffer, signature, out written);

        bool TryWrite(ReadOnlySpan<byte> json, Span<byte> into, Dhcpv4Signature signature, out int length)
        {
            length = 0;
            return !json.IsEmpty && Dhcpv4Replies.TryWriteDwirmServer(
                client, state.Config.MessageTypeServer, state.Config.ProfileOption, port.RouterAddress, json, into, out length, signature);
        }
    }

    private void Remember(Device device, in Dhcpv4Packet packet, in Proof proof)
    {
        device.Exchange = Dhcpv4Correspondent.From(packet);
        device.AsksAuthentication = proof.Signs;
        device.ReadsAnswerInAck = packet.Requests(state.Config.ProfileOption);
    }

    private Lease? LeaseOf(MacAddress mac, INetworkPort port) =>
        state.Dhcp.Leases.ByMac(mac, port.Settings.Name) is { State: LeaseState.Bound } lease ? lease : null;

    private static bool CarriesProfile(byte type) =>
        type is Dhcpv4MessageType.Discover or Dhcpv4MessageType.Request or Dhcpv4MessageType.Inform;

    private string ClientIdOf(in Dhcpv4Packet packet) =>
        packet.TryGetOption(Dhcpv4OptionCode.ClientIdentifier, _smallScratch, out ReadOnlySpan<byte> id) ? Convert.ToHexStringLower(id) : "";

    private string VendorClassOf(in Dhcpv4Packet packet)
    {
        if (!packet.TryGetOption(Dhcpv4OptionCode.VendorClass, _smallScratch, out ReadOnlySpan<byte> value)) return "";
        Span<char> text = stackalloc char[value.Length];
        for (int i = 0; i < value.Length; i++) text[i] = value[i] is >= 0x20 and < 0x7f ? (char)value[i] : '?';
        return new string(text);
    }
}
