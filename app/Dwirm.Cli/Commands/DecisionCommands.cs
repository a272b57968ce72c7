using System;
using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;
using Dwirm.Linux;

namespace Dwirm.Cli.Commands;

/// <summary>The owner's decisions.</summary>
internal static class DecisionCommands
{
    /// <summary><c>dwirm approve</c>.</summary>
    public static int Approve(CommandContext context, Invocation invocation)
    {
        var request = new ControlRequest { Method = ControlMethods.Approve, Once = invocation.Has("--once"), Value = invocation.Value("--category", "") };
        if (invocation.Has("--amend"))
        {
            string fault = ReadAmendment(invocation.Value("--amend", ""), out string json);
            if (fault.Length > 0) return DaemonClient.For(context, invocation).Fail(fault);
            request.Json = json;
        }
        return Decide(context, invocation, request);
    }

    /// <summary><c>dwirm deny</c>.</summary>
    public static int Deny(CommandContext context, Invocation invocation) => Decide(context, invocation, new() { Method = ControlMethods.Deny });

    /// <summary><c>dwirm revoke</c>.</summary>
    public static int Revoke(CommandContext context, Invocation invocation) => Decide(context, invocation, new() { Method = ControlMethods.Revoke });

    /// <summary><c>dwirm forget</c>.</summary>
    public static int Forget(CommandContext context, Invocation invocation) => Decide(context, invocation, new() { Method = ControlMethods.Forget });

    /// <summary><c>dwirm full-access</c>.</summary>
    public static int FullAccess(CommandContext context, Invocation invocation)
    {
        var request = new ControlRequest { Method = ControlMethods.FullAccess };
        if (invocation.Has("--until"))
        {
            string text = invocation.Value("--until", "");
            if (!UntilTime.TryParse(text, context, out long until))
            {
                _ = DaemonClient.For(context, invocation).Fail($"--until does not take {text}: write a time to come as {UntilTime.Forms}");
                return ExitCode.Usage;
            }
            request.UntilUnixMs = until;
        }
        return Decide(context, invocation, request);
    }

    /// <summary>Names the device to the daemon, and prints what came of it.</summary>
    public static int Decide(CommandContext context, Invocation invocation, ControlRequest request)
    {
        DaemonClient client = DaemonClient.For(context, invocation);
        int exit = DeviceReference.Resolve(client, invocation.Argument(0), out string mac);
        if (exit != ExitCode.Done) return exit;
        request.Mac = mac;
        if (invocation.Has("--json")) return client.PassOn(request);
        exit = client.Fetch(request, out OutcomeDto? outcome);
        if (exit == ExitCode.Done) context.Output.Out(SafeText.Line(Sentence(outcome!)) + "\n");
        return exit;
    }

    private static string Sentence(OutcomeDto outcome)
    {
        string text = outcome.Mac;
        if (outcome.State.Length > 0) text += $" is now {outcome.State}";
        return outcome.Message.Length == 0 ? text : $"{text}: {outcome.Message}";
    }

    /// <summary>Reads a profile of at most <see cref="ControlProtocol.MaxAmendmentOctets"/>; answers what is wrong with the file, or nothing.</summary>
    internal static string ReadAmendment(string file, out string json)
    {
        json = "";
        byte[] buffer = new byte[ControlProtocol.MaxAmendmentOctets + 1];
        int length = Files.ReadStart(file == "-" ? "/dev/stdin" : file, buffer);
        if (file == "-") file = "standard input";
        if (length < 0) return $"{file} cannot be read: {Errno.Describe(-length)}";
        if (length > ControlProtocol.MaxAmendmentOctets) return $"{file} is longer than {ControlProtocol.MaxAmendmentOctets} octets";
        ReadOnlySpan<byte> text = buffer.AsSpan(0, length);
        // A byte order mark is no JSON, but editors write it.
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var reader = new DocumentReader(text);
        reader.BeginObject();
        while (reader.NextProperty()) reader.Skip();
        reader.End();
        if (!reader.Ok) return $"{file} is no JSON profile: {reader.Fault.Describe()}";
        json = Encoding.UTF8.GetString(text);
        return "";
    }
}
