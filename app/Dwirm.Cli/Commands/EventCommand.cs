using System.Globalization;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm events</c>.</summary>
internal static class EventCommand
{
    private const int MaxLimit = 100_000;

    /// <summary>Asks and prints; with <c>--follow</c> until the daemon or the caller ends it.</summary>
    public static int Run(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        string limit = invocation.Value("--limit", "0");
        bool isNumber = int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MaxLimit;
        if (!isNumber || (count == 0 && invocation.Has("--limit")))
        {
            _ = client.Fail($"--limit takes a number from 1 to {MaxLimit}, not {limit}");
            return ExitCode.Usage;
        }
        var request = new ControlRequest { Method = ControlMethods.Events, Limit = count, Follow = invocation.Has("--follow") };
        if (invocation.Arguments.Count > 0)
        {
            int exit = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
            if (exit != ExitCode.Done) return exit;
            request.Mac = mac;
        }
        if (request.Follow) return Follow(context, client, request, invocation.Has("--json"));
        return invocation.Has("--json") ? client.PassOn(request) : Print(context, client, request);
    }

    private static int Print(CommandContext context, DaemonClient client, ControlRequest request)
    {
        var table = new Table(new("time"), new("MAC"), new("event"), new("by", Flexible: true), new("detail", Flexible: true));
        int exit = client.FetchEach<EventDto>(request, entry =>
            table.Add(LocalTime.Format(context, entry.AtUnixMs), entry.Mac, entry.Kind, entry.By, Story(entry)));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "nothing has happened yet\n" : table.Render(context.Output.Columns));
        return exit;
    }

    private static int Follow(CommandContext context, DaemonClient client, ControlRequest request, bool json) => client.Follow(request, line =>
    {
        if (json)
        {
            context.Output.Out([.. line.Span, (byte)'\n']);
            return true;
        }
        if (!ControlCodec.TryRead(line.Span, out EventDto entry, out ControlFault fault))
        {
            _ = client.Fail($"the daemon sent an event that cannot be read ({fault.Describe()})");
            return false;
        }
        context.Output.Out(Line(context, entry));
        return true;
    });

    // The detail, unless what holds since says it too.
    private static string Story(EventDto entry)
    {
        if (entry.Before == entry.After) return entry.Detail;
        string change = $"{entry.Before} -> {entry.After}";
        return entry.Detail.Length == 0 || entry.After.EndsWith(entry.Detail, System.StringComparison.Ordinal) ? change : $"{entry.Detail}: {change}";
    }

    /// <summary>One event on its own line; columns that are known to be narrow are aligned.</summary>
    internal static string Line(CommandContext context, EventDto entry)
    {
        string text = $"{LocalTime.Format(context, entry.AtUnixMs)}  {entry.Mac,-17}  {entry.Kind,-11}  {entry.By}";
        if (Story(entry) is { Length: > 0 } story) text += $": {story}";
        text = SafeText.Line(text);
        return (context.Output.Columns > 0 ? TextWidth.Cut(text, context.Output.Columns) : text) + "\n";
    }
}
