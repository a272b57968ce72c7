using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Shaping;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <summary>
/// Who holds what only one device can hold: an address, a generation of service ids, a slot of traffic classes, ports outside. Leases and
/// negotiation see to it that nobody else asks; records that disagree must not confuse the kernel. Who holds a thing depends on who claims it
/// and not on who came first, so that the same plan is the same in the kernel however it came about: the lowest MAC has it, and of
/// port forwards those that are open come before all others.
/// </summary>
internal sealed class ClaimTable
{
    private const int Buckets = 256;
    private const ulong Special = 0xffff_0000_0000_0000; // no unicast address: the numbers below share the table with addresses

    private readonly Dictionary<UInt128, ulong> _holders = [];
    private readonly Dictionary<UInt128, ulong> _contested = [];
    private readonly List<ForwardClaim>?[] _forwards = new List<ForwardClaim>?[2 * Buckets];
    private readonly List<UInt128> _keys = [];
    private readonly List<UInt128> _others = [];

    /// <summary>Forgets every claim.</summary>
    public void Clear()
    {
        _holders.Clear();
        _contested.Clear();
        Array.Clear(_forwards);
    }

    /// <summary>True when the address is the device's.</summary>
    public bool Holds(PlannedDevice device, Ipv4Address address) => Holds(device.Mac, KeyOf(address));

    /// <summary>True when the address is the device's.</summary>
    public bool Holds(PlannedDevice device, Ipv6Address address) => Holds(device.Mac, address.Value);

    /// <summary>The device without what it claims and another one holds: least privilege, never a second holder.</summary>
    public PlannedDevice Effective(PlannedDevice device)
    {
        if (device.Generation != 0 && !Holds(device.Mac, GenerationKey(device))) return device with { Generation = 0, Slot = -1, Services = [] };
        return device.Slot >= 0 && !Holds(device.Mac, SlotKey(device)) ? device with { Slot = -1 } : device;
    }

    /// <summary>True when the outside ports of a forward are nobody else's, not even in part.</summary>
    public bool Holds(PlannedDevice device, in PlannedForward forward, bool active)
    {
        for (int bucket = BucketOf(forward.Transport, forward.External.Low); bucket <= BucketOf(forward.Transport, forward.External.High); bucket++)
        {
            foreach (ForwardClaim other in _forwards[bucket] ?? [])
            {
                if (other.Mac == device.Mac || !other.External.Overlaps(forward.External)) continue;
                if (other.Active != active ? other.Active : other.Mac.Value < device.Mac.Value) return false;
            }
        }
        return true;
    }

    /// <summary>A device claims other things than it did.</summary>
    /// <param name="before">What it was; null when it is new.</param>
    /// <param name="after">What it is; null when it is gone.</param>
    /// <param name="all">All devices as they are now.</param>
    /// <param name="affected">Takes the devices that hold less or more by that.</param>
    public void Replace(PlannedDevice? before, PlannedDevice? after, Dictionary<MacAddress, LedgerEntry> all, List<MacAddress> affected)
    {
        if (before is not null)
        {
            RemoveForwards(before, affected);
            Keys(before, _keys);
            foreach (UInt128 key in _keys) Release(key, before.Mac, all, affected);
        }
        if (after is null) return;
        Keys(after, _keys);
        foreach (UInt128 key in _keys) Claim(key, after.Mac, affected);
        AddForwards(after, affected);
    }

    private bool Holds(MacAddress mac, UInt128 key) => _holders.TryGetValue(key, out ulong holder) && holder == mac.Value;

    private void Claim(UInt128 key, MacAddress mac, List<MacAddress> affected)
    {
        if (_holders.TryAdd(key, mac.Value)) return;
        ulong holder = _holders[key];
        if (holder == mac.Value) return;
        _contested[key] = 0;
        if (!IsBetter(key, mac.Value, holder)) return;
        _holders[key] = mac.Value;
        affected.Add(new MacAddress(holder));
    }

