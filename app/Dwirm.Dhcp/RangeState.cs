using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>One range while it is served: which of its addresses are taken, and which of the taken ones are free for others.</summary>
internal sealed class RangeState(Dhcpv4Range range, AddressPool pool)
{
    public Dhcpv4Range Range { get; } = range;

    public AddressPool Pool { get; } = pool;

    /// <summary>Free leases whose address any client may take, longest free first.</summary>
    public LeaseHeap Reusable { get; } = new();

    /// <summary>Free leases of clients that have kept theirs for long; a newcomer gets one only when it has been free for very long.</summary>
    public LeaseHeap Kept { get; } = new();

    /// <summary>The configured range as far as it lies in the prefix: an address outside would be refused to whoever was offered it.</summary>
    public static RangeState Of(Dhcpv4Range range, Ipv4Prefix router)
    {
        Ipv4Address first = range.Start > router.Network ? range.Start : router.Network;
        Ipv4Address last = range.End < router.BroadcastAddress ? range.End : router.BroadcastAddress;
        if (!range.Dynamic || first > last) return new RangeState(range, new AddressPool(default, 0));
        long size = (long)last.Value - first.Value + 1;
        return new RangeState(range, new AddressPool(first, (int)System.Math.Min(size, Dhcpv4NetworkConfig.MaximumPoolSize)));
    }
}
