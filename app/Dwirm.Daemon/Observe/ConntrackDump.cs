using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Observe;

/// <summary>Takes one tracked flow.</summary>
internal delegate void ConntrackHandler(in ConntrackEntry entry);

/// <summary>
/// Reads the kernel's table of flows, a part of it each turn: the kernel goes on where it was when the next datagram is asked for, so a
/// large table delays nobody.
/// </summary>
internal sealed class ConntrackDump : IReadyHandler, IDisposable
{
    // At most 32 KiB each, which are some two hundred entries.
    private const int DatagramsPerTurn = 4;
    private readonly EventLoop _loop;
    private readonly ConntrackHandler _take;
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER);
    private readonly NetlinkWriter _writer = new(64);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly uint _token;
    private uint _sequence;

    /// <summary>Opens the socket; nothing is read before <see cref="Start"/>.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public ConntrackDump(EventLoop loop, ConntrackHandler take)
    {
        (_loop, _take) = (loop, take);
        _token = loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <summary>True until the whole table was read.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Why the last one failed; null when it did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Begins a dump; nothing happens while one goes on.</summary>
    public void Start()
    {
        if (IsRunning) return;
        _writer.DumpConntrack(++_sequence);
        int sent = _socket.Send(_writer.Written);
        _writer.Clear();
        (IsRunning, Fault) = (sent >= 0, sent < 0 ? Errno.Describe(-sent) : null);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = DatagramsPerTurn; budget > 0; budget--)
        {
            int length = _socket.TryReceive(_buffer);
            if (length == -Errno.EAGAIN) return;
            if (length < 0) End(-length);
            var reader = new NetlinkReader(_buffer.AsSpan(0, Math.Max(length, 0)));
            while (reader.Next(out NetlinkMessage message)) Take(message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Remove(_token);
        _socket.Dispose();
    }

    private void Take(in NetlinkMessage message)
    {
        if (message.Sequence != _sequence) return;
        if (message.Type == NetlinkMessageType.Done) End(0);
        else if (message.TryGetAck(out NetlinkAck ack)) End(ack.Errno);
        else if (ConntrackMessages.TryReadEntry(message, out ConntrackEntry entry)) _take(entry);
    }

    private void End(int errno) => (IsRunning, Fault) = (false, errno == 0 ? null : Errno.Describe(errno));
}
