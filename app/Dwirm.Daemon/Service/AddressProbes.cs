using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Service;

/// <summary>Asks one link who has an address; what it hears goes to <see cref="AddressProbes.Heard"/>.</summary>
internal interface IArpPort : IDisposable
{
    /// <summary>Sends one probe; false when it could not.</summary>
    bool Probe(Ipv4Address address);
}

/// <summary>
/// Looks whether somebody sits on an address before it is offered for the first time. The DISCOVER waits, nothing else does: the loop goes on,
/// and the client is answered when the time is over or somebody answered. Bounded; without room, or where the link cannot be asked, the client
/// is answered at once.
/// </summary>
internal sealed class AddressProbes(DaemonState state, Func<INetworkPort, AddressProbes, IArpPort?> open)
{
    private const int MostProbes = 64;
    private const long AgainMs = 200;
    private readonly List<Probe> _probes = [];
    private readonly Dictionary<string, IArpPort> _ports = new(StringComparer.Ordinal);

    /// <summary>Addresses being probed.</summary>
    public int Count => _probes.Count;

    /// <summary>Begins a probe for a client that was chosen an address; false when the client is to be answered at once.</summary>
    /// <param name="port">Where the client is.</param>
    /// <param name="packet">Its DISCOVER.</param>
    /// <param name="address">The address.</param>
    /// <param name="signs">Whether the answer is to be authenticated.</param>
    /// <param name="now">The time of this turn.</param>
    public bool TryBegin(INetworkPort port, in Dhcpv4Packet packet, Ipv4Address address, bool signs, Instant now)
    {
        if (_probes.Count == MostProbes || ArpPortOf(port) is not { } arp || !arp.Probe(address))
        {
            state.Counters.Count("probe:not-possible");
            CloseIdle();
            return false;
        }
        state.Counters.Count("probe:sent");
        var probe = new Probe(port.Settings.Name, address, packet.Chaddr, packet.Datagram.ToArray(), signs, now.MonotonicMs + Dhcpv4Engine.ProbeMs);
        probe.Deadline = new Deadline(later => Continue(probe, later));
        _probes.Add(probe);
        state.Loop.Deadlines.Set(probe.Deadline, now.MonotonicMs + AgainMs);
        return true;
    }

    /// <summary>Somebody on a link said that he has an address.</summary>
    public void Heard(string network, Ipv4Address address, MacAddress mac, Instant now)
    {
        for (int i = 0; i < _probes.Count; i++)
        {
            Probe probe = _probes[i];
            // The client itself may still use the address it had elsewhere.
            if (probe.Address != address || probe.Network != network || probe.Client == mac) continue;
            state.Loop.Deadlines.Cancel(probe.Deadline!);
            bool rests = state.Dhcp.Conflict(address, now);
            state.Counters.Count(rests ? "probe:in-use" : "probe:not-believed");
            if (rests && state.Log.AllowsPacketLine(now))
            {
                state.Log.Warning($"{address} on {network} is used by {mac}, who has no lease for it; "
                    + $"it is not given to anybody for {Dhcpv4Engine.DeclineRestMs / 60_000} minutes");
            }
            End(probe, now);
            return;
        }
    }

    /// <summary>Forgets the probes of a network whose device is gone.</summary>
    public void Drop(string network)
    {
        for (int i = _probes.Count - 1; i >= 0; i--)
        {
            if (_probes[i].Network != network) continue;
            state.Loop.Deadlines.Cancel(_probes[i].Deadline!);
            _probes.RemoveAt(i);
        }
        CloseIdle();
    }

    private void Continue(Probe probe, Instant now)
    {
        if (now.MonotonicMs < probe.EndsMs)
        {
            // One packet may be lost; a second is asked while the client waits anyway.
            if (_ports.TryGetValue(probe.Network, out IArpPort? arp)) arp.Probe(probe.Address);
            state.Loop.Deadlines.Set(probe.Deadline!, probe.EndsMs);
            return;
        }
        End(probe, now);
    }

    private void End(Probe probe, Instant now)
    {
        _probes.Remove(probe);
        if (state.PortOf(probe.Network) is { } port) state.Service.Probed(port, probe.Datagram, probe.Signs, now);
        CloseIdle();
    }

    private IArpPort? ArpPortOf(INetworkPort port)
    {
        string network = port.Settings.Name;
        if (_ports.TryGetValue(network, out IArpPort? arp)) return arp;
        arp = open(port, this);
        if (arp is not null) _ports.Add(network, arp);
        return arp;
    }

    private void CloseIdle()
    {
        if (_ports.Count == 0 || _probes.Count > 0) return;
        foreach (IArpPort arp in _ports.Values) arp.Dispose();
        _ports.Clear();
    }

    private sealed class Probe(string network, Ipv4Address address, MacAddress client, byte[] datagram, bool signs, long endsMs)
    {
        public string Network { get; } = network;

        public Ipv4Address Address { get; } = address;

        public MacAddress Client { get; } = client;

        public byte[] Datagram { get; } = datagram;

        public bool Signs { get; } = signs;

        public long EndsMs { get; } = endsMs;

        public Deadline? Deadline { get; set; }
    }
}

/// <summary>The ARP socket of one network while probes run on it.</summary>
internal sealed class ArpPort : IArpPort, IReadyHandler
{
    private readonly ArpSocket _socket;
    private readonly AddressProbes _probes;
    private readonly EventLoop _loop;
    private readonly string _network;
    private readonly uint _token;
    private bool _closed;

    private ArpPort(ArpSocket socket, string network, AddressProbes probes, EventLoop loop)
    {
        (_socket, _network, _probes, _loop) = (socket, network, probes, loop);
        _token = loop.Add(socket.Handle, EpollEvents.Readable, this);
    }

    /// <summary>Opens the socket; null when the device cannot be asked.</summary>
    public static ArpPort? TryOpen(INetworkPort port, AddressProbes probes, EventLoop loop)
    {
        try
        {
            return new ArpPort(ArpSocket.Open(port.Settings.Device), port.Settings.Name, probes, loop);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Probe(Ipv4Address address) => _socket.Probe(address.Value) == 0;

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        // What is heard may end the last probe, and with it this socket.
        for (int budget = 32; budget > 0 && !_closed && _socket.TryReceive(out uint address, out ulong mac); budget--)
            _probes.Heard(_network, new Ipv4Address(address), new MacAddress(mac), now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _loop.Remove(_token);
        _socket.Dispose();
    }
}
