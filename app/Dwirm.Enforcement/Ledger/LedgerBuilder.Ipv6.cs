using System.Collections.Generic;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <content>
/// IPv6. What a device is granted is keyed by the device (see <see cref="SetId.Device6"/>), inside a bridge by its MAC; its addresses have
/// elements of their own, so one address more or less touches no service.
/// </content>
internal sealed partial class LedgerBuilder
{
    private const int AnyBits = 128;

    /// <summary>Stands for "any source" where <see cref="ClaimGroup"/> wants numbers; named addresses are numbered from zero.</summary>
    private const uint LastSource = uint.MaxValue;

    private readonly List<Ipv6Address> _peers = [];

    // Hosts of the network form addresses in its prefixes, and link-local ones: only those are worth learning.
    private void Prefixes6(SetId set, int iface, PlannedNetwork network)
    {
        Prefix6(set, iface, Ipv6Prefix.LinkLocal);
        for (int i = 0; i < network.Prefixes6.Count; i++)
        {
            Ipv6Prefix prefix = network.Prefixes6[i];
            // Two prefixes are equal or one holds the other; the kernel's interval sets must see no overlap.
            bool covered = prefix.Length == 0 || Ipv6Prefix.LinkLocal.Contains(prefix.Address);
            for (int j = 0; j < network.Prefixes6.Count && !covered; j++)
            {
                Ipv6Prefix other = network.Prefixes6[j];
                covered = j != i && other.Contains(prefix.Address) && (other.Length < prefix.Length || (other.Length == prefix.Length && j < i));
            }
            if (!covered) Prefix6(set, iface, prefix);
        }
    }

    private void Prefix6(SetId set, int iface, Ipv6Prefix prefix) =>
        Add(Element.HeadOf(set, iface: iface), Element.WithFreeBits(0, 128 - prefix.Length), prefix.Network.Value);

    private void OwnIpv6(PlannedDevice device, Ipv6Address address, int iface, bool bridged)
    {
        ulong mac = device.Mac.Value;
        Own(SetId.Own6, SetId.Bind6, iface, mac, address.Value);
        if (device.Generation is > 0 and <= 0xffffff) Add(Element.HeadOf(SetId.Device6), address: address.Value, data: DeviceMark(device));
        if (!bridged) return;
        Own(SetId.L2Own6, SetId.L2Bind6, 0, mac, address.Value);
        Add(Element.HeadOf(SetId.L2NdOwn), mac, address.Value);
        Add(Element.HeadOf(SetId.L2NdHeld), address: address.Value);
    }

    private static uint DeviceMark(PlannedDevice device) => device.Generation << 8;

    private void Services6(PlannedDevice device)
    {
        PlannedNetwork? network = NetworkOf(device.Device);
        if (network is null) return;
        int iface = names.NumberOf(device.Device);
        for (int i = 0; i < 2; i++)
        {
            int protocol = i == 0 ? Tcp : Udp;
            Consume6(device, protocol);
            if (network.IsBridge) ConsumeOnBridge6(device, protocol, network);
            Claim6(device, protocol, outside: false, activeOnly: false);
            if (iface >= 0) AddProvides6(device, protocol, iface);
            if (ReachesHouse(device)) ProvideInHouse6(device, protocol);
            Claim6(device, protocol, outside: true, activeOnly: false);
            foreach (PlannedUplink uplink in _plan.Uplinks)
            {
                int outside = names.NumberOf(uplink.Device);
                if (outside >= 0) AddProvides6(device, protocol, outside);
            }
            if (!network.IsBridge) continue;
            Claim6(device, protocol, outside: false, activeOnly: true);
            AddProvidesOnBridge6(device, protocol);
        }
    }

    private void ProvideInHouse6(PlannedDevice device, int protocol)
    {
        Claim6(device, protocol, outside: false, activeOnly: false, houseOnly: true);
        foreach (PlannedNetwork other in _plan.Networks)
        {
            int there = names.NumberOf(other.Device);
            if (there >= 0 && IsOtherRoom(other, device)) AddProvides6(device, protocol, there);
        }
    }

    private uint PeerOf(Ipv6Address address)
    {
        int found = _peers.IndexOf(address);
        if (found >= 0) return (uint)found;
        _peers.Add(address);
        return (uint)_peers.Count - 1;
    }

    private void Consume6(PlannedDevice device, int protocol)
    {
        Endpoints6(device, protocol, null);
        foreach (ExactClaim exact in _group.Exact)
        {
            Ipv6Address peer = _peers[(int)exact.Address];
            Add(Element.HeadOf(SetId.C6, protocol, 0, exact.Port, exact.Port), DeviceMark(device), peer.Value, exact.Data);
        }
        foreach (Box box in _group.Ranges)
        {
            for (uint peer = box.Low; peer <= box.High; peer++)
                Add(Element.HeadOf(SetId.C6Range, protocol, 0, box.PortLow, box.PortHigh), DeviceMark(device), _peers[(int)peer].Value, box.Data);
        }
    }