    private void Release(UInt128 key, MacAddress mac, Dictionary<MacAddress, LedgerEntry> all, List<MacAddress> affected)
    {
        if (!Holds(mac, key)) return;
        _holders.Remove(key);
        if (!_contested.Remove(key)) return;
        ulong best = 0;
        int claims = 0;
        foreach (LedgerEntry entry in all.Values)
        {
            if (entry.Planned is not { } other || other.Mac == mac) continue;
            Keys(other, _others);
            if (!_others.Contains(key)) continue;
            if (claims++ == 0 || IsBetter(key, other.Mac.Value, best)) best = other.Mac.Value;
        }
        if (claims == 0) return;
        _holders[key] = best;
        if (claims > 1) _contested[key] = 0;
        affected.Add(new MacAddress(best));
    }

    // An address that comes with the MAC is that device's before anybody's who says so.
    private static bool IsBetter(UInt128 key, ulong mac, ulong than)
    {
        if (Ipv6Address.LinkLocalFrom(new MacAddress(mac)).Value == key) return true;
        return Ipv6Address.LinkLocalFrom(new MacAddress(than)).Value != key && mac < than;
    }

    private static void Keys(PlannedDevice device, List<UInt128> into)
    {
        into.Clear();
        if (device.Generation != 0) into.Add(GenerationKey(device));
        if (device.Slot is >= 0 and <= TrafficClass.MaxSlot) into.Add(SlotKey(device));
        if (device.Posture != DevicePosture.Managed) return;
        into.Add(Ipv6Address.LinkLocalFrom(device.Mac).Value);
        foreach (Ipv4Address address in device.Addresses4)
        {
            if (!address.IsAny) into.Add(KeyOf(address));
        }
        foreach (Ipv6Address address in device.Addresses6) into.Add(address.Value);
    }

    private static UInt128 KeyOf(Ipv4Address address) => new(0, 0xffff_0000_0000UL | address.Value);

    private static UInt128 GenerationKey(PlannedDevice device) => new(Special, device.Generation);

    private static UInt128 SlotKey(PlannedDevice device) => new(Special | 1, (uint)device.Slot);

    private static int BucketOf(Transports transport, ushort port) => (transport == Transports.Udp ? Buckets : 0) + (port >> 8);

    private void AddForwards(PlannedDevice device, List<MacAddress> affected)
    {
        if (device.Posture != DevicePosture.Managed || device.Generation == 0 || device.Addresses4.Count == 0) return;
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Provide) continue;
            foreach (PlannedForward forward in service.Forwards)
            {
                var claim = new ForwardClaim(device.Mac, forward.External, service.Active);
                for (int bucket = BucketOf(forward.Transport, forward.External.Low); bucket <= BucketOf(forward.Transport, forward.External.High); bucket++)
                {
                    List<ForwardClaim> others = _forwards[bucket] ??= [];
                    Touch(others, claim, affected);
                    others.Add(claim);
                }
            }
        }
    }

    private void RemoveForwards(PlannedDevice device, List<MacAddress> affected)
    {
        foreach (PlannedService service in device.Services)
        {
            foreach (PlannedForward forward in service.Forwards)
            {
                for (int bucket = BucketOf(forward.Transport, forward.External.Low); bucket <= BucketOf(forward.Transport, forward.External.High); bucket++)
                {
                    if (_forwards[bucket] is not { } others) continue;
                    for (int i = others.Count - 1; i >= 0; i--)
                    {
                        if (others[i].Mac != device.Mac) continue;
                        Touch(others, others[i], affected);
                        others.RemoveAt(i);
                    }
                }
            }
        }
    }

    private static void Touch(List<ForwardClaim> others, ForwardClaim claim, List<MacAddress> affected)
    {
        foreach (ForwardClaim other in others)
        {
            if (other.Mac != claim.Mac && other.External.Overlaps(claim.External)) affected.Add(other.Mac);
        }
    }

    private sealed class ForwardClaim(MacAddress mac, PortRange external, bool active)
    {
        public MacAddress Mac { get; } = mac;

        public PortRange External { get; } = external;

        public bool Active { get; } = active;
    }
}
