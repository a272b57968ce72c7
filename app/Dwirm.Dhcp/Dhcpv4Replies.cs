using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>Writes the messages of the server. Options stand in a fixed order, so equal decisions give equal octets.</summary>
public static partial class Dhcpv4Replies
{
    /// <summary>
    /// Writes the OFFER, ACK or NAK of a decision (RFC 2131 table 3), within what the client takes (<see cref="Dhcpv4Packet.PayloadLimit"/>) and
    /// the length of <paramref name="buffer"/>. Where room is short, parameters give way to the profile's answer, the
    /// routers and name servers last. False
    /// when it does not fit even so (try a shorter answer, then none), or when the decision asks for no reply.
    /// </summary>
    /// <param name="request">The message that is answered.</param>
    /// <param name="decision">What was decided about it.</param>
    /// <param name="profileAnswer">The answer to the IoT Profile as JSON, or empty.</param>
    /// <param name="profileOption">The option that carries it.</param>
    /// <param name="buffer">Where the reply goes; at least 300 octets.</param>
    /// <param name="written">Octets to send.</param>
    /// <param name="signature">How the reply is authenticated; it never gives way.</param>
    public static bool TryWrite(in Dhcpv4Packet request, in Dhcpv4Decision decision, ReadOnlySpan<byte> profileAnswer, byte profileOption,
        Span<byte> buffer, out int written, Dhcpv4Signature signature = default)
    {
        written = 0;
        if (decision.Network is null || MessageType(decision.Action) == Dhcpv4MessageType.None) return false;
        buffer = buffer[..Math.Min(buffer.Length, request.PayloadLimit)];
        bool wrote = TryCompose(request, decision, profileAnswer, profileOption, buffer, false, false, signature, out written)
            || TryCompose(request, decision, profileAnswer, profileOption, buffer, true, false, signature, out written)
            || TryCompose(request, decision, profileAnswer, profileOption, buffer, true, true, signature, out written);
        return wrote && signature.Complete(buffer[..written]);
    }

    /// <summary>
    /// Writes DHCPDWIRMSERVER as the answer to a DHCPDWIRMCLIENT. xid, chaddr, flags and giaddr are the client's (spec: like an OFFER).
    /// </summary>
    /// <param name="request">The client's message.</param>
    /// <param name="messageType">Value of option 53.</param>
    /// <param name="profileOption">The option that carries the answer.</param>
    /// <param name="serverId">Our address towards the client.</param>
    /// <param name="json">The answer, UTF-8.</param>
    /// <param name="buffer">Where the message goes; at least 300 octets.</param>
    /// <param name="written">Octets to send.</param>
    /// <returns>False when it does not fit, even with file and sname used; try a shorter form.</returns>
    public static bool TryWriteDwirmServer(in Dhcpv4Packet request, byte messageType, byte profileOption, Ipv4Address serverId,
        ReadOnlySpan<byte> json, Span<byte> buffer, out int written)
    {
        buffer = buffer[..Math.Min(buffer.Length, request.PayloadLimit)];
        return TryWriteDwirmServer(request, messageType, profileOption, serverId, json, buffer, false, out written)
            || TryWriteDwirmServer(request, messageType, profileOption, serverId, json, buffer, true, out written);
    }

    /// <summary>The same for an answer that comes later, without the client's message at hand.</summary>
    public static bool TryWriteDwirmServer(Dhcpv4Correspondent client, byte messageType, byte profileOption, Ipv4Address serverId,
        ReadOnlySpan<byte> json, Span<byte> buffer, out int written, Dhcpv4Signature signature = default)
    {
        buffer = buffer[..Math.Min(buffer.Length, client.PayloadLimit)];
        bool wrote = TryWriteToClient(client, messageType, profileOption, serverId, json, buffer, false, signature, out written)
            || TryWriteToClient(client, messageType, profileOption, serverId, json, buffer, true, signature, out written);
        return wrote && signature.Complete(buffer[..written]);
    }

