using System;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Device;

/// <summary>Sockets, clock and signals around the client: one thread, one epoll.</summary>
internal sealed class DeviceLoop : IClientPort, IDisposable
{
    private const ushort ServerPort = 67, ClientPort = 68;
    private const uint ReceiverToken = 1, SocketToken = 2, SignalToken = 3;
    private const int DatagramsPerTurn = 64;
    private static ReadOnlySpan<byte> BroadcastMac => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    private readonly Epoll _epoll = new();
    private readonly EpollReady[] _ready = new EpollReady[4];
    private readonly SignalSource _signals;
    private readonly PacketReceiver _receiver;
    private readonly PacketSender _sender;
    // Sends unicast by the kernel's routes, and keeps it from answering "port unreachable". What it hears, the receiver heard before.
    private readonly DhcpSocket _socket;
    private readonly ReceiveBatch _batch = new();
    private readonly KernelAddress? _kernel;
    private readonly Func<long> _clock;

    /// <summary>Opens everything on a device.</summary>
    /// <exception cref="LinuxException">No such device, or no permission.</exception>
    public DeviceLoop(string device, bool apply, Func<long> clock)
    {
        _clock = clock;
        _signals = SignalSource.Block(SignalNumber.SIGTERM, SignalNumber.SIGINT);
        _receiver = PacketReceiver.Open(device, ClientPort);
        _sender = PacketSender.Open(device);
        _socket = DhcpSocket.Open(device, ClientPort);
        if (apply) _kernel = new KernelAddress(NetworkDevice.IndexOf(device));
        _epoll.Add(_receiver.Handle, ReceiverToken, EpollEvents.Readable);
        _epoll.Add(_socket.Handle, SocketToken, EpollEvents.Readable);
        _epoll.Add(_signals.Handle, SignalToken, EpollEvents.Readable);
    }

    /// <summary>Runs the client to its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run(DeviceClient client)
    {
        client.Start(_clock());
        while (client.ExitCode is null)
        {
            int count = _epoll.Wait(_ready, TimeoutUntil(client.DeadlineMs));
            long now = _clock();
            for (int i = 0; i < count; i++) Handle(_ready[i].Token, client, now);
            client.RunDue(now);
        }
        return client.ExitCode.Value;
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> message, Ipv4Address source, Ipv4Address destination)
    {
        int errno = -1;
        if (destination != Ipv4Address.Broadcast)
        {
            _socket.Queue(destination.Value, ServerPort, message, source.Value);
            errno = _socket.Flush();
        }
        // Also where the address was not applied, so that the kernel will not send from it.
        if (errno != 0) errno = _sender.Send(BroadcastMac, source.Value, ClientPort, destination.Value, ServerPort, message);
        if (errno != 0) StandardStreams.Error($"dwirm-device: send: {Errno.Describe(errno)}\n");
    }

    /// <inheritdoc/>
    public void Configure(LeaseFacts lease) => Complain(_kernel?.Set(lease));

    /// <inheritdoc/>
    public void Unconfigure(LeaseFacts lease) => Complain(_kernel?.Remove(lease));

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel?.Dispose();
        _batch.Dispose();
        _socket.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
        _signals.Dispose();
        _epoll.Dispose();
    }

    private static void Complain(string? error)
    {
        if (!string.IsNullOrEmpty(error)) StandardStreams.Error($"dwirm-device: {error}\n");
    }

    private void Handle(uint token, DeviceClient client, long now)
    {
        switch (token)
        {
            case ReceiverToken:
                for (int i = 0; i < DatagramsPerTurn && _receiver.Receive(out ReceivedDatagram datagram) == 1; i++)
                    if (datagram.SourcePort == ServerPort) client.Handle(datagram.Data, now);
                break;
            case SocketToken:
                _ = _socket.Receive(_batch);
                break;
            default:
                if (_signals.TryRead(out _)) client.Stop();
                break;
        }
    }

    private int TimeoutUntil(long deadline)
    {
        if (deadline == long.MaxValue) return -1;
        return (int)Math.Clamp(deadline - _clock(), 0, int.MaxValue);
    }
}
