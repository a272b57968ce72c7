using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

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
            uplinks.Add(new PlanUplinkDto { Name = uplink.Name, Device = uplink.Device, Addresses = With(Texts(uplink.Addresses), uplink.Addresses6) });
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
            List<string> endpoints = Texts(service.Endpoints, static end => $"{Name(end.Transport)} {end.Destination} {end.Range}");
            foreach (PlannedEndpoint6 end in service.Endpoints6) endpoints.Add($"{Name(end.Transport)} {end.Destination} {end.Range}");
            services.Add(new PlanServiceDto
            {
                Sid = ((long)device.Generation << 8) | service.Id,
                Direction = StateNames.Of(service.Direction),
                Category = service.Category,
                Active = service.Active,
                RateBitsPerSecond = service.RateBitsPerSecond,
                Ports = Texts(service.Ports, static port => $"{Name(port.Transport)} {port.Range}"),
                Sources = With(Texts(service.Sources), service.Sources6),
                Forwards = Texts(service.Forwards, static forward => $"{Name(forward.Transport)} {forward.External} to {forward.Internal}"),
                Endpoints = endpoints,
            });
        }
        return new PlanDeviceDto
        {
            Mac = device.Mac.ToString(),
            Device = device.Device,
            Posture = device.Posture == DevicePosture.FullAccess ? "full-access" : "managed",
            Addresses = With(Texts(device.Addresses4), device.Addresses6),
            Services = services,
        };
    }

    private static List<string> With(List<string> texts, IReadOnlyList<Ipv6Address> addresses)
    {
        foreach (Ipv6Address address in addresses) texts.Add(address.ToString());
        return texts;
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
