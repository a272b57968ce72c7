using System.Collections.Generic;
using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm status</c>: what runs, and above all what does not.</summary>
internal static class StatusCommand
{
    private const int LabelWidth = 11;

    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Status };
        if (invocation.Has("--json")) return client.PassOn(request);
        int exit = client.Fetch(request, out StatusDto? status);
        if (exit == ExitCode.Done) context.Output.Out(Render(status!, context.Output.Columns));
        return exit;
    }

    /// <summary>The text.</summary>
    internal static string Render(StatusDto status, int columns)
    {
        var networks = new Table(new("network"), new("device"), new("address"), new("devices without a profile", Flexible: true), new("DHCP"));
        foreach (NetworkStatusDto network in status.Networks)
        {
            networks.Add(network.Name, network.Device, network.Address, Posture(network.Posture), network.Serving ? "served" : "NOT SERVED");
        }
        var card = new Card(LabelWidth);
        card.Line("devices", Devices(status.Devices), 0)
            .Line("leases", status.Leases.ToString(), 0)
            .Line("clock", Clock(status.Clock), 0)
            .Line("store", status.Store.Path, 0)
            .Line("enforcement", Enforcement(status.Enforcement), 0);
        foreach ((string name, long count) in status.Counters)
        {
            if (count != 0) card.Line("counter", $"{name} {count}", 0);
        }

        var text = new StringBuilder();
        text.Append(SafeText.Line($"dwirm {status.Version} runs as process {status.Pid} for {Units.Duration(status.UptimeSeconds * 1000)}"));
        if (status.ResidentKiB > 0) text.Append($" in {Units.Octets(status.ResidentKiB * 1024)} of memory");
        text.Append("\n\n").Append(networks.Render(columns)).Append('\n').Append(card);
        List<string> warnings = Warnings(status);
        if (warnings.Count > 0) text.Append('\n');
        foreach (string warning in warnings) text.Append("WARNING: ").Append(SafeText.Line(warning)).Append('\n');
        if (Waiting(status.Devices) is > 0 and long waiting)
        {
            text.Append($"\n{Units.Count(waiting, "device")} {(waiting == 1 ? "waits" : "wait")} for your decision: dwirm pending\n");
        }
        return text.ToString();
    }

    /// <summary>What the owner should know, the gravest first.</summary>
    internal static List<string> Warnings(StatusDto status)
    {
        var warnings = new List<string>();
        EnforcementStatusDto enforcement = status.Enforcement;
        if (!enforcement.Inet) warnings.Add("the routed table is missing from the kernel: NOTHING is enforced between networks");
        if (!enforcement.Bridge) warnings.Add("the bridge table is missing from the kernel: devices of one network reach each other unfiltered");
        if (!enforcement.Htb) warnings.Add("the kernel has no HTB: rates are not enforced");
        if (enforcement.LastError.Length > 0) warnings.Add($"the kernel's last refusal: {enforcement.LastError}");
        if (!status.Clock.Trusted)
        {
            warnings.Add("the clock is not trusted: services with a schedule stay closed until it is set by NTP (or option clock 'trust')");
        }
        if (status.Store.LastError.Length > 0) warnings.Add($"the store's last fault: {status.Store.LastError}; what it could not record is not answered");
        if (status.Store.StartedEmpty)
        {
            warnings.Add("the store started empty: this is the first start, or a damaged file was set aside and its decisions are lost");
        }
        foreach (NetworkStatusDto network in status.Networks)
        {
            if (!network.Serving) warnings.Add($"DHCP of network {network.Name} is not served: {network.Device} is missing, down or without an address");
        }
        foreach (string fault in status.Faults) warnings.Add(fault);
        foreach (string note in enforcement.Notes) warnings.Add(note);
        return warnings;
    }

    private static string Posture(string posture) => posture switch
    {
        "open" => "open: whatever the firewall allows",
        "quarantine" => "quarantine: DHCP, DNS and NTP of the router only",
        "isolate" => "isolate: the internet, but no other device",
        _ => posture,
    };

    private static string Clock(ClockStatusDto clock) =>
        (clock.Synchronised ? "synchronised" : "not synchronised") + (clock.Trusted ? ", schedules are followed" : ", schedules are not followed");

    private static string Enforcement(EnforcementStatusDto enforcement)
    {
        string parts = "";
        if (enforcement.Inet) parts += ", routed traffic";
        if (enforcement.Bridge) parts += ", bridged traffic";
        if (enforcement.Htb) parts += ", rates";
        return parts.Length == 0 ? "none" : parts[2..];
    }

    private static string Devices(IReadOnlyList<KeyValuePair<string, long>> states)
    {
        long total = 0;
        string parts = "";
        foreach ((string state, long count) in states)
        {
            total += count;
            if (count > 0) parts += $", {count} {state}";
        }
        return parts.Length == 0 ? "none yet" : $"{total}: {parts[2..]}";
    }

    private static long Waiting(IReadOnlyList<KeyValuePair<string, long>> states)
    {
        foreach ((string state, long count) in states)
        {
            if (state == "pending") return count;
        }
        return 0;
    }
}
