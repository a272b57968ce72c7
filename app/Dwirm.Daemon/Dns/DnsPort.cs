using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Dns;

/// <summary>The forwarder's sockets on one network: bound to its device, so that no other network, least of all the outside, reaches them.</summary>
internal sealed class DnsPort : IReadyHandler, IDisposable
{
    private readonly DnsForwarder _forwarder;
    private readonly uint _token, _listenerToken;
    private bool _closed;

    /// <summary>Opens the sockets and joins the loop.</summary>
    /// <param name="network">Logical name.</param>
    /// <param name="device">Linux device.</param>
    /// <param name="interfaceIndex">The device's index.</param>
    /// <param name="port">Port, UDP and TCP; 0 for any two.</param>
    /// <param name="forwarder">Who takes what arrives.</param>
    /// <exception cref="LinuxException">The port is taken, the device is missing, or the kernel has no IPv6.</exception>
    public DnsPort(string network, string device, int interfaceIndex, ushort port, DnsForwarder forwarder)
    {
        (Network, Device, InterfaceIndex, _forwarder) = (network, device, interfaceIndex, forwarder);
        Socket = DatagramSocket.Open(device, port);
        try
        {
            Listener = TcpListener.Open(device, port);
        }
        catch (LinuxException)
        {
            Socket.Dispose();
            throw;
        }
        _token = forwarder.Loop.Add(Socket.Handle, EpollEvents.Readable, this);
        _listenerToken = forwarder.Loop.Add(Listener.Handle, EpollEvents.Readable, new Acceptor(this));
    }

    /// <summary>Logical network.</summary>
    public string Network { get; }

    /// <summary>Linux device.</summary>
    public string Device { get; }

    /// <summary>The device's index when it was opened.</summary>
    public int InterfaceIndex { get; }

    /// <summary>UDP.</summary>
    public DatagramSocket Socket { get; }

    /// <summary>TCP.</summary>
    public TcpListener Listener { get; }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now) => _forwarder.Receive(this, now);

    /// <summary>Answers by UDP; what the kernel does not take is lost, as UDP is.</summary>
    public void Send(ReadOnlySpan<byte> message, in DatagramPeer peer)
    {
        if (!_closed) Socket.Send(message, peer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed) return;
        _forwarder.Closing(this);
        _closed = true;
        _forwarder.Loop.Remove(_token);
        _forwarder.Loop.Remove(_listenerToken);
        Socket.Dispose();
        Listener.Dispose();
    }

    private sealed class Acceptor(DnsPort port) : IReadyHandler
    {
        public void OnReady(EpollEvents events, Instant now) => port._forwarder.Accept(port, now);
    }
}
