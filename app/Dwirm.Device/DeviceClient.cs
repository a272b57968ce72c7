using System;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>States of RFC 2131 figure 5, and one before them.</summary>
internal enum ClientState
{
    /// <summary>DHCPDWIRMCLIENT is out; DHCPDISCOVER waits, because the router may go on with an OFFER by itself.</summary>
    Asking,
    /// <summary>DHCPDISCOVER is out.</summary>
    Selecting,
    /// <summary>DHCPREQUEST for an offer is out.</summary>
    Requesting,
    /// <summary>A DHCPNAK came; after a moment all begins again.</summary>
    Refused,
    /// <summary>The lease is ours.</summary>
    Bound,
    /// <summary>T1 is over, our server is asked.</summary>
    Renewing,
    /// <summary>T2 is over, any server is asked.</summary>
    Rebinding,
    /// <summary>Nothing more is done.</summary>
    Ended,
}

/// <summary>How a run ends.</summary>
/// <param name="Hold">Keep the lease and go on listening.</param>
/// <param name="TimeoutMs">Milliseconds until the attempt is given up; 0 = never.</param>
/// <param name="Release">Give the lease back when stopped.</param>
internal readonly record struct ClientTerms(bool Hold, long TimeoutMs, bool Release);

/// <summary>
/// The DHCP client of a DWIRM device as a state machine: bytes and time go in, messages and reports come out. It knows no socket and no clock.
/// </summary>
internal sealed class DeviceClient(
    ClientIdentity identity, ClientTerms terms, ClientAuthentication authentication, IClientPort port, IReport report, Func<uint> random)
{
    // The router must answer or make its OFFER within 100 ms; three times that is for slow links.
    internal const int AnswerWindowMs = 300;
    // After the answer a router with implicit_discover sends the OFFER at once.
    internal const int OfferAfterAnswerMs = 50;
    // RFC 2131 section 4.4.5.
    internal const int ShortestRenewalMs = 60_000;
    internal const int RequestAttempts = 4;
    internal const int AfterRefusalMs = 1_000;

    private readonly ClientMessages _messages = new(identity, authentication);
    private readonly byte[] _scratch = new byte[16 * 1024];
    private Backoff _backoff;
    private uint _xid, _profileXid;
    private long _startMs, _askedMs, _requestedMs, _giveUpMs, _stepMs;
    private int _attempts;
    private LeaseFacts? _offer;
    private bool _answered, _denied, _forced;

    public ClientState State { get; private set; }

    /// <summary>The lease we hold.</summary>
    public LeaseFacts? Lease { get; private set; }

    /// <summary>Null while running.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>When <see cref="RunDue"/> has to be called next.</summary>
    public long DeadlineMs => State == ClientState.Ended ? long.MaxValue : Math.Min(_stepMs, _giveUpMs);

    /// <summary>Begins.</summary>
    public void Start(long nowMs)
    {
        _giveUpMs = terms.TimeoutMs > 0 ? nowMs + terms.TimeoutMs : long.MaxValue;
        Begin(nowMs);
    }

    /// <summary>Does what is due.</summary>
    public void RunDue(long nowMs)
    {
        if (State == ClientState.Ended) return;
        if (nowMs >= _giveUpMs) GiveUp();
        else if (nowMs >= _stepMs) Step(nowMs);
    }

    /// <summary>Takes a datagram to port 68, of any content.</summary>
    public void Handle(ReadOnlySpan<byte> datagram, long nowMs)
    {
        if (State == ClientState.Ended || !Dhcpv4Packet.TryParse(datagram, out Dhcpv4Packet packet, out _)) return;
        if (packet.Op != Dhcpv4Layout.BootReply || !packet.HasEthernetAddress || packet.Chaddr != identity.Mac) return;
        if (packet.MessageType == identity.MessageTypeServer) HandleAnswer(packet, nowMs);
        else if (packet.MessageType == Dhcpv4MessageType.ForceRenew) HandleForceRenew(packet, nowMs);
        else if (packet.Xid == _xid) HandleReply(packet, nowMs);
    }

    /// <summary>True when a message may be believed; otherwise it is said why not, and the message discarded (RFC 3118 section 5.3).</summary>
    private bool IsBelieved(in Dhcpv4Packet packet, string name)
    {
        string fault = authentication.FaultOf(packet, out bool proven);
        report.Authenticated = proven;
        if (fault.Length > 0) report.Refused(name, fault);
        return fault.Length == 0;
    }

    /// <summary>Ends on request.</summary>
    public void Stop()
    {
        if (State == ClientState.Ended) return;
        if (Lease is { } lease && terms.Release)
        {
            Send("DHCPRELEASE", _messages.Release(random(), lease), lease.Address, lease.Server);
            port.Unconfigure(lease);
            report.Released(lease);
        }
        End(Lease is null ? 1 : 0);
    }

    private void Begin(long nowMs)
    {
        _xid = random();
        _startMs = nowMs;
        _backoff = new Backoff(random);
        _attempts = 0;
        _offer = null;
        if (!identity.SendsOwnMessage)
        {
            Discover(nowMs);
            return;
        }
        SendProfile(nowMs);
        State = ClientState.Asking;
        _stepMs = nowMs + AnswerWindowMs;
    }

    private void Step(long nowMs)
    {
        switch (State)
        {
            case ClientState.Asking:
                Discover(nowMs);
                break;
            case ClientState.Selecting:
                if (identity.SendsOwnMessage && !_answered) SendProfile(nowMs);
                Discover(nowMs);
                break;
            case ClientState.Requesting when _attempts < RequestAttempts:
                Request(nowMs);
                break;
            case ClientState.Requesting or ClientState.Refused:
                Begin(nowMs);
                break;
            default:
                Extend(nowMs);
                break;
        }
    }

    private void SendProfile(long nowMs)
    {
        _profileXid = _xid;
        _askedMs = nowMs;
        Send("DHCPDWIRMCLIENT", _messages.Profile(_xid, Secs(nowMs), default), default, Ipv4Address.Broadcast);
    }

    private void Discover(long nowMs)
    {
        if (identity.PutsProfileInDiscover) _askedMs = nowMs;
        Send("DHCPDISCOVER", _messages.Discover(_xid, Secs(nowMs)), default, Ipv4Address.Broadcast);
        State = ClientState.Selecting;
        _stepMs = nowMs + _backoff.Next();
    }

    private void Request(long nowMs)
    {
        _attempts++;
        _requestedMs = nowMs;
        Send("DHCPREQUEST", _messages.Select(_xid, Secs(nowMs), _offer!), default, Ipv4Address.Broadcast);
        State = ClientState.Requesting;
        _stepMs = nowMs + _backoff.Next();
    }

    // RFC 2131 section 4.4.5: ask our server from T1, any server from T2, and wait half of what is left between two attempts.
    private void Extend(long nowMs)
    {
        LeaseFacts lease = Lease!;
        if (nowMs >= lease.ExpiryMs)
        {
            Lease = null;
            port.Unconfigure(lease);
            report.Expired(lease);
            Begin(nowMs);
            return;
        }
        bool rebinding = nowMs >= lease.RebindMs;
        if (State == ClientState.Bound) (_xid, _startMs) = (random(), nowMs);
        State = rebinding ? ClientState.Rebinding : ClientState.Renewing;
        _requestedMs = nowMs;
        Send("DHCPREQUEST", _messages.Extend(_xid, Secs(nowMs), lease), lease.Address, rebinding ? Ipv4Address.Broadcast : lease.Server);
        long end = rebinding ? lease.ExpiryMs : lease.RebindMs;
        _stepMs = Math.Min(end, nowMs + Math.Max(ShortestRenewalMs, (end - nowMs) / 2));
    }

    private void HandleReply(in Dhcpv4Packet packet, long nowMs)
    {
        switch (packet.MessageType)
        {
            case Dhcpv4MessageType.Offer when State is ClientState.Asking or ClientState.Selecting:
                if (IsBelieved(packet, "DHCPOFFER")) HandleOffer(packet, nowMs);
                break;
            case Dhcpv4MessageType.Ack when State is ClientState.Requesting or ClientState.Renewing or ClientState.Rebinding:
                if (IsBelieved(packet, "DHCPACK")) HandleAck(packet, nowMs);
                else StartOverUnlessBound(nowMs);
                break;
            case Dhcpv4MessageType.Nak when State is ClientState.Requesting or ClientState.Renewing or ClientState.Rebinding:
                if (IsBelieved(packet, "DHCPNAK")) HandleNak(packet, nowMs);
                break;
            default:
                break;
        }
    }

    private void HandleOffer(in Dhcpv4Packet packet, long nowMs)
    {
        if (LeaseFacts.Read(packet, nowMs) is not { } offer) return;
        _offer = offer;
        report.Offer(offer);
        TakeAnswer(packet, "DHCPOFFER", solicited: true, nowMs);
        _backoff = new Backoff(random);
        Request(nowMs);
    }

    private void HandleAck(in Dhcpv4Packet packet, long nowMs)
    {
        if (LeaseFacts.Read(packet, _requestedMs) is not { } lease) return;
        if (State != ClientState.Rebinding && lease.Server != (Lease ?? _offer)!.Server) return;
        bool renewed = Lease is not null;
        if (Lease is { } old && old.Prefix != lease.Prefix) port.Unconfigure(old);
        Lease = lease;
        State = ClientState.Bound;
        _stepMs = lease.RenewMs;
        if (terms.Hold) _giveUpMs = long.MaxValue;
        port.Configure(lease);
        authentication.TakeAck(packet);
        report.Bound(lease, renewed);
        TakeAnswer(packet, "DHCPACK", solicited: !_forced, nowMs);
        _forced = false;
        EndWhenDone();
    }

    private void HandleNak(in Dhcpv4Packet packet, long nowMs)
    {
        LeaseFacts asked = (Lease ?? _offer)!;
        bool ours = packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server) && server == asked.Server;
        if (!ours && State != ClientState.Rebinding) return;
        report.Nak(packet.TryGetOption(Dhcpv4OptionCode.Message, _scratch, out ReadOnlySpan<byte> text) ? Encoding.ASCII.GetString(text) : "");
        if (Lease is { } lease) port.Unconfigure(lease);
        Lease = null;
        // RFC 2131 section 3.1 (5): start over; not at once, lest client and server circle as fast as they can.
        State = ClientState.Refused;
        _stepMs = nowMs + AfterRefusalMs;
    }

    private void HandleAnswer(in Dhcpv4Packet packet, long nowMs)
    {
        bool inTime = packet.Xid == _profileXid && !_answered && State is (ClientState.Asking or ClientState.Selecting);
        bool known = packet.Xid == _profileXid || packet.Xid == _xid
            || (Lease is { } lease && packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server) && server == lease.Server);
        if (!known || !identity.Negotiates || !IsBelieved(packet, "DHCPDWIRMSERVER")) return;
        TakeAnswer(packet, "DHCPDWIRMSERVER", inTime, nowMs);
        if (State == ClientState.Asking && _answered) _stepMs = Math.Min(_stepMs, nowMs + OfferAfterAnswerMs);
        EndWhenDone();
    }

    // RFC 3203 section 2.2: renew now. Only our own server may say so, and only what is proven (RFC 6704 section 3).
    private void HandleForceRenew(in Dhcpv4Packet packet, long nowMs)
    {
        if (State != ClientState.Bound || !packet.TryGetAddress(Dhcpv4OptionCode.ServerIdentifier, out Ipv4Address server) || server != Lease!.Server) return;
        if (!IsBelieved(packet, "DHCPFORCERENEW")) return;
        report.ForcedToRenew();
        _forced = true;
        Extend(nowMs);
    }

    // RFC 3118 section 5.5.1 item 4: an ACK that fails ends the attempt. A lease that is held stays, as if no ACK had come (section 5.5.3).
    private void StartOverUnlessBound(long nowMs)
    {
        if (State != ClientState.Requesting) return;
        State = ClientState.Refused;
        _stepMs = nowMs + AfterRefusalMs;
    }

    private void TakeAnswer(in Dhcpv4Packet packet, string carrier, bool solicited, long nowMs)
    {
        if (!identity.Negotiates || !packet.TryGetOption(identity.ProfileOption, _scratch, out ReadOnlySpan<byte> json)) return;
        if (!IotProfile.TryParseAnswer(json, out IotProfile? answer, out ProfileFault fault))
        {
            report.Unreadable(carrier, fault.Describe());
            return;
        }
        _answered = true;
        _denied = answer!.Status == AnswerStatus.Deny;
        report.Answer(json, solicited, carrier, nowMs - _askedMs);
    }

    private void EndWhenDone()
    {
        if (!terms.Hold && State == ClientState.Bound && (_answered || !identity.Negotiates)) End(_denied ? 1 : 0);
    }

    private void GiveUp()
    {
        report.TimedOut(State switch
        {
            ClientState.Bound or ClientState.Renewing or ClientState.Rebinding => "an answer to the profile",
            ClientState.Requesting => "DHCPACK",
            _ => "DHCPOFFER",
        });
        End(1);
    }

    private void End(int code)
    {
        ExitCode = code;
        State = ClientState.Ended;
    }

    private ushort Secs(long nowMs) => (ushort)Math.Clamp((nowMs - _startMs) / 1000, 0, ushort.MaxValue);

    private void Send(string name, ReadOnlySpan<byte> message, Ipv4Address source, Ipv4Address destination)
    {
        port.Send(message, source, destination);
        report.Sent(name, message.Length);
    }
}
