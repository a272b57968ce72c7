using System.Collections.Generic;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <content>Services: who may open a flow to whom, and which service it then belongs to.</content>
internal sealed partial class LedgerBuilder
{
    /// <summary>Exact port forwards one service may take; forwards that keep the port number take one element however many they are.</summary>
    public const int ForwardsPerService = 4096;

    private readonly ClaimGroup _group = new();
    private readonly List<Box> _outside = [];
    private readonly List<Box> _scratch = [];

    private void Services(PlannedDevice device)
    {
        if (device.Generation is 0 or > 0xffffff) return;
        if (device.Posture != DevicePosture.Managed)
        {
            Whole(device);
            return;
        }
        bool bridged = NetworkOf(device.Device) is { IsBridge: true };
        foreach (PlannedService service in device.Services)
        {
            if (service.Id != 0 && IsActive(service)) Live(device, service, bridged);
        }
        Services6(device);
        if (device.Addresses4.Count > 0 && _claims.Holds(device, device.Addresses4[0])) PortForwards(device, device.Addresses4[0].Value);
        foreach (Ipv4Address address in device.Addresses4)
        {
            if (!_claims.Holds(device, address)) continue;
            for (int i = 0; i < 2; i++)
            {
                int protocol = i == 0 ? Tcp : Udp;
                Consume(device, address, protocol);
                Provide(device, address, protocol);
                ProvideOutside(device, address, protocol);
                if (NetworkOf(device.Device) is not { IsBridge: true } network) continue;
                ProvideOnBridge(device, address, protocol);
                ConsumeOnBridge(device, address, protocol, network);
            }
        }
    }

    // Its first packet through the router gives a flow to the one service, whatever it is and wherever it goes: no address is looked at.
    private void Whole(PlannedDevice device)
    {
        if (device.Services.Count != 1) return;
        Add(Element.HeadOf(SetId.Whole), device.Mac.Value, data: SidOf(device, device.Services[0]));
        if (IsActive(device.Services[0])) Live(device, device.Services[0], bridged: false);
    }

