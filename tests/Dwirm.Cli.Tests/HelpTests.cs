using System.Collections.Generic;
using System.Linq;
using Dwirm.Cli.Arguments;

namespace Dwirm.Cli.Tests;

public sealed class HelpTests
{
    /// <summary>The commands that are promised to users and scripts.</summary>
    private static readonly string[] Promised =
    [
        "daemon", "status", "devices", "device", "leases", "grants", "pending", "approve", "deny", "revoke", "forget", "full-access",
        "assign", "observe", "suggest", "limit",
        "pause", "resume", "schedule", "quota", "block", "plan",
        "events", "counters", "doctor", "cleanup", "version", "policy check", "policy explain", "key add", "key list", "key remove",
    ];

    public static TheoryData<string> Names => [.. CommandTable.All.Select(command => command.Name)];

    [Fact]
    public void Every_promised_command_is_there() =>
        Assert.Equal(Promised.Order(), CommandTable.All.Select(command => command.Name).Order());

    [Fact]
    public void The_general_help_names_every_command_and_fits_a_terminal()
    {
        var session = new Session();

        Assert.Equal(0, session.Run("--help"));
        foreach (CommandSpec command in CommandTable.All) Assert.Contains($"\n  {command.Name}", session.Output.Printed);
        Assert.All(session.Output.Printed.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Equal("", session.Output.Complaints);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_command_explains_itself_and_its_options(string name)
    {
        CommandSpec command = CommandTable.All.Single(candidate => candidate.Name == name);
        List<string[]> ways = [[.. name.Split(' '), "--help"], [.. name.Split(' '), "-h"], ["help", .. name.Split(' ')]];
        foreach (string[] words in ways)
        {
            var session = new Session();
            Assert.Equal(0, session.Run(words));
            Assert.StartsWith($"usage: dwirm {name}", session.Output.Printed);
            Assert.All(command.Options, option => Assert.Contains(option.Name, session.Output.Printed));
            Assert.All(command.Arguments, argument => Assert.Contains(argument.Name, session.Output.Printed));
            Assert.Empty(session.Started);
        }
    }

    [Fact]
    public void A_group_and_the_link_dwirmd_have_help_too()
    {
        var group = new Session();
        Assert.Equal(0, group.Run("policy", "--help"));
        Assert.Contains("policy check FILE", group.Output.Printed);
        Assert.DoesNotContain("approve", group.Output.Printed);

        var link = new Session();
        Assert.Equal(0, CommandLine.Run(link.Context, "dwirmd", ["--help"]));
        Assert.StartsWith("usage: dwirm daemon", link.Output.Printed);
    }

    [Fact]
    public void Help_wins_over_what_is_missing()
    {
        var session = new Session();

        Assert.Equal(0, session.Run("approve", "--help"));
        Assert.Equal(2, session.Run("help", "nonsense"));
    }
}
