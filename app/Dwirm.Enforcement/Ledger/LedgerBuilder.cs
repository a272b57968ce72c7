using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Dwirm.Enforcement.Shaping;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <summary>Turns a plan into the elements the kernel is to have: sorted, each key once, ranges disjoint.</summary>
internal sealed partial class LedgerBuilder(InterfaceNames names)
{
    /// <summary>An element outlives the window of its schedule by this, so that it is we who close it, with the counter read; when we are gone the kernel does.</summary>
    public const long DeadlineGraceMs = 3000;

    /// <summary>Chains that verdict maps go to; a verdict's data is an index here, the strictest first.</summary>
    public static readonly string[] Chains =
        ["src_managed", "src_unknown", "src_full", "lan_from", "lan_isolate", "lan_quarantine", "lan_full"];

    private const int SrcManaged = 0, SrcUnknown = 1, SrcFull = 2, LanFrom = 3, LanIsolate = 4, LanQuarantine = 5, LanFull = 6;
    private const int Tcp = 6, Udp = 17;
    private const ulong Reply = 1UL << 32;

    private static readonly HashSet<string> Nowhere = [];

    private readonly List<Element> _elements = [];
    private EnforcementPlan _plan = new([], [], []);
    private ClaimTable _claims = new();
    private HashSet<string> _unshaped = Nowhere;
    private long _nowMs;

    /// <summary>True when a bound left something out that the plan asks for; it is then not granted.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>The elements for a plan as a whole, in one sorted list.</summary>
    /// <param name="plan">What is wanted.</param>
    /// <param name="ports">Ports of bridges, for the posture of devices that never negotiated.</param>
    /// <param name="nowMs">Monotonic milliseconds; 0 when no service's window shall be taken for over.</param>
    /// <param name="unshaped">Devices that have no HTB of ours although rates are wanted there: those rates are policed.</param>
    public List<Element> Build(EnforcementPlan plan, IReadOnlyList<BridgePort> ports, long nowMs, HashSet<string>? unshaped = null)
    {
        var ledger = new ElementLedger(names);
        PlanChange change = PlanChange.Whole(plan);
        ledger.Take(change);
        ledger.Build(change, ports, nowMs, unshaped ?? Nowhere);
        Incomplete = ledger.Incomplete;
        List<Element> all = [];
        ledger.EachBlock(all.AddRange);
        all.Sort();
        return all;
    }

    /// <summary>Begins a change.</summary>
    /// <param name="networks">The networks whose DHCP is ours.</param>
    /// <param name="uplinks">The outside.</param>
    /// <param name="claims">Who holds what.</param>
    /// <param name="nowMs">Monotonic milliseconds; 0 when no service's window shall be taken for over.</param>
    /// <param name="unshaped">Devices that have no HTB of ours although rates are wanted there: those rates are policed.</param>
    public void Begin(IReadOnlyList<PlannedNetwork> networks, IReadOnlyList<PlannedUplink> uplinks, ClaimTable claims, long nowMs, HashSet<string> unshaped)
    {
        _plan = new EnforcementPlan(networks, uplinks, []);
        (_claims, _nowMs, _unshaped, Incomplete) = (claims, nowMs, unshaped, false);
    }

    /// <summary>The elements that are no device's: sorted, each key once.</summary>
    public Element[] Globals(IReadOnlyList<BridgePort> ports)
    {
        Clear();
        Constants();
        foreach (PlannedNetwork network in _plan.Networks) Network(network);
        foreach (PlannedUplink uplink in _plan.Uplinks) Uplink(uplink);
        foreach (BridgePort port in ports) Port(port);
        return [.. Finish()];
    }

    /// <summary>The elements of one device: sorted, each key once, ranges disjoint. No other device has one of the same key. Good until the next are made.</summary>
    public Span<Element> Device(PlannedDevice device)
    {
        Clear();
        Identity(device);
        Services(device);
        return Finish();
    }

    private void Clear()
    {
        _elements.Clear();
        if (_elements.Capacity > 4096) _elements.Capacity = 0;
    }

    private Span<Element> Finish()
    {
        _elements.Sort();
        int kept = 0;
        for (int i = 0; i < _elements.Count; i++)
        {
            Element element = _elements[i];
            if (kept == 0 || _elements[kept - 1].CompareTo(element) != 0) _elements[kept++] = element;
            else if (element.Data < _elements[kept - 1].Data) _elements[kept - 1] = element;
        }
        _elements.RemoveRange(kept, _elements.Count - kept);
        return CollectionsMarshal.AsSpan(_elements);
    }

