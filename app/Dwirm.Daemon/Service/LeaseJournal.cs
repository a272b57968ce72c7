using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Decides which lease changes go to flash. A new binding, another client, a name or an end always does; a renewal only when what
/// flash says would run out within a quarter of the lease: at most one write per lease time and client, the rest lives in the tmpfs lease file.
/// Ends and other names are written at a bounded rate: who takes and gives back addresses all day costs no more flash than who does so for an hour. A binding
/// that flash still has after a restart runs out by itself, and until then is its client's.
/// </summary>
internal sealed class LeaseJournal
{
    private const int PerMinute = 4, AtOnce = 256;
    private readonly Dictionary<Ipv4Address, Lease> _durable = [];
    private TokenBucket _ends, _names, _facts;

    /// <summary>Notes what flash holds, at start.</summary>
    public void Loaded(Lease lease) => _durable[lease.Address] = lease;

    /// <summary>True when the change must be recorded before it is acknowledged; the caller then records it.</summary>
    public bool Takes(Lease lease, Instant now)
    {
        if (lease.State == LeaseState.Bound && _durable.TryGetValue(lease.Address, out Lease? before)
            && before.State == LeaseState.Bound && before.Mac == lease.Mac && before.ClientId == lease.ClientId
            && before.Network == lease.Network && (before.Hostname == lease.Hostname || !_names.TryTake(now.MonotonicMs / 60, PerMinute, AtOnce))
            && before.ExpiresMs - now.MonotonicMs > (lease.ExpiresMs - now.MonotonicMs) / 4)
        {
            return false;
        }
        if (lease.State != LeaseState.Bound && !_ends.TryTake(now.MonotonicMs / 60, PerMinute, AtOnce)) return false;
        _durable[lease.Address] = lease;
        return true;
    }

    /// <summary>True when what a lease says of a device on record, its name or that it is gone, may be written to that record: at the same rate.</summary>
    public bool TakesFact(Instant now) => _facts.TryTake(now.MonotonicMs / 60, PerMinute, AtOnce);
}
