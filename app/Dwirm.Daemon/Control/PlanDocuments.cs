using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Daemon.Control;

/// <summary>The enforcement plan as a document.</summary>
internal static class PlanDocuments
{
    /// <summary>The whole plan.</summary>
    public static PlanDto Of(EnforcementPlan plan)
    {
        List<NetworkStatusDto> networks = [];
        foreach (PlannedNetwork network in plan.Networks)
        {
            networks.Add(new NetworkStatusDto
            {
                Name = network.Name,
                Device = network.Device,
                Address = network.Prefix.ToString(),
                Posture = StateNames.Of(network.Posture),
                Serving = true,
            });
        }
        List<PlanUplinkDto> uplinks = [];
        foreach (PlannedUplink uplink in plan.Uplinks)
        {
            uplinks.Add(new PlanUplinkDto { Name = uplink.Name, Device = uplink.Device, Addresses = Texts(uplink.Addresses) });
        }
        List<PlanDeviceDto> devices = [];
        foreach (PlannedDevice device in plan.Devices) devices.Add(Of(device));
        return new PlanDto { Networks = networks, Uplinks = uplinks, Devices = devices };
    }

    private static PlanDeviceDto Of(PlannedDevice device)
    {
        List<PlanServiceDto> services = [];
        foreach (PlannedService service in device.Services)
        {
            services.Add(new PlanServiceDto
            {
                Sid = ((long)device.Generation << 8) | service.Id,
                Direction = StateNames.Of(service.Direction),
                Category = service.Category,
                Active = service.Active,
                RateBitsPerSecond = service.RateBitsPerSecond,
                Ports = Texts(service.Ports, static port => $"{Name(port.Transport)} {port.Range}"),
                Sources = Texts(service.Sources),
                Forwards = Texts(service.Forwards, static forward => $"{Name(forward.Transport)} {forward.External} to {forward.Internal}"),
                Endpoints = Texts(service.Endpoints, static end => $"{Name(end.Transport)} {end.Destination} {end.Range}"),
            });
        }
        return new PlanDeviceDto
        {
            Mac = device.Mac.ToString(),
            Device = device.Device,
            Posture = device.Posture == DevicePosture.FullAccess ? "full-access" : "managed",
            Addresses = Texts(device.Addresses4),
            Services = services,
        };
    }

    private static string Name(Transports transport) => transport == Transports.Tcp ? "tcp" : "udp";

    private static List<string> Texts<T>(IReadOnlyList<T> values, System.Func<T, string>? text = null)
        where T : struct
    {
        List<string> texts = [];
        foreach (T value in values) texts.Add(text is null ? value.ToString()! : text(value));
        return texts;
    }
}
