using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm counters</c>: what was used, a row for each service that is granted.</summary>
internal static class CountersCommand
{
    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Counters };
        if (invocation.Arguments.Count > 0)
        {
            int found = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
            if (found != ExitCode.Done) return found;
            request.Mac = mac;
        }
        if (invocation.Has("--json")) return client.PassOn(request);
        var table = new Table(
            new("device", Flexible: true), new("MAC"), new("service", Flexible: true), new("packets", Right: true), new("octets", Right: true),
            new("dropped", Right: true), new("names", Right: true), new("refused", Right: true), new("spoofed", Right: true));
        int exit = client.FetchEach<CountersDto>(request, counters => Add(table, counters));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "no devices yet\n" : table.Render(context.Output.Columns));
        return exit;
    }

    // What belongs to the device as a whole stands in its first row.
    private static void Add(Table table, CountersDto counters)
    {
        string name = counters.Hostname.Length > 0 ? counters.Hostname : counters.Description;
        (string queries, string refused, string spoofed) = ($"{counters.Queries}", $"{counters.Violations}", $"{counters.Spoofed}");
        if (counters.Services.Count == 0) table.Add(name, counters.Mac, "", "", "", "", queries, refused, spoofed);
        for (int i = 0; i < counters.Services.Count; i++)
        {
            UsageDto usage = counters.Services[i];
            bool first = i == 0;
            table.Add(
                name, counters.Mac, $"{(usage.Direction == "provide" ? "provides" : "uses")} {usage.Category}", $"{usage.Packets}", Units.Octets(usage.Bytes),
                $"{usage.Dropped}", first ? queries : "", first ? refused : "", first ? spoofed : "");
        }
    }
}
