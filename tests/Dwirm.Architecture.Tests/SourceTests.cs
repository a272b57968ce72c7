using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dwirm.Architecture.Tests;

/// <summary>House rules that can be read off the source text.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;
    private const string KernelTrait = """[Trait("Kind", "Kernel")]""";

    private static readonly string[] MayBeUnsafe = ["app/Dwirm.Linux/", "app/Dwirm.Store/"];

    [Fact]
    public void Unsafe_code_stays_where_the_system_is_called()
    {
        List<string> found = [];
        foreach (string file in Repository.Sources("app").Where(file => !IsIn(file, MayBeUnsafe)))
        {
            found.AddRange(LinesThat(file, line => UnsafeWord().IsMatch(line)));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Only_those_rooms_may_compile_unsafe_code()
    {
        string[] allowing =
        [
            .. Repository.Projects()
                .Where(project => Repository.Short(project).StartsWith("app/", StringComparison.Ordinal))
                .Where(project => XDocument.Load(project).Descendants("AllowUnsafeBlocks").Any(value => value.Value == "true"))
                .Select(project => Path.GetFileNameWithoutExtension(project)),
        ];

        Assert.Equal(["Dwirm.Linux", "Dwirm.Store"], allowing);
    }

    [Fact]
    public void Nothing_in_the_program_starts_another()
    {
        List<string> found = [];
        foreach (string file in Repository.Sources("app"))
        {
            found.AddRange(LinesThat(file, line => StartsAProgram().IsMatch(line)));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void A_file_is_one_thing()
    {
        string[] tooLong =
        [
            .. Repository.Sources("app").Concat(Repository.Sources("tests"))
                .Select(file => (File: file, Lines: File.ReadLines(file).Count()))
                .Where(entry => entry.Lines > LongestFile)
                .Select(entry => $"{Repository.Short(entry.File)}: {entry.Lines} lines, more than {LongestFile}"),
        ];

        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Theory]
    [InlineData("T:System.Diagnostics.Process")]
    [InlineData("T:System.Net.IPAddress")]
    [InlineData("T:System.Net.Sockets.Socket")]
    [InlineData("T:System.Threading.Tasks.Task")]
    [InlineData("N:System.Security.Cryptography")]
    [InlineData("P:System.DateTime.UtcNow")]
    public void The_ban_list_names_it(string symbol)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Top, "app", "BannedSymbols.txt"));

        Assert.Contains(lines, line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
    }

    [Fact]
    public void The_ban_list_reaches_every_room_and_is_not_silenced()
    {
        XDocument properties = XDocument.Load(Path.Combine(Repository.Top, "app", "Directory.Build.props"));
        Assert.Contains(
            properties.Descendants("PackageReference"),
            package => package.Attribute("Include")!.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Assert.Contains(
            properties.Descendants("AdditionalFiles"),
            file => file.Attribute("Include")!.Value.EndsWith(")BannedSymbols.txt", StringComparison.Ordinal));

        List<string> silenced = [];
        foreach (string file in Repository.Sources("app"))
        {
            silenced.AddRange(LinesThat(file, line => line.Contains("RS0030", StringComparison.Ordinal)));
        }

        foreach (string project in Repository.Projects())
        {
            silenced.AddRange(LinesThat(project, line => line.Contains("RS0030", StringComparison.Ordinal)));
        }

        Assert.True(silenced.Count == 0, string.Join('\n', silenced));
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        HashSet<string> central =
        [
            .. XDocument.Load(Path.Combine(Repository.Top, "app", "Directory.Packages.props"))
                .Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value),
        ];
        List<string> wrong = [];
        foreach (string project in Repository.Projects())
        {
            foreach (XElement package in XDocument.Load(project).Descendants("PackageReference"))
            {
                string name = package.Attribute("Include")?.Value ?? package.Attribute("Update")!.Value;
                if (!central.Contains(name) || package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null)
                {
                    wrong.Add($"{Repository.Short(project)}: {name}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_project_has_a_lock_file_and_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Top, "Dwirm.Router.sln")).Replace('\\', '/');
        List<string> wrong = [];
        foreach (string project in Repository.Projects())
        {
            if (!File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
            {
                wrong.Add($"{Repository.Short(project)}: no packages.lock.json");
            }

            if (!solution.Contains(Repository.Short(project).Replace('\\', '/'), StringComparison.Ordinal))
            {
                wrong.Add($"{Repository.Short(project)}: not in Dwirm.Router.sln");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_test_that_needs_the_kernel_says_so()
    {
        List<string> unmarked = [];
        foreach (string file in Repository.Sources("tests").Where(file => !file.EndsWith("SourceTests.cs", StringComparison.Ordinal)))
        {
            // A test begins at its [Fact] or [Theory]; what stands before the first one holds for the whole class.
            string[] parts = TestAttribute().Split(File.ReadAllText(file));
            bool wholeClass = parts[0].Contains(KernelTrait, StringComparison.Ordinal);
            unmarked.AddRange(parts.Skip(1)
                .Where(test => !wholeClass && NeedsTheKernel().IsMatch(test) && !test.Contains(KernelTrait, StringComparison.Ordinal))
                .Select(test => $"{Repository.Short(file)}: {TestName().Match(test).Groups[1].Value} needs {KernelTrait}"));
        }

        Assert.True(unmarked.Count == 0, string.Join('\n', unmarked));
    }

    private static bool IsIn(string file, string[] directories)
    {
        string path = Repository.Short(file).Replace('\\', '/');
        return directories.Any(directory => path.StartsWith(directory, StringComparison.Ordinal));
    }

    /// <summary>Comments are left out: they may well name what is forbidden.</summary>
    private static IEnumerable<string> LinesThat(string file, Func<string, bool> match) =>
        File.ReadLines(file)
            .Select((line, index) => (Line: line.TrimStart(), Number: index + 1))
            .Where(entry => !entry.Line.StartsWith("//", StringComparison.Ordinal) && match(entry.Line))
            .Select(entry => $"{Repository.Short(file)}:{entry.Number}: {entry.Line}");

    [GeneratedRegex(@"\bunsafe\b|\bfixed\s*\(|\bUnsafe\.|MemoryMarshal\.GetReference|\bstackalloc\b[^;]*\*\s*=")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"^\s*\[(?:Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"new VethPair\(|new Netns\(|new Router\(|""netns""")]
    private static partial Regex NeedsTheKernel();

    [GeneratedRegex(@"public (?:async )?(?:void|Task) (\w+)")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\bProcess\.Start\b|ProcessStartInfo|posix_spawn|\bexecve?[pl]*\b|""/bin/|\bsystem\(|\bpopen\b|\bfork\(")]
    private static partial Regex StartsAProgram();
}
