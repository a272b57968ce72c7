using System;
using System.Collections.Generic;
using Dwirm.Wire;

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

    public NetworkState(string name)
    {
        Name = name;
        _clientsBySpan = _clients.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    /// <summary>Null for a network that is no longer configured; its leases run out.</summary>
    public Dhcpv4NetworkConfig? Config { get; private set; }

    public AddressPool Pool { get; private set; } = new(default, 0);

    /// <summary>Free leases whose address any client may take, longest free first.</summary>
    public LeaseHeap Reusable { get; } = new();

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
        Pool = PoolOf(config);
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
        Pool.Take(address);
        return true;
    }

    /// <summary>The configured range as far as it lies in the prefix: an address outside would be refused to whoever was offered it.</summary>
    private static AddressPool PoolOf(Dhcpv4NetworkConfig? config)
    {
        if (config is not { DynamicDhcp: true }) return new AddressPool(default, 0);
        Ipv4Address first = config.PoolStart > config.RouterPrefix.Network ? config.PoolStart : config.RouterPrefix.Network;
        Ipv4Address last = config.PoolEnd < config.RouterPrefix.BroadcastAddress ? config.PoolEnd : config.RouterPrefix.BroadcastAddress;
        if (first > last) return new AddressPool(default, 0);
        return new AddressPool(first, (int)Math.Min((long)last.Value - first.Value + 1, Dhcpv4NetworkConfig.MaximumPoolSize));
    }

    private void Add(Dhcpv4Host host, Dhcpv4NetworkConfig config)
    {
        foreach (MacAddress mac in host.Macs) _hostsByMac.TryAdd(mac.Value, host);
        if (host.ClientId.Length > 0) _hostsById.TryAdd(host.ClientId, host);
        if (host.Name.Length > 0)
        {
            _names.TryAdd(host.Name, host);
            if (host.Macs.Count == 0 && host.ClientId.Length == 0) _hostsByName.TryAdd(host.Name, host);
        }
        if (host.Address is not { } address || !config.RouterPrefix.Contains(address) || _excluded.Contains(address.Value)) return;
        if (_owners.TryAdd(address.Value, host)) Pool.Take(address);
    }

    /// <summary>The host entry a client falls under: by client identifier, then hardware address, then the name it sends.</summary>
    public Dhcpv4Host? FindHost(ReadOnlySpan<char> clientId, MacAddress mac, ReadOnlySpan<char> hostname)
    {
        if (_hostsById.Count > 0 && !clientId.IsEmpty &&
            _hostsById.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(clientId, out Dhcpv4Host? host)) return host;
        if (_hostsByMac.TryGetValue(mac.Value, out host)) return host;
        if (_hostsByName.Count > 0 && !hostname.IsEmpty &&
            _hostsByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(hostname, out host)) return host;
        return null;
    }

    /// <summary>True when a host entry has the name; nobody else may then call itself so.</summary>
    public bool IsReservedName(ReadOnlySpan<char> name) => _names.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(name);

    /// <summary>The host an address is reserved for.</summary>
    public Dhcpv4Host? OwnerOf(Ipv4Address address) => _owners.GetValueOrDefault(address.Value);

    /// <summary>True when the address belongs to the dynamic pool and to nobody in particular.</summary>
    public bool IsDynamic(Ipv4Address address) =>
        Pool.Contains(address) && !_excluded.Contains(address.Value) && !_owners.ContainsKey(address.Value);

    /// <summary>True when the address is one that no client may have.</summary>
    public bool IsExcluded(Ipv4Address address) => _excluded.Contains(address.Value);

    /// <summary>Makes the address of a forgotten lease available again.</summary>
    public void Release(Ipv4Address address)
    {
        if (IsDynamic(address)) Pool.Release(address);
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
