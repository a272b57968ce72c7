using System;
using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Dns;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Suggestions;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Observe;

/// <summary>What one device was seen doing. In memory, bounded, and gone with the daemon.</summary>
internal sealed class Observation
{
    /// <summary>Most flows that are told apart, and most addresses whose names are remembered.</summary>
    public const int MaxFlows = 256, MaxNames = 512;

    private readonly Ipv6Address[] _addresses = new Ipv6Address[MaxNames];
    private readonly string[] _names = new string[MaxNames];
    private readonly DnsAddress[] _read = new DnsAddress[64];

    // The number of the last look that saw the flow of the same index.
    private readonly List<int> _lookOf = [];
    private int _nameCount, _nextName;

    /// <summary>An observation that begins.</summary>
    public Observation(MacAddress mac, string network, long sinceUnixMs, long untilMs)
    {
        (Mac, Network, SinceUnixMs, UntilMs) = (mac, network, sinceUnixMs, untilMs);
        Asker = new Device(new DeviceRecord { Mac = mac, Network = network }) { Dns = new DnsUse { Learn = Learn } };
    }

    /// <summary>Which device.</summary>
    public MacAddress Mac { get; }

    /// <summary>Logical network.</summary>
    public string Network { get; }

    /// <summary>Since when, Unix milliseconds.</summary>
    public long SinceUnixMs { get; }

    /// <summary>Until when, monotonic milliseconds; 0 when it has ended, and only what was seen is left.</summary>
    public long UntilMs { get; set; }

    /// <summary>True while it goes on.</summary>
    public bool IsRunning => UntilMs != 0;

    /// <summary>Stands for the device at the forwarder; it is not on record.</summary>
    public Device Asker { get; }

    /// <summary>Its leased address; null while it has none.</summary>
    public Ipv4Address? Address { get; set; }

    /// <summary>Its IPv6 addresses, as the kernel's neighbour table had them at the last look.</summary>
    public List<Ipv6Address> Addresses6 { get; } = [];

    /// <summary>What was seen, in the order it was seen first.</summary>
    public List<ObservedFlow> Flows { get; } = [];

    /// <summary>Flows that found no room.</summary>
    public long Missed { get; private set; }

    /// <summary>True for an address of the device.</summary>
    public bool Holds(Ipv6Address address) => address.AsIpv4 is { } v4 ? v4 == Address : Addresses6.Contains(address);

    /// <summary>Notes a flow.</summary>
    /// <param name="direction">Which side opened it.</param>
    /// <param name="transport">Tcp or Udp.</param>
    /// <param name="port">The port it was opened to.</param>
    /// <param name="peer">The other side.</param>
    /// <param name="look">Number of the look.</param>
    /// <param name="unixMs">The time.</param>
    public void See(ServiceDirection direction, Transports transport, ushort port, Ipv6Address peer, int look, long unixMs)
    {
        bool consumes = direction == ServiceDirection.Consume;
        string name = consumes ? NameOf(peer) : "";
        for (int i = 0; i < Flows.Count; i++)
        {
            ObservedFlow flow = Flows[i];
            if (flow.Port != port || flow.Direction != direction || flow.Transport != transport || flow.Name != name) continue;
            if (consumes && name.Length == 0 && flow.Peer != peer) continue;
            if (_lookOf[i] != look) flow.Sightings++;
            (_lookOf[i], flow.Peer, flow.LastUnixMs) = (look, peer, unixMs);
            return;
        }
        if (Flows.Count == MaxFlows)
        {
            Missed++;
            return;
        }
        var seen = new ObservedFlow { Direction = direction, Transport = transport, Port = port, Name = name };
        (seen.Peer, seen.Sightings, seen.LastUnixMs) = (peer, 1, unixMs);
        Flows.Add(seen);
        _lookOf.Add(look);
    }

    /// <summary>The name the device last asked for and got this address; empty for none.</summary>
    private string NameOf(Ipv6Address address)
    {
        for (int back = 1; back <= _nameCount; back++)
        {
            int i = (_nextName - back + MaxNames) % MaxNames;
            if (_addresses[i] == address) return _names[i];
        }
        return "";
    }

    // An answer to a question of the device; names that a profile cannot have are passed over.
    private void Learn(in DnsMessage message)
    {
        Span<char> text = stackalloc char[DnsName.MaxSize];
        ReadOnlySpan<char> name = message.ReadQuestionName(text);
        int count = message.ReadAddresses(_read);
        if (count == 0 || !EndpointName.TryParse(name, out EndpointName? endpoint) || !endpoint!.IsName) return;
        string host = endpoint.Host;
        foreach (DnsAddress address in _read.AsSpan(0, count))
        {
            Ipv6Address one = address.IsIpv6 ? address.Ipv6 : Ipv6Address.Mapped(address.Ipv4);
            if (NameOf(one) == host) continue;
            (_addresses[_nextName], _names[_nextName]) = (one, host);
            _nextName = (_nextName + 1) % MaxNames;
            _nameCount = Math.Min(_nameCount + 1, MaxNames);
        }
    }
}
