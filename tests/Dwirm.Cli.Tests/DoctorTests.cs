using Dwirm.Cli.Commands;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

public sealed class DoctorTests
{
    private static readonly FindingDto[] s_findings =
    [
        new() { Level = "ok", What = "nf_tables" },
        new() { Level = "warn", What = "HTB", Detail = "nft probe: No such file", Cure = "install kmod-sched-core" },
        new() { Level = "FAIL", What = "UDP port 67", Detail = "held by x\u001b[31m (process 7)", Cure = "stop it" },
    ];

    [Fact]
    public void Each_thing_is_a_line_and_its_cure_stands_below() => Assert.Equal("""
        ok    nf_tables
        warn  HTB: nft probe: No such file
              cure: install kmod-sched-core
        FAIL  UDP port 67: held by x\x1b[31m (process 7)
              cure: stop it

        1 thing missing that matters

        """, DoctorCommand.Render(s_findings));

    [Fact]
    public void What_fails_decides_the_exit_code_and_a_daemon_that_does_not_answer_is_none()
    {
        var session = new Session { Findings = s_findings };
        Assert.Equal(1, session.Run("doctor", "--run-dir", "/nonexistent", "--state-dir", "/x"));
        Assert.Null(session.Status);
        Assert.Equal(("/nonexistent", "/x"), (session.Options!.RunDir, session.Options.StateDir));
        Assert.Equal("", session.Output.Complaints);

        session = new Session { Findings = s_findings[..2] };
        Assert.Equal(0, session.Run("doctor", "--run-dir", "/nonexistent"));
        Assert.EndsWith("\nnothing missing that matters; 1 warning\n", session.Output.Printed);
    }

    [Fact]
    public void A_daemon_that_runs_is_asked_and_programs_get_an_array()
    {
        using var daemon = new FakeDaemon();
        daemon.Answers("status", Documents.Text(new StatusDto { Pid = 42 }));
        var session = new Session { Findings = s_findings };
        Assert.Equal(1, session.Run("doctor", "--json", "--run-dir", daemon.RunDirectory));
        Assert.Equal(42, session.Status!.Pid);
        Assert.Equal(Documents.List(s_findings) + "\n", session.Output.Printed);
    }
}
