using System;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy.Plans;

/// <summary>Makes the plan of what the kernel is to enforce at one moment.</summary>
/// <remarks>
/// A device in state <see cref="DeviceState.New"/> is in no plan: its network's posture applies to it, quarantine included. Pending, denied and
/// quarantined devices are managed with no services. In every doubt (a grant that does not fit its state, a verdict that has ended, a time
/// that is not known) a device gets less, never more.
/// </remarks>
public static class PlanBuilder
{
    /// <summary>Makes the plan.</summary>
    /// <param name="input">Networks, devices, grants and leases.</param>
    /// <param name="now">The moment. While the wall clock is not trusted only All Day services are active (DWIRM-13).</param>
    /// <param name="nextChangeMs">Monotonic milliseconds at which a schedule or a verdict changes the plan; <see cref="long.MaxValue"/> for never.</param>
    public static EnforcementPlan Build(PlanInput input, Instant now, out long nextChangeMs)
    {
        var devices = new List<PlanDevice>(input.Devices);
        // One order whatever the caller's, so that the same facts are the same plan.
        devices.Sort(static (one, other) => one.Record.Mac.CompareTo(other.Record.Mac));
        var turn = new Turn(input, now);
        var planned = new List<PlannedDevice>(devices.Count);
        foreach (PlanDevice device in devices)
        {
            bool twice = planned.Count > 0 && planned[^1].Mac == device.Record.Mac;
            if (!twice && turn.Plan(device) is { } one) planned.Add(one);
        }
        nextChangeMs = turn.NextChangeMs;
        return new EnforcementPlan(input.Networks, input.Uplinks, planned);
    }

    /// <summary>Plans one device, as if it were the only one: who holds an address or an outside port that two claim is for the enforcer to say.</summary>
    /// <param name="input">Networks, names and the zone.</param>
    /// <param name="device">The device.</param>
    /// <param name="now">The moment.</param>
    /// <param name="nextChangeMs">Monotonic milliseconds at which a schedule or a verdict changes it; <see cref="long.MaxValue"/> for never.</param>
    /// <returns>Null when the posture of its network applies to it.</returns>
    public static PlannedDevice? Plan(PlanInput input, PlanDevice device, Instant now, out long nextChangeMs)
    {
        var turn = new Turn(input, now);
        PlannedDevice? planned = turn.Plan(device);
        nextChangeMs = turn.NextChangeMs;
        return planned;
    }

    /// <summary>True when a grant depends on a host name.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="host">The name, in lower case.</param>
    public static bool Uses(Grant grant, string host)
    {
        foreach (GrantedService service in grant.Services)
        {
            foreach (GrantedEndpoint endpoint in service.Endpoints)
            {
                if (endpoint.Host.IsName && endpoint.Host.Name == host) return true;
            }
            foreach (GrantedHost source in service.Sources)
            {
                if (source.IsName && source.Name == host) return true;
            }
        }
        return false;
    }

