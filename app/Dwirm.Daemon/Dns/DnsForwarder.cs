using System;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Dns;

/// <summary>Finds the managed device behind an address of a network; null when there is none, and the question is not answered.</summary>
/// <param name="network">Logical network the question came in by.</param>
/// <param name="address">Its source; IPv4 as ::ffff:0:0/96.</param>
internal delegate Device? DnsDeviceFinder(string network, UInt128 address);

/// <summary>
/// The name server of devices under grants, whose port 53 is redirected here: it passes questions on to the router's resolver as they are,
/// and answers back as they are. Before an answer leaves, the addresses in it are in the sets of the devices whose grants name the host
/// (RFC 9726 section 4; DNS-03). It takes nothing away: a name that is not granted resolves, and the connection is what is refused.
/// </summary>
internal sealed class DnsForwarder : IInquirer
{
    /// <summary>The port devices are redirected to, UDP and TCP.</summary>
    public const ushort Port = 5354;

    /// <summary>The greatest UDP payload a device may announce: no answer is fragmented (RFC 9715).</summary>
    public const ushort MaxPayload = 1232;

    /// <summary>The longest question, octets.</summary>
    public const int MaxQuestion = 4096;

    /// <summary>Most questions of all devices, and of one, on their way.</summary>
    public const int MaxOutstanding = 512, MaxOutstandingPerDevice = 64;

    /// <summary>Most TCP connections of all devices, and of one.</summary>
    public const int MaxConnections = 32, MaxConnectionsPerDevice = 4;

    /// <summary>Questions a device may ask each second, and at once.</summary>
    public const int PerSecond = 50, Burst = 100;

    private const int MaxPerTurn = 64;
    private readonly Upstream _upstream;
    private readonly NameTable _names;
    private readonly DnsDeviceFinder _find;
    private readonly Counters _counters;
    private readonly HeldAnswers _held = new();
    private readonly byte[] _buffer = new byte[MaxQuestion];
    private readonly byte[] _failure = new byte[DnsQuery.MaxEmptyMessage];
    private readonly DnsConnection?[] _connections = new DnsConnection?[MaxConnections];
    private int _outstanding;

