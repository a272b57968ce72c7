using System;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>One network: its configuration made searchable, and who holds what on it.</summary>
internal sealed class NetworkState
{
    private readonly Dictionary<string, LeaseSlot> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeaseSlot>.AlternateLookup<ReadOnlySpan<char>> _clientsBySpan;
    private readonly Dictionary<ulong, LeaseSlot> _macs = [];
    private readonly HashSet<uint> _excluded = [];
    private readonly Dictionary<ulong, Dhcpv4Host> _hostsByMac = [];
    private readonly Dictionary<string, Dhcpv4Host> _hostsById = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dhcpv4Host> _hostsByName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dhcpv4Host> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<uint, Dhcpv4Host> _owners = [];
    private readonly List<Dhcpv4Host> _conditional = [];
    private readonly List<Dhcpv4Host> _patterned = [];
    private RangeState[] _ranges = [];

    public NetworkState(string name)
    {
        Name = name;
        _clientsBySpan = _clients.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    /// <summary>Null for a network that is no longer configured; its leases run out.</summary>
    public Dhcpv4NetworkConfig? Config { get; private set; }

    /// <summary>The ranges in the order they are asked.</summary>
    public ReadOnlySpan<RangeState> Ranges => _ranges;

    public OptionTable Options { get; private set; } = new([]);

    /// <summary>How many addresses are offered and not yet taken.</summary>
    public int Offered { get; set; }

    /// <summary>How many addresses rest because somebody answered a probe.</summary>
    public int Conflicts { get; set; }

    /// <summary>How many new clients the network takes on, in thousandths; refilled with time.</summary>
    public long NewcomerMilliTokens { get; set; } = -1;

    public long NewcomerRefillMs { get; set; }

    /// <summary>Addresses of all ranges.</summary>
    public int PoolSize { get; private set; }

    /// <summary>Free leases that are remembered only for their own client: reserved addresses, and those of an earlier pool.</summary>
    public LeaseHeap Retired { get; } = new();

    /// <summary>Takes a new configuration; the caller then puts the leases' addresses back into the pool.</summary>
    public void Configure(Dhcpv4NetworkConfig? config)
    {
        Config = config;
        _excluded.Clear();
        _hostsByMac.Clear();
        _hostsById.Clear();
        _hostsByName.Clear();
        _names.Clear();
        _owners.Clear();
        _conditional.Clear();
        _patterned.Clear();
        ConfigureRanges(config);
        Options = new OptionTable(config?.Options ?? []);
        if (config is null) return;
        Exclude(config.RouterPrefix.Address);
        if (config.RouterPrefix.Length <= 30)
        {
            Exclude(config.RouterPrefix.Network);
            Exclude(config.RouterPrefix.BroadcastAddress);
        }
        foreach (Ipv4Address address in config.Routers) Exclude(address);
        foreach (Ipv4Address address in config.Dns) Exclude(address);
        foreach (Ipv4Address address in config.Ntp) Exclude(address);
        foreach (Dhcpv4Host host in config.Hosts) Add(host, config);
    }

    /// <summary>Keeps an address from ever being given: the router's own, or a server's. True when that is new.</summary>
    public bool Exclude(Ipv4Address address)
    {
        if (!_excluded.Add(address.Value)) return false;
        Take(address);
        return true;
    }

    /// <summary>Marks an address as taken in whichever range it lies.</summary>
    public void Take(Ipv4Address address)
    {
        foreach (RangeState range in _ranges) range.Pool.Take(address);
    }

    private void ConfigureRanges(Dhcpv4NetworkConfig? config)
    {
        PoolSize = 0;
        _ranges = config is null ? [] : new RangeState[1 + config.MoreRanges.Count];
        for (int i = 0; i < _ranges.Length; i++)
        {
            Dhcpv4Range range = i > 0 ? config!.MoreRanges[i - 1] : new Dhcpv4Range(config!.PoolStart, config.PoolEnd)
            {
                Condition = config.RangeCondition,
                Gives = config.RangeTags,
                LeaseSeconds = config.LeaseSeconds,
                Dynamic = config.DynamicDhcp,
            };
            _ranges[i] = RangeState.Of(range, config!.RouterPrefix);
            PoolSize += _ranges[i].Pool.Size;
        }
    }

    private void Add(Dhcpv4Host host, Dhcpv4NetworkConfig config)
    {
        if (host.Name.Length > 0) _names.TryAdd(host.Name, host);
        if (host.Patterns.Count > 0) _patterned.Add(host);
        if (!host.Condition.IsEmpty) _conditional.Add(host);
        else
        {
            foreach (MacAddress mac in host.Macs) _hostsByMac.TryAdd(mac.Value, host);
            if (host.ClientId.Length > 0) _hostsById.TryAdd(host.ClientId, host);
            if (IsKnownByName(host)) _hostsByName.TryAdd(host.Name, host);
        }
        if (host.Address is not { } address || !config.RouterPrefix.Contains(address) || _excluded.Contains(address.Value)) return;
        if (_owners.TryAdd(address.Value, host)) Take(address);
    }

    /// <summary>
    /// The host entry a client falls under: by client identifier, then hardware address, then the name it sends, then a pattern of hardware
    /// addresses. Entries that ask for tags come first in each.
    /// </summary>
    public Dhcpv4Host? FindHost(ReadOnlySpan<char> clientId, MacAddress mac, ReadOnlySpan<char> hostname, in TagSet tags)
    {
        if (_conditional.Count > 0 && FindConditional(clientId, mac, hostname, tags) is { } conditional) return conditional;
        if (_hostsById.Count > 0 && !clientId.IsEmpty && FindById(clientId) is { } known) return known;
        if (_hostsByMac.TryGetValue(mac.Value, out Dhcpv4Host? host)) return host;
        if (_hostsByName.Count > 0 && !hostname.IsEmpty &&
            _hostsByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(hostname, out host)) return host;
        return _patterned.Count > 0 ? FindPattern(mac, tags) : null;
    }

    /// <summary>The identifier as it is; and without its leading zero, which some clients put before a plain name.</summary>
    private Dhcpv4Host? FindById(ReadOnlySpan<char> clientId)
    {
        var lookup = _hostsById.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(clientId, out Dhcpv4Host? host)) return host;
        return clientId.StartsWith("00") && lookup.TryGetValue(clientId[2..], out host) ? host : null;
    }

