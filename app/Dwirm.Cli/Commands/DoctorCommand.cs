using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Client;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary><c>dwirm doctor</c>: what the system lacks, and the cure.</summary>
internal static class DoctorCommand
{
    /// <summary>Asks the daemon if there is one, examines, and prints.</summary>
    /// <returns>1 when anything fails that matters.</returns>
    public static int Run(CommandContext context, Invocation invocation)
    {
        // That no daemon answers is a finding, not a failure.
        DaemonClient client = DaemonClient.For(context with { Output = new Silence() }, invocation);
        _ = client.Fetch(new ControlRequest { Method = ControlMethods.Status }, out StatusDto? status);
        IReadOnlyList<FindingDto> findings = context.Examine(LocalCommands.Options(invocation), status);
        if (invocation.Has("--json")) context.Output.Out([.. ControlCodec.ToBytes(findings), (byte)'\n']);
        else context.Output.Out(Render(findings));
        return Count(findings, "FAIL") > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>A line for each finding, its cure below it.</summary>
    internal static string Render(IReadOnlyList<FindingDto> findings)
    {
        var text = new StringBuilder();
        foreach (FindingDto finding in findings)
        {
            text.Append(finding.Level.PadRight(6)).Append(SafeText.Line(finding.What));
            if (finding.Detail.Length > 0) text.Append(": ").Append(SafeText.Line(finding.Detail));
            text.Append('\n');
            if (finding.Cure.Length > 0) text.Append("      cure: ").Append(SafeText.Line(finding.Cure)).Append('\n');
        }
        int failed = Count(findings, "FAIL"), warned = Count(findings, "warn");
        if (failed > 0) text.Append($"\n{Units.Count(failed, "thing")} missing that {(failed == 1 ? "matters" : "matter")}\n");
        else text.Append(warned > 0 ? $"\nnothing missing that matters; {Units.Count(warned, "warning")}\n" : "\nall is there\n");
        return text.ToString();
    }

    private static int Count(IReadOnlyList<FindingDto> findings, string level)
    {
        int count = 0;
        foreach (FindingDto finding in findings) count += finding.Level == level ? 1 : 0;
        return count;
    }

    private sealed class Silence : IOutput
    {
        public int Columns => 0;

        public void Out(ReadOnlySpan<byte> octets)
        {
        }

        public void Out(ReadOnlySpan<char> text)
        {
        }

        public void Error(ReadOnlySpan<char> text)
        {
        }
    }
}