    /// <summary>A forwarder without ports.</summary>
    public DnsForwarder(EventLoop loop, Upstream upstream, NameTable names, DnsDeviceFinder find, Counters counters)
    {
        (Loop, _upstream, _names, _find, _counters) = (loop, upstream, names, find, counters);
        _upstream.IsChoked = () => _held.IsFull;
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>Takes the datagrams that wait at a port.</summary>
    public void Receive(DnsPort port, Instant now)
    {
        for (int budget = MaxPerTurn; budget > 0; budget--)
        {
            int length = port.Socket.Receive(_buffer, out DatagramPeer peer);
            if (length == -Errno.EAGAIN) return;
            if (length < 0) _counters.Count("dns:unreadable");
            else if (_find(port.Network, peer.Address) is not { } device) _counters.Count("dns:strangers");
            else if (Begin(device, _buffer.AsSpan(0, length), now) is { } inquiry)
            {
                (inquiry.Port, inquiry.Peer) = (port, peer);
                DnsQuery.LimitPayload(_buffer.AsSpan(0, length), MaxPayload);
                if (!_upstream.Ask(inquiry, _buffer.AsSpan(0, length), now)) Unanswered(inquiry, now);
            }
        }
    }

    /// <summary>Takes the connections that wait at a port.</summary>
    public void Accept(DnsPort port, Instant now)
    {
        for (int budget = MaxConnections; budget > 0; budget--)
        {
            if (port.Listener.Accept(out UInt128 peer) is not { } socket) return;
            int free = Array.FindIndex(_connections, static one => one is null or { IsOpen: false });
            DnsUse? device = _find(port.Network, peer) is { } found ? found.Dns ??= new DnsUse() : null;
            if (device is null || free < 0 || device.Connections >= MaxConnectionsPerDevice)
            {
                _counters.Count(device is null ? "dns:strangers" : "dns:connections-refused");
                socket.Dispose();
                continue;
            }
            (_connections[free] ??= new DnsConnection(this)).Open(socket, port, peer, device, now);
        }
    }

    /// <summary>Takes a question that came by TCP.</summary>
    /// <returns>False when it is not taken: the connection is to be closed.</returns>
    public bool Take(DnsConnection connection, Span<byte> message, Instant now)
    {
        if (_find(connection.Port.Network, connection.Peer) is not { } device) return false;
        if (Begin(device, message, now) is not { } inquiry) return false;
        (inquiry.Connection, inquiry.IsByTcp, connection.Pending) = (connection, true, inquiry);
        if (!_upstream.Ask(inquiry, message, now)) Unanswered(inquiry, now);
        return true;
    }

    /// <inheritdoc/>
    public void Answered(Inquiry inquiry, Span<byte> message, Instant now)
    {
        bool isCut = DnsQuery.TryRead(message, out DnsQuery read) && read.IsTruncated;
        if (inquiry.IsByTcp)
        {
            if (inquiry.Connection is null)
            {
                Finish(inquiry);
                return;
            }
            if (isCut && _upstream.AskByStream(inquiry, inquiry.Connection.Question, now)) return;
        }
        bool isRead = DnsMessage.TryParse(message, out DnsMessage answer);
        if (isRead) inquiry.Device?.Learn?.Invoke(answer);
        bool isGranted = isRead && _names.Learn(answer, now);
        Reply(inquiry, message, isGranted);
    }

    /// <inheritdoc/>
    public void Unanswered(Inquiry inquiry, Instant now)
    {
        if (inquiry.Device is { } device) device.Timeouts++;
        _counters.Count("dns:unanswered");
        int length = DnsQuery.WriteFailure(0, inquiry.ClientFlags, inquiry.Question, DnsResponseCode.ServerFailure, _failure);
        Reply(inquiry, _failure.AsSpan(0, length), false);
    }

    /// <summary>Sends what waited for the kernel. To be called when the turn's effects are true.</summary>
    public void Flush(Instant now)
    {
        // A connection may go on to its next question in between, and that may fail at once: the count is read anew.
        for (int i = 0; i < _held.Count; i++)
        {
            ReadOnlySpan<byte> answer = _held.Get(i, out Inquiry inquiry);
            DnsConnection? connection = inquiry.Connection;
            if (!inquiry.IsByTcp) inquiry.Port?.Send(answer[HeldAnswers.PrefixSize..], inquiry.Peer);
            Finish(inquiry);
            connection?.Reply(answer, now);
        }
        _held.Clear();
    }

    /// <summary>A port is about to be closed: its connections are, and answers to it are not sent any more.</summary>
    public void Closing(DnsPort port)
    {
        foreach (DnsConnection? connection in _connections)
        {
            if (connection is { IsOpen: true } && connection.Port == port) connection.Close();
        }
    }

    private Inquiry? Begin(Device device, ReadOnlySpan<byte> message, Instant now)
    {
        DnsUse use = device.Dns ??= new DnsUse();
        string? refused = null;
        Inquiry? inquiry = null;
        bool isQuery = DnsQuery.TryRead(message, out DnsQuery query) && !query.IsResponse;
        if (!use.Budget.TryTake(now.MonotonicMs, PerSecond, Burst)) refused = "dns:too-fast";
        else if (!isQuery) refused = "dns:malformed";
        else if (use.Outstanding >= MaxOutstandingPerDevice || _outstanding >= MaxOutstanding) refused = "dns:too-many";
        else inquiry = _upstream.Rent(this);
        if (inquiry is null)
        {
            use.Dropped++;
            _counters.Count(refused ?? "dns:too-many");
            return null;
        }
        _counters.Count("dns:queries");
        use.Queries++;
        use.Outstanding++;
        _outstanding++;
        (inquiry.Device, inquiry.ClientId, inquiry.ClientFlags) = (use, query.Id, query.Flags);
        inquiry.Question = query.Question;
        return inquiry;
    }

    /// <summary>At once when nothing depends on it; by TCP, and when a grant names the host, at the end of the turn.</summary>
    private void Reply(Inquiry inquiry, Span<byte> message, bool waits)
    {
        DnsQuery.SetId(message, inquiry.ClientId);
        if (waits || inquiry.IsByTcp)
        {
            if (_held.TryAdd(inquiry, message)) return;
            _counters.Count("dns:answers-dropped");
            inquiry.Connection?.Close();
        }
        else
        {
            inquiry.Port?.Send(message, inquiry.Peer);
        }
        Finish(inquiry);
    }

    private void Finish(Inquiry inquiry)
    {
        if (inquiry.Connection is { } connection) connection.Pending = null;
        if (inquiry.Device is { } device) device.Outstanding--;
        _outstanding--;
        _upstream.Return(inquiry);
    }
}
