using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// Keeps the forwarder's port open on every network of ours. Where it cannot be, nothing is redirected: devices under grants ask the
/// router's resolver directly, and the names of their grants are looked up all the same.
/// </summary>
internal sealed class DnsService : IDisposable
{
    private const long RetryMs = 30_000;
    private readonly List<DnsPort> _ports = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Upstream _upstream;
    private readonly EnforcementService _enforcement;
    private readonly Deadline _retry;
    private readonly Log _log;
    private readonly DnsForwarder _forwarder;
    private DaemonConfig _config;
    private InterfaceTable? _interfaces;

    /// <summary>A forwarder for the networks of a configuration; no port is open yet.</summary>
    public DnsService(Upstream upstream, DnsForwarder forwarder, EnforcementService enforcement, DaemonConfig config, Log log)
    {
        (_upstream, _forwarder, _enforcement, _config, _log) = (upstream, forwarder, enforcement, config, log);
        _enforcement.HasForwarder = Serves;
        _retry = new Deadline(OpenMissing);
    }

    /// <summary>Goes over to another configuration; its networks follow with <see cref="OpenPorts"/>.</summary>
    public void Configure(DaemonConfig config, Instant now)
    {
        _config = config;
        _upstream.MoveTo(config.Resolver, now);
    }

    /// <summary>Opens what is missing, closes what is gone.</summary>
    public void OpenPorts(InterfaceTable interfaces, Instant now)
    {
        _interfaces = interfaces;
        for (int i = _ports.Count - 1; i >= 0; i--)
        {
            DnsPort port = _ports[i];
            if (interfaces.ByName(port.Device)?.Index == port.InterfaceIndex && IsConfigured(port)) continue;
            _ports.RemoveAt(i);
            port.Dispose();
            _enforcement.MarkDirty();
        }
        OpenMissing(now);
    }

    /// <summary>Sends the answers that waited for the end of the turn.</summary>
    public void Flush(Instant now) => _forwarder.Flush(now);

    /// <summary>Closes all ports, so that devices ask the resolver directly again once the kernel has been told.</summary>
    public void Close()
    {
        _upstream.Loop.Deadlines.Cancel(_retry);
        foreach (DnsPort port in _ports) port.Dispose();
        _ports.Clear();
        _enforcement.MarkDirty();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DnsPort port in _ports) port.Dispose();
        _upstream.Dispose();
    }

    private void OpenMissing(Instant now)
    {
        bool missing = false;
        foreach (NetworkSettings network in _config.Networks)
        {
            if (_interfaces?.ByName(network.Device) is { } device && !Serves(network.Name)) missing |= !Open(network, device);
        }
        if (missing) _upstream.Loop.Deadlines.Set(_retry, now.MonotonicMs + RetryMs);
    }

    private bool Open(NetworkSettings network, InterfaceInfo device)
    {
        try
        {
            _ports.Add(new DnsPort(network.Name, network.Device, device.Index, DnsForwarder.Port, _forwarder));
            _enforcement.MarkDirty();
            _reported.Remove(network.Name);
            return true;
        }
        catch (LinuxException e)
        {
            if (_reported.Add(network.Name))
            {
                _log.Warning($"network {network.Name}: no DNS forwarder ({e.Message}); devices under grants ask the router's resolver "
                    + "directly, and an address that is new to them may be refused until it is looked up again");
            }
            return false;
        }
    }

    private bool IsConfigured(DnsPort port)
    {
        foreach (NetworkSettings network in _config.Networks)
        {
            if (network.Name == port.Network) return network.Device == port.Device;
        }
        return false;
    }

    private bool Serves(string network)
    {
        foreach (DnsPort port in _ports)
        {
            if (port.Network == network) return true;
        }
        return false;
    }
}
