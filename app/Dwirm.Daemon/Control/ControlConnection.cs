using System;
using Dwirm.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>One client of the control socket: a request line in, a document out, closed; or a follower of events. A slow reader is bounded and dropped.</summary>
public sealed class ControlConnection : IReadyHandler
{
    private const int MaxBacklog = ControlProtocol.MaxReplyOctets;
    private readonly UnixConnection _connection;
    private readonly EventLoop _loop;
    private readonly IControlHandler _handler;
    private readonly Action<ControlConnection> _closed;
    private readonly uint _token;
    private byte[] _received = new byte[1024];
    private byte[] _pending = [];
    private int _receivedLength, _pendingStart, _pendingEnd;
    private bool _closesWhenSent, _isClosed;

    internal ControlConnection(UnixConnection connection, EventLoop loop, IControlHandler handler, Action<ControlConnection> closed)
    {
        (_connection, _loop, _handler, _closed) = (connection, loop, handler, closed);
        _token = _loop.Add(_connection.Handle, EpollEvents.Readable, this);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        if ((events & EpollEvents.Writable) != 0) Flush();
        if (!_isClosed && (events & ~EpollEvents.Writable) != 0) Read(now);
    }

    /// <summary>Sends a document and a newline; the rest follows as the client reads.</summary>
    /// <param name="document">The document, without newline.</param>
    /// <param name="last">True to close when everything is sent.</param>
    public void Send(ReadOnlySpan<byte> document, bool last)
    {
        if (_isClosed) return;
        _closesWhenSent |= last;
        int backlog = _pendingEnd - _pendingStart;
        if (backlog + document.Length + 1 > MaxBacklog)
        {
            Close();
            return;
        }
        byte[] grown = new byte[backlog + document.Length + 1];
        _pending.AsSpan(_pendingStart, backlog).CopyTo(grown);
        document.CopyTo(grown.AsSpan(backlog));
        grown[^1] = (byte)'\n';
        (_pending, _pendingStart, _pendingEnd) = (grown, 0, grown.Length);
        Flush();
    }

    /// <summary>Closes now.</summary>
    public void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        _handler.Unfollow(this);
        _loop.Remove(_token);
        _connection.Dispose();
        _closed(this);
    }

    private void Read(Instant now)
    {
        if (_receivedLength == _received.Length) Array.Resize(ref _received, 2 * _received.Length);
        int read = _connection.Read(_received.AsSpan(_receivedLength));
        if (read == -Errno.EAGAIN) return;
        if (read <= 0)
        {
            Close();
            return;
        }
        _receivedLength += read;
        if (ControlProtocol.TryTakeLine(_received.AsSpan(0, _receivedLength), out ReadOnlySpan<byte> line)) Carry(line, now);
        else if (_receivedLength > ControlProtocol.MaxRequestOctets) Fail("the request is too long");
    }

    private void Carry(ReadOnlySpan<byte> line, Instant now)
    {
        if (!ControlCodec.TryRead(line, out ControlRequest request, out ControlFault fault))
        {
            Fail($"the request is malformed: {fault}");
            return;
        }
        _receivedLength = 0;
        byte[]? document = _handler.Handle(request, this, now);
        if (document is not null) Send(document, last: true);
    }

    private void Fail(string why) => Send(ControlCodec.ToBytes(new ErrorDto { Error = why }), last: true);

    private void Flush()
    {
        while (_pendingStart < _pendingEnd)
        {
            int written = _connection.Write(_pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart));
            if (written == -Errno.EAGAIN)
            {
                _loop.Modify(_token, EpollEvents.Readable | EpollEvents.Writable);
                return;
            }
            if (written <= 0)
            {
                Close();
                return;
            }
            _pendingStart += written;
        }
        if (_closesWhenSent) Close();
        else _loop.Modify(_token, EpollEvents.Readable);
    }
}
