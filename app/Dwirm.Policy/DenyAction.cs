namespace Dwirm.Policy;

/// <summary>What becomes of a device whose request is denied, set per network.</summary>
public enum DenyAction : byte
{
    /// <summary>It keeps a lease, and reaches only the DHCP, DNS and NTP of the router.</summary>
    Quarantine,

    /// <summary>It is given no lease.</summary>
    NoLease,
}
