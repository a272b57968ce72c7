using System.Collections.Generic;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Devices;

/// <summary>Who holds which external port, so that no two grants forward the same one (DWIRM-09).</summary>
public sealed class ForwardLedger : IPortForwardLedger
{
    private readonly Dictionary<int, MacAddress> _owners = [];
    private readonly Dictionary<MacAddress, List<int>> _held = [];

    /// <inheritdoc/>
    public bool IsFree(MacAddress mac, Transports transports, PortRange external)
    {
        foreach (int key in Keys(transports, external))
        {
            if (_owners.TryGetValue(key, out MacAddress owner) && owner != mac) return false;
        }
        return true;
    }

    /// <summary>Gives a device the external ports of its grant and takes back what it held before; null takes back everything.</summary>
    public void Assign(MacAddress mac, Grant? grant)
    {
        if (_held.Remove(mac, out List<int>? before))
        {
            foreach (int key in before) _owners.Remove(key);
        }
        if (grant is null) return;
        List<int> now = [];
        foreach (GrantedService service in grant.Services)
        {
            foreach (GrantedForward forward in service.Forwards)
            {
                foreach (int key in Keys(forward.Transports, forward.External))
                {
                    if (_owners.TryAdd(key, mac)) now.Add(key);
                }
            }
        }
        if (now.Count > 0) _held.Add(mac, now);
    }

    private static IEnumerable<int> Keys(Transports transports, PortRange ports)
    {
        for (int port = ports.Low; port <= ports.High; port++)
        {
            if (transports.HasFlag(Transports.Tcp)) yield return port;
            if (transports.HasFlag(Transports.Udp)) yield return port + 0x10000;
        }
    }
}
