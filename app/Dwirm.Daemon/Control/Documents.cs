using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Control;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Policy.Profiles;
using Dwirm.Store;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>The daemon's state as the documents of the control socket.</summary>
internal sealed class Documents(DaemonState state, SystemClock clock, string stateDirectory, bool startedEmpty)
{
    private readonly long _startedMs = clock.Now().MonotonicMs;
    private readonly ServiceDocuments _services = new(new RouterZone());

    /// <summary>The overview.</summary>
    public StatusDto Status(Instant now)
    {
        KernelSupport? support = state.Enforcement.Support;
        return new StatusDto
        {
            Version = ProgramVersion.Number,
            Pid = ProcessInfo.Pid,
            UptimeSeconds = (now.MonotonicMs - _startedMs) / 1000,
            ResidentKiB = ProcessInfo.ResidentKiB,
            Networks = Networks(),
            Devices = DevicesByState(),
            Leases = BoundLeases(),
            Clock = new ClockStatusDto
            {
                Synchronised = clock.IsSynchronised,
                Trusted = now.WallIsTrusted,
                Trust = clock.Trust == ClockTrust.Trust ? "trust" : "ntp",
            },
            Store = new StoreStatusDto
            {
                Path = Path.Combine(stateDirectory, "dwirm.db"),
                StartedEmpty = startedEmpty,
                LastError = state.Turn.StoreFault ?? "",
            },
            Enforcement = new EnforcementStatusDto
            {
                Inet = support is not null && state.Enforcement.Fault is null,
                Bridge = support?.BridgeTable ?? false,
                Htb = support?.Htb ?? false,
                LastError = state.Enforcement.Fault ?? "",
                Notes = Notes(support),
            },
            Faults = Faults(),
            Counters = Counters(),
        };
    }

    /// <summary>Every device: those that negotiated or were spoken of, and those that only hold a lease.</summary>
    public List<DeviceDto> Devices(Instant now)
    {
        Dictionary<uint, ServiceUsage> usage = Usage();
        List<DeviceDto> all = [];
        state.Violations.TakeKernelCounts(now);
        foreach (Device device in state.Devices.All) all.Add(Device(device, usage, now));
        foreach (Lease lease in state.Dhcp.Leases)
        {
            if (IsOrdinary(lease)) all.Add(Ordinary(lease, now));
        }
        all.Sort(static (a, b) => string.CompareOrdinal(a.Mac, b.Mac));
        return all;
    }

    /// <summary>One device, or null.</summary>
    public DeviceDto? Device(MacAddress mac, Instant now)
    {
        state.Violations.TakeKernelCounts(now);
        if (state.Devices.Find(mac) is { } device) return Device(device, Usage(mac), now);
        foreach (Lease lease in state.Dhcp.Leases)
        {
            if (lease.State == LeaseState.Bound && lease.Mac == mac) return Ordinary(lease, now);
        }
        return null;
    }

    /// <summary>What policy makes of a profile, and why: a device's own as it stands, or one that nobody sent yet, without anybody's word.</summary>
    /// <param name="mac">The device; any for a profile of nobody's.</param>
    /// <param name="json">The profile; null for the device's own.</param>
    /// <param name="network">The network it would be on; empty for the device's, or the first.</param>
    /// <param name="now">The present.</param>
    /// <param name="fault">Why there is no answer.</param>
    public DeviceDto? Explain(MacAddress mac, string? json, string network, Instant now, out string fault)
    {
        Device? known = state.Devices.Find(mac);
        if (network.Length == 0) network = known?.Record.Network ?? (state.Config.Networks.Count > 0 ? state.Config.Networks[0].Name : "");
        DeviceRecord record = json is null && known is not null ? known.Record : new DeviceRecord { Mac = mac, Network = network, RequestedJson = json };
        fault = known is null && Device(mac, now) is null ? $"no device {mac}; `dwirm devices` lists them" : $"{mac} has sent no profile";
        if (string.IsNullOrEmpty(record.RequestedJson)) return null;
        if (!IotProfile.TryParse(Encoding.UTF8.GetBytes(record.RequestedJson), state.Policy.Grammar, out IotProfile? profile, out ProfileFault wrong))
        {
            fault = $"this is not a profile: {wrong.Describe()}";
            return null;
        }
        Negotiation negotiation = state.Policy.Negotiate(state.Negotiator.InputFor(record, profile, now) with { Explain = true });
        var device = new Device(record with { State = negotiation.State, AnswerJson = negotiation.AnswerJson, DecidedBy = negotiation.DecidedBy })
        {
            Services = negotiation.Services,
            Grant = negotiation.Grant,
            ForwardAsked = negotiation.ForwardAsked || negotiation.EndpointAsked,
            Description = profile.Description ?? "",
        };
        return Device(device, [], now);
    }