    private Dhcpv4Host? FindConditional(ReadOnlySpan<char> clientId, MacAddress mac, ReadOnlySpan<char> hostname, in TagSet tags)
    {
        Dhcpv4Host? byMac = null, byName = null;
        foreach (Dhcpv4Host host in _conditional)
        {
            if (!host.Condition.Holds(tags)) continue;
            if (!clientId.IsEmpty && host.ClientId.Length > 0 && clientId.Equals(host.ClientId, StringComparison.OrdinalIgnoreCase)) return host;
            for (int i = 0; i < host.Macs.Count; i++)
            {
                if (host.Macs[i] == mac) byMac ??= host;
            }
            if (IsKnownByName(host) && hostname.Equals(host.Name, StringComparison.OrdinalIgnoreCase)) byName ??= host;
        }
        return byMac ?? byName;
    }

    private Dhcpv4Host? FindPattern(MacAddress mac, in TagSet tags)
    {
        Dhcpv4Host? best = null;
        int most = -1;
        foreach (Dhcpv4Host host in _patterned)
        {
            if (!host.Condition.Holds(tags)) continue;
            for (int i = 0; i < host.Patterns.Count; i++)
            {
                MacPattern pattern = host.Patterns[i];
                if (pattern.FixedOctets > most && pattern.Matches(mac)) (best, most) = (host, pattern.FixedOctets);
            }
        }
        return best;
    }

    private static bool IsKnownByName(Dhcpv4Host host) =>
        host.Name.Length > 0 && host.Macs.Count == 0 && host.ClientId.Length == 0 && host.Patterns.Count == 0;

    /// <summary>The tags a message gives its client.</summary>
    public TagSet TagsOf(in Dhcpv4Packet packet, MacAddress mac)
    {
        Dhcpv4NetworkConfig config = Config!;
        TagSet tags = config.Tags;
        if (packet.MessageType == Dhcpv4MessageType.None) tags |= config.BootpTag;
        for (int i = 0; i < config.TagRules.Count; i++)
        {
            Dhcpv4TagRule rule = config.TagRules[i];
            if (!tags.Contains(rule.Gives) && rule.Matches(packet, mac)) tags |= rule.Gives;
        }
        return tags;
    }

    /// <summary>The range an address was given from: the one it lies in, else the first that is for the client, else the first.</summary>
    public RangeState RangeOf(Ipv4Address address, in TagSet tags)
    {
        RangeState? fitting = null;
        foreach (RangeState range in _ranges)
        {
            if (!range.Range.Condition.Holds(tags)) continue;
            if (range.Pool.Contains(address)) return range;
            fitting ??= range;
        }
        return fitting ?? _ranges[0];
    }

    /// <summary>True when a host entry has the name; nobody else may then call itself so.</summary>
    public bool IsReservedName(ReadOnlySpan<char> name) => _names.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(name);

