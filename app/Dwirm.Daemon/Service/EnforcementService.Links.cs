using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Enforcement;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <content>The links of the router as plans know them: networks of ours, the outside, and everything else.</content>
public sealed partial class EnforcementService
{
    /// <summary>
    /// The router's own IPv6 prefixes inside and addresses outside, and all prefixes of links that are neither, IPv4 as ::ffff:0:0/96:
    /// endpoints in them need the owner's word.
    /// </summary>
    public IReadOnlyList<Ipv6Prefix> LocalPrefixes6
    {
        get
        {
            List<Ipv6Prefix> prefixes = Elsewhere();
            foreach (PlannedNetwork network in PlannedNetworks()) prefixes.AddRange(network.Prefixes6);
            foreach (PlannedUplink uplink in PlannedUplinks())
            {
                foreach (Ipv6Address address in uplink.Addresses6) prefixes.Add(new Ipv6Prefix(address, 128));
            }
            return prefixes;
        }
    }

    private List<PlannedNetwork> PlannedNetworks()
    {
        List<PlannedNetwork> networks = [];
        foreach (NetworkSettings network in _config.Networks)
        {
            networks.Add(new PlannedNetwork(network.Name, network.Device, network.IsBridge, network.Dhcp.RouterPrefix, PostureOf(network))
            {
                Prefixes6 = _interfaces?.ByName(network.Device)?.Addresses6 ?? [],
                ForeignDns = _config.ForeignDns,
                HasForwarder = HasForwarder(network.Name),
                Observed = Observed(network.Name),
            });
        }
        return networks;
    }

    private List<PlannedUplink> PlannedUplinks()
    {
        List<PlannedUplink> uplinks = [];
        foreach ((string name, string device) in _config.Uplinks)
        {
            List<Ipv4Address> addresses = [];
            List<Ipv6Address> addresses6 = [];
            if (_interfaces?.ByName(device) is { } info)
            {
                foreach (Ipv4Prefix prefix in info.Addresses4) addresses.Add(prefix.Address);
                foreach (Ipv6Prefix prefix in info.Addresses6) addresses6.Add(prefix.Address);
            }
            uplinks.Add(new PlannedUplink(name, device, addresses) { Addresses6 = addresses6 });
        }
        return uplinks;
    }

    // Links that are none of our networks and no uplink: a guest network, a management network, a tunnel.
    private List<Ipv6Prefix> Elsewhere()
    {
        List<Ipv6Prefix> prefixes = [];
        foreach (InterfaceInfo link in _interfaces?.Interfaces ?? [])
        {
            bool known = false;
            foreach (NetworkSettings network in _config.Networks) known |= network.Device == link.Name;
            foreach ((_, string device) in _config.Uplinks) known |= device == link.Name;
            if (known) continue;
            foreach (Ipv4Prefix prefix in link.Addresses4)
                prefixes.Add(new Ipv6Prefix(Ipv6Address.Mapped(prefix.Address), 96 + prefix.Length));
            prefixes.AddRange(link.Addresses6);
        }
        return prefixes;
    }

    private static bool SameAddresses(IReadOnlyList<PlannedUplink> one, List<PlannedUplink> other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            IReadOnlyList<Ipv4Address> before = one[i].Addresses, after = other[i].Addresses;
            if (before.Count != after.Count) return false;
            for (int k = 0; k < before.Count; k++)
            {
                if (before[k] != after[k]) return false;
            }
            IReadOnlyList<Ipv6Address> before6 = one[i].Addresses6, after6 = other[i].Addresses6;
            if (before6.Count != after6.Count) return false;
            for (int k = 0; k < before6.Count; k++)
            {
                if (before6[k] != after6[k]) return false;
            }
        }
        return true;
    }

    private static bool SamePrefixes(IReadOnlyList<PlannedNetwork> one, List<PlannedNetwork> other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            if (!Same(one[i].Prefixes6, other[i].Prefixes6)) return false;
        }
        return true;
    }

    private static bool Same(IReadOnlyList<Ipv6Prefix> one, IReadOnlyList<Ipv6Prefix> other)
    {
        if (one.Count != other.Count) return false;
        for (int i = 0; i < one.Count; i++)
        {
            if (one[i] != other[i]) return false;
        }
        return true;
    }
}
