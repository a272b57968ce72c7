using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Plans;

/// <summary>Turns hosts into the addresses that are known for them now.</summary>
internal sealed class HostExpansion(PlanInput input)
{
    /// <summary>Addresses of one name that are taken; more would only be a resolver gone wrong.</summary>
    private const int MaxAddresses = 64;

    /// <summary>The addresses a destination stands for. A device's own name never leads into private or local space, or to the router.</summary>
    internal List<Ipv4Address> Addresses(in GrantedEndpoint endpoint)
    {
        var addresses = new List<Ipv4Address>();
        foreach (Ipv4Address address in Known(endpoint.Host))
        {
            if (addresses.Count == MaxAddresses) break;
            // The address that nobody has stands for every one outside, where the owner's word put it there.
            bool anywhere = address.IsAny && endpoint.LocalAllowed && !endpoint.Host.IsName;
            if (AddressSpace.IsNobodys(address) && !anywhere) continue;
            if (!endpoint.LocalAllowed && (AddressSpace.IsSpecial(address) || IsOurs(address))) continue;
            if (!addresses.Contains(address)) addresses.Add(address);
        }
        return addresses;
    }

    /// <summary>As <see cref="Addresses"/>.</summary>
    internal List<Ipv6Address> Addresses6(in GrantedEndpoint endpoint)
    {
        var addresses = new List<Ipv6Address>();
        foreach (Ipv6Address address in Known6(endpoint.Host))
        {
            if (addresses.Count == MaxAddresses) break;
            if (AddressSpace.IsNobodys(address)) continue;
            if (!endpoint.LocalAllowed && (AddressSpace.IsSpecial(address) || IsOurs(address))) continue;
            if (!addresses.Contains(address)) addresses.Add(address);
        }
        return addresses;
    }

    /// <summary>The IPv6 addresses that may connect to a service.</summary>
    internal List<Ipv6Address> Sources6(GrantedService service)
    {
        var sources = new List<Ipv6Address>();
        foreach (GrantedHost host in service.Sources)
        {
            foreach (Ipv6Address address in Known6(host))
            {
                if (sources.Count < MaxAddresses && !sources.Contains(address)) sources.Add(address);
            }
        }
        return sources;
    }

    /// <summary>The addresses that may connect to a service.</summary>
    internal List<Ipv4Prefix> Sources(GrantedService service)
    {
        var sources = new List<Ipv4Prefix>();
        foreach (GrantedHost host in service.Sources)
        {
            foreach (Ipv4Address address in Known(host))
            {
                var source = new Ipv4Prefix(address, 32);
                if (sources.Count < MaxAddresses && !sources.Contains(source)) sources.Add(source);
            }
        }
        return sources;
    }

    private IReadOnlyList<Ipv4Address> Known(GrantedHost host) =>
        host.Literal is { } literal ? [literal] : host.IsName ? input.Names.Resolve(host.Name) : [];

    private IReadOnlyList<Ipv6Address> Known6(GrantedHost host) =>
        host.Literal6 is { } literal ? [literal] : host.IsName ? input.Names.Resolve6(host.Name) : [];

    private bool IsOurs(Ipv4Address address)
    {
        foreach (PlannedNetwork network in input.Networks)
        {
            if (network.Prefix.Contains(address)) return true;
        }
        foreach (PlannedUplink uplink in input.Uplinks)
        {
            foreach (Ipv4Address own in uplink.Addresses)
            {
                if (own == address) return true;
            }
        }
        return IsElsewhere(Ipv6Address.Mapped(address));
    }

    private bool IsElsewhere(Ipv6Address address)
    {
        foreach (Ipv6Prefix prefix in input.Elsewhere)
        {
            if (prefix.Contains(address)) return true;
        }
        return false;
    }

    private bool IsOurs(Ipv6Address address)
    {
        foreach (PlannedNetwork network in input.Networks)
        {
            foreach (Ipv6Prefix prefix in network.Prefixes6)
            {
                if (prefix.Contains(address)) return true;
            }
        }
        foreach (PlannedUplink uplink in input.Uplinks)
        {
            foreach (Ipv6Address own in uplink.Addresses6)
            {
                if (own == address) return true;
            }
        }
        return IsElsewhere(address);
    }
}