    /// <summary>Writes DHCPFORCERENEW (RFC 3203 section 2.2): the client is to renew its lease now, and hears what changed in the ACK.</summary>
    /// <param name="client">The client, which must hold a lease.</param>
    /// <param name="serverId">Our address towards the client.</param>
    /// <param name="signature">What proves it (RFC 6704 section 3); without one the client would have to discard it.</param>
    /// <param name="buffer">Where the message goes; at least 300 octets.</param>
    /// <param name="written">Octets to send.</param>
    public static bool TryWriteForceRenew(Dhcpv4Correspondent client, Ipv4Address serverId, Dhcpv4Signature signature, Span<byte> buffer,
        out int written)
    {
        written = 0;
        return !signature.IsNone
            && TryWriteToClient(client, Dhcpv4MessageType.ForceRenew, 0, serverId, default, buffer, false, signature, out written)
            && signature.Complete(buffer[..written]);
    }

    private static bool TryWriteDwirmServer(in Dhcpv4Packet request, byte messageType, byte profileOption, Ipv4Address serverId,
        ReadOnlySpan<byte> json, Span<byte> buffer, bool overload, out int written)
    {
        var writer = new Dhcpv4Writer(buffer, overload);
        writer.Header(Dhcpv4Layout.BootReply, request.HardwareType, request.HardwareLength, request.Xid, request.Flags, request.ChaddrBytes);
        writer.Addresses(Ipv4Address.Any, Ipv4Address.Any, Ipv4Address.Any, request.Giaddr);
        writer.PutU8(Dhcpv4OptionCode.MessageType, messageType);
        writer.PutAddress(Dhcpv4OptionCode.ServerIdentifier, serverId);
        Echo(request, Dhcpv4OptionCode.ClientIdentifier, ref writer);
        Echo(request, Dhcpv4OptionCode.RelayAgentInformation, ref writer);
        writer.PutLong(profileOption, json);
        return writer.TryFinish(out written);
    }

    /// <summary>A message without a request to answer. Profile option 0 is for none.</summary>
    private static bool TryWriteToClient(Dhcpv4Correspondent client, byte messageType, byte profileOption, Ipv4Address serverId,
        ReadOnlySpan<byte> json, Span<byte> buffer, bool overload, Dhcpv4Signature signature, out int written)
    {
        var writer = new Dhcpv4Writer(buffer, overload);
        writer.Header(Dhcpv4Layout.BootReply, client.HardwareType, client.HardwareLength, client.Xid, client.Flags, client.Chaddr);
        writer.Addresses(Ipv4Address.Any, Ipv4Address.Any, Ipv4Address.Any, client.Giaddr);
        writer.PutU8(Dhcpv4OptionCode.MessageType, messageType);
        writer.PutAddress(Dhcpv4OptionCode.ServerIdentifier, serverId);
        signature.Put(ref writer);
        if (client.ClientId.Length > 0) writer.Put(Dhcpv4OptionCode.ClientIdentifier, client.ClientId);
        int relay = client.RelayAgentInformation.Length;
        if (relay > 0) writer.Put(Dhcpv4OptionCode.RelayAgentInformation, client.RelayAgentInformation);
        if (profileOption != 0) writer.PutLong(profileOption, json);
        return writer.TryFinish(out written, relay > 0 && !signature.IsNone ? 2 + relay : 0);
    }

    private static bool TryCompose(in Dhcpv4Packet request, in Dhcpv4Decision decision, ReadOnlySpan<byte> profileAnswer, byte profileOption,
        Span<byte> buffer, bool overload, bool partly, Dhcpv4Signature signature, out int written)
    {
        // Without option 53 nobody looks for options in file and sname.
        var writer = new Dhcpv4Writer(buffer, overload && !decision.IsBootp);
        var tail = new Tail(request, decision, profileAnswer, profileOption, partly);
        WriteHeader(request, decision, ref writer);
        if (!decision.IsBootp)
        {
            writer.PutU8(Dhcpv4OptionCode.MessageType, MessageType(decision.Action));
            writer.PutAddress(Dhcpv4OptionCode.ServerIdentifier, decision.ServerId);
            signature.Put(ref writer);
        }
        if (decision.IsRapid) writer.Put(Dhcpv4OptionCode.RapidCommit, default);
        if (IsWithoutAddress(decision)) WriteParameter(Dhcpv4OptionCode.AutoConfigure, decision, ref writer);
        else if (decision.Action != Dhcpv4Action.Nak)
        {
            if (decision.Action != Dhcpv4Action.InformAck && !decision.IsBootp) WriteTimes(decision, ref writer);
            WriteParameters(request, decision, tail, ref writer);
            Dhcpv4Writer before = writer;
            WriteFqdn(request, decision, ref writer);
            if (!tail.LeavesRoom(writer)) writer = before;
        }
        tail.Write(ref writer);

        // What the relay takes out again does not count, so that what was authenticated is as long as what the client then gets.
        int relay = signature.IsNone ? -1 : request.OptionLength(Dhcpv4OptionCode.RelayAgentInformation);
        return writer.TryFinish(out written, relay < 0 ? 0 : 2 + relay);
    }

