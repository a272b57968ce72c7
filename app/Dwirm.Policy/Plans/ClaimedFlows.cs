using System;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Plans;

/// <summary>Gives every flow of a device to one service: the kernel knows a flow's service by its address, transport and port alone.</summary>
internal sealed class ClaimedFlows
{
    /// <summary>Most destinations of one service in the kernel; hosts beyond stay closed until others go.</summary>
    private const int MaxEndpoints = 1024;

    private readonly List<PlannedPort> _ports = [];
    private readonly Dictionary<(Ipv6Address, Transports), List<PortRange>> _endpoints = [];

    /// <summary>The ports of a service that no service before has.</summary>
    internal List<PlannedPort> Ports(GrantedService service)
    {
        var free = new List<PlannedPort>();
        foreach (GrantedPorts ports in service.Ports)
        {
            foreach (Transports transport in Each(ports.Transports))
            {
                var taken = new List<PortRange>();
                foreach (PlannedPort other in _ports)
                {
                    if (other.Transport == transport) taken.Add(other.Range);
                }
                foreach (PortRange range in Without(ports.Range, taken))
                {
                    free.Add(new PlannedPort(transport, range));
                    _ports.Add(new PlannedPort(transport, range));
                }
            }
        }
        return free;
    }

    /// <summary>The destinations of a service that no service before has: each host's addresses, by transport and port.</summary>
    internal List<PlannedEndpoint> Endpoints(GrantedService service, HostExpansion hosts)
    {
        var free = new List<PlannedEndpoint>();
        foreach (GrantedEndpoint endpoint in service.Endpoints)
        {
            foreach (Ipv4Address address in hosts.Addresses(endpoint))
            {
                foreach (Transports transport in Each(endpoint.Transports))
                {
                    List<PortRange> taken = Taken(Ipv6Address.Mapped(address), transport);
                    foreach (PortRange part in Without(endpoint.Range, taken))
                    {
                        if (free.Count == MaxEndpoints) return free;
                        free.Add(new PlannedEndpoint(new Ipv4Prefix(address, address.IsAny ? 0 : 32), transport, part));
                        taken.Add(part);
                    }
                }
            }
        }
        return free;
    }

    /// <summary>The same for IPv6.</summary>
    internal List<PlannedEndpoint6> Endpoints6(GrantedService service, HostExpansion hosts)
    {
        var free = new List<PlannedEndpoint6>();
        foreach (GrantedEndpoint endpoint in service.Endpoints)
        {
            foreach (Ipv6Address address in hosts.Addresses6(endpoint))
            {
                foreach (Transports transport in Each(endpoint.Transports))
                {
                    List<PortRange> taken = Taken(address, transport);
                    foreach (PortRange part in Without(endpoint.Range, taken))
                    {
                        if (free.Count == MaxEndpoints) return free;
                        free.Add(new PlannedEndpoint6(address, transport, part));
                        taken.Add(part);
                    }
                }
            }
        }
        return free;
    }

    /// <summary>The single transports of a set.</summary>
    internal static ReadOnlySpan<Transports> Each(Transports transports) => transports switch
    {
        Transports.Tcp => [Transports.Tcp],
        Transports.Udp => [Transports.Udp],
        Transports.Both => [Transports.Tcp, Transports.Udp],
        _ => [],
    };

    private List<PortRange> Taken(Ipv6Address address, Transports transport)
    {
        if (!_endpoints.TryGetValue((address, transport), out List<PortRange>? taken))
        {
            taken = [];
            _endpoints.Add((address, transport), taken);
        }
        return taken;
    }

    private static List<PortRange> Without(PortRange range, List<PortRange> taken)
    {
        List<PortRange> rest = [range];
        foreach (PortRange other in taken)
        {
            var parts = new List<PortRange>(rest.Count + 1);
            foreach (PortRange part in rest)
            {
                if (!part.Overlaps(other))
                {
                    parts.Add(part);
                    continue;
                }
                if (part.Low < other.Low) parts.Add(new PortRange(part.Low, (ushort)(other.Low - 1)));
                if (part.High > other.High) parts.Add(new PortRange((ushort)(other.High + 1), part.High));
            }
            rest = parts;
        }
        return rest;
    }
}

/// <summary>Gives every outside port, and every inside port of a device, to one forward.</summary>
/// <remarks>Negotiation sees to that already; two records that disagree must not confuse the kernel.</remarks>
internal sealed class ClaimedForwards
{
    private readonly List<(MacAddress Mac, PlannedForward Forward)> _taken = [];

    /// <summary>The forwards of a service whose ports are all free.</summary>
    internal List<PlannedForward> Of(GrantedService service, MacAddress mac)
    {
        var free = new List<PlannedForward>();
        foreach (GrantedForward forward in service.Forwards)
        {
            foreach (Transports transport in ClaimedFlows.Each(forward.Transports))
            {
                var planned = new PlannedForward(transport, forward.External, forward.Internal);
                if (!IsFree(planned, mac)) continue;
                free.Add(planned);
                _taken.Add((mac, planned));
            }
        }
        return free;
    }

    private bool IsFree(PlannedForward forward, MacAddress mac)
    {
        foreach ((MacAddress holder, PlannedForward other) in _taken)
        {
            if (other.Transport != forward.Transport) continue;
            if (other.External.Overlaps(forward.External)) return false;
            if (holder == mac && other.Internal.Overlaps(forward.Internal)) return false;
        }
        return true;
    }
}
