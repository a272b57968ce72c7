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
            if (address.Value >> 24 is 0 or 127 or >= 240) continue;
            if (!endpoint.LocalAllowed && (IsSpecial(address) || IsOurs(address))) continue;
            if (!addresses.Contains(address)) addresses.Add(address);
        }
        return addresses;
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

    private IReadOnlyList<Ipv4Address> Known(GrantedHost host) => host.Literal is { } literal ? [literal] : input.Names.Resolve(host.Name);

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
        return false;
    }

    // Private (RFC 1918), shared (RFC 6598), link-local (RFC 3927) and multicast: nothing a name on the internet should lead to.
    private static bool IsSpecial(Ipv4Address address)
    {
        uint value = address.Value;
        return value >> 24 == 10 || value >> 20 == 0xac1 || value >> 16 is 0xc0a8 or 0xa9fe || value >> 22 == 0x6440 >> 6 || address.IsMulticast;
    }
}