    private void Consume(PlannedDevice device, Ipv4Address address, int protocol)
    {
        _group.Clear();
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Consume) continue;
            foreach (PlannedEndpoint endpoint in service.Endpoints)
            {
                if (endpoint.Transport != TransportOf(protocol)) continue;
                foreach (Box box in Destinations(endpoint, SidOf(device, service), DeadlineOf(service))) _group.Add(box, IsActive(service));
            }
        }
        Incomplete |= !_group.Resolve(1, 0);
        foreach (ExactClaim exact in _group.Exact)
        {
            Add(Element.HeadOf(SetId.C4, protocol, 0, exact.Port, exact.Port),
                address: Element.AddressOf(address.Value, address.Value, exact.Address, exact.Address), data: exact.Data);
        }
        foreach (Box box in _group.Ranges)
        {
            Add(Element.HeadOf(SetId.C4Range, protocol, 0, box.PortLow, box.PortHigh),
                address: Element.AddressOf(address.Value, address.Value, box.Low, box.High), data: box.Data);
        }
    }

    /// <summary>An endpoint as rectangles. "Anywhere" is the outside: networks of ours are not in it, they have to be named.</summary>
    private List<Box> Destinations(in PlannedEndpoint endpoint, ulong data, long deadline)
    {
        _outside.Clear();
        _outside.Add(new Box(endpoint.Destination.Network.Value, endpoint.Destination.BroadcastAddress.Value,
            endpoint.Range.Low, endpoint.Range.High, data, deadline));
        if (endpoint.Destination.Length != 0) return _outside;
        foreach (PlannedNetwork network in _plan.Networks)
        {
            var ours = new Box(network.Prefix.Network.Value, network.Prefix.BroadcastAddress.Value, 0, ushort.MaxValue);
            _scratch.Clear();
            foreach (Box piece in _outside) BoxSet.Subtract(piece, ours, _scratch);
            _outside.Clear();
            _outside.AddRange(_scratch);
        }
        return _outside;
    }

    private void Provide(PlannedDevice device, Ipv4Address address, int protocol)
    {
        int iface = names.NumberOf(device.Device);
        if (iface < 0) return;
        ClaimPorts(device, protocol, houseOnly: false);
        AddProvides(address, protocol, iface);
        if (!ReachesHouse(device)) return;
        ClaimPorts(device, protocol, houseOnly: true);
        foreach (PlannedNetwork other in _plan.Networks)
        {
            int there = names.NumberOf(other.Device);
            if (there >= 0 && IsOtherRoom(other, device)) AddProvides(address, protocol, there);
        }
    }

    private void ClaimPorts(PlannedDevice device, int protocol, bool houseOnly)
    {
        _group.Clear();
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Provide || (houseOnly && service.Reach != ServiceReach.House)) continue;
            foreach (PlannedPort port in service.Ports)
            {
                if (port.Transport == TransportOf(protocol)) ClaimSources(device, service, port.Range);
            }
        }
    }

    private static bool ReachesHouse(PlannedDevice device)
    {
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction == ServiceDirection.Provide && service.Reach == ServiceReach.House) return true;
        }
        return false;
    }

    // A network whose devices are to be kept apart from the others is no room of the house.
    private static bool IsOtherRoom(PlannedNetwork network, PlannedDevice device) =>
        network.Device != device.Device && network.Posture != NetworkPosture.Isolate;

    private void ProvideOutside(PlannedDevice device, Ipv4Address address, int protocol)
    {
        _group.Clear();
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Provide) continue;
            foreach (PlannedForward forward in service.Forwards)
            {
                if (forward.Transport == TransportOf(protocol)) ClaimSources(device, service, forward.Internal);
            }
        }
        foreach (PlannedUplink uplink in _plan.Uplinks)
        {
            int iface = names.NumberOf(uplink.Device);
            if (iface >= 0) AddProvides(address, protocol, iface);
        }
    }

    private void ClaimSources(PlannedDevice device, PlannedService service, PortRange range)
    {
        ulong sid = SidOf(device, service);
        long deadline = DeadlineOf(service);
        bool active = IsActive(service);
        if (service.IsForEveryone) _group.Add(new Box(0, uint.MaxValue, range.Low, range.High, sid, deadline), active);
        foreach (Ipv4Prefix source in service.Sources)
            _group.Add(new Box(source.Network.Value, source.BroadcastAddress.Value, range.Low, range.High, sid, deadline), active);
    }

    private void AddProvides(Ipv4Address address, int protocol, int iface)
    {
        Incomplete |= !_group.Resolve(0, uint.MaxValue);
        foreach (ExactClaim exact in _group.Exact)
            Add(Element.HeadOf(SetId.P4, protocol, iface, exact.Port, exact.Port), address: Element.DestinationOf(address), data: exact.Data);
        foreach (Box box in _group.Ranges)
        {
            Add(Element.HeadOf(SetId.P4Range, protocol, iface, box.PortLow, box.PortHigh),
                address: Element.AddressOf(box.Low, box.High, address.Value, address.Value), data: box.Data);
        }
    }

    // On the bridge a service that is off has no elements at all: there is no live map to stop it.
    private void ProvideOnBridge(PlannedDevice device, Ipv4Address address, int protocol)
    {
        _group.Clear();
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Provide || !IsActive(service)) continue;
            foreach (PlannedPort port in service.Ports)
            {
                if (port.Transport == TransportOf(protocol)) ClaimSources(device, service, port.Range);
            }
        }
        Incomplete |= !_group.Resolve(0, uint.MaxValue);
        foreach (ExactClaim exact in _group.Exact)
        {
            Add(Element.HeadOf(SetId.L2Provide, protocol, 0, exact.Port, exact.Port),
                address: Element.DestinationOf(address), data: exact.Data, deadline: exact.Deadline);
        }
        foreach (Box box in _group.Ranges)
        {
            Add(Element.HeadOf(SetId.L2ProvideRange, protocol, 0, box.PortLow, box.PortHigh),
                address: Element.AddressOf(box.Low, box.High, address.Value, address.Value), data: box.Data, deadline: box.Deadline);
        }
    }

    private void ConsumeOnBridge(PlannedDevice device, Ipv4Address address, int protocol, PlannedNetwork network)
    {
        _group.Clear();
        uint first = network.Prefix.Network.Value, last = network.Prefix.BroadcastAddress.Value;
        foreach (PlannedService service in device.Services)
        {
            if (service.Direction != ServiceDirection.Consume || !IsActive(service)) continue;
            foreach (PlannedEndpoint endpoint in service.Endpoints)
            {
                if (endpoint.Transport != TransportOf(protocol) || endpoint.Destination.Length == 0) continue;
                uint low = uint.Max(first, endpoint.Destination.Network.Value), high = uint.Min(last, endpoint.Destination.BroadcastAddress.Value);
                if (low > high) continue;
                _group.Add(new Box(low, high, endpoint.Range.Low, endpoint.Range.High, SidOf(device, service), DeadlineOf(service)), true);
            }
        }
        Incomplete |= !_group.Resolve(1, 0);
        foreach (ExactClaim exact in _group.Exact)
        {
            Add(Element.HeadOf(SetId.L2Consume, protocol, 0, exact.Port, exact.Port),
                address: Element.AddressOf(address.Value, address.Value, exact.Address, exact.Address), data: exact.Data, deadline: exact.Deadline);
        }
        foreach (Box box in _group.Ranges)
        {
            Add(Element.HeadOf(SetId.L2ConsumeRange, protocol, 0, box.PortLow, box.PortHigh),
                address: Element.AddressOf(address.Value, address.Value, box.Low, box.High), data: box.Data, deadline: box.Deadline);
        }
    }

    // Forwards of services that are on come first: an external port has one owner.
    private void PortForwards(PlannedDevice device, uint address)
    {
        var taken = new HashSet<int>();
        var kept = new BoxSet();
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (PlannedService service in device.Services)
            {
                if (service.Direction == ServiceDirection.Provide && service.Forwards.Count > 0 && IsActive(service) == (pass == 0))
                    PortForwards(device, service, address, taken, kept);
            }
        }
        // The set of ranges is disjoint over (transport, port): the transport stands in for an address.
        foreach (Box box in kept.Boxes)
            Add(Element.HeadOf(SetId.Forward4Range, (int)box.Low, 0, box.PortLow, box.PortHigh), data: box.Data);
    }

    private void PortForwards(PlannedDevice device, PlannedService service, uint address, HashSet<int> taken, BoxSet kept)
    {
        int used = 0;
        foreach (PlannedForward forward in service.Forwards)
        {
            if (!_claims.Holds(device, forward, service.Active)) continue;
            int protocol = forward.Transport == Transports.Tcp ? Tcp : Udp;
            if (forward.External == forward.Internal && forward.External.Count > ClaimGroup.ExpandUpTo)
            {
                Incomplete |= !kept.Add(new Box((uint)protocol, (uint)protocol, forward.External.Low, forward.External.High, address));
                continue;
            }
            // dnat maps a whole range to its first port, so ranges that shift take an element for each port.
            for (int i = 0; i < forward.External.Count && i < forward.Internal.Count; i++)
            {
                if (++used > ForwardsPerService)
                {
                    Incomplete = true;
                    return;
                }
                ushort external = (ushort)(forward.External.Low + i);
                if (!taken.Add((protocol << 16) | external)) continue;
                Add(Element.HeadOf(SetId.Forward4, protocol, 0, external, external), data: ((ulong)address << 16) | (ushort)(forward.Internal.Low + i));
            }
        }
    }
}
