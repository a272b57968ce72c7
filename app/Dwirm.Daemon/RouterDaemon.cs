using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Observe;
using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Store;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon;

/// <summary>The composition root: makes the parts, restores what was, enforces it, and only then opens the network and runs the loop.</summary>
internal sealed class RouterDaemon : IDisposable
{
    private const long TidyUpDelayMs = 1000;
    private readonly DaemonOptions _options;
    private readonly SystemClock _clock = new();
    private readonly Log _log = new();
    private readonly EventLoop _loop;
    private readonly IGrantStore _store;
    private readonly DaemonState _state;
    private readonly OwnerCommands _owner;
    private readonly GrantMemory _memory;
    private readonly NetworkWatch _network;
    private readonly ControlServer _control;
    private RulesetWatch? _ruleset;
    private readonly QueueWatch _queues;
    private readonly PacketLog _packets;
    private readonly NeighbourTable _neighbours = new();
    private readonly SignalSource _signals;
    private readonly ClockStepTimer _clockStep;
    private readonly Deadline _leaseExpiry;
    private readonly Deadline _tidyUp = new(static _ => TidyUp());
    private readonly List<Lease> _expired = [];

    /// <summary>Makes a daemon; nothing is served before <see cref="Run"/>.</summary>
    /// <exception cref="LinuxException">Something the daemon cannot do without is missing.</exception>
    /// <exception cref="StoreException">The state directory cannot be used.</exception>
    public RouterDaemon(DaemonOptions options, LoadedConfiguration configuration)
    {
        _options = options;
        _signals = SignalSource.Block(SignalNumber.SIGTERM, SignalNumber.SIGINT, SignalNumber.SIGHUP);
        _clock.Trust = configuration.Uci.ClockTrust;
        _loop = new EventLoop(_clock);
        LocalZone.Set(configuration.Uci.ZonePosix);
        Instant now = _clock.Now();
        _store = SqliteGrantStore.Open(_options.StateDir, now, _log.Warning, out bool startedEmpty);
        _state = Compose(configuration);
        _state.Owner = _owner = new OwnerCommands(_state);
        StoreContents contents = _store.Load();
        LookForLostDecisions();
        _state.Negotiator = new Negotiator(_state, contents.Generation);
        _state.Unsolicited = new UnsolicitedAnswers(_state);
        var keys = new KeyRing(Path.Combine(_options.StateDir, KeyFile.FileName), _store);
        _state.Authenticator = new Authenticator(keys, _store, _state.Counters, _state.Turn.Batch);
        _state.KeyCommands = new KeyCommands(_state);
        _state.Controls = new OwnerControls(_state);
        _state.Quotas = new QuotaMeter(_state);
        _memory = new GrantMemory(_state);
        _state.Service = new DhcpService(_state);
        _state.Probes = new AddressProbes(_state, (port, probes) => ArpPort.TryOpen(port, probes, _loop));
        _network = new NetworkWatch(_state, _log);
        _leaseExpiry = new Deadline(ExpireLeases);
        Restore(contents, now);
        var documents = new Documents(_state, _clock, _options.StateDir, startedEmpty);
        _control = new ControlServer(_options.RunDir, _loop, new ControlHandler(_state, _owner, _store, documents));
        _clockStep = new ClockStepTimer();
        _queues = new QueueWatch(_state.Enforcement, _loop);
        _packets = new PacketLog(_loop, _log);
        _state.Packets = _packets;
        _packets.Listen(PacketLog.ViolationGroup, _state.Violations);
        _state.Addresses6 = new AddressLearner(_state.Devices, _state.Enforcement, _neighbours, _loop.Deadlines, _log);
        _packets.Listen(PacketLog.AddressGroup, _state.Addresses6);
        _state.Observer = new Observer(_state, _neighbours);
    }

