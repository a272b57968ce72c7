using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Dwirm.Architecture.Tests;

/// <summary>The source tree as these tests see it.</summary>
internal static class Repository
{
    /// <summary>The directory that holds the solution file.</summary>
    public static string Top { get; } = FindTop();

    /// <summary>Names of the rooms: the directories of app/ that hold a project.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
    [
        .. Directory.GetDirectories(Path.Combine(Top, "app"))
            .Where(directory => Directory.GetFiles(directory, "*.csproj").Length > 0)
            .Select(directory => Path.GetFileName(directory)!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Every hand-written C# file below a directory, build output left out.</summary>
    public static IEnumerable<string> Sources(string below) =>
        Directory.GetFiles(Path.Combine(Top, below), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuildOutput(file))
            .Order(StringComparer.Ordinal);

    /// <summary>Every project file of app/ and tests/.</summary>
    public static IEnumerable<string> Projects() =>
        new[] { "app", "tests" }
            .SelectMany(below => Directory.GetFiles(Path.Combine(Top, below), "*.csproj", SearchOption.AllDirectories))
            .Where(file => !IsBuildOutput(file))
            .Order(StringComparer.Ordinal);

    /// <summary>Names of the projects a project file references.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A path as a reader of a failure wants it.</summary>
    public static string Short(string path) => Path.GetRelativePath(Top, path);

    private static bool IsBuildOutput(string file)
    {
        string path = Path.GetRelativePath(Top, file).Replace('\\', '/');
        return path.Contains("/bin/", StringComparison.Ordinal) || path.Contains("/obj/", StringComparison.Ordinal);
    }

    private static string FindTop()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Dwirm.Router.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("no Dwirm.Router.sln above " + AppContext.BaseDirectory);
    }
}
