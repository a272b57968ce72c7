using System.Collections.Generic;
using System.Text;
using Dwirm.Control;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>What was decided of each category, joined with what is granted, open now, and used.</summary>
internal sealed class ServiceDocuments(ILocalZone zone)
{
    /// <summary>The services of a device, in the order it asked.</summary>
    public List<ServiceDto> Of(Device device, Dictionary<uint, ServiceUsage> usage, Instant now)
    {
        List<ServiceDto> all = [];
        foreach (ServiceDecision decision in device.Services)
        {
            var service = new ServiceDto
            {
                Direction = StateNames.Of(decision.Direction),
                Category = decision.Category,
                Decision = decision.Decision.Text(),
                Rule = decision.Rule,
                Reasons = decision.Reasons,
            };
            if (device.Grant?.Find(decision.Direction, decision.Category) is { } granted)
            {
                AddGrant(service, granted, now);
                AddUsage(service, (device.Record.Generation << 8) | granted.Id, usage);
            }
            else if (device.Grant is { FullAccess: true })
            {
                // A word that holds for a time is not taken on trust: without the right clock the device is restricted.
                long until = device.Record.VerdictUntilUnixMs;
                service.Active = until == 0 || (now.WallIsTrusted && now.UnixMs < until);
            }
            all.Add(service);
        }
        return all;
    }

    private void AddGrant(ServiceDto service, GrantedService granted, Instant now)
    {
        service.Active = granted.Schedule.IsOpen(now, zone);
        long change = granted.Schedule.NextChangeUnixMs(now, zone);
        service.NextChangeUnixMs = change == long.MaxValue ? 0 : change;
        service.Schedule = Clock(granted.Schedule);
        service.RateBitsPerSecond = granted.Rate.BitsPerSecond;
        service.Ports = Ports(granted.Ports);
        service.PortForward = Forwards(granted.Forwards);
        List<string> endpoints = [];
        foreach (GrantedEndpoint endpoint in granted.Endpoints) endpoints.Add($"{endpoint.Host.Name}:{endpoint.Range}");
        foreach (GrantedHost source in granted.Sources) endpoints.Add(source.Name);
        service.Endpoints = endpoints;
    }

    private static void AddUsage(ServiceDto service, uint sid, Dictionary<uint, ServiceUsage> usage)
    {
        if (!usage.TryGetValue(sid, out ServiceUsage used)) return;
        service.Packets = (long)(used.OriginalPackets + used.ReplyPackets + used.LocalPackets);
        service.Dropped = (long)used.Dropped;
        service.Bytes = (long)(used.OriginalBytes + used.ReplyBytes + used.LocalBytes);
    }

    /// <summary>The draft's own spelling: <c>All Day</c> is an alias of 00:00-23:59.</summary>
    private static string Clock(DailyWindow window) => window.IsAllDay ? "00:00-23:59" : window.ToString();

    private static string Ports(IReadOnlyList<GrantedPorts> ports)
    {
        var text = new StringBuilder();
        foreach (GrantedPorts part in ports) Join(text, part.Range);
        return text.ToString();
    }

    private static string Forwards(IReadOnlyList<GrantedForward> forwards)
    {
        if (forwards.Count == 0) return "";
        StringBuilder inside = new(), outside = new();
        foreach (GrantedForward forward in forwards)
        {
            Join(inside, forward.Internal);
            Join(outside, forward.External);
        }
        return inside.Append(':').Append(outside).ToString();
    }

    private static void Join(StringBuilder text, PortRange range)
    {
        if (text.Length > 0) text.Append(',');
        text.Append(range.ToString());
    }
}