    /// <summary>Every lease that keeps its address from others, in order of address; remembered addresses of the past are not shown.</summary>
    public List<LeaseDto> Leases(Instant now)
    {
        List<(Ipv4Address, LeaseDto)> leases = [];
        foreach (Lease lease in state.Dhcp.Leases)
        {
            if (lease.State == LeaseState.Free) continue;
            leases.Add((lease.Address, new LeaseDto
            {
                Network = lease.Network,
                Ip = lease.Address.ToString(),
                Mac = lease.Mac.ToString(),
                ClientId = lease.ClientId,
                Hostname = lease.Hostname,
                State = StateNames.Of(lease.State),
                ExpiresUnixMs = Expiry(lease, now),
            }));
        }
        leases.Sort(static (a, b) => a.Item1.CompareTo(b.Item1));
        return leases.ConvertAll(static entry => entry.Item2);
    }

    /// <summary>Every grant in force.</summary>
    public List<GrantDto> Grants(Instant now)
    {
        Dictionary<uint, ServiceUsage> usage = Usage();
        List<GrantDto> grants = [];
        foreach (Device device in state.Devices.All)
        {
            if (device.Grant is null) continue;
            DeviceDto seen = Device(device, usage, now);
            grants.Add(new GrantDto
            {
                Mac = seen.Mac,
                Network = seen.Network,
                Ip = seen.Ip,
                Hostname = seen.Hostname,
                Description = seen.Description,
                State = seen.State,
                SinceUnixMs = seen.SinceUnixMs,
                UntilUnixMs = seen.UntilUnixMs,
                DecidedBy = seen.DecidedBy,
                Generation = device.Record.Generation,
                Services = seen.Services,
            });
        }
        grants.Sort(static (a, b) => string.CompareOrdinal(a.Mac, b.Mac));
        return grants;
    }

    /// <summary>What waits for the owner: undecided profiles, and port forwards of decided ones.</summary>
    public List<PendingDto> Pending(Instant now)
    {
        List<PendingDto> pending = [];
        foreach (Device device in state.Devices.All)
        {
            if (device.Record.State != DeviceState.Pending && !device.ForwardAsked) continue;
            DeviceDto seen = Device(device, [], now);
            pending.Add(new PendingDto
            {
                Mac = seen.Mac,
                ClientId = seen.ClientId,
                Network = seen.Network,
                Ip = seen.Ip,
                Hostname = seen.Hostname,
                Description = seen.Description,
                SinceUnixMs = seen.SinceUnixMs,
                Authenticated = seen.Authenticated,
                ForwardOnly = device.Record.State != DeviceState.Pending,
                Requested = seen.Requested,
                Services = seen.Services,
            });
        }
        return pending;
    }

    /// <summary>One line on what a command came to.</summary>
    public string Outcome(Device device, Instant now)
    {
        string text = Outcome(device);
        if (Controls(device, now) is not { } controls) return text;
        return $"{text}; controls: {device.Record.Controls!.Describe()}{(controls.Open ? "" : "; closed now")}";
    }

    private static string Outcome(Device device) => device.Record.State switch
    {
        DeviceState.Pending => "still waits for a decision",
        DeviceState.Granted => "granted as asked",
        DeviceState.Amended => device.ForwardAsked ? "granted with changes; a port forward still waits" : "granted with changes",
        DeviceState.Denied => "denied, gets no lease",
        DeviceState.Quarantined => "reaches only DHCP, DNS and NTP of the router",
        DeviceState.FullAccess => "not restricted",
        _ => "the posture of its network applies",
    };

    /// <summary>One line of the history.</summary>
    public static EventDto Event(HistoryEntry entry) => new()
    {
        AtUnixMs = entry.UnixMs,
        Mac = entry.Mac.ToString(),
        Kind = entry.Kind,
        By = entry.By,
        Detail = entry.Detail,
        Before = entry.Before,
        After = entry.After,
    };

    private DeviceDto Device(Device device, Dictionary<uint, ServiceUsage> usage, Instant now)
    {
        DeviceRecord record = device.Record;
        Lease? lease = state.LeaseOf(device);
        List<string> ip6 = [];
        foreach (LearntAddress learnt in device.Addresses6) ip6.Add(learnt.Address.ToString());
        return new DeviceDto
        {
            Mac = record.Mac.ToString(),
            ClientId = record.ClientId,
            Network = record.Network,
            Ip = lease?.Address.ToString() ?? "",
            Ip6 = ip6,
            Hostname = lease?.Hostname ?? record.Hostname,
            Description = device.Description,
            State = StateNames.Of(record.State),
            SinceUnixMs = record.SinceUnixMs,
            LeaseExpiresUnixMs = lease is null ? 0 : Expiry(lease, now),
            Authenticated = record.Authenticated,
            Requested = string.IsNullOrEmpty(record.RequestedJson) ? null : record.RequestedJson,
            Granted = record.AnswerJson,
            Services = _services.Of(device, usage, now),
            Controls = Controls(device, now),
            Assigned = record.Assigned,
            DecidedBy = record.DecidedBy,
            ForwardAsked = device.ForwardAsked,
            UntilUnixMs = record.VerdictUntilUnixMs,
            Violations = UsageDocuments.Violations(state, record.Mac),
        };
    }

