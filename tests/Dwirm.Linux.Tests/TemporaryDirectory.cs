using System;
using System.IO;

namespace Dwirm.Linux.Tests;

/// <summary>A directory that goes away with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dwl");

    public string this[string name] => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
