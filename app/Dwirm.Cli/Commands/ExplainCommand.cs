using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm policy explain</c>: which rule decides each category of a profile, and which option is narrowed by what.</summary>
internal static class ExplainCommand
{
    private const int LabelWidth = 11;

    /// <summary>Asks and prints.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.Explain, Value = invocation.Value("--network", "") };
        string subject = invocation.Argument(0);
        if (ControlCommands.IsFile(subject))
        {
            string fault = DecisionCommands.ReadAmendment(subject, out string json);
            if (fault.Length > 0) return client.Fail(fault);
            request.Json = json;
        }
        else
        {
            int found = DeviceReference.Resolve(client, subject, out string mac);
            if (found != ExitCode.Done) return found;
            request.Mac = mac;
        }
        if (invocation.Has("--json")) return client.PassOn(request);
        int exit = client.Fetch(request, out DeviceDto? explained);
        if (exit == ExitCode.Done) context.Output.Out(Render(context, explained!));
        return exit;
    }

    /// <summary>The text.</summary>
    internal static string Render(CommandContext context, DeviceDto device)
    {
        var card = new Card(LabelWidth);
        string name = device.Description.Length == 0 ? "the profile" : device.Description;
        card.Heading($"{name} on {device.Network}: {device.State}").Line("decided by", device.DecidedBy);
        DeviceCommands.AddServices(context, card, device);
        return card.ToString();
    }
}