    /// <summary>Serves until SIGTERM or SIGINT.</summary>
    public void Run()
    {
        Instant now = _clock.Now();
        // The kernel first: no device is answered before what it was granted, and what it was not, is enforced.
        _state.Turn.Commit(now);
        // Only now: the kernel would write a notice of every element that was just loaded.
        _ruleset = new RulesetWatch(_state.Enforcement, _loop, _log, _state.Offload.Look);
        _ruleset.LookSoon(_clock.Now());
        _state.Quotas.Begin(now);
        _network.OpenPorts(now);
        _loop.Add(_signals.Handle, EpollEvents.Readable, new Handler(OnSignal));
        _loop.Add(_clockStep.Handle, EpollEvents.Readable, new Handler(OnClockStep));
        _clockStep.Arm();
        // The first plan may have taken seconds.
        TidyUpSoon(_clock.Now());
        _log.Info($"version {ProgramVersion.Number} serves {Describe(_state.Config)}; {_state.Devices.Count} devices and {_state.Dhcp.Count} leases known");
        Warn(_state.Config);
        _loop.Run(Commit);
        // With us goes the forwarder: devices ask the resolver directly until we are back.
        _state.Dns?.Close();
        now = _clock.Now();
        _state.Quotas.RecordAll(now);
        _state.Turn.Commit(now);
        _log.Info("stopped; enforcement stays in the kernel");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _control.Dispose();
        _network.Dispose();
        _ruleset?.Dispose();
        _queues.Dispose();
        _packets.Dispose();
        _state.Observer?.Dispose();
        _neighbours.Dispose();
        _state.Dns?.Dispose();
        _state.Enforcement.Dispose();
        _store.Dispose();
        _clockStep.Dispose();
        _signals.Dispose();
        _loop.Dispose();
    }

    private DaemonState Compose(LoadedConfiguration configuration)
    {
        Span<byte> seed = stackalloc byte[4];
        RandomBytes.Fill(seed);
        var dhcp = new Dhcpv4Engine(DhcpNetworks(configuration.Uci), BitConverter.ToUInt32(seed));
        // Beside us there has to be room for the connections and elements that the kernel holds for the same devices.
        var devices = new DeviceTable(Math.Clamp(ProcessInfo.MachineKiB * 1024 / 8, DeviceTable.MinWeight, DeviceTable.MaxWeight));
        EnforcementService? enforcement = null;
        var upstream = new Upstream(configuration.Uci.Resolver, DnsMessage.Port, _loop);
        var inquiries = new NameInquiries(upstream);
        var names = new NameTable(_loop.Deadlines, inquiries.Ask, name => enforcement?.NameChanged(name));
        inquiries.Names = names;
        enforcement = new EnforcementService(devices, dhcp, names, new RouterZone(), _loop.Deadlines, _log, configuration.Uci,
            () => KernelEnforcer.Open(_log.Warning));
        var state = new DaemonState
        {
            Log = _log,
            Loop = _loop,
            Config = configuration.Uci,
            Policy = configuration.Policy,
            Dhcp = dhcp,
            Devices = devices,
            Names = names,
            Enforcement = enforcement,
            Turn = new Turn(_store, enforcement, _loop.Deadlines, _log),
            LeaseFile = new LeaseFile(_options.LeaseFile, dhcp, _loop.Deadlines, _log),
        };
        var forwarder = new DnsForwarder(_loop, upstream, names, state.ManagedAt, state.Counters);
        state.Dns = new DnsService(upstream, forwarder, enforcement, configuration.Uci, _log);
        return state;
    }

    /// <summary>Leases, devices and grants as they were; renewals that only the lease file knows are taken from there.</summary>
    private void Restore(StoreContents contents, Instant now)
    {
        Dictionary<(Ipv4Address, MacAddress), long> newer = LeaseFile.ReadExpiries(_options.LeaseFile);
        List<Lease> leases = [];
        foreach (Lease lease in contents.Leases)
        {
            _state.Journal.Loaded(lease);
            long expiresMs = newer.TryGetValue((lease.Address, lease.Mac), out long unixSeconds) && lease.State == LeaseState.Bound
                ? Math.Max(lease.ExpiresMs, now.ToMonotonicMs(unixSeconds * 1000))
                : lease.ExpiresMs;
            leases.Add(lease with { ExpiresMs = expiresMs });
        }
        _state.Dhcp.Restore(leases);
        int left = 0;
        foreach (DeviceRecord stored in contents.Devices)
        {
            // What does not fit keeps its place and loses its grant: it is restricted until it asks again and there is room.
            DeviceRecord record = _state.Devices.HasRoom ? stored : Device.WithoutGrant(stored);
            if (!ReferenceEquals(record, stored)) left++;
            var device = new Device(record) { Recorded = record };
            if (record.GrantJson is not null && Grant.TryParse(record.GrantJson, out Grant? grant)) device.Grant = grant;
            _state.Devices.Add(device);
            _state.Forwards.Assign(record.Mac, device.Grant);
            _state.Names.Assign(record.Mac, device.Grant, now);
            _owner.Watch(device, now);
        }
        if (left > 0) _log.Error($"{left} devices on record have more grants than there is memory for: they are quarantined");
        _state.KeyCommands.Load(now);
        foreach (QuotaUsage used in contents.Quotas)
        {
            if (_state.Devices.Find(used.Mac) is { } device) device.Quota = used;
        }
        _state.Offload.Look(now);
        _state.Negotiator.ReconsiderAll(now, static _ => { });
    }

