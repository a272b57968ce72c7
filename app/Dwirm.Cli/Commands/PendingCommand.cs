using System;
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
        AskedProfile asked = AskedProfile.Read(pending.Requested);
        foreach (ServiceDto service in pending.Services)
        {
            if (pending.ForwardOnly && !WaitsForForward(service, asked)) continue;
            string options = asked.Options(service);
            string what = $"{(ServiceText.IsProvide(service) ? "to provide" : "to use")} {service.Category}";
            card.Line("asks", options.Length == 0 ? what : $"{what}: {options}").Lines("why", Why(pending, service), indent: 4);
        }
        card.Line("until", pending.ForwardOnly
            ? "you decide, everything but the port forward is granted"
            : "you decide, only DHCP, DNS and NTP of the router");
        card.Line("decide", $"dwirm approve {pending.Mac}").Line("", $"dwirm deny {pending.Mac}");
        card.Line("", $"dwirm approve {pending.Mac} --amend FILE   to grant less than asked");
        if (!pending.ForwardOnly && pending.Services.Count > 1) card.Line("", $"dwirm approve {pending.Mac} --category NAME   to grant one of them");
        return card.ToString();
    }

    /// <summary>Granted but for the forward that it asked for.</summary>
    private static bool WaitsForForward(ServiceDto service, AskedProfile asked) =>
        service.PortForward.Length == 0 && service.Decision != "denied" && asked.Options(service).Contains("PortFwd ", StringComparison.OrdinalIgnoreCase);

    private static string[] Why(PendingDto pending, ServiceDto service)
    {
        bool ruled = service.Rule.Length > 0;
        string reason = service.Decision switch
        {
            _ when pending.ForwardOnly => "a port forward opens it to the outside, which the policy leaves to you; the rest is granted",
            "pending" => ruled ? $"the rule \"{service.Rule}\" leaves it to you" : "no rule of the policy decides it",
            "denied" => ruled ? $"nothing to decide: the rule \"{service.Rule}\" denies it" : "nothing to decide: the policy denies it",
            _ => ruled ? $"the rule \"{service.Rule}\" would grant it; it waits for the rest" : "the policy would grant it; it waits for the rest",
        };
        return service.Reasons.Count == 0 ? [reason] : [reason, .. service.Reasons];
    }
}