    private void ConsumeOnBridge6(PlannedDevice device, int protocol, PlannedNetwork network)
    {
        Endpoints6(device, protocol, network);
        foreach (ExactClaim exact in _group.Exact)
        {
            Add(Element.HeadOf(SetId.L2Consume6, protocol, 0, exact.Port, exact.Port), device.Mac.Value, _peers[(int)exact.Address].Value,
                exact.Data, exact.Deadline);
        }
        foreach (Box box in _group.Ranges)
        {
            for (uint peer = box.Low; peer <= box.High; peer++)
            {
                Add(Element.HeadOf(SetId.L2Consume6Range, protocol, 0, box.PortLow, box.PortHigh), device.Mac.Value, _peers[(int)peer].Value,
                    box.Data, box.Deadline);
            }
        }
    }

    // Each address is a number here, so claims of two services on one address are settled as for IPv4.
    private void Endpoints6(PlannedDevice device, int protocol, PlannedNetwork? onBridge)
    {
        _group.Clear();
        _peers.Clear();
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Consume || (onBridge is not null && !IsActive(service))) continue;
            foreach (PlannedEndpoint6 endpoint in service.Endpoints6)
            {
                if (endpoint.Transport != TransportOf(protocol) || (onBridge is not null && !IsOn(onBridge, endpoint.Destination))) continue;
                uint peer = PeerOf(endpoint.Destination);
                var box = new Box(peer, peer, endpoint.Range.Low, endpoint.Range.High, SidOf(device, service), DeadlineOf(service));
                _group.Add(box, IsActive(service));
            }
        }
        Incomplete |= !_group.Resolve(1, 0);
    }

    private static bool IsOn(PlannedNetwork network, Ipv6Address address)
    {
        if (address.IsLinkLocal) return true;
        foreach (Ipv6Prefix prefix in network.Prefixes6)
        {
            if (prefix.Contains(address)) return true;
        }
        return false;
    }

    private void Claim6(PlannedDevice device, int protocol, bool outside, bool activeOnly, bool houseOnly = false)
    {
        _group.Clear();
        _peers.Clear();
        foreach (PlannedService service in device.Services)
        {
            bool active = IsActive(service);
            if (service.Direction != ServiceDirection.Provide || (activeOnly && !active)) continue;
            if (houseOnly && service.Reach != ServiceReach.House) continue;
            if (outside)
            {
                foreach (PlannedForward forward in service.Forwards)
                {
                    if (forward.Transport == TransportOf(protocol)) ClaimSources6(device, service, forward.Internal, active);
                }
                continue;
            }
            foreach (PlannedPort port in service.Ports)
            {
                if (port.Transport == TransportOf(protocol)) ClaimSources6(device, service, port.Range, active);
            }
        }
        Incomplete |= !_group.Resolve(0, LastSource);
    }

    private void ClaimSources6(PlannedDevice device, PlannedService service, PortRange range, bool active)
    {
        ulong sid = SidOf(device, service);
        long deadline = DeadlineOf(service);
        if (service.IsForEveryone) _group.Add(new Box(0, LastSource, range.Low, range.High, sid, deadline), active);
        foreach (Ipv6Address source in service.Sources6)
        {
            uint peer = PeerOf(source);
            _group.Add(new Box(peer, peer, range.Low, range.High, sid, deadline), active);
        }
    }

    private void AddProvides6(PlannedDevice device, int protocol, int iface)
    {
        foreach (ExactClaim exact in _group.Exact)
            Add(Element.HeadOf(SetId.P6, protocol, iface, exact.Port, exact.Port), DeviceMark(device), data: exact.Data);
        foreach (Box box in _group.Ranges) AddSources6(SetId.P6Range, protocol, iface, DeviceMark(device), box, 0);
    }

    private void AddProvidesOnBridge6(PlannedDevice device, int protocol)
    {
        foreach (ExactClaim exact in _group.Exact)
        {
            Add(Element.HeadOf(SetId.L2Provide6, protocol, 0, exact.Port, exact.Port), device.Mac.Value, data: exact.Data, deadline: exact.Deadline);
        }
        foreach (Box box in _group.Ranges) AddSources6(SetId.L2Provide6Range, protocol, 0, device.Mac.Value, box, box.Deadline);
    }

    /// <summary>
    /// A claim of every source is one element. What another claim left of it, "every source but those", is not granted: a plan has no such
    /// service.
    /// </summary>
    private void AddSources6(SetId set, int protocol, int iface, ulong key, in Box box, long deadline)
    {
        ulong head = Element.HeadOf(set, protocol, iface, box.PortLow, box.PortHigh);
        if (box is { Low: 0, High: LastSource }) Add(head, Element.WithFreeBits(key, AnyBits), data: box.Data, deadline: deadline);
        else if (box.High - box.Low < _peers.Count && box.High < _peers.Count)
        {
            for (uint peer = box.Low; peer <= box.High; peer++) Add(head, key, _peers[(int)peer].Value, box.Data, deadline);
        }
        else Incomplete = true;
    }
}
