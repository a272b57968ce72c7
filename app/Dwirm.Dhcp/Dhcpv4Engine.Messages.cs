using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <content>The messages of RFC 2131 section 4.3, one function each.</content>
public sealed partial class Dhcpv4Engine
{
    /// <summary>
    /// DHCPDISCOVER (RFC 2131 section 4.3.1). The address is chosen in the order given there, with the administrator's reservation first; then
    /// it is held for <see cref="OfferMs"/>. "The server MUST NOT reuse the selected network address before the client responds."
    /// </summary>
    private Dhcpv4Decision Discover(in Turn turn)
    {
        if (!TryAddIdentity(turn)) return Ignore(IgnoreReason.TooManyIdentities);
        if (TooManyOffers(turn)) return Ignore(IgnoreReason.TooManyNewClients);
        if (!TryChoose(turn, out Ipv4Address address)) return Unaddressed(turn);
        LeaseSlot? slot = Leases.Find(address);
        if (turn.Config.RapidCommit && turn.Packet.HasOption(Dhcpv4OptionCode.RapidCommit)) return Bind(turn, address) with { IsRapid = true };
        if (turn.Owns(slot) && slot!.Lease.State == LeaseState.Bound) return Reply(turn, Dhcpv4Action.Offer, slot.Lease, null, null);
        if (turn.Owns(slot) && slot!.Lease.State == LeaseState.Offered && slot.ProbedUntilMs > turn.Now) return Ignore(IgnoreReason.Probing);
        bool probe = turn.Config.Probe && slot is null && turn.Host?.Address != address;
        if (!TryHold(turn, address, slot, out Lease? offered)) return Ignore(IgnoreReason.TableFull);
        if (probe) Leases.Find(address)!.ProbedUntilMs = turn.Now + ProbeMs;
        return Reply(turn, Dhcpv4Action.Offer, offered, null, null) with { NeedsProbe = probe };
    }

    /// <summary>
    /// No address: silence, unless the configuration says what such clients are to do (option 116) and the client asks: then an offer of no
    /// address that carries the option (RFC 2563 section 2.3).
    /// </summary>
    private static Dhcpv4Decision Unaddressed(in Turn turn)
    {
        bool answers = turn.Packet.HasOption(Dhcpv4OptionCode.AutoConfigure) &&
            turn.Network.Options.Find(Dhcpv4OptionCode.AutoConfigure, turn.Tags, turn.Network.RangeOf(default, turn.Tags).Range.Gives) is { Value.Length: 1 };
        return answers ? Reply(turn, Dhcpv4Action.Offer, null, null, null) : Ignore(IgnoreReason.NoAddress);
    }

    /// <summary>
    /// BOOTP (RFC 951, RFC 1534 section 2): a client that cannot renew keeps its address for ever, so it gets only one that the administrator
    /// reserved for it.
    /// </summary>
    private Dhcpv4Decision Bootp(in Turn turn)
    {
        if (!TryAddIdentity(turn)) return Ignore(IgnoreReason.TooManyIdentities);
        if (!TryReserved(turn, out Ipv4Address address)) return Ignore(IgnoreReason.Bootp);
        Dhcpv4Decision decision = Bind(turn, address);
        return decision.Action == Dhcpv4Action.Ack ? decision with { IsBootp = true } : Ignore(IgnoreReason.Bootp);
    }

