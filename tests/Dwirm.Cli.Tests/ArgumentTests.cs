using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Cli.Arguments;
using Dwirm.Daemon;

namespace Dwirm.Cli.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("", "no command given")]
    [InlineData("staus", "there is no command staus; did you mean status?")]
    [InlineData("dev", "there is no command dev; did you mean devices?")]
    [InlineData("aprove 02:00:00:00:00:01", "there is no command aprove; did you mean approve?")]
    [InlineData("fullaccess x", "there is no command fullaccess; did you mean full-access?")]
    [InlineData("xyzzy", "there is no command xyzzy")]
    [InlineData("--json status", "a command comes first, options behind it: --json")]
    [InlineData("policy", "policy needs one of: policy check")]
    [InlineData("policy chek x", "policy needs one of: policy check")]
    [InlineData("policy check", "policy check needs FILE")]
    [InlineData("status --jsn", "status has no option --jsn; did you mean --json?")]
    [InlineData("status --wibble", "status has no option --wibble")]
    [InlineData("status -x", "status has no option -x")]
    [InlineData("status extra", "status takes no argument, but got extra")]
    [InlineData("status --json=yes", "--json takes no value")]
    [InlineData("status --json --json", "--json is given twice")]
    [InlineData("status --run-dir", "--run-dir needs a value: --run-dir DIR")]
    [InlineData("status --run-dir=", "--run-dir needs a value that is not empty")]
    [InlineData("device", "device needs DEVICE")]
    [InlineData("device a b", "device got one argument too many: b")]
    [InlineData("approve x --onse", "approve has no option --onse; did you mean --once?")]
    public void Wrong_usage_ends_with_2_and_says_what_was_meant(string line, string expected)
    {
        var session = new Session();

        Assert.Equal(2, session.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(expected, session.Output.Complaints);
        Assert.Contains("--help", session.Output.Complaints);
        Assert.Equal("", session.Output.Printed);
    }

    [Fact]
    public void A_suggestion_is_made_only_for_what_may_be_a_slip()
    {
        string[] names = ["deny", "devices", "device"];

        Assert.Equal("deny", NearestName.Find("dney", names));
        Assert.Equal("device", NearestName.Find("DEVICE", ["deny", "device"]));
        Assert.Null(NearestName.Find("lease", names));
        Assert.Null(NearestName.Find(new string('d', 1000), names));
        Assert.Null(NearestName.Find("", names));
    }

    [Fact]
    public void Hostile_words_are_repeated_without_their_escapes()
    {
        var session = new Session();

        Assert.Equal(2, session.Run("\x1b[2J"));
        Assert.DoesNotContain('\x1b', session.Output.Complaints);
        Assert.Contains(@"\x1b[2J", session.Output.Complaints);
    }

    [Fact]
    public void The_daemon_gets_every_path_it_was_given()
    {
        var session = new Session();

        int exit = session.Run(
            "daemon", "--uci-dir", "/u", "--policy=/p", "--categories", "/c", "--state-dir", "/s", "--run-dir", "/r", "--lease-file", "/l");

        Assert.Equal(0, exit);
        Assert.Equal(["run"], session.Started);
        Assert.Equal(
            new DaemonOptions { UciDir = "/u", PolicyPath = "/p", CategoriesPath = "/c", StateDir = "/s", RunDir = "/r", LeaseFile = "/l" },
            session.Options);
    }

    [Fact]
    public void Paths_default_to_those_of_OpenWrt()
    {
        var session = new Session();

        Assert.Equal(1, session.Run("daemon", "--check"));
        Assert.Equal(["check"], session.Started);
        Assert.Equal("/etc/config", session.Options!.UciDir);
        Assert.Equal("/etc/dwirm/policy.yaml", session.Options.PolicyPath);
        Assert.Equal("/usr/share/dwirm/categories.yaml", session.Options.CategoriesPath);
        Assert.Equal("/etc/dwirm/state", session.Options.StateDir);
        Assert.Equal("/var/run/dwirm", session.Options.RunDir);
        Assert.Equal("/tmp/dhcp.leases", session.Options.LeaseFile);
    }

    [Fact]
    public void Started_as_dwirmd_it_is_the_daemon()
    {
        var session = new Session();

        Assert.Equal(1, CommandLine.Run(session.Context, "/usr/sbin/dwirmd", ["--check"]));
        Assert.Equal(0, CommandLine.Run(session.Context, "dwirmd", []));
        Assert.Equal(["check", "run"], session.Started);
    }

    [Fact]
    public void Local_commands_hand_on_the_exit_code_of_what_they_call()
    {
        var session = new Session();

        Assert.Equal(1, session.Run("policy", "check", "/etc/dwirm/policy.yaml"));
        Assert.Equal(0, session.Run("cleanup", "--run-dir", "/r"));
        Assert.Equal(["policy /etc/dwirm/policy.yaml", "cleanup"], session.Started);
    }

    [Fact]
    public void The_version_is_told_three_ways()
    {
        foreach (string[] words in (string[][])[["version"], ["--version"], ["-V"]])
        {
            var session = new Session();
            Assert.Equal(0, session.Run(words));
            Assert.Equal($"dwirm {Control.ProductVersion.Text}\n", session.Output.Printed);
        }
        var json = new Session();
        Assert.Equal(0, json.Run("version", "--json"));
        Assert.Equal($$"""{"version":"{{Control.ProductVersion.Text}}"}""" + "\n", json.Output.Printed);
    }

    [Fact]
    public void Behind_two_dashes_everything_is_an_argument()
    {
        ParseResult result = ArgumentParser.Parse(["device", "--", "--json"], CommandTable.All, out Invocation? invocation, out _, out _);

        Assert.Equal(ParseResult.Run, result);
        Assert.Equal(["--json"], invocation!.Arguments);
        Assert.False(invocation.Has("--json"));
    }

    [Fact]
    public void Options_may_stand_before_and_behind_arguments_and_have_letters()
    {
        ParseResult result = ArgumentParser.Parse(["events", "-n", "5", "cam", "-f"], CommandTable.All, out Invocation? invocation, out _, out _);

        Assert.Equal(ParseResult.Run, result);
        Assert.Equal(["cam"], invocation!.Arguments);
        Assert.True(invocation.Has("--follow"));
        Assert.Equal("5", invocation.Value("--limit", ""));
    }

    [Fact]
    public void The_table_is_consistent()
    {
        IReadOnlyList<CommandSpec> table = CommandTable.All;

        Assert.Equal(table.Count, table.Select(command => command.Name).Distinct().Count());
        foreach (CommandSpec command in table)
        {
            Assert.Equal(command.Options.Count, command.Options.Select(option => option.Name).Distinct().Count());
            Assert.All(command.Options, option => Assert.StartsWith("--", option.Name));
            Assert.False(command.Summary.EndsWith('.'), command.Name);
        }
    }
}
