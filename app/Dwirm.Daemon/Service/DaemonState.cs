using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Observe;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>What the services of one daemon share. Made once by <see cref="RouterDaemon"/>; one thread.</summary>
internal sealed class DaemonState
{
    private Violations? _violations;
    private OffloadWatch? _offload;

    /// <summary>Lines for the operator.</summary>
    public required Log Log { get; init; }

    /// <summary>The loop.</summary>
    public required EventLoop Loop { get; init; }

    /// <summary>UCI, as last read without a fault.</summary>
    public required DaemonConfig Config { get; set; }

    /// <summary>The site's policy, as last read without a fault.</summary>
    public required PolicyEngine Policy { get; set; }

    /// <summary>The DHCPv4 engine with its lease table.</summary>
    public required Dhcpv4Engine Dhcp { get; init; }

    /// <summary>What is wrong with the configuration that was refused last; empty when the present one is the newest.</summary>
    public IReadOnlyList<ConfigFault> ConfigFaults { get; set; } = [];

    /// <summary>Devices that negotiated or were spoken of.</summary>
    public required DeviceTable Devices { get; init; }

    /// <summary>External ports in use.</summary>
    public ForwardLedger Forwards { get; } = new();

    /// <summary>The router's time zone.</summary>
    public RouterZone Zone { get; } = new();

    /// <summary>The router's own prefixes: endpoints inside them need the owner's word.</summary>
    public IReadOnlyList<Ipv4Prefix> LocalPrefixes
    {
        get
        {
            List<Ipv4Prefix> prefixes = [];
            foreach (NetworkSettings settings in Config.Networks) prefixes.Add(settings.Dhcp.RouterPrefix);
            return prefixes;
        }
    }

    /// <summary>The same for IPv6, as the interfaces have it now.</summary>
    public IReadOnlyList<Ipv6Prefix> LocalPrefixes6 => Enforcement.LocalPrefixes6;

    /// <summary>Counters.</summary>
    public Counters Counters { get; } = new();

    /// <summary>The name server of devices under grants; null where there is none.</summary>
    public DnsService? Dns { get; set; }

    /// <summary>Whose IPv6 address is whose; null where none are learnt.</summary>
    public AddressLearner? Addresses6 { get; set; }

    /// <summary>Names of endpoints and their addresses.</summary>
    public required NameTable Names { get; init; }

    /// <summary>The kernel's side.</summary>
    public required EnforcementService Enforcement { get; init; }

    /// <summary>The turn's effects.</summary>
    public required Turn Turn { get; init; }

    /// <summary>Whether flows pass our rules at all.</summary>
    internal OffloadWatch Offload => _offload ??= new OffloadWatch(this);

    /// <summary>What rules log; null where nothing listens.</summary>
    internal PacketLog? Packets { get; set; }

    /// <summary>Who tried what and was refused.</summary>
    internal Violations Violations => _violations ??= new Violations(this);

    /// <summary>Followers of the history.</summary>
    public EventHub Events { get; } = new();

    /// <summary>The tmpfs lease file.</summary>
    public required LeaseFile LeaseFile { get; init; }

    /// <summary>Which lease changes go to flash.</summary>
    public LeaseJournal Journal { get; } = new();

    /// <summary>Ports by logical network.</summary>
    public Dictionary<string, INetworkPort> Ports { get; } = new(StringComparer.Ordinal);

    /// <summary>Decides requests.</summary>
    public Negotiator Negotiator { get; set; } = null!;

    /// <summary>Looks whether addresses are in use before they are offered; null where that is not done.</summary>
    public AddressProbes? Probes { get; set; }

    /// <summary>The way of a packet.</summary>
    public DhcpService Service { get; set; } = null!;

    /// <summary>The owner's word.</summary>
    public OwnerCommands Owner { get; set; } = null!;

    /// <summary>Proves messages and signs answers.</summary>
    public Authenticator Authenticator { get; set; } = null!;

    /// <summary>The owner's keys.</summary>
    public KeyCommands KeyCommands { get; set; } = null!;

    /// <summary>The owner's everyday controls.</summary>
    public OwnerControls Controls { get; set; } = null!;

    /// <summary>Counts against quotas.</summary>
    public QuotaMeter Quotas { get; set; } = null!;

    /// <summary>Looks at what devices use; null where nothing can be observed.</summary>
    public Observer? Observer { get; set; }

    /// <summary>Late answers.</summary>
    public UnsolicitedAnswers Unsolicited { get; set; } = null!;

