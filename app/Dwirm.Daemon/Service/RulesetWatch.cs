using System;
using System.Text;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Notices when somebody else deletes our tables or changes anything in them: <c>nft flush ruleset</c> and <c>service firewall stop</c>
/// take every table with them, and one added element would open what is closed. nf_tables tells of each change and who made it; what is
/// wrong is written anew, as a whole, at once.
/// </summary>
internal sealed class RulesetWatch : IReadyHandler, IDisposable
{
    private const uint NftablesGroup = 1 << (7 - 1); // NFNLGRP_NFTABLES is number 7
    private const long SettleMs = 50;
    private const int DatagramsPerTurn = 64;
    private readonly EnforcementService _enforcement;
    private readonly EventLoop _loop;
    private readonly Log _log;
    private readonly Action<Instant> _flowtablesChanged;
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER, NftablesGroup);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly Deadline _look;
    private readonly uint _token;
    private Patience _patience;
    private bool _lost, _touched, _flowtables;
    private uint _byPort;
    private string _by = "";

    /// <summary>Watches on behalf of the given service.</summary>
    /// <param name="enforcement">Puts back what is wrong.</param>
    /// <param name="loop">Where to wait.</param>
    /// <param name="log">Takes what was noticed.</param>
    /// <param name="flowtablesChanged">Called when a flowtable came or went, or may have.</param>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public RulesetWatch(EnforcementService enforcement, EventLoop loop, Log log, Action<Instant> flowtablesChanged)
    {
        (_enforcement, _loop, _log, _flowtablesChanged) = (enforcement, loop, log, flowtablesChanged);
        _look = new Deadline(Look);
        _token = loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <summary>Looks at the tables once: what others did before we listened is told by the ruleset's generation.</summary>
    public void LookSoon(Instant now)
    {
        _lost = true;
        _loop.Deadlines.Set(_look, now.MonotonicMs + SettleMs);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = DatagramsPerTurn; budget > 0; budget--)
        {
            int length = _socket.TryReceive(_buffer);
            if (length == -Errno.EAGAIN) break;
            // Too many at once, as when we ourselves load thousands of elements: then the ruleset's generation tells.
            if (length < 0) _lost = true;
            var reader = new NetlinkReader(_buffer.AsSpan(0, Math.Max(length, 0)));
            while (reader.Next(out NetlinkMessage message)) Take(message);
        }
        if ((_touched || _lost || _flowtables) && !_look.IsSet) _loop.Deadlines.Set(_look, Math.Max(now.MonotonicMs + SettleMs, _patience.NotBeforeMs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Deadlines.Cancel(_look);
        _loop.Remove(_token);
        _socket.Dispose();
    }

    private void Take(in NetlinkMessage message)
    {
        uint port = message.PortId;
        if (_enforcement.Kernel?.IsOurs(port) != false || !NftEvents.TryRead(message, out NftEvent change)) return;
        if (change.Kind is NftMessage.NewFlowtable or NftMessage.DeleteFlowtable) _flowtables = true;
        if (change.Table.SequenceEqual("dwirm"u8)) (_touched, _byPort) = (true, port);
        // The end of a transaction names the process.
        else if (change.Kind == NftMessage.NewGeneration && _touched && port == _byPort)
            _by = $"{Encoding.ASCII.GetString(change.Process)} (process {change.ProcessId})";
    }

    private void Look(Instant now)
    {
        bool intact = _enforcement.IsIntact, others = _enforcement.Kernel?.OthersChanged() ?? false;
        if (_flowtables || (_lost && others)) _flowtablesChanged(now);
        if (!intact || _touched || (_lost && others)) PutBack(intact, now);
        (_lost, _touched, _flowtables, _byPort, _by) = (false, false, false, 0, "");
    }

    private void PutBack(bool intact, Instant now)
    {
        string who = _by.Length > 0 ? _by : "someone";
        long pauseMs = _patience.Spend(now.MonotonicMs);
        string next = pauseMs == 0 ? "" : $"; it does not end, so the next time they are put back after {pauseMs / 1000} s at the earliest";
        _log.Warning(intact
            ? $"{who} changed dwirm's tables in the kernel; they are written anew{next}"
            : $"{who} removed dwirm's tables from the kernel; they are put back{next}");
        _enforcement.Kernel?.DistrustTables();
        _enforcement.MarkDirty();
    }
}