    /// <summary>The host an address is reserved for.</summary>
    public Dhcpv4Host? OwnerOf(Ipv4Address address) => _owners.GetValueOrDefault(address.Value);

    /// <summary>True when the address belongs to a range and to nobody in particular.</summary>
    public bool IsDynamic(Ipv4Address address) =>
        FindRange(address) is not null && !_excluded.Contains(address.Value) && !_owners.ContainsKey(address.Value);

    /// <summary>The range an address lies in; null for none.</summary>
    public RangeState? FindRange(Ipv4Address address)
    {
        foreach (RangeState range in _ranges)
        {
            if (range.Pool.Contains(address)) return range;
        }
        return null;
    }

    /// <summary>True when the address is a dynamic one of a range that is for a client with these tags.</summary>
    public bool IsDynamicFor(Ipv4Address address, in TagSet tags)
    {
        if (!IsDynamic(address)) return false;
        foreach (RangeState range in _ranges)
        {
            if (range.Pool.Contains(address) && range.Range.Condition.Holds(tags)) return true;
        }
        return false;
    }

    /// <summary>True when the address is one that no client may have.</summary>
    public bool IsExcluded(Ipv4Address address) => _excluded.Contains(address.Value);

    /// <summary>Makes the address of a forgotten lease available again.</summary>
    public void Release(Ipv4Address address)
    {
        if (!IsDynamic(address)) return;
        foreach (RangeState range in _ranges) range.Pool.Release(address);
    }

    /// <summary>The client's binding, offer or remembered address.</summary>
    public LeaseSlot? FindClient(ReadOnlySpan<char> key) => _clientsBySpan.TryGetValue(key, out LeaseSlot? slot) ? slot : null;

    /// <summary>Makes the slot the one its client is found by.</summary>
    public void Link(LeaseSlot slot) => _clients[slot.Key] = slot;

    /// <summary>Forgets the slot as its client's, if it is.</summary>
    public void Unlink(LeaseSlot slot)
    {
        if (_clients.TryGetValue(slot.Key, out LeaseSlot? linked) && ReferenceEquals(linked, slot)) _clients.Remove(slot.Key);
    }

    /// <summary>The lease of a hardware address that counts most: bound before offered before the rest, then the one that ends last.</summary>
    public Lease? FindMac(MacAddress mac)
    {
        Lease? best = null;
        for (LeaseSlot? slot = _macs.GetValueOrDefault(mac.Value); slot is not null; slot = slot.NextSameMac)
        {
            if (best is null || Counts(slot.Lease) > Counts(best) ||
                (Counts(slot.Lease) == Counts(best) && slot.Lease.ExpiresMs > best.ExpiresMs)) best = slot.Lease;
        }
        return best;

        static int Counts(Lease lease) => lease.State switch { LeaseState.Bound => 3, LeaseState.Offered => 2, LeaseState.Free => 1, _ => 0 };
    }

    /// <summary>How many leases a hardware address has, addresses it was not given for a conflict aside; counts no further than the limit.</summary>
    public int CountMac(MacAddress mac, int limit)
    {
        int count = 0;
        for (LeaseSlot? slot = _macs.GetValueOrDefault(mac.Value); slot is not null && count < limit; slot = slot.NextSameMac)
        {
            if (!slot.IsConflict) count++;
        }
        return count;
    }

    /// <summary>The free lease of a hardware address that ended first; null when all are in use.</summary>
    public LeaseSlot? OldestFreeOf(MacAddress mac)
    {
        LeaseSlot? oldest = null;
        for (LeaseSlot? slot = _macs.GetValueOrDefault(mac.Value); slot is not null; slot = slot.NextSameMac)
        {
            if (slot.Lease.State == LeaseState.Free && (oldest is null || slot.Lease.ExpiresMs < oldest.Lease.ExpiresMs)) oldest = slot;
        }
        return oldest;
    }

    public void AddMac(LeaseSlot slot)
    {
        slot.NextSameMac = _macs.GetValueOrDefault(slot.Lease.Mac.Value);
        _macs[slot.Lease.Mac.Value] = slot;
    }

    public void RemoveMac(LeaseSlot slot)
    {
        ulong mac = slot.Lease.Mac.Value;
        LeaseSlot? before = null;
        for (LeaseSlot? at = _macs.GetValueOrDefault(mac); at is not null; before = at, at = at.NextSameMac)
        {
            if (!ReferenceEquals(at, slot)) continue;
            if (before is not null) before.NextSameMac = slot.NextSameMac;
            else if (slot.NextSameMac is not null) _macs[mac] = slot.NextSameMac;
            else _macs.Remove(mac);
            slot.NextSameMac = null;
            return;
        }
    }
}
