using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>Who holds which outside port: other devices' grants, the firewall's own redirects and the router's listeners.</summary>
public interface IPortForwardLedger
{
    /// <summary>True when no one but <paramref name="mac"/> itself holds any port of <paramref name="external"/> on any of <paramref name="transports"/>.</summary>
    bool IsFree(MacAddress mac, Transports transports, PortRange external);
}
