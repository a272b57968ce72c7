using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// The way to the router's resolver. Every question goes out under a random id, by a random one of a few connected sockets, and a socket
/// on which nothing waits takes another random port first. An answer counts when it comes from the resolver to the right port, with the
/// right id, and repeats the question (RFC 5452 section 9). Nothing is allocated per question.
/// </summary>
internal sealed class Upstream : IDisposable
{
    /// <summary>Most questions on their way at once.</summary>
    public const int MaxOutstanding = 640;

    /// <summary>How long an answer is waited for; a device's own resolver gives up after five seconds.</summary>
    public const int TimeoutMs = 4000;

    /// <summary>The longest answer by UDP; devices are not let announce more than <see cref="DnsForwarder.MaxPayload"/>.</summary>
    public const int MaxDatagram = 4096;

    private const int MaxChannels = 32, MaxStreams = 4, MaxPerTurn = 64;
    private readonly List<Channel> _channels = [];
    private readonly UpstreamStream[] _streams = new UpstreamStream[MaxStreams];
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly Deadline _timeout;
    private Inquiry? _oldest, _newest, _free;
    private int _made;

    /// <summary>Opens nothing yet: sockets come with the first questions.</summary>
    /// <param name="resolver">The resolver's address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="loop">The loop.</param>
    public Upstream(Ipv4Address resolver, ushort port, EventLoop loop)
    {
        (Resolver, Port, Loop) = (resolver, port, loop);
        _timeout = new Deadline(OnTimeout);
        for (int i = 0; i < MaxStreams; i++) _streams[i] = new UpstreamStream(this);
    }

    /// <summary>The resolver.</summary>
    public Ipv4Address Resolver { get; private set; }

    /// <summary>The resolver's port.</summary>
    public ushort Port { get; }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>True while no more answers can be taken in this turn; they stay in their sockets.</summary>
    public Func<bool> IsChoked { get; set; } = static () => false;

    /// <summary>Datagrams from the resolver's address that answered no question of ours.</summary>
    public long Mismatched { get; private set; }

    /// <summary>Goes over to another resolver; what is on its way remains unanswered.</summary>
    public void MoveTo(Ipv4Address resolver, Instant now)
    {
        if (resolver == Resolver) return;
        Resolver = resolver;
        while (_oldest is { } inquiry) GiveUp(inquiry, now);
        foreach (Channel channel in _channels) channel.Close();
        _channels.Clear();
    }

    /// <summary>A question to be filled in, or null when too many are on their way.</summary>
    public Inquiry? Rent(IInquirer owner)
    {
        Inquiry? inquiry = _free;
        if (inquiry is not null) (_free, inquiry.Newer) = (inquiry.Newer, null);
        else if (_made < MaxOutstanding)
        {
            inquiry = new Inquiry();
            _made++;
        }
        if (inquiry is not null) inquiry.Owner = owner;
        return inquiry;
    }

    /// <summary>Gives a question back that is no longer on its way.</summary>
    public void Return(Inquiry inquiry)
    {
        inquiry.Clear();
        (inquiry.Newer, _free) = (_free, inquiry);
    }

    /// <summary>Sends a question by UDP.</summary>
    /// <param name="inquiry">From <see cref="Rent"/>; its owner hears of the outcome unless this returns false.</param>
    /// <param name="message">The query, which <see cref="DnsQuery.TryRead"/> can read; its id is replaced.</param>
    /// <param name="now">The turn's time.</param>
    /// <returns>False when it could not be sent.</returns>
    public bool Ask(Inquiry inquiry, Span<byte> message, Instant now)
    {
        uint random = RandomBytes.NextUInt32();
        if (!Prepare(inquiry, message, random) || Pick(random >> 16) is not { } channel) return false;
        int sent = channel.Socket.Send(message);
        // An earlier question's refusal is told once, with whatever is done next.
        if (sent == -Errno.ECONNREFUSED) sent = channel.Socket.Send(message);
        if (sent < 0) return false;
        inquiry.Channel = channel;
        channel.Outstanding++;
        Append(inquiry, now);
        return true;
    }

    /// <summary>Sends a question by TCP (RFC 7766), once: for answers that UDP does not hold. Otherwise as <see cref="Ask"/>.</summary>
    public bool AskByStream(Inquiry inquiry, Span<byte> message, Instant now)
    {
        if (inquiry.WentByStream) return false;
        foreach (UpstreamStream stream in _streams)
        {
            if (!stream.IsFree) continue;
            if (!Prepare(inquiry, message, RandomBytes.NextUInt32()) || !stream.Start(inquiry, message)) return false;
            (inquiry.Channel, inquiry.WentByStream) = (stream, true);
            Append(inquiry, now);
            return true;
        }
        return false;
    }

    /// <summary>A TCP exchange came to its end.</summary>
    public void StreamEnded(Inquiry inquiry, Span<byte> message, Instant now)
    {
        Unlink(inquiry);
        if (!message.IsEmpty && IsAnswer(inquiry, message)) inquiry.Owner.Answered(inquiry, message, now);
        else inquiry.Owner.Unanswered(inquiry, now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Channel channel in _channels) channel.Close();
        foreach (UpstreamStream stream in _streams) stream.Close();
    }