    private void Commit(Instant now)
    {
        _state.Turn.Commit(now);
        // What an answer says may be connected to is in the kernel now.
        _state.Dns?.Flush(now);
        long nextMs = _state.Dhcp.NextExpiryMs;
        if (nextMs == long.MaxValue) _loop.Deadlines.Cancel(_leaseExpiry);
        else if (!_leaseExpiry.IsSet || _leaseExpiry.DueMs != nextMs) _loop.Deadlines.Set(_leaseExpiry, nextMs);
    }

    private void ExpireLeases(Instant now)
    {
        _expired.Clear();
        _state.Dhcp.Expire(now, _expired);
        foreach (Lease lease in _expired) _state.LeaseChanged(lease, _state.Devices.Find(lease.Mac), now);
    }

    private void OnSignal(Instant now)
    {
        while (_signals.TryRead(out int signal))
        {
            if (signal == SignalNumber.SIGHUP) Reload(now);
            else _loop.Stop();
        }
    }

    /// <summary>A clock step moves schedule edges and the expiry times people read, never the leases themselves.</summary>
    private void OnClockStep(Instant now)
    {
        if (!_clockStep.ConsumeStep()) return;
        _clockStep.Arm();
        _state.Enforcement.MarkDirty();
        _state.LeaseFile.Touch(now);
    }

    /// <summary>Takes another configuration over as a whole, or keeps the last good one and says why.</summary>
    private void Reload(Instant now)
    {
        List<ConfigFault> faults = [];
        LoadedConfiguration? read = LoadedConfiguration.Read(_options, faults);
        _state.ConfigFaults = faults;
        if (read is null)
        {
            foreach (ConfigFault fault in faults) _log.Error(fault.ToString());
            _log.Error("the new configuration is faulty; the last good one stays");
            return;
        }
        _clock.Trust = read.Uci.ClockTrust;
        LocalZone.Set(read.Uci.ZonePosix);
        (_state.Config, _state.Policy) = (read.Uci, read.Policy);
        _state.Dhcp.Configure(DhcpNetworks(read.Uci));
        _state.Enforcement.Configure(read.Uci);
        _state.Dns?.Configure(read.Uci, now);
        LookForLostDecisions();
        _state.KeyCommands.Load(now);
        _state.Offload.Look(now);
        _state.Negotiator.ReconsiderAll(now, device => _state.Unsolicited.Start(device, now));
        _network.OpenPorts(now);
        TidyUpSoon(now);
        _log.Info($"configuration read again; serves {Describe(read.Uci)}");
        Warn(read.Uci);
    }

    private void Warn(DaemonConfig config)
    {
        foreach (ConfigFault warning in config.Warnings) _log.Warning(warning.ToString());
    }

    private static void TidyUp()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessInfo.ReleaseCodePages();
    }

    /// <summary>What the owner reads while decisions are lost.</summary>
    public static string LostDecisions(string aside) =>
        $"what was granted and refused is lost with {aside}, so devices that are not on record reach only DHCP, DNS and NTP; "
        + "use dwirm full-access MAC for those you trust, or remove the file and reload (SIGHUP) to go back to each network's posture";

    private void LookForLostDecisions()
    {
        string? aside = SqliteGrantStore.SetAsideFile(_options.StateDir);
        _state.Enforcement.DecisionsAreLost = aside is not null;
        if (aside is not null) _log.Warning(LostDecisions(aside));
    }

    /// <summary>Reading the configuration leaves garbage, and code in memory, that steady work would keep for days: given back once, when nobody waits.</summary>
    private void TidyUpSoon(Instant now) => _loop.Deadlines.Set(_tidyUp, now.MonotonicMs + TidyUpDelayMs);

    private static List<Dhcpv4NetworkConfig> DhcpNetworks(DaemonConfig config)
    {
        List<Dhcpv4NetworkConfig> networks = [];
        foreach (NetworkSettings settings in config.Networks) networks.Add(settings.Dhcp);
        networks.AddRange(config.RelayedNetworks);
        return networks;
    }

    private static string Describe(DaemonConfig config)
    {
        List<string> parts = [];
        foreach (NetworkSettings settings in config.Networks)
        {
            parts.Add($"{settings.Name} ({settings.Device}, {settings.Dhcp.PoolStart}-{settings.Dhcp.PoolEnd})");
        }
        return parts.Count == 0 ? "no network" : string.Join(", ", parts);
    }

    private sealed class Handler(Action<Instant> onReady) : IReadyHandler
    {
        public void OnReady(EpollEvents events, Instant now) => onReady(now);
    }
}
