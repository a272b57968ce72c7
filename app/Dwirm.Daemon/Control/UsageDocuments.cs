using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Service;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>What devices used, and what they were refused, as documents.</summary>
internal static class UsageDocuments
{
    /// <summary>The counters of devices.</summary>
    /// <param name="state">Knows what was refused, and how many names were asked for.</param>
    /// <param name="devices">The devices, with the usage of their services.</param>
    public static List<CountersDto> Counters(DaemonState state, List<DeviceDto> devices)
    {
        List<CountersDto> all = [];
        foreach (DeviceDto device in devices)
        {
            var counters = new CountersDto { Mac = device.Mac, Hostname = device.Hostname, Description = device.Description, State = device.State };
            if (MacAddress.TryParse(device.Mac, out MacAddress mac)) counters.Queries = state.Devices.Find(mac)?.DnsQueries ?? 0;
            List<UsageDto> services = [];
            foreach (ServiceDto service in device.Services)
            {
                if (service.Decision is "denied" or "pending") continue;
                services.Add(new UsageDto
                {
                    Direction = service.Direction,
                    Category = service.Category,
                    Packets = service.Packets,
                    Bytes = service.Bytes,
                    Dropped = service.Dropped,
                });
            }
            foreach (ViolationDto violation in device.Violations)
            {
                if (violation.Kind == "spoof") counters.Spoofed += violation.Count;
                else counters.Violations += violation.Count;
            }
            counters.Services = services;
            all.Add(counters);
        }
        return all;
    }

    /// <summary>What is remembered of a device, newest first.</summary>
    public static List<ViolationDto> Violations(DaemonState state, MacAddress mac)
    {
        List<ViolationDto> all = [];
        foreach (Violation entry in state.Violations.All)
        {
            if (entry.Mac != mac) continue;
            all.Add(new ViolationDto
            {
                Kind = entry.Spoofed ? "spoof" : "violation",
                Direction = entry.Inbound ? "in" : "out",
                Address = RefusedPacket.Text(entry.Remote),
                Protocol = RefusedPacket.ProtocolName(entry.Protocol),
                Port = entry.Port,
                Count = entry.Count,
                FirstUnixMs = entry.FirstUnixMs,
                LastUnixMs = entry.LastUnixMs,
            });
        }
        all.Sort(static (one, other) => other.LastUnixMs.CompareTo(one.LastUnixMs));
        return all;
    }
}