    /// <summary>What stands behind the parameters, and has its room before they have theirs where not everything fits.</summary>
    private readonly ref struct Tail
    {
        private readonly Dhcpv4Packet _request;
        private readonly Dhcpv4Decision _decision;
        private readonly ReadOnlySpan<byte> _answer;
        private readonly byte _option;

        public Tail(scoped in Dhcpv4Packet request, scoped in Dhcpv4Decision decision, ReadOnlySpan<byte> answer, byte option, bool partly)
        {
            _request = request;
            _decision = decision;
            _answer = answer;
            _option = option;
            IsTight = partly;
        }

        /// <summary>True when parameters that leave no room for this are left out.</summary>
        public bool IsTight { get; }

        /// <summary>True when what was written so far can stay.</summary>
        public bool LeavesRoom(Dhcpv4Writer writer)
        {
            if (!IsTight) return true;
            Write(ref writer);
            return !writer.Overflowed;
        }

        public void Write(scoped ref Dhcpv4Writer writer)
        {
            Echo(_request, Dhcpv4OptionCode.ClientIdentifier, ref writer);
            Echo(_request, Dhcpv4OptionCode.SubnetSelection, ref writer);
            if (_decision.Action != Dhcpv4Action.Nak && !_answer.IsEmpty) writer.PutLong(_option, _answer);

            // "The Relay Agent Information option SHOULD be the last option" (RFC 3046 section 2.1).
            Echo(_request, Dhcpv4OptionCode.RelayAgentInformation, ref writer);
        }
    }

    /// <summary>The offer of RFC 2563: no address, and what to do without one.</summary>
    private static bool IsWithoutAddress(in Dhcpv4Decision decision) => decision is { Action: Dhcpv4Action.Offer, Lease: null };

    private static void WriteHeader(in Dhcpv4Packet request, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        // "If 'giaddr' is set in the DHCPREQUEST message, [...] the server MUST set the broadcast bit in the DHCPNAK" (section 4.3.2).
        bool broadcast = decision.Broadcast || (decision.Action == Dhcpv4Action.Nak && !request.Giaddr.IsAny);
        ushort flags = broadcast ? (ushort)(request.Flags | Dhcpv4Layout.BroadcastFlag) : request.Flags;
        writer.Header(Dhcpv4Layout.BootReply, request.HardwareType, request.HardwareLength, request.Xid, flags, request.ChaddrBytes);
        bool isAck = decision.Action is Dhcpv4Action.Ack or Dhcpv4Action.InformAck;
        Ipv4Address next = Ipv4Address.Any;
        if (decision.Action != Dhcpv4Action.Nak && !IsWithoutAddress(decision)) next = WriteBoot(request, decision, ref writer);
        writer.Addresses(isAck ? request.Ciaddr : Ipv4Address.Any, decision.Lease?.Address ?? Ipv4Address.Any, next, request.Giaddr);
    }

    /// <summary>
    /// Client identifier (RFC 6842 section 3) and relay information (RFC 3046 section 2.2) go back as they came. A value above 255 octets came
    /// in several pieces and goes back in several.
    /// </summary>
    private static void Echo(in Dhcpv4Packet request, byte code, scoped ref Dhcpv4Writer writer)
    {
        foreach (Dhcpv4Option option in request.Options)
        {
            if (option.Code == code) writer.Put(code, option.Value);
        }
    }

    private static byte MessageType(Dhcpv4Action action) => action switch
    {
        Dhcpv4Action.Offer => Dhcpv4MessageType.Offer,
        Dhcpv4Action.Ack or Dhcpv4Action.InformAck => Dhcpv4MessageType.Ack,
        Dhcpv4Action.Nak => Dhcpv4MessageType.Nak,
        _ => Dhcpv4MessageType.None,
    };
}
