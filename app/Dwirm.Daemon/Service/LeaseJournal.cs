using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Decides which lease changes go to flash. A new binding, another client, a name or an end always does; a renewal only when what
/// flash says would run out within a quarter of the lease: at most one write per lease time and client, the rest lives in the tmpfs lease file.
/// </summary>
internal sealed class LeaseJournal
{
    private readonly Dictionary<Ipv4Address, Lease> _durable = [];

    /// <summary>Notes what flash holds, at start.</summary>
    public void Loaded(Lease lease) => _durable[lease.Address] = lease;

    /// <summary>True when the change must be recorded before it is acknowledged; the caller then records it.</summary>
    public bool Takes(Lease lease, Instant now)
    {
        if (lease.State == LeaseState.Bound && _durable.TryGetValue(lease.Address, out Lease? before)
            && before.State == LeaseState.Bound && before.Mac == lease.Mac && before.ClientId == lease.ClientId
            && before.Hostname == lease.Hostname && before.Network == lease.Network
            && before.ExpiresMs - now.MonotonicMs > (lease.ExpiresMs - now.MonotonicMs) / 4)
        {
            return false;
        }
        _durable[lease.Address] = lease;
        return true;
    }
}
