using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Service;

/// <summary>The socket to the resolver: connected, from a port the kernel picks at random, so that only the resolver's own answers arrive.</summary>
public sealed class ResolverPort : IReadyHandler, IDisposable
{
    private const int MaxPerTurn = 64;
    private readonly byte[] _buffer = new byte[4096];
    private readonly UdpSocket _socket;
    private readonly EventLoop _loop;
    private readonly uint _token;

    /// <summary>Opens the socket and joins the loop.</summary>
    /// <param name="resolver">The resolver's address; port 53.</param>
    /// <param name="loop">The loop.</param>
    /// <exception cref="LinuxException">No socket.</exception>
    public ResolverPort(Ipv4Address resolver, EventLoop loop)
    {
        _loop = loop;
        _socket = UdpSocket.ConnectTo(resolver.Value, DnsMessage.Port);
        _token = _loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <summary>Who takes the answers.</summary>
    public NameTable? Names { get; set; }

    /// <summary>Sends a query; one that is lost is asked again by the table.</summary>
    public void Send(ReadOnlySpan<byte> query) => _socket.Send(query);

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = MaxPerTurn; budget > 0; budget--)
        {
            int length = _socket.Receive(_buffer);
            if (length <= 0) return;
            Names?.Take(_buffer.AsSpan(0, length), now);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Remove(_token);
        _socket.Dispose();
    }
}
