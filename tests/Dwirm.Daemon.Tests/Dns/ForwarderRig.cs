using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Dns;

/// <summary>
/// The forwarder on the loopback device with real sockets on either side: a test is the device and the resolver. Loopback delivers before
/// send returns, so a turn that follows sees what was sent.
/// </summary>
internal sealed class ForwarderRig : IDisposable
{
    private const uint Loopback = 0x7f000001;
    private readonly SystemClock _clock = new();
    private readonly List<IDisposable> _made = [];
    private readonly byte[] _buffer = new byte[65536];
    private readonly Deadline _wake = new(static _ => { });
    private readonly Action<Instant> _commit;
    private bool _holds;

    internal ForwarderRig(params string[] granted)
    {
        Now = _clock.Now();
        Loop = Keep(new EventLoop(_clock));
        Resolver = Keep(DatagramSocket.Open("lo", 0));
        ResolverStreams = Keep(TcpListener.Open("lo", Resolver.LocalPort));
        Upstream = Keep(new Upstream(new Ipv4Address(Loopback), Resolver.LocalPort, Loop));
        Names = new NameTable(Loop.Deadlines, static (_, _, _) => true, Changed.Add);
        if (granted.Length > 0) Names.Assign(new MacAddress(1), NameTableTests.Needs(granted), Now);
        Forwarder = new DnsForwarder(Loop, Upstream, Names, (network, _) => Devices.GetValueOrDefault(network), Counters);
        Port = Open("lan");
        _commit = Commit;
    }

    internal Instant Now { get; }

    internal EventLoop Loop { get; }

    internal DatagramSocket Resolver { get; }

    internal TcpListener ResolverStreams { get; }

    internal Upstream Upstream { get; }

    internal NameTable Names { get; }

    internal List<string> Changed { get; } = [];

    internal Counters Counters { get; } = new();

    internal DnsForwarder Forwarder { get; }

    internal Dictionary<string, Device> Devices { get; } = new(StringComparer.Ordinal);

    internal DnsPort Port { get; }

    /// <summary>The one device of network <c>lan</c>.</summary>
    internal Device Camera => Devices["lan"];

    public void Dispose()
    {
        for (int i = _made.Count - 1; i >= 0; i--) _made[i].Dispose();
    }

    /// <summary>A network with one device.</summary>
    internal DnsPort Open(string network)
    {
        Devices.Add(network, new Device(new DeviceRecord
        {
            Mac = new MacAddress((ulong)Devices.Count + 1),
            Network = network,
            State = DeviceState.Granted,
        }));
        return Keep(new DnsPort(network, "lo", 1, 0, Forwarder));
    }

    /// <summary>A device's socket.</summary>
    internal UdpSocket Client(DnsPort? port = null) => Keep(UdpSocket.ConnectTo(Loopback, (port ?? Port).Socket.LocalPort));

    /// <summary>A device's connection.</summary>
    internal TcpConnection Connect(DnsPort? port = null)
    {
        TcpConnection connection = Keep(TcpConnection.ConnectTo(Loopback, (port ?? Port).Listener.LocalPort, out _)!);
        Turn();
        return connection;
    }

    /// <summary>Everything that is ready is handled, and the turn ends; or its end is put off.</summary>
    internal void Turn(bool commits = true)
    {
        _holds = !commits;
        Loop.Deadlines.Set(_wake, 0);
        Loop.Run(_commit);
    }

    /// <summary>What the resolver was asked, or null.</summary>
    internal byte[]? Asked(out DatagramPeer from)
    {
        int length = Resolver.Receive(_buffer, out from);
        return length < 0 ? null : _buffer[..length];
    }

    /// <summary>The device asks and the resolver hears it.</summary>
    internal byte[] Ask(UdpSocket client, byte[] query, out DatagramPeer from)
    {
        client.Send(query);
        Turn();
        return Asked(out from) ?? throw new InvalidOperationException("the resolver was not asked");
    }

    /// <summary>Sends an answer under the id of what was asked.</summary>
    internal void Answer(byte[] asked, DatagramPeer to, byte[] answer)
    {
        (answer[0], answer[1]) = (asked[0], asked[1]);
        Resolver.Send(answer, to);
    }

    /// <summary>What a device has received, or null.</summary>
    internal byte[]? Got(UdpSocket client)
    {
        int length = client.Receive(_buffer);
        return length < 0 ? null : _buffer[..length];
    }

    /// <summary>One message off a connection: null when there is none, empty when it was closed.</summary>
    internal byte[]? Got(TcpConnection connection)
    {
        int length = connection.Read(_buffer.AsSpan(0, 2));
        if (length <= 0) return length == -Errno.EAGAIN ? null : [];
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(_buffer)];
        for (int have = 0; have < message.Length; have += length) length = connection.Read(message.AsSpan(have));
        return message;
    }

    internal static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    internal long Count(string name) => Counters.CountOf(name);

    private T Keep<T>(T made)
        where T : IDisposable
    {
        _made.Add(made);
        return made;
    }

    private void Commit(Instant now)
    {
        if (!_holds) Forwarder.Flush(now);
        Loop.Stop();
    }
}
