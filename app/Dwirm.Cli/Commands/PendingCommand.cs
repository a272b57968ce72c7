using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm pending</c>: what is asked, why it waits, and the command that decides.</summary>
internal static class PendingCommand
{
    private const int LabelWidth = 7;

    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Pending };
        if (invocation.Has("--json")) return client.PassOn(request);
        var text = new StringBuilder();
        int exit = client.FetchEach<PendingDto>(request, pending =>
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(Render(context, pending));
        });
        if (exit == ExitCode.Done) context.Output.Out(text.Length == 0 ? "nothing waits for a decision\n" : text.ToString());
        return exit;
    }

    /// <summary>One request.</summary>
    internal static string Render(CommandContext context, PendingDto pending)
    {
        var card = new Card(LabelWidth);
        string name = pending.Description.Length > 0 ? pending.Description : pending.Hostname;
        string address = pending.Ip.Length == 0 ? "" : $", {pending.Ip}";
        card.Heading(name.Length == 0 ? $"{pending.Mac}{address} on {pending.Network}" : $"{name} ({pending.Mac}{address}) on {pending.Network}")
            .Line("waits", $"{LocalTime.Ago(context, pending.SinceUnixMs)}; {(pending.Authenticated ? "proven by DHCP authentication" : "not authenticated")}");
        foreach (ServiceDto service in pending.Services)
        {
            card.Line("asks", $"{(ServiceText.IsProvide(service) ? "to provide" : "to use")} {service.Category}: {ServiceText.Brief(service)}")
                .Lines("why", Why(service), indent: 4);
        }
        card.Line("until", pending.ForwardOnly
            ? "you decide, everything but the port forward is granted"
            : "you decide, only DHCP, DNS and NTP of the router");
        card.Line("decide", $"dwirm approve {pending.Mac}").Line("", $"dwirm deny {pending.Mac}");
        card.Line("", $"dwirm approve {pending.Mac} --amend FILE   to grant less than asked");
        return card.ToString();
    }

    private static string[] Why(ServiceDto service)
    {
        string rule = service.Rule.Length == 0 ? "no rule of the policy decides it" : $"the rule \"{service.Rule}\" leaves it to you";
        return service.Reasons.Count == 0 ? [rule] : [rule, .. service.Reasons];
    }
}