    private bool Prepare(Inquiry inquiry, Span<byte> message, uint random)
    {
        if (!DnsQuery.TryRead(message, out DnsQuery query)) return false;
        inquiry.Question = query.Question;
        while (IsTaken((ushort)random)) random = RandomBytes.NextUInt32();
        inquiry.UpstreamId = (ushort)random;
        DnsQuery.SetId(message, inquiry.UpstreamId);
        return true;
    }

    private bool IsTaken(ushort id)
    {
        for (Inquiry? other = _oldest; other is not null; other = other.Newer)
        {
            if (other.UpstreamId == id) return true;
        }
        return false;
    }

    /// <summary>A socket on which nothing waits, on a port it never had before; when all are busy, any.</summary>
    private Channel? Pick(uint random)
    {
        int count = _channels.Count;
        for (int i = 0; i < count; i++)
        {
            Channel channel = _channels[(int)((random + (uint)i) % (uint)count)];
            if (channel.Outstanding > 0) continue;
            return channel.Socket.MoveTo(Resolver.Value, Port) == 0 ? channel : null;
        }
        if (count == MaxChannels) return _channels[(int)(random % MaxChannels)];
        try
        {
            var opened = new Channel(this, UdpSocket.ConnectTo(Resolver.Value, Port));
            _channels.Add(opened);
            return opened;
        }
        catch (LinuxException)
        {
            return count == 0 ? null : _channels[(int)(random % (uint)count)];
        }
    }

    private void Receive(Channel channel, Instant now)
    {
        for (int budget = MaxPerTurn; budget > 0 && !IsChoked(); budget--)
        {
            int length = channel.Socket.Receive(_buffer);
            if (length == -Errno.ECONNREFUSED) Refused(channel, now);
            else if (length == -Errno.EMSGSIZE) Mismatched++;
            else if (length <= 0) return;
            else Match(channel, _buffer.AsSpan(0, length), now);
        }
    }

    private void Match(Channel channel, Span<byte> message, Instant now)
    {
        for (Inquiry? inquiry = _oldest; inquiry is not null; inquiry = inquiry.Newer)
        {
            if (inquiry.Channel != channel || !IsAnswer(inquiry, message)) continue;
            Unlink(inquiry);
            inquiry.Owner.Answered(inquiry, message, now);
            return;
        }
        Mismatched++;
    }

    private static bool IsAnswer(Inquiry inquiry, ReadOnlySpan<byte> message) =>
        DnsQuery.TryRead(message, out DnsQuery read) && read.IsResponse && read.Id == inquiry.UpstreamId
        && read.Question.SequenceEqual(inquiry.Question);

    /// <summary>Nobody listens there: whoever waits on this socket waits in vain.</summary>
    private void Refused(Channel channel, Instant now)
    {
        for (Inquiry? inquiry = _oldest, next; inquiry is not null; inquiry = next)
        {
            next = inquiry.Newer;
            if (inquiry.Channel == channel) GiveUp(inquiry, now);
        }
    }

    private void OnTimeout(Instant now)
    {
        while (_oldest is { } inquiry && inquiry.DueMs <= now.MonotonicMs) GiveUp(inquiry, now);
        if (_oldest is not null) Loop.Deadlines.Set(_timeout, _oldest.DueMs);
    }

    private void GiveUp(Inquiry inquiry, Instant now)
    {
        (inquiry.Channel as UpstreamStream)?.Close();
        Unlink(inquiry);
        inquiry.Owner.Unanswered(inquiry, now);
    }

    private void Append(Inquiry inquiry, Instant now)
    {
        inquiry.DueMs = now.MonotonicMs + TimeoutMs;
        (inquiry.Older, inquiry.Newer) = (_newest, null);
        if (_newest is null) _oldest = inquiry;
        else _newest.Newer = inquiry;
        _newest = inquiry;
        if (!_timeout.IsSet) Loop.Deadlines.Set(_timeout, inquiry.DueMs);
    }

    private void Unlink(Inquiry inquiry)
    {
        if (inquiry.Channel is Channel channel) channel.Outstanding--;
        inquiry.Channel = null;
        if (inquiry.Older is null) _oldest = inquiry.Newer;
        else inquiry.Older.Newer = inquiry.Newer;
        if (inquiry.Newer is null) _newest = inquiry.Older;
        else inquiry.Newer.Older = inquiry.Older;
        (inquiry.Older, inquiry.Newer) = (null, null);
    }

    /// <summary>One connected socket.</summary>
    private sealed class Channel : IReadyHandler
    {
        private readonly Upstream _upstream;
        private readonly uint _token;

        public Channel(Upstream upstream, UdpSocket socket)
        {
            (_upstream, Socket) = (upstream, socket);
            _token = upstream.Loop.Add(socket.Handle, EpollEvents.Readable, this);
        }

        public UdpSocket Socket { get; }

        public int Outstanding { get; set; }

        public void OnReady(EpollEvents events, Instant now) => _upstream.Receive(this, now);

        public void Close()
        {
            _upstream.Loop.Remove(_token);
            Socket.Dispose();
        }
    }
}
