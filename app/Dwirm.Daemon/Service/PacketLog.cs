using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>Wants the packets of one log group.</summary>
internal interface IPacketLogHandler
{
    /// <summary>A rule logged this packet; the view is good until the call returns.</summary>
    void OnPacket(in LoggedPacket packet, Instant now);
}

/// <summary>
/// What our rules log, read from the kernel by one socket for all groups. A bounded number of packets is taken each turn; what does not
/// fit the socket's buffer is lost and counted, for devices decide how much there is.
/// </summary>
internal sealed class PacketLog : IReadyHandler, IDisposable
{
    /// <summary>Group of violations and spoofed packets.</summary>
    public const ushort ViolationGroup = 17;

    /// <summary>Group of duplicate address detection: IPv6 addresses that devices want to use.</summary>
    public const ushort AddressGroup = 18;

    private const int DatagramsPerTurn = 64, Octets = 128;
    private readonly EventLoop _loop;
    private readonly Log _log;
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER);
    private readonly NetlinkWriter _writer = new(256);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly IPacketLogHandler?[] _handlers = new IPacketLogHandler?[2];
    private readonly uint _token;

    /// <summary>Opens the socket; nothing is heard before <see cref="Listen"/>.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public PacketLog(EventLoop loop, Log log)
    {
        (_loop, _log) = (loop, log);
        _token = loop.Add(_socket.Handle, EpollEvents.Readable, this);
    }

    /// <summary>Packets handed on.</summary>
    public long Received { get; private set; }

    /// <summary>How often the kernel said that packets were lost because we were slow.</summary>
    public long Overruns { get; private set; }

    /// <summary>Why a group cannot be heard; null when all can.</summary>
    public string? Fault { get; private set; }

    /// <summary>Hands the packets of a group, <see cref="ViolationGroup"/> or <see cref="AddressGroup"/>, to <paramref name="handler"/>.</summary>
    public void Listen(ushort group, IPacketLogHandler handler)
    {
        _handlers[group - ViolationGroup] = handler;
        _writer.Clear();
        _writer.BindLogGroup(group, group, Octets, queue: 1, hundredths: 10);
        int sent = _socket.Send(_writer.Written);
        if (sent < 0) Refused(group, -sent);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = DatagramsPerTurn; budget > 0; budget--)
        {
            int length = _socket.TryReceive(_buffer);
            if (length == -Errno.EAGAIN) return;
            if (length < 0)
            {
                Overruns++;
                continue;
            }
            var reader = new NetlinkReader(_buffer.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message)) Take(message, now);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Remove(_token);
        _socket.Dispose();
    }

    private void Take(in NetlinkMessage message, Instant now)
    {
        if (message.TryGetAck(out NetlinkAck ack))
        {
            if (ack.Errno != 0) Refused((ushort)ack.RequestSequence, ack.Errno);
            return;
        }
        if (!NflogMessages.TryReadLogged(message, out LoggedPacket packet)) return;
        int index = packet.Group - ViolationGroup;
        if ((uint)index >= (uint)_handlers.Length || _handlers[index] is not { } handler) return;
        Received++;
        handler.OnPacket(packet, now);
    }

    private void Refused(ushort group, int errno)
    {
        // The kernel's word for a group that another socket has.
        Fault = $"log group {group}: {(errno == Errno.EPERM ? "another program listens to it" : Errno.Describe(errno))}";
        _log.Warning($"{Fault}; what the rules log there is counted by the kernel and not reported");
    }
}
