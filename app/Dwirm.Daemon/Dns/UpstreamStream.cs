using System;
using System.Buffers.Binary;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Dns;

/// <summary>One question to the resolver by TCP; used again and again, its buffer made with the first.</summary>
internal sealed class UpstreamStream(Upstream upstream) : IReadyHandler
{
    private const int PrefixSize = 2, BufferSize = PrefixSize + ushort.MaxValue;
    private byte[] _buffer = [];
    private TcpConnection? _connection;
    private Inquiry? _inquiry;
    private uint _token;
    private int _toSend, _done;

    /// <summary>True when no question is on its way here.</summary>
    public bool IsFree => _inquiry is null;

    /// <summary>Connects; the question follows when the connection is there.</summary>
    public bool Start(Inquiry inquiry, ReadOnlySpan<byte> message)
    {
        _connection = TcpConnection.ConnectTo(upstream.Resolver.Value, upstream.Port, out _);
        if (_connection is null) return false;
        if (_buffer.Length == 0) _buffer = new byte[BufferSize];
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)message.Length);
        message.CopyTo(_buffer.AsSpan(PrefixSize));
        (_inquiry, _toSend, _done) = (inquiry, PrefixSize + message.Length, 0);
        _token = upstream.Loop.Add(_connection.Handle, EpollEvents.Writable, this);
        return true;
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        if (_connection is null || upstream.IsChoked()) return;
        int moved = _done < _toSend
            ? _connection.Write(_buffer.AsSpan(_done, _toSend - _done))
            : _connection.Read(_buffer.AsSpan(_done - _toSend));
        if (moved == -Errno.EAGAIN) return;
        if (moved <= 0)
        {
            End(0, now);
            return;
        }
        bool wasSending = _done < _toSend;
        _done += moved;
        if (wasSending)
        {
            if (_done == _toSend) upstream.Loop.Modify(_token, EpollEvents.Readable);
            return;
        }
        int have = _done - _toSend;
        if (have < PrefixSize) return;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        if (have >= PrefixSize + length) End(length, now);
        else if (have == BufferSize) End(0, now);
    }

    /// <summary>Ends the exchange without telling anybody.</summary>
    public void Close()
    {
        if (_connection is null) return;
        upstream.Loop.Remove(_token);
        _connection.Dispose();
        (_connection, _inquiry) = (null, null);
    }

    private void End(int length, Instant now)
    {
        Inquiry inquiry = _inquiry!;
        Close();
        upstream.StreamEnded(inquiry, _buffer.AsSpan(PrefixSize, length), now);
    }
}
