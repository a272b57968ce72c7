using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Dwirm.Architecture.Tests;

/// <summary>References point one way: the arrows of app/ARCHITECTURE.md, and no other.</summary>
public sealed class RoomTests
{
    /// <summary>Room → what it may reference. A new arrow is a design change: draw it in app/ARCHITECTURE.md first.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Dwirm.Wire"] = [],
        ["Dwirm.Linux"] = [],
        ["Dwirm.Control"] = [],
        ["Dwirm.Policy"] = ["Dwirm.Wire"],
        ["Dwirm.Dhcp"] = ["Dwirm.Wire"],
        ["Dwirm.Store"] = ["Dwirm.Wire", "Dwirm.Policy", "Dwirm.Dhcp"],
        ["Dwirm.Enforcement"] = ["Dwirm.Wire", "Dwirm.Policy", "Dwirm.Linux"],
        ["Dwirm.Daemon"] =
        [
            "Dwirm.Wire", "Dwirm.Policy", "Dwirm.Dhcp", "Dwirm.Linux", "Dwirm.Store", "Dwirm.Enforcement", "Dwirm.Control",
        ],
        ["Dwirm.Cli"] = ["Dwirm.Daemon", "Dwirm.Control", "Dwirm.Linux"],
        ["Dwirm.Device"] = ["Dwirm.Wire", "Dwirm.Policy", "Dwirm.Linux"],
    };

    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Fact]
    public void Every_room_is_drawn_and_every_drawn_room_exists() =>
        Assert.Equal(Arrows.Keys.Order(StringComparer.Ordinal), Repository.Rooms);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_only_what_the_drawing_allows(string room)
    {
        IReadOnlyList<string> actual = Repository.ReferencesOf(Project(room));

        string[] forbidden = [.. actual.Except(Arrows[room], StringComparer.Ordinal)];

        Assert.True(forbidden.Length == 0, $"{room} must not reference {string.Join(", ", forbidden)}");
    }

    [Fact]
    public void Dhcp_and_Policy_do_not_see_each_other()
    {
        Assert.DoesNotContain("Dwirm.Policy", Repository.ReferencesOf(Project("Dwirm.Dhcp")));
        Assert.DoesNotContain("Dwirm.Dhcp", Repository.ReferencesOf(Project("Dwirm.Policy")));
    }

    [Fact]
    public void The_compiler_refuses_what_a_room_does_not_name()
    {
        XDocument properties = XDocument.Load(Path.Combine(Repository.Top, "app", "Directory.Build.props"));
        Assert.Equal("true", properties.Descendants("DisableTransitiveProjectReferences").Single().Value);

        // The command line is where the program is put together; nobody else may lift the rule.
        string[] lifted =
        [
            .. Repository.Rooms.Where(room => XDocument.Load(Project(room)).Descendants("DisableTransitiveProjectReferences").Any()),
        ];
        Assert.Equal(["Dwirm.Cli"], lifted);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_has_its_tests(string room)
    {
        string tests = Path.Combine(Repository.Top, "tests", room + ".Tests");

        Assert.True(Directory.Exists(tests), $"{Repository.Short(tests)} is missing");
        Assert.Contains(room, Repository.ReferencesOf(Path.Combine(tests, room + ".Tests.csproj")));
    }

    private static string Project(string room) => Path.Combine(Repository.Top, "app", room, room + ".csproj");
}