    /// <summary>
    /// DHCPREQUEST (RFC 2131 section 4.3.2): which of the four states the client is in shows in what it fills in (table 4).
    /// A renewing client MUST NOT send a server identifier; some do, and it is then checked.
    /// </summary>
    private Dhcpv4Decision Request(in Turn turn)
    {
        bool hasServer = turn.Packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server);
        bool hasAddress = turn.Packet.TryGetAddress(Dhcpv4OptionCode.RequestedAddress, out Ipv4Address requested);
        Ipv4Address ciaddr = turn.Packet.Ciaddr;
        bool ours = !hasServer || IsOurs(turn, server);
        if (hasServer && ciaddr.IsAny) return ours ? Selecting(turn, hasAddress, requested) : ChoseAnother(turn);
        if (!ours) return Ignore(IgnoreReason.OtherServer);
        if (!ciaddr.IsAny) return turn.Unicast ? Renewing(turn, ciaddr) : Rebinding(turn, ciaddr);
        return hasAddress ? InitReboot(turn, requested) : Ignore(IgnoreReason.Incomplete);
    }

    /// <summary>
    /// SELECTING: "Client inserts the address of the selected server in 'server identifier', 'ciaddr' MUST be zero, 'requested IP address' MUST
    /// be filled in with the yiaddr value from the chosen DHCPOFFER." Another address than the one we offered is refused. Without an offer of
    /// ours (it ran out, or we restarted) the address is given if it can be; if not, DHCPNAK.
    /// </summary>
    private Dhcpv4Decision Selecting(in Turn turn, bool hasAddress, Ipv4Address requested)
    {
        if (!hasAddress) return Ignore(IgnoreReason.Incomplete);
        if (!TryAddIdentity(turn)) return Ignore(IgnoreReason.TooManyIdentities);
        bool wasOffered = turn.Network.FindClient(turn.Client.Key) is not { Lease.State: LeaseState.Bound or LeaseState.Offered } own ||
            own.Lease.Address == requested || turn.Owns(Leases.Find(requested)) ||
            (TryReserved(turn, out Ipv4Address reserved) && reserved == requested);
        return wasOffered ? Bind(turn, requested) : Refuse(turn);
    }

    /// <summary>"Those servers not selected by the DHCPREQUEST message use the message as notification that the client has declined that
    /// server's offer" (RFC 2131 section 3.1 item 4).</summary>
    private Dhcpv4Decision ChoseAnother(in Turn turn)
    {
        LeaseSlot? slot = turn.Network.FindClient(turn.Client.Key);
        if (slot is { Lease.State: LeaseState.Offered }) Withdraw(slot);
        return Ignore(IgnoreReason.OtherServer);
    }

    /// <summary>
    /// INIT-REBOOT: "'server identifier' MUST NOT be filled in, 'requested IP address' MUST be filled in with client's notion of its previously
    /// assigned address. 'ciaddr' MUST be zero. [...] Server SHOULD send a DHCPNAK message to the client if the 'requested IP address' is
    /// incorrect, or is on the wrong network. [...] If the DHCP server has no record of this client, then it MUST remain silent" - unless it is
    /// authoritative: then there is no other server that silence would be for.
    /// </summary>
    private Dhcpv4Decision InitReboot(in Turn turn, Ipv4Address requested) =>
        IsKnown(turn) || (turn.Config.Authoritative && TryAddIdentity(turn)) ? BindOwn(turn, requested) : Ignore(IgnoreReason.UnknownClient);

    /// <summary>
    /// RENEWING: "'server identifier' MUST NOT be filled in, 'requested IP address' MUST NOT be filled in, 'ciaddr' MUST be filled in with
    /// client's IP address. In this situation, the client is completely configured, and is trying to extend its lease. This message will be
    /// unicast". It was sent to us and nobody else, so it is answered in any case: whoever asks us to renew had the lease from here.
    /// </summary>
    private Dhcpv4Decision Renewing(in Turn turn, Ipv4Address ciaddr) =>
        TryAddIdentity(turn) ? BindOwn(turn, ciaddr) : Ignore(IgnoreReason.TooManyIdentities);

    /// <summary>
    /// REBINDING: filled in as RENEWING, but broadcast, to any server. "The DHCP server SHOULD check 'ciaddr' for correctness before replying."
    /// A lease of another server is not ours to refuse, unless we are authoritative.
    /// </summary>
    private Dhcpv4Decision Rebinding(in Turn turn, Ipv4Address ciaddr) =>
        IsKnown(turn) || (turn.Config.Authoritative && TryAddIdentity(turn)) ? BindOwn(turn, ciaddr) : Ignore(IgnoreReason.UnknownClient);

    /// <summary>
    /// DHCPRELEASE (RFC 2131 section 4.3.4): "the server marks the network address as not allocated. The server SHOULD retain a record of the
    /// client's initialization parameters for possible reuse". Nothing is sent.
    /// </summary>
    private Dhcpv4Decision Release(in Turn turn)
    {
        if (IsForAnother(turn)) return Ignore(IgnoreReason.OtherServer);
        LeaseSlot? slot = Leases.Find(turn.Packet.Ciaddr);
        if (!turn.Owns(slot) || slot!.Lease.State != LeaseState.Bound) return Ignore(IgnoreReason.NotTheirAddress);
        Leases.Change(slot, slot.Lease with { State = LeaseState.Free, ExpiresMs = turn.Now });
        return Reply(turn, Dhcpv4Action.Released, slot.Lease, slot.Lease, null);
    }

    /// <summary>
    /// DHCPDECLINE (RFC 2131 section 4.3.3): "the client has discovered through some other means that the suggested network address is already
    /// in use. The server MUST mark the network address as not available". It rests for <see cref="DeclineRestMs"/>. Only the client that was
    /// given the address can decline it.
    /// </summary>
    private Dhcpv4Decision Decline(in Turn turn)
    {
        if (IsForAnother(turn)) return Ignore(IgnoreReason.OtherServer);
        if (!turn.Packet.TryGetAddress(Dhcpv4OptionCode.RequestedAddress, out Ipv4Address address)) return Ignore(IgnoreReason.Incomplete);
        LeaseSlot? slot = Leases.Find(address);
        if (!turn.Owns(slot) || slot!.Lease.State is not (LeaseState.Bound or LeaseState.Offered)) return Ignore(IgnoreReason.NotTheirAddress);
        // One card cannot lay the whole range to rest.
        if (turn.Network.CountMac(turn.Client.Mac, MaximumIdentities) == MaximumIdentities) return Ignore(IgnoreReason.TooManyIdentities);
        Leases.Change(slot, slot.Lease with { State = LeaseState.Declined, ExpiresMs = turn.Now + DeclineRestMs });
        return Reply(turn, Dhcpv4Action.Declined, slot.Lease, slot.Lease, null);
    }

    /// <summary>
    /// DHCPINFORM (RFC 2131 section 4.3.5): parameters for a client that has its address from elsewhere. "The server SHOULD check the network
    /// address in a DHCPINFORM message for consistency, but MUST NOT check for an existing lease." The check also keeps a forged ciaddr from
    /// aiming our reply at somebody outside the link.
    /// </summary>
    private static Dhcpv4Decision Inform(in Turn turn)
    {
        Ipv4Address ciaddr = turn.Packet.Ciaddr;
        if (ciaddr.IsAny) return Ignore(IgnoreReason.Incomplete);
        if (!turn.Config.RouterPrefix.Contains(ciaddr) || turn.Network.IsExcluded(ciaddr)) return Ignore(IgnoreReason.NotTheirAddress);
        return Reply(turn, Dhcpv4Action.InformAck, null, null, null);
    }

    private static bool IsOurs(in Turn turn, Ipv4Address server) =>
        server == turn.Local || server == turn.ServerId || server == turn.Config.RouterPrefix.Address;

    private static bool IsForAnother(in Turn turn) =>
        turn.Packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server) && !IsOurs(turn, server);

    private static bool IsKnown(in Turn turn) => turn.Network.FindClient(turn.Client.Key) is not null || turn.Host?.Address is not null;

    private static Dhcpv4Decision Reply(in Turn turn, Dhcpv4Action action, Lease? lease, Lease? changed, Lease? ended)
    {
        Ipv4Address address = lease?.Address ?? turn.Packet.Ciaddr;
        return new Dhcpv4Decision
        {
            Action = action,
            Lease = lease,
            Changed = changed,
            Ended = ended,
            Network = turn.Config,
            ServerId = turn.ServerId,
            LeaseSeconds = LeaseSeconds(turn, address),
            StaticName = turn.Host?.Name ?? "",
            Tags = turn.Tags,
            RangeTags = turn.Network.RangeOf(address, turn.Tags).Range.Gives,
            Broadcast = turn.Host is { Broadcast: true },
            Options = turn.Network.Options,
        };
    }
}
