using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm devices</c> and <c>dwirm device</c>.</summary>
internal static class DeviceCommands
{
    private const int LabelWidth = 11, ServiceIndent = 4;

    /// <summary>All devices, a row each.</summary>
    public static int List(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Devices };
        if (invocation.Has("--json")) return client.PassOn(request);
        var table = new Table(
            new("MAC"), new("address"), new("name", Flexible: true), new("description", Flexible: true), new("state"), new("services"), new("lease"),
            new("network"));
        int exit = client.FetchEach<DeviceDto>(request, device => table.Add(
            device.Mac, device.Ip, device.Hostname, device.Description, Standing(device), Services(device), Lease(context, device),
            device.Network));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "no device has been seen yet\n" : table.Render(context.Output.Columns));
        return exit;
    }

    /// <summary>One device in full.</summary>
    public static int Show(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        int exit = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
        if (exit != ExitCode.Done) return exit;
        var request = new ControlRequest { Method = ControlMethods.Device, Mac = mac };
        if (invocation.Has("--json")) return client.PassOn(request);
        exit = client.Fetch(request, out DeviceDto? device);
        if (exit == ExitCode.Done) context.Output.Out(Render(context, device!));
        return exit;
    }

    /// <summary>The card of a device.</summary>
    internal static string Render(CommandContext context, DeviceDto device)
    {
        var card = new Card(LabelWidth);
        card.Heading(device.Hostname.Length == 0 ? device.Mac : $"{device.Hostname} ({device.Mac})")
            .Line("description", device.Description)
            .Line("state", State(context, device))
            .Line("decided by", device.DecidedBy)
            .Line("until", device.UntilUnixMs == 0 ? "" : LocalTime.Format(context, device.UntilUnixMs))
            .Line("address", device.Ip.Length == 0 ? "none: it holds no lease" : $"{device.Ip} on {device.Network}, lease {LeaseEnd(context, device)}")
            .Lines("IPv6", device.Ip6)
            .Line("client id", device.ClientId)
            .Line("request", Request(device))
            .Line("controls", Controls(context, device.Controls));
        AddServices(context, card, device);
        if (device.State == "pending" || device.ForwardAsked)
        {
            card.Gap().Heading(device.ForwardAsked ? "A port forward waits for your decision:" : "The request waits for your decision:")
                .Heading($"  dwirm approve {device.Mac}").Heading($"  dwirm deny {device.Mac}");
        }
        return card.ToString();
    }

    /// <summary>Each service with its decision, the reasons, and what is granted of it.</summary>
    internal static void AddServices(CommandContext context, Card card, DeviceDto device)
    {
        AskedProfile asked = AskedProfile.Read(device.Requested);
        foreach (ServiceDto service in device.Services)
        {
            AddHeading(card.Gap(), service);
            // What is not granted has no values yet: showing a rate or a schedule would claim that it had.
            if (service.Decision is "pending" or "denied" || device.State == "pending") card.Line("asks", asked.Options(service), ServiceIndent);
            // Under full access no service has limits of its own.
            else if (device.State != "full-access") AddGrant(context, card, service);
        }
        if (device.Violations.Count > 0) card.Gap().Heading("  was refused:");
        foreach (ViolationDto violation in device.Violations)
            card.Line(LocalTime.Ago(context, violation.LastUnixMs), Refused(violation), ServiceIndent);
    }

    private static void AddHeading(Card card, ServiceDto service) =>
        card.Heading($"  {(ServiceText.IsProvide(service) ? "provides" : "uses")} {service.Category}: {ServiceText.Standing(service)}")
            .Line("rule", service.Rule, ServiceIndent)
            .Lines("because", service.Reasons, ServiceIndent);

    private static void AddGrant(CommandContext context, Card card, ServiceDto service)
    {
        bool provide = ServiceText.IsProvide(service);
        if (provide) card.Line("ports", service.Ports.Length == 0 ? "none" : service.Ports, ServiceIndent);
        else card.Line("ports", service.Ports, ServiceIndent);
        if (provide) card.Line("forward", service.PortForward.Length == 0 ? "none" : ServiceText.Forward(service.PortForward), ServiceIndent);
        card.Lines(provide ? "from" : "to", service.Endpoints, ServiceIndent)
            .Line("rate", Units.Rate(service.RateBitsPerSecond), ServiceIndent)
            .Line("schedule", ServiceText.Schedule(service.Schedule), ServiceIndent)
            .Line("next change", NextChange(context, service), ServiceIndent)
            .Line("usage", Usage(service), ServiceIndent);
    }

    private static string NextChange(CommandContext context, ServiceDto service) => service.NextChangeUnixMs == 0
        ? ""
        : $"{(service.Active ? "closes" : "opens")} at {LocalTime.Format(context, service.NextChangeUnixMs)}, in {LocalTime.Left(context, service.NextChangeUnixMs, "")}";

    private static string Usage(ServiceDto service) => service.Packets == 0 && service.Dropped == 0
        ? "none yet"
        : $"{Units.Octets(service.Bytes)} in {Units.Count(service.Packets, "packet")}, {service.Dropped} dropped";

    private static string Refused(ViolationDto violation)
    {
        string what = violation.Port == 0 ? violation.Protocol : $"{violation.Protocol} {violation.Port}";
        string times = violation.Count > 1 ? $", {violation.Count} packets" : "";
        if (violation.Kind == "spoof") return $"used {violation.Address}, not its own ({what}){times}";
        return violation.Direction == "in" ? $"{violation.Address} to its {what}{times}" : $"to {violation.Address} {what}{times}";
    }

    private static string State(CommandContext context, DeviceDto device)
    {
        string since = device.SinceUnixMs == 0 ? "" : $" since {LocalTime.Format(context, device.SinceUnixMs)} ({LocalTime.Ago(context, device.SinceUnixMs)})";
        string meaning = device.State switch
        {
            "new" => ": never sent a profile",
            "pending" => ": only DHCP, DNS and NTP of the router until you decide",
            "granted" => ": as asked",
            "amended" => ": with changes",
            "denied" => ": no lease",
            "quarantined" => ": only DHCP, DNS and NTP of the router",
            "full-access" => ": not restricted",
            _ => "",
        };
        return device.State + since + meaning;
    }

    private static string Request(DeviceDto device)
    {
        if (device.Requested is null) return "";
        if (device.Assigned) return "assigned by the owner";
        return device.Authenticated ? "proven by DHCP authentication" : "not authenticated: anybody on the network could have sent it";
    }

    private static string Controls(CommandContext context, ControlsDto? controls)
    {
        if (controls is null) return "";
        string text = "";
        if (controls.DownBitsPerSecond > 0) text += $", {Units.Rate(controls.DownBitsPerSecond)} to it";
        if (controls.UpBitsPerSecond > 0) text += $", {Units.Rate(controls.UpBitsPerSecond)} from it";
        if (controls.Schedule.Length > 0) text += $", open {controls.Schedule}";
        if (controls.QuotaBytes > 0) text += $", {Units.Octets(controls.UsedBytes)} of {Units.Octets(controls.QuotaBytes)} used today";
        if (controls.Paused) text += ", paused";
        if (controls.Blocked) text += ", blocked";
        text = text.Length == 0 ? "none that holds now" : text[2..];
        string change = controls.NextChangeUnixMs == 0 ? "" : $" until {LocalTime.Format(context, controls.NextChangeUnixMs)}";
        return $"{(controls.Open ? "open" : "closed")}{change}: {text}";
    }

    // In a list it has to be seen that a device is cut off, whatever it was granted.
    private static string Standing(DeviceDto device) => device.Controls is not { Open: false } controls
        ? device.State
        : $"{device.State}, {(controls.Blocked ? "blocked" : controls.Paused ? "paused" : "closed")}";

    private static string Services(DeviceDto device)
    {
        int open = 0;
        foreach (ServiceDto service in device.Services) open += service.Active ? 1 : 0;
        return device.Services.Count == 0 ? "" : $"{open} of {device.Services.Count} open";
    }

    private static string Lease(CommandContext context, DeviceDto device) =>
        device.Ip.Length == 0 ? "" : LocalTime.Left(context, device.LeaseExpiresUnixMs, "for ever");

    private static string LeaseEnd(CommandContext context, DeviceDto device) => device.LeaseExpiresUnixMs == 0
        ? "for ever"
        : $"until {LocalTime.Format(context, device.LeaseExpiresUnixMs)} ({LocalTime.Left(context, device.LeaseExpiresUnixMs, "")})";
}
