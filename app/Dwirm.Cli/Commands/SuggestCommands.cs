using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary>Observing a device, and the profile that comes of it.</summary>
internal static class SuggestCommands
{
    /// <summary><c>dwirm observe</c>.</summary>
    public static int Observe(CommandContext context, Invocation invocation)
    {
        var request = new ControlRequest { Method = ControlMethods.Observe, Clear = invocation.Has("--stop") };
        if (invocation.Has("--for"))
        {
            string text = invocation.Value("--for", "");
            if (request.Clear || !UntilTime.TryParse(text, context, out long until))
            {
                string why = request.Clear ? "either --for or --stop" : $"--for does not take {text}: write {UntilTime.Forms}";
                _ = DaemonClient.For(context, invocation).Fail(why);
                return ExitCode.Usage;
            }
            request.UntilUnixMs = until;
        }
        return DecisionCommands.Decide(context, invocation, request);
    }

    /// <summary><c>dwirm suggest</c>: the profile on standard output, so that it can be piped on; what was seen beside it.</summary>
    public static int Suggest(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        int exit = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
        if (exit != ExitCode.Done) return exit;
        exit = client.Fetch(new ControlRequest { Method = ControlMethods.Suggest, Mac = mac }, out SuggestionDto? suggestion);
        if (exit != ExitCode.Done) return exit;
        if (!invocation.Has("--json")) context.Output.Error(Render(context, suggestion!));
        if (suggestion!.Profile is null) return client.Fail("nothing was seen yet: flows are looked at every half minute");
        context.Output.Out(suggestion.Profile + "\n");
        return ExitCode.Done;
    }

    /// <summary>What was seen, as text.</summary>
    internal static string Render(CommandContext context, SuggestionDto suggestion)
    {
        var card = new Card(0);
        string until = suggestion.Observing ? $"ends in {LocalTime.Left(context, suggestion.UntilUnixMs, "")}" : "has ended";
        card.Heading($"{suggestion.Mac}: the observation {until}");
        var table = new Table(new("uses"), new("host", Flexible: true), new("port"), new("as"), new("seen", Right: true));
        bool literal = false;
        foreach (SeenDto seen in suggestion.Seen)
        {
            bool consumes = seen.Direction == "consume";
            bool unnamed = consumes && seen.Name.Length == 0;
            literal |= unnamed;
            string host = seen.Name.Length > 0 ? seen.Name : unnamed ? seen.Address + " *" : "from " + seen.Address;
            table.Add(consumes ? "out" : "in", host, $"{seen.Port}/{seen.Protocol}", seen.Category, seen.Sightings.ToString());
        }
        if (table.Count > 0) card.Gap();
        string text = card.ToString() + (table.Count > 0 ? table.Render(context.Output.Columns) : "");
        if (literal) text += "* no name known: the address may change, and the profile will then not fit any more\n";
        if (suggestion.Omitted > 0) text += $"{suggestion.Omitted} of these found no room in a profile\n";
        if (suggestion.Missed > 0) text += $"{suggestion.Missed} times more was seen than could be told apart\n";
        return text;
    }
}
