using System;
using System.Buffers.Binary;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// One device's TCP connection (RFC 7766): one question after the other, each answered before the next is read. Used again after it was
/// closed.
/// </summary>
internal sealed class DnsConnection : IReadyHandler
{
    /// <summary>How long a connection may be without a whole question.</summary>
    public const long IdleMs = 10_000;

    private const int PrefixSize = HeldAnswers.PrefixSize;
    private readonly byte[] _buffer = new byte[PrefixSize + DnsForwarder.MaxQuestion];
    private readonly DnsForwarder _forwarder;
    private readonly Deadline _idle;
    private TcpConnection? _socket;
    private DnsUse? _device;
    private uint _token;
    private int _have;

    /// <summary>A connection that is closed.</summary>
    public DnsConnection(DnsForwarder forwarder)
    {
        _forwarder = forwarder;
        _idle = new Deadline(_ => Close());
    }

    /// <summary>True while there is one.</summary>
    public bool IsOpen => _socket is not null;

    /// <summary>Where it came in.</summary>
    public DnsPort Port { get; private set; } = null!;

    /// <summary>Who is at the other end.</summary>
    public UInt128 Peer { get; private set; }

    /// <summary>The question that waits for its answer.</summary>
    public Inquiry? Pending { get; set; }

    /// <summary>The same as octets.</summary>
    public Span<byte> Question => _buffer.AsSpan(PrefixSize, Length);

    private int Length => BinaryPrimitives.ReadUInt16BigEndian(_buffer);

    /// <summary>Takes a connection over.</summary>
    public void Open(TcpConnection socket, DnsPort port, UInt128 peer, DnsUse device, Instant now)
    {
        (_socket, Port, Peer, _device, _have) = (socket, port, peer, device, 0);
        device.Connections++;
        _token = _forwarder.Loop.Add(socket.Handle, EpollEvents.Readable, this);
        _forwarder.Loop.Deadlines.Set(_idle, now.MonotonicMs + IdleMs);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        if (_socket is null) return;
        // While a question waits only the connection's end is heard of.
        int got = Pending is null ? _socket.Read(_buffer.AsSpan(_have)) : 0;
        if (got == -Errno.EAGAIN) return;
        if (got <= 0)
        {
            Close();
            return;
        }
        _have += got;
        TakeNext(now);
    }

    /// <summary>Sends an answer, prefix included, and goes on to the next question.</summary>
    public void Reply(ReadOnlySpan<byte> answer, Instant now)
    {
        if (_socket is null) return;
        // A device that does not take its answers gets no more.
        if (_socket.Write(answer) != answer.Length)
        {
            Close();
            return;
        }
        int used = PrefixSize + Length;
        _buffer.AsSpan(used, _have - used).CopyTo(_buffer);
        _have -= used;
        _forwarder.Loop.Deadlines.Set(_idle, now.MonotonicMs + IdleMs);
        _forwarder.Loop.Modify(_token, EpollEvents.Readable);
        TakeNext(now);
    }

    /// <summary>Ends the connection; an answer that is still on its way is not sent.</summary>
    public void Close()
    {
        if (_socket is null) return;
        _forwarder.Loop.Deadlines.Cancel(_idle);
        _forwarder.Loop.Remove(_token);
        _socket.Dispose();
        if (Pending is not null) Pending.Connection = null;
        _device!.Connections--;
        (_socket, _device, Pending) = (null, null, null);
    }

    private void TakeNext(Instant now)
    {
        if (_have < PrefixSize) return;
        if (Length > DnsForwarder.MaxQuestion) Close();
        else if (_have >= PrefixSize + Length)
        {
            if (!_forwarder.Take(this, Question, now)) Close();
            else if (_socket is not null) _forwarder.Loop.Modify(_token, EpollEvents.None);
        }
    }
}
