using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Loop;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>Keeps a port open on every network of ours whose device exists, through flaps, renames and rebuilt bridges, as rtnetlink tells.</summary>
internal sealed class NetworkWatch : IReadyHandler, IDisposable
{

    private const long SettleMs = 100, RetryMs = 1000;
    private readonly DaemonState _state;
    private readonly Log _log;
    private readonly ReceiveBatch _batch = new();
    private readonly NetlinkSocket _dump = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
    private readonly NetlinkSocket _watch = InterfaceTable.OpenWatch();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Deadline _settle;
    private readonly uint _token;

    /// <summary>Watches links and addresses.</summary>
    public NetworkWatch(DaemonState state, Log log)
    {
        (_state, _log) = (state, log);
        _settle = new Deadline(OpenPorts);
        _token = _state.Loop.Add(_watch.Handle, EpollEvents.Readable, this);
        _state.Enforcement.Interfaces = InterfaceTable.Read(_dump);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvents events, Instant now)
    {
        for (int budget = 32; budget > 0 && _watch.TryReceive(_buffer) > 0; budget--) { }
        // A flap is many messages: look once, when it is over.
        _state.Loop.Deadlines.Set(_settle, now.MonotonicMs + SettleMs);
    }

    /// <summary>Opens what is missing, closes what is gone; a network whose device is absent is served when it comes.</summary>
    public void OpenPorts(Instant now)
    {
        InterfaceTable interfaces = InterfaceTable.Read(_dump);
        if (interfaces.Error is { } error)
        {
            // An incomplete table says nothing about what is gone.
            if (_log.AllowsPacketLine(now)) _log.Warning($"cannot read the interfaces: {error}");
            _state.Loop.Deadlines.Set(_settle, now.MonotonicMs + RetryMs);
            return;
        }
        _state.Enforcement.Interfaces = interfaces;
        foreach (INetworkPort port in new List<INetworkPort>(_state.Ports.Values))
        {
            NetworkSettings? settings = Find(port.Settings.Name);
            InterfaceInfo? device = interfaces.ByName(port.Settings.Device);
            if (settings is not null && settings.Device == port.Settings.Device && device?.Index == port.InterfaceIndex)
            {
                port.Settings = settings;
                continue;
            }
            _state.Ports.Remove(port.Settings.Name);
            _state.Probes?.Drop(port.Settings.Name);
            port.Dispose();
            _log.Info($"no longer serves {port.Settings.Name} on {port.Settings.Device}");
        }
        foreach (NetworkSettings settings in _state.Config.Networks) Open(settings, interfaces.ByName(settings.Device));
        _state.Dns?.OpenPorts(interfaces, now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (INetworkPort port in _state.Ports.Values) port.Dispose();
        _state.Loop.Remove(_token);
        _watch.Dispose();
        _dump.Dispose();
    }

    private void Open(NetworkSettings settings, InterfaceInfo? device)
    {
        if (_state.Ports.ContainsKey(settings.Name)) return;
        if (device is null)
        {
            if (_reported.Add(settings.Name)) _log.Warning($"network {settings.Name}: device {settings.Device} does not exist yet; it is served when it appears");
            return;
        }
        try
        {
            _state.Ports.Add(settings.Name, new NetworkPort(settings, device.Index, _batch, _state.Service, _state.Loop));
            _reported.Remove(settings.Name);
        }
        catch (LinuxException e)
        {
            if (_reported.Add(settings.Name)) _log.Error($"network {settings.Name}: cannot serve DHCP on {settings.Device}: {e.Message}");
        }
    }

    private NetworkSettings? Find(string name)
    {
        foreach (NetworkSettings settings in _state.Config.Networks)
        {
            if (settings.Name == name) return settings;
        }
        return null;
    }
}
