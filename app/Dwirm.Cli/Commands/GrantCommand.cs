using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm grants</c>: a row for each service that is granted.</summary>
internal static class GrantCommand
{
    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Grants };
        if (invocation.Has("--json")) return client.PassOn(request);
        var table = new Table(
            new("device", Flexible: true), new("MAC"), new("may"), new("category", Flexible: true), new("now"), new("rate", Right: true),
            new("schedule"), new("forward", Flexible: true), new("ports and endpoints", Flexible: true));
        int exit = client.FetchEach<GrantDto>(request, grant => Add(context, table, grant));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "nothing is granted\n" : table.Render(context.Output.Columns));
        return exit;
    }

    private static void Add(CommandContext context, Table table, GrantDto grant)
    {
        string name = grant.Hostname.Length > 0 ? grant.Hostname : grant.Description;
        if (grant.State == "full-access")
        {
            string left = grant.UntilUnixMs == 0 ? "" : $"for {LocalTime.Left(context, grant.UntilUnixMs, "")}";
            table.Add(name, grant.Mac, "anything", "Full Access", Now(grant, active: true), Units.Rate(0), left, "", "");
            return;
        }
        foreach (ServiceDto service in grant.Services)
        {
            string reach = service.Ports;
            foreach (string endpoint in service.Endpoints) reach += reach.Length == 0 ? endpoint : " " + endpoint;
            table.Add(
                name, grant.Mac, ServiceText.IsProvide(service) ? "provide" : "use", service.Category, Now(grant, service.Active),
                Units.Rate(service.RateBitsPerSecond), ServiceText.Schedule(service.Schedule), service.PortForward, reach);
        }
    }

    private static string Now(GrantDto grant, bool active) => grant.Ip.Length == 0 ? "no lease" : active ? "open" : "closed";
}
