using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Notices when somebody else replaces or deletes queueing disciplines: SQM, qosify or a hand at <c>tc</c>. Ours that are gone are put
/// back; where another stands at the root it stays, and rates are policed instead.
/// </summary>
internal sealed class QueueWatch : IReadyHandler, IDisposable
{
    private const uint RTMGRP_TC = 8;
    private const long SettleMs = 100;
    private const int DatagramsPerTurn = 64;
    private readonly EnforcementService _enforcement;
    private readonly EventLoop _loop;
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE, RTMGRP_TC);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly Deadline _look;
    private readonly uint _token;
    private Patience _patience;
    private bool _changed, _touched;

    /// <summary>Watches on behalf of the given service.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public QueueWatch(EnforcementService enforcement, EventLoop loop)
    {
        (_enforcement, _loop) = (enforcement, loop);
        _look = new Deadline(Look);
        _token = loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = DatagramsPerTurn; budget > 0; budget--)
        {
            int length = _socket.TryReceive(_buffer);
            if (length == -Errno.EAGAIN) break;
            _changed |= length < 0; // lost, as when we ourselves make thousands of classes
            var reader = new NetlinkReader(_buffer.AsSpan(0, Math.Max(length, 0)));
            while (reader.Next(out NetlinkMessage message)) Take(message.PortId);
        }
        if (_changed && !_look.IsSet) _loop.Deadlines.Set(_look, Math.Max(now.MonotonicMs + SettleMs, _patience.NotBeforeMs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Deadlines.Cancel(_look);
        _loop.Remove(_token);
        _socket.Dispose();
    }

    private void Take(uint port)
    {
        if (_enforcement.Kernel?.IsOurs(port) != false) return;
        _changed = true;
        // An interface that comes up gets a queue from the kernel itself, port 0: that is seen at the root.
        _touched |= port != 0;
    }

    private void Look(Instant now)
    {
        if (_touched)
        {
            _patience.Spend(now.MonotonicMs);
            _enforcement.Kernel?.DistrustShaping();
        }
        (_changed, _touched) = (false, false);
        _enforcement.MarkDirty();
    }
}
