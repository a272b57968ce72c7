using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;
using Dwirm.Linux;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm key add</c>, <c>list</c> and <c>remove</c>.</summary>
internal static class KeyCommands
{
    private const int OwnerOnly = 0x180;

    /// <summary>Has a key made, and prints it or writes it to a file: the one time that it is told.</summary>
    public static int Add(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        int exit = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
        if (exit != ExitCode.Done) return exit;
        var request = new ControlRequest { Method = ControlMethods.KeyAdd, Mac = mac };
        if (invocation.Has("--json")) return client.PassOn(request);
        exit = client.Fetch(request, out KeyDto? key);
        if (key is null) return exit;
        string text = $"# Key of {key.Mac}, for dwirm-device --key FILE. The router does not tell it again.\n{key.SecretId}:{key.Secret}\n";
        if (!invocation.Has("--file"))
        {
            context.Output.Out(invocation.Has("--hex") ? key.Secret + "\n" : text);
            return ExitCode.Done;
        }
        string file = invocation.Value("--file", "");
        int errno = Files.TryWriteAtomic(file, Encoding.ASCII.GetBytes(text), OwnerOnly, sync: true);
        if (errno == 0)
        {
            context.Output.Out($"key {key.SecretId} of {key.Mac} is in {SafeText.Line(file)}\n");
            return ExitCode.Done;
        }
        // A key that nobody was told is of no use, and would keep the device's profiles out.
        _ = client.Fetch(new ControlRequest { Method = ControlMethods.KeyRemove, Mac = mac }, out OutcomeDto? _);
        return client.Fail($"{file} cannot be written: {Errno.Describe(errno)}; no key was made");
    }

    /// <summary>Lists the keys, without their secrets.</summary>
    public static int List(CommandContext context, Invocation invocation)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        var request = new ControlRequest { Method = ControlMethods.KeyList };
        if (invocation.Has("--json")) return client.PassOn(request);
        var table = new Table(new("MAC"), new("secret id"), new("made"), new("last used"));
        int exit = client.FetchEach<KeyDto>(request, key => table.Add(
            key.Mac, key.SecretId, LocalTime.Format(context, key.CreatedUnixMs),
            key.LastUsedUnixMs == 0 ? "never" : LocalTime.Format(context, key.LastUsedUnixMs)));
        if (exit == ExitCode.Done) context.Output.Out(table.Count == 0 ? "no device has a key\n" : table.Render(context.Output.Columns));
        return exit;
    }

    /// <summary>Takes a key away.</summary>
    public static int Remove(CommandContext context, Invocation invocation) =>
        DecisionCommands.Decide(context, invocation, new ControlRequest { Method = ControlMethods.KeyRemove });
}