    private void Constants()
    {
        Add(Element.HeadOf(SetId.Base, Udp, 0, 67, 67));
        Add(Element.HeadOf(SetId.Base, Udp, 0, 53, 53));
        Add(Element.HeadOf(SetId.Base, Udp, 0, 123, 123));
        Add(Element.HeadOf(SetId.Base, Udp, 0, 547, 547));
        Add(Element.HeadOf(SetId.Base, Tcp, 0, 53, 53));
        // Multicast listener report, done and report version 2, router and neighbour solicitation, neighbour advertisement.
        foreach (byte type in (ReadOnlySpan<byte>)[131, 132, 133, 135, 136, 143]) Add(Element.HeadOf(SetId.Discovery, type));
    }

    private void Network(PlannedNetwork network)
    {
        int iface = names.NumberOf(network.Device);
        if (iface < 0) return;
        int chain = network.Posture == NetworkPosture.Quarantine ? SrcUnknown : SrcFull;
        Add(Element.HeadOf(SetId.Lan, iface: iface));
        Add(Element.HeadOf(SetId.Posture, iface: iface), data: (ulong)chain);
        if (network.Posture == NetworkPosture.Isolate) Add(Element.HeadOf(SetId.Isolated, iface: iface));
        Add(Element.HeadOf(SetId.Hairpin, iface: iface),
            address: Element.AddressOf(network.Prefix.Network.Value, network.Prefix.BroadcastAddress.Value, 0, 0));
        Prefixes6(SetId.Net6, iface, network);
        // Without the forwarder an observed device asks whom it always asked.
        foreach (Ipv4Address address in network.HasForwarder ? network.Observed : [])
        {
            Add(Element.HeadOf(SetId.Observed), address: Element.SourceOf(address));
        }
        Names(network, iface, Udp);
        Names(network, iface, Tcp);
    }

    private void Names(PlannedNetwork network, int iface, int protocol)
    {
        if (network.ForeignDns == ForeignDns.Allow) Add(Element.HeadOf(SetId.DnsAllowed, protocol, iface, 53, 53));
        if (network.ForeignDns == ForeignDns.Block) Add(Element.HeadOf(SetId.DnsBlocked, protocol, iface, 53, 53));
        if (!network.HasForwarder) return;
        Add(Element.HeadOf(SetId.Dns, protocol, iface, 53, 53));
        Add(Element.HeadOf(SetId.DnsPort, protocol, iface, Ruleset.ForwarderPort, Ruleset.ForwarderPort));
        if (network.ForeignDns == ForeignDns.Redirect) Add(Element.HeadOf(SetId.DnsForeign, protocol, iface, 53, 53));
    }

    private void Uplink(PlannedUplink uplink)
    {
        int iface = names.NumberOf(uplink.Device);
        if (iface >= 0) Add(Element.HeadOf(SetId.Uplink, iface: iface));
        foreach (Ipv4Address address in uplink.Addresses) Add(Element.HeadOf(SetId.Wan4), address: Element.DestinationOf(address));
    }

    private void Port(BridgePort port)
    {
        int iface = names.NumberOf(port.Name);
        if (iface < 0 || NetworkOf(port.Bridge) is not { } network) return;
        int chain = network.Posture switch
        {
            NetworkPosture.Open => LanFull,
            NetworkPosture.Quarantine => LanQuarantine,
            _ => LanIsolate,
        };
        Add(Element.HeadOf(SetId.L2Port, iface: iface), data: (ulong)chain);
        Prefixes6(SetId.L2Net6, iface, network);
    }

    private void Identity(PlannedDevice device)
    {
        if (device.Posture == DevicePosture.Ordinary) return;
        bool managed = device.Posture == DevicePosture.Managed;
        // A device whose network is gone is restricted on every bridge.
        bool bridged = NetworkOf(device.Device) is not { IsBridge: false };
        int iface = names.NumberOf(device.Device);
        ulong mac = device.Mac.Value;
        Add(Element.HeadOf(SetId.Dev), mac, data: (ulong)(managed ? SrcManaged : SrcFull));
        if (bridged)
        {
            Add(Element.HeadOf(SetId.L2Dev), mac, data: (ulong)(managed ? SrcManaged : SrcFull));
            Add(Element.HeadOf(SetId.L2Class), mac, data: (ulong)(managed ? LanFrom : LanFull));
        }
        if (!managed)
        {
            Add(Element.HeadOf(SetId.Full), mac);
            return;
        }
        if (bridged) Add(Element.HeadOf(SetId.L2Managed), mac);
        foreach (Ipv4Address address in device.Addresses4)
        {
            // An address belongs to one device; a second claim to it gets nothing.
            if (!_claims.Holds(device, address)) continue;
            Own(SetId.Own4, SetId.Bind4, iface, mac, Element.SourceOf(address));
            if (bridged) Own(SetId.L2Own4, SetId.L2Bind4, 0, mac, Element.SourceOf(address));
        }
        OwnIpv6(device, Ipv6Address.LinkLocalFrom(device.Mac), iface, bridged);
        foreach (Ipv6Address address in device.Addresses6)
        {
            if (_claims.Holds(device, address)) OwnIpv6(device, address, iface, bridged);
        }
    }

