using System;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>The sockets of one network of ours: UDP 67 bound to its device, and a packet socket for clients that have no address yet.</summary>
public sealed class NetworkPort : IReadyHandler, INetworkPort
{
    private const ushort ServerPort = 67;
    private readonly DhcpSocket _socket;
    private readonly PacketSender _sender;
    private readonly ReceiveBatch _batch;
    private readonly DhcpService _service;
    private readonly EventLoop _loop;
    private readonly uint _token;
    private bool _queued, _closed;

    /// <summary>Opens the sockets and joins the loop.</summary>
    /// <exception cref="LinuxException">The device is missing, or port 67 on it is taken.</exception>
    internal NetworkPort(NetworkSettings settings, int interfaceIndex, ReceiveBatch batch, DhcpService service, EventLoop loop)
    {
        Settings = settings;
        InterfaceIndex = interfaceIndex;
        (_batch, _service, _loop) = (batch, service, loop);
        _socket = DhcpSocket.Open(settings.Device, ServerPort);
        _sender = PacketSender.Open(settings.Device, KernelEnforcer.GrantedMark);
        _token = _loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <inheritdoc/>
    public NetworkSettings Settings { get; set; }

    /// <inheritdoc/>
    public int InterfaceIndex { get; }

    /// <inheritdoc/>
    public Ipv4Address RouterAddress => Settings.Dhcp.RouterPrefix.Address;

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        int received = _socket.Receive(_batch);
        for (int i = 0; i < received; i++)
        {
            ReceivedDatagram datagram = _batch[i];
            _service.Handle(this, datagram.Data, datagram.DestinationAddress == RouterAddress.Value, now);
        }
    }

    /// <inheritdoc/>
    public void Transmit(in Dhcpv4Destination destination, MacAddress mac, ReadOnlySpan<byte> payload)
    {
        // A reply of this turn may have outlived the device it came in by.
        if (_closed) return;
        if (!destination.ToHardware)
        {
            _socket.Queue(destination.Address.Value, destination.Port, payload);
            _queued = true;
            return;
        }
        // Two sockets, one order: a DHCPDWIRMSERVER goes out before the OFFER that follows it.
        Flush();
        Span<byte> hardware = stackalloc byte[MacAddress.Size];
        mac.Write(hardware);
        _sender.Send(hardware, RouterAddress.Value, ServerPort, destination.Address.Value, destination.Port, payload);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (!_queued || _closed) return;
        _queued = false;
        _socket.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed = true;
        _loop.Remove(_token);
        _socket.Dispose();
        _sender.Dispose();
    }
}