    private ControlsDto? Controls(Device device, Instant now)
    {
        if (device.Record.Controls is not { } controls) return null;
        bool open = controls.IsOpen(now, state.Zone, device.IsQuotaSpent(now, state.Zone), out long change);
        bool today = device.Quota is { } used && (!now.WallIsTrusted || used.Day == LocalDay.Of(now.UnixMs, state.Zone));
        return new ControlsDto
        {
            Open = open,
            NextChangeUnixMs = change == long.MaxValue ? 0 : change,
            DownBitsPerSecond = controls.DownBitsPerSecond,
            UpBitsPerSecond = controls.UpBitsPerSecond,
            Schedule = controls.Window?.ToString() ?? "",
            QuotaBytes = controls.QuotaBytes,
            UsedBytes = controls.QuotaBytes > 0 && today ? device.Quota!.Octets : 0,
            Paused = controls.PausedUntilUnixMs > now.UnixMs,
            Blocked = controls.Blocked,
        };
    }

    /// <summary>True for the lease of a device that never negotiated and was never spoken of.</summary>
    private bool IsOrdinary(Lease lease) => lease.State == LeaseState.Bound && state.Devices.Find(lease.Mac) is null;

    private DeviceDto Ordinary(Lease lease, Instant now) => new()
    {
        Mac = lease.Mac.ToString(),
        ClientId = lease.ClientId,
        Network = lease.Network,
        Ip = lease.Address.ToString(),
        Hostname = lease.Hostname,
        State = StateNames.Of(DeviceState.New),
        LeaseExpiresUnixMs = Expiry(lease, now),
        Violations = UsageDocuments.Violations(state, lease.Mac),
    };

    private static long Expiry(Lease lease, Instant now) => lease.ExpiresMs == long.MaxValue ? 0 : now.ToUnixMs(lease.ExpiresMs);

    private Dictionary<uint, ServiceUsage> Usage(MacAddress mac)
    {
        Dictionary<uint, ServiceUsage> usage = [];
        state.Enforcement.ReadUsage([mac], usage);
        return usage;
    }

    private Dictionary<uint, ServiceUsage> Usage()
    {
        Dictionary<uint, ServiceUsage> usage = [];
        state.Enforcement.ReadUsage(usage);
        return usage;
    }

    private List<string> Notes(KernelSupport? support)
    {
        List<string> notes = [.. support?.Notes ?? []];
        if (state.Offload.Note is { } offload) notes.Add(offload);
        if (state.Packets?.Fault is { } fault) notes.Add(fault);
        return notes;
    }

    private List<KeyValuePair<string, long>> Counters()
    {
        List<KeyValuePair<string, long>> counters = [.. state.Counters.Snapshot(state.Dhcp, state.Turn.Replies)];
        int own = counters.Count;
        state.Enforcement.Kernel?.ReadTotals((name, count) =>
        {
            for (int i = own; i < counters.Count; i++)
            {
                if (counters[i].Key != "kernel:" + name) continue;
                counters[i] = new(counters[i].Key, counters[i].Value + count);
                return;
            }
            counters.Add(new("kernel:" + name, count));
        });
        return counters;
    }

    private List<NetworkStatusDto> Networks()
    {
        List<NetworkStatusDto> networks = [];
        foreach (NetworkSettings settings in state.Config.Networks)
        {
            networks.Add(new NetworkStatusDto
            {
                Name = settings.Name,
                Device = settings.Device,
                Address = settings.Dhcp.RouterPrefix.ToString(),
                Posture = StateNames.Of(state.Enforcement.PostureOf(settings)),
                Serving = state.Ports.ContainsKey(settings.Name),
            });
        }
        return networks;
    }

    private List<KeyValuePair<string, long>> DevicesByState()
    {
        long[] counts = new long[Enum.GetValues<DeviceState>().Length];
        foreach (Device device in state.Devices.All) counts[(int)device.Record.State]++;
        foreach (Lease lease in state.Dhcp.Leases)
        {
            if (IsOrdinary(lease)) counts[(int)DeviceState.New]++;
        }
        List<KeyValuePair<string, long>> named = [];
        for (int i = 0; i < counts.Length; i++) named.Add(new(StateNames.Of((DeviceState)i), counts[i]));
        return named;
    }

    private long BoundLeases()
    {
        long bound = 0;
        foreach (Lease lease in state.Dhcp.Leases)
        {
            if (lease.State == LeaseState.Bound) bound++;
        }
        return bound;
    }

    private List<string> Faults()
    {
        List<string> faults = [];
        if (SqliteGrantStore.SetAsideFile(stateDirectory) is { } aside) faults.Add(RouterDaemon.LostDecisions(aside));
        foreach (ConfigFault fault in state.ConfigFaults) faults.Add($"configuration not taken over: {fault}");
        foreach (ConfigFault fault in state.Authenticator.Keys.Faults) faults.Add($"device keys: {fault}");
        return faults;
    }
}