    private void Own(SetId own, SetId bind, int iface, ulong mac, UInt128 address)
    {
        Add(Element.HeadOf(own), address: address);
        if (iface >= 0) Add(Element.HeadOf(bind, iface: iface), mac, address);
    }

    private PlannedNetwork? NetworkOf(string device)
    {
        foreach (PlannedNetwork network in _plan.Networks)
        {
            if (network.Device == device) return network;
        }
        return null;
    }

    private bool IsActive(PlannedService service) =>
        service.Active && (service.ActiveUntilMs == 0 || service.ActiveUntilMs + DeadlineGraceMs > _nowMs);

    private static long DeadlineOf(PlannedService service) => service.ActiveUntilMs == 0 ? 0 : service.ActiveUntilMs + DeadlineGraceMs;

    private static uint SidOf(PlannedDevice device, PlannedService service) => (device.Generation << 8) | service.Id;

    private static Transports TransportOf(int protocol) => protocol == Tcp ? Transports.Tcp : Transports.Udp;

    private void Add(ulong head, ulong mac = 0, UInt128 address = default, ulong data = 0, long deadline = 0) =>
        _elements.Add(new Element(head, mac, address, data, deadline));

    private void Live(PlannedDevice device, PlannedService service, bool bridged)
    {
        uint sid = SidOf(device, service);
        uint classId = TrafficClass.IdOf(device, service);
        Police(device, service, classId == 0, out bool original, out bool reply);
        Add(Element.HeadOf(SetId.Live), sid, data: original ? TrafficClass.Policed : classId, deadline: DeadlineOf(service));
        Add(Element.HeadOf(SetId.Live), Reply | sid, data: reply ? TrafficClass.Policed : classId, deadline: DeadlineOf(service));
        if (bridged && service.RateBitsPerSecond > 0)
        {
            ulong rate = (ulong)long.Max(1, service.RateBitsPerSecond / 8);
            Add(Element.HeadOf(SetId.L2Up), sid, data: rate);
            Add(Element.HeadOf(SetId.L2Down), sid, data: rate);
        }
    }

    // Where there is no queue of ours a rate is policed: on devices with a root of somebody else's, for services that found no class, and
    // towards the router itself.
    private void Police(PlannedDevice device, PlannedService service, bool unclassed, out bool original, out bool reply)
    {
        bool consumes = service.Direction == ServiceDirection.Consume;
        ulong sid = SidOf(device, service), towards = consumes ? Reply | sid : sid, from = consumes ? sid : Reply | sid;
        ulong down = (ulong)ClassPlan.RateOf(service, device.DownBitsPerSecond), up = (ulong)ClassPlan.RateOf(service, device.UpBitsPerSecond);
        bool inwards = down > 0 && (unclassed || _unshaped.Contains(device.Device)), queued = !unclassed;
        foreach (PlannedUplink uplink in _plan.Uplinks) queued &= uplink.Device == device.Device || !_unshaped.Contains(uplink.Device);
        foreach (PlannedNetwork network in _plan.Networks) queued &= network.Device == device.Device || !_unshaped.Contains(network.Device);
        bool outwards = up > 0 && !queued;
        if (inwards) Add(Element.HeadOf(SetId.Police), towards, data: down);
        if (outwards) Add(Element.HeadOf(SetId.Police), from, data: up);
        if (consumes && up > 0) Add(Element.HeadOf(SetId.PoliceInput), from, data: up);
        (original, reply) = consumes ? (outwards, inwards) : (inwards, outwards);
    }
}

/// <summary>A port of a bridge.</summary>
/// <param name="Name">The port's device.</param>
/// <param name="Bridge">The bridge's device.</param>
public readonly record struct BridgePort(string Name, string Bridge);