    /// <summary>The host names a grant depends on, each once, in lower case: the daemon keeps their addresses known.</summary>
    public static IEnumerable<string> NamesOf(Grant grant)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (GrantedService service in grant.Services)
        {
            foreach (GrantedEndpoint endpoint in service.Endpoints)
            {
                if (endpoint.Host.IsName) names.Add(endpoint.Host.Name);
            }
            foreach (GrantedHost source in service.Sources)
            {
                if (source.IsName) names.Add(source.Name);
            }
        }
        return names;
    }

    // One making of a plan: what is already taken, and when it will have to be made again.
    private sealed class Turn(PlanInput input, Instant now)
    {
        private readonly HostExpansion _hosts = new(input);
        private readonly ClaimedForwards _forwards = new();

        public long NextChangeMs { get; private set; } = long.MaxValue;

        public PlannedDevice? Plan(PlanDevice device)
        {
            DeviceRecord record = device.Record;
            if (record.State == DeviceState.New && record.Controls is null) return null;
            // A network that is gone takes the grant with it, not the restriction: the device may turn up on another.
            PlannedNetwork? network = NetworkOf(record);
            bool granted = network is not null && (record.State is DeviceState.Granted or DeviceState.Amended or DeviceState.FullAccess) && !HasEnded(record);
            bool full = granted && record.State == DeviceState.FullAccess && device.Grant is { FullAccess: true };
            bool open = IsOpen(device, out long closesMs);
            if (full || record.State == DeviceState.New) return Whole(device, network, full, open, closesMs);
            bool serves = granted && record.State != DeviceState.FullAccess && record.Generation is > 0 and <= 0xffffff;
            List<PlannedService> services = serves && device.Grant is not null ? Services(device.Grant, record.Mac) : [];
            for (int i = 0; i < services.Count; i++) services[i] = Under(services[i], open, closesMs);
            return new PlannedDevice
            {
                Mac = record.Mac,
                Device = network?.Device ?? "",
                Posture = DevicePosture.Managed,
                Addresses4 = network is not null && device.Address is { } address ? [address] : [],
                Addresses6 = network is not null ? device.Addresses6 : [],
                Generation = services.Count > 0 ? record.Generation : 0,
                Slot = services.Count > 0 ? record.Slot : -1,
                DownBitsPerSecond = record.Controls?.DownBitsPerSecond ?? 0,
                UpBitsPerSecond = record.Controls?.UpBitsPerSecond ?? 0,
                Services = services,
            };
        }

        // A device without a grant of services: all it does is one service, if anything of it is to be counted, slowed or ended. Closed, it
        // has none, and is restricted like one that was refused. Null where only its network's posture is left to say something.
        private static PlannedDevice? Whole(PlanDevice device, PlannedNetwork? network, bool full, bool open, long closesMs)
        {
            DeviceRecord record = device.Record;
            bool measured = open && record.Controls is { NeedsClass: true } && record.Generation is > 0 and <= 0xffffff;
            if (open && !full && !measured) return null;
            return new PlannedDevice
            {
                Mac = record.Mac,
                Device = network?.Device ?? "",
                Posture = !open ? DevicePosture.Managed : full ? DevicePosture.FullAccess : DevicePosture.Ordinary,
                Addresses4 = network is not null && device.Address is { } address ? [address] : [],
                Addresses6 = network is not null ? device.Addresses6 : [],
                Generation = measured ? record.Generation : 0,
                Slot = measured ? record.Slot : -1,
                DownBitsPerSecond = record.Controls?.DownBitsPerSecond ?? 0,
                UpBitsPerSecond = record.Controls?.UpBitsPerSecond ?? 0,
                Services = measured
                    ? [new PlannedService { Id = 1, Direction = ServiceDirection.Consume, Category = "everything", Active = true, ActiveUntilMs = closesMs }]
                    : [],
            };
        }

        private static PlannedService Under(PlannedService service, bool open, long closesMs)
        {
            if (!open) return service with { Active = false, ActiveUntilMs = 0 };
            if (closesMs == 0 || !service.Active) return service;
            return service with { ActiveUntilMs = service.ActiveUntilMs == 0 ? closesMs : Math.Min(closesMs, service.ActiveUntilMs) };
        }

        private bool IsOpen(PlanDevice device, out long closesMs)
        {
            closesMs = 0;
            if (device.Record.Controls is not { } controls) return true;
            bool open = controls.IsOpen(now, input.Zone, device.QuotaSpent, out long changeUnixMs);
            if (changeUnixMs == long.MaxValue) return open;
            long changeMs = now.ToMonotonicMs(changeUnixMs);
            NextChangeMs = Math.Min(NextChangeMs, changeMs);
            if (open) closesMs = changeMs;
            return open;
        }

        private PlannedNetwork? NetworkOf(DeviceRecord record)
        {
            foreach (PlannedNetwork network in input.Networks)
            {
                if (network.Name == record.Network) return network;
            }
            return null;
        }

        // A verdict with an end is over when the end has passed, and cannot be known to go on before the clock is right.
        private bool HasEnded(DeviceRecord record)
        {
            if (record.VerdictUntilUnixMs == 0 || record.Verdict is not (OwnerVerdict.Approve or OwnerVerdict.FullAccess)) return false;
            if (!now.WallIsTrusted || now.UnixMs >= record.VerdictUntilUnixMs) return true;
            NextChangeMs = Math.Min(NextChangeMs, now.ToMonotonicMs(record.VerdictUntilUnixMs));
            return false;
        }

        private List<PlannedService> Services(Grant grant, MacAddress mac)
        {
            var claims = new ClaimedFlows();
            var services = new PlannedService[grant.Services.Count];
            // Where two services of a device overlap, the flow belongs to the one that is open now.
            foreach (bool active in (ReadOnlySpan<bool>)[true, false])
            {
                for (int i = 0; i < services.Length; i++)
                {
                    if (grant.Services[i].Schedule.IsOpen(now, input.Zone) == active) services[i] = Service(grant.Services[i], mac, active, claims);
                }
            }
            return [.. services];
        }

        private PlannedService Service(GrantedService service, MacAddress mac, bool active, ClaimedFlows claims)
        {
            long changeUnixMs = service.Schedule.NextChangeUnixMs(now, input.Zone);
            long changeMs = changeUnixMs == long.MaxValue ? long.MaxValue : now.ToMonotonicMs(changeUnixMs);
            NextChangeMs = Math.Min(NextChangeMs, changeMs);
            List<Ipv4Prefix> sources = _hosts.Sources(service);
            List<Ipv6Address> sources6 = _hosts.Sources6(service);
            // Sources that are named but not known yet are nobody, and not everybody.
            bool reachable = service.Sources.Count == 0 || sources.Count > 0 || sources6.Count > 0;
            return new PlannedService
            {
                Id = service.Id,
                Direction = service.Direction,
                Category = service.Category,
                Active = active,
                ActiveUntilMs = active && changeMs != long.MaxValue ? changeMs : 0,
                RateBitsPerSecond = service.Rate.BitsPerSecond,
                Reach = service.Reach,
                Ports = reachable ? claims.Ports(service).ToArray() : [],
                Sources = sources.ToArray(),
                Sources6 = sources6.ToArray(),
                Forwards = reachable ? _forwards.Of(service, mac).ToArray() : [],
                Endpoints = claims.Endpoints(service, _hosts).ToArray(),
                Endpoints6 = claims.Endpoints6(service, _hosts).ToArray(),
            };
        }
    }
}
