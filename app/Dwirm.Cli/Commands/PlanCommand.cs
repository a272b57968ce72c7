using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm plan</c>.</summary>
internal static class PlanCommand
{
    /// <summary>Asks and prints: for people, as JSON, or as an nft script.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        bool nft = invocation.Has("--nft"), json = invocation.Has("--json");
        if (nft && json)
        {
            _ = client.Fail("--nft and --json exclude each other");
            return ExitCode.Usage;
        }
        var request = new ControlRequest { Method = ControlMethods.Plan, Format = nft ? "nft" : "json" };
        if (invocation.Arguments.Count > 0)
        {
            int found = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
            if (found != ExitCode.Done) return found;
            request.Mac = mac;
        }
        if (json) return client.PassOn(request);
        return nft ? PrintScript(context, client, request) : PrintTables(context, client, request);
    }

    private static int PrintScript(CommandContext context, DaemonClient client, ControlRequest request)
    {
        int exit = client.Fetch(request, out TextDto? script);
        if (exit == ExitCode.Done) context.Output.Out(SafeText.Lines(script!.Text));
        return exit;
    }

    private static int PrintTables(CommandContext context, DaemonClient client, ControlRequest request)
    {
        int exit = client.Fetch(request, out PlanDto? plan);
        if (exit == ExitCode.Done) context.Output.Out(Render(plan!, context.Output.Columns));
        return exit;
    }

    /// <summary>The plan as tables.</summary>
    internal static string Render(PlanDto plan, int columns)
    {
        var text = new StringBuilder();
        var networks = new Table(new("network"), new("device"), new("router's address"), new("devices without a profile"));
        foreach (NetworkStatusDto network in plan.Networks) networks.Add(network.Name, network.Device, network.Address, network.Posture);
        text.Append(networks.Render(columns));
        if (plan.Uplinks.Count > 0)
        {
            var uplinks = new Table(new("outside"), new("device"), new("addresses", Flexible: true));
            foreach (PlanUplinkDto uplink in plan.Uplinks) uplinks.Add(uplink.Name, uplink.Device, string.Join(" ", uplink.Addresses));
            text.Append('\n').Append(uplinks.Render(columns));
        }
        foreach (PlanDeviceDto device in plan.Devices) AddDevice(text, device, columns);
        return text.ToString();
    }

    private static void AddDevice(StringBuilder text, PlanDeviceDto device, int columns)
    {
        string addresses = device.Addresses.Count == 0 ? "no address" : string.Join(" ", device.Addresses);
        text.Append('\n').Append(SafeText.Line($"{device.Mac} on {device.Device}: {device.Posture}, {addresses}")).Append('\n');
        if (device.Services.Count == 0) return;
        var services = new Table(
            new("id", Right: true), new("may"), new("category", Flexible: true), new("now"), new("rate", Right: true),
            new("lets through", Flexible: true));
        foreach (PlanServiceDto service in device.Services)
        {
            string may = service.Direction == "provide" ? "provide" : "use";
            string reach = Join("", service.Ports);
            reach = Join(reach, service.Endpoints);
            if (service.Sources.Count > 0) reach += $" from {string.Join(" ", service.Sources)}";
            if (service.Forwards.Count > 0) reach += $" forward {string.Join(", ", service.Forwards)}";
            string rate = Units.Rate(service.RateBitsPerSecond);
            services.Add(service.Sid.ToString(), may, service.Category, service.Active ? "open" : "closed", rate, reach);
        }
        text.Append(services.Render(columns, indent: 2));
    }

    private static string Join(string before, System.Collections.Generic.IReadOnlyList<string> parts)
    {
        if (parts.Count == 0) return before;
        return before.Length == 0 ? string.Join(", ", parts) : $"{before}, {string.Join(", ", parts)}";
    }
}
