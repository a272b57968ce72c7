using System;
using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>The control socket: root's own door, one request a connection, answered at the end of the turn that carried it out.</summary>
public sealed class ControlServer : IReadyHandler, IDisposable
{
    private const int MaxConnections = 32;
    private readonly UnixListener _listener;
    private readonly EventLoop _loop;
    private readonly IControlHandler _handler;
    private readonly HashSet<ControlConnection> _connections = [];
    private readonly uint _token;

    /// <summary>Opens the socket below the run directory.</summary>
    /// <exception cref="LinuxException">The path cannot be bound.</exception>
    public ControlServer(string runDirectory, EventLoop loop, IControlHandler handler)
    {
        (_loop, _handler) = (loop, handler);
        _listener = UnixListener.Open(ControlProtocol.SocketPath(runDirectory));
        _token = _loop.Add(_listener.Handle, EpollEvents.Readable, this);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        while (_listener.Accept() is { } accepted)
        {
            // File permissions already keep everyone else out; this holds should the directory be opened by mistake.
            bool allowed = accepted.PeerUid == 0 || accepted.PeerUid == ProcessInfo.EffectiveUid;
            if (!allowed || _connections.Count >= MaxConnections)
            {
                accepted.Dispose();
                continue;
            }
            _connections.Add(new ControlConnection(accepted, _loop, _handler, closed => _connections.Remove(closed)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ControlConnection connection in new List<ControlConnection>(_connections)) connection.Close();
        _loop.Remove(_token);
        _listener.Dispose();
    }
}

/// <summary>Carries requests out.</summary>
public interface IControlHandler
{
    /// <summary>The reply document of one request; null when the connection stays open as a follower of events.</summary>
    byte[]? Handle(ControlRequest request, ControlConnection connection, Instant now);

    /// <summary>A follower went away.</summary>
    void Unfollow(ControlConnection connection);
}
