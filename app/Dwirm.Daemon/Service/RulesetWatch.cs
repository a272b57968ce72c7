using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Notices when somebody else deletes our tables: <c>nft flush ruleset</c> and <c>service firewall stop</c> take every table
/// with them. nf_tables tells of each change; one look follows a burst of them, and what is gone is put back at once.
/// </summary>
internal sealed class RulesetWatch : IReadyHandler, IDisposable
{
    private const uint NftablesGroup = 1 << (7 - 1); // NFNLGRP_NFTABLES is number 7
    private const long SettleMs = 50;
    private readonly EnforcementService _enforcement;
    private readonly EventLoop _loop;
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER, NftablesGroup);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly Deadline _look;
    private readonly uint _token;

    /// <summary>Watches on behalf of the given service.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public RulesetWatch(EnforcementService enforcement, EventLoop loop, Log log)
    {
        (_enforcement, _loop) = (enforcement, loop);
        _look = new Deadline(_ =>
        {
            if (_enforcement.IsIntact) return;
            log.Warning("someone removed dwirm's tables from the kernel; they are put back");
            _enforcement.MarkDirty();
        });
        _token = loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        // Overrun or not: what matters is that something changed.
        for (int budget = 64; budget > 0 && _socket.TryReceive(_buffer) > 0; budget--) { }
        if (!_look.IsSet) _loop.Deadlines.Set(_look, now.MonotonicMs + SettleMs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Deadlines.Cancel(_look);
        _loop.Remove(_token);
        _socket.Dispose();
    }
}
