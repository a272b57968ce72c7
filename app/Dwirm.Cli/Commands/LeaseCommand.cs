using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm leases</c>.</summary>
internal static class LeaseCommand
{
    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Leases };
        if (invocation.Has("--json")) return client.PassOn(request);
        var table = new Table(
            new("address"), new("MAC"), new("name", Flexible: true), new("state"), new("expires in"), new("network"), new("client id", Flexible: true));
        int exit = client.FetchEach<LeaseDto>(request, lease => table.Add(
            lease.Ip, lease.Mac, lease.Hostname, lease.State, LocalTime.Left(context, lease.ExpiresUnixMs, "never"), lease.Network, lease.ClientId));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "there is no lease\n" : table.Render(context.Output.Columns));
        return exit;
    }
}