    /// <summary>The port of a network, or null when it is not served now.</summary>
    public INetworkPort? PortOf(string? network) => network is null ? null : Ports.GetValueOrDefault(network);

    /// <summary>The managed or observed device behind an address of a network, or null; see <see cref="DnsDeviceFinder"/>.</summary>
    public Device? ManagedAt(string network, UInt128 address)
    {
        Device? device;
        if (address >> 32 != 0xffff) device = Addresses6?.HolderOf(new Ipv6Address(address));
        else if (Dhcp.Leases.ByAddress(new Ipv4Address((uint)address)) is { State: LeaseState.Bound } lease)
        {
            if (Observer?.AskerAt(lease.Mac, network) is { } asker) return asker;
            device = Devices.Find(lease.Mac);
        }
        else return null;
        return device is { IsManaged: true } && device.Record.Network == network ? device : null;
    }

    /// <summary>What a refusal means on a network.</summary>
    public DenyAction DenyActionOf(string network)
    {
        foreach (NetworkSettings settings in Config.Networks)
        {
            if (settings.Name == network) return settings.DenyAction;
        }
        return DenyAction.Quarantine;
    }

    /// <summary>True while the device holds a lease.</summary>
    public bool HasLease(Device device) => LeaseOf(device) is not null;

    /// <summary>The bound lease of a device on its network, or null.</summary>
    public Lease? LeaseOf(Device device) =>
        Dhcp.Leases.ByMac(device.Record.Mac, device.Record.Network) is { State: LeaseState.Bound } lease ? lease : null;

    /// <summary>Records a lease that changed, and lets enforcement and the lease file follow.</summary>
    public void LeaseChanged(Lease lease, Device? device, Instant now)
    {
        if (Journal.Takes(lease, now)) Turn.Batch.Put(lease, now);
        LeaseFile.Touch(now);
        Observer?.LeaseChanged(lease.Mac);
        if (lease.State != LeaseState.Bound) LeaseEnded(lease, now);
        else if (device is { IsManaged: true })
        {
            if (device.Record.Network != lease.Network) Negotiator.Move(device, lease.Network, now);
            else if (device.Record.Hostname != lease.Hostname && Journal.TakesFact(now))
            {
                Devices.Update(device, device.Record with { Hostname = lease.Hostname });
                Turn.Batch.Put(device.Record);
            }
            // A renewal changes nothing in the kernel.
            if (LeaseOf(device)?.Address != device.PlannedAddress) Enforcement.MarkDirty(lease.Mac);
        }
    }

    /// <summary>Adds a line to the history about a device that need not be known, and tells the followers.</summary>
    public void History(Instant now, MacAddress mac, string kind, string by, string detail)
    {
        var entry = new HistoryEntry(now.UnixMs, mac, kind, by, detail);
        Turn.Batch.Add(entry);
        Events.Publish(entry);
        Log.Info($"{mac} {kind} by {by}: {detail}");
    }

    /// <summary>Adds a line to the history and tells the followers.</summary>
    public void History(Instant now, Device device, string kind, string by, string detail, string before = "", string after = "")
    {
        var entry = new HistoryEntry(now.UnixMs, device.Record.Mac, kind, by, detail, before, after);
        Turn.Batch.Add(entry);
        Events.Publish(entry);
        if (by == "owner" || Log.AllowsPacketLine(now)) Log.Info($"{entry.Mac} {kind} by {by}{(detail.Length > 0 ? ": " : "")}{detail}");
    }

    /// <summary>Forgets what a device was waiting for.</summary>
    public void CancelDeadlines(Device device)
    {
        if (device.DecisionDeadline is not null) Loop.Deadlines.Cancel(device.DecisionDeadline);
        if (device.VerdictDeadline is not null) Loop.Deadlines.Cancel(device.VerdictDeadline);
    }

    /// <summary>RELEASE, DECLINE or expiry: enforcement of the address ends, the decision is kept.</summary>
    private void LeaseEnded(Lease lease, Instant now)
    {
        if (Devices.Find(lease.Mac) is not { } device) return;
        Unsolicited.Stop(device);
        Enforcement.MarkDirty(lease.Mac);
        if (HasLease(device)) return;
        if (now.WallIsTrusted && Journal.TakesFact(now))
        {
            Devices.Update(device, device.Record with { GoneUnixMs = now.UnixMs });
            Turn.Batch.Put(device.Record);
        }
        Owner.LeaseEnded(device, now);
    }
}
