using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Wire;

namespace Dwirm.Store.Tests;

/// <summary>A state directory of a test's own, and what the store said about it.</summary>
internal sealed class StateDirectory : IDisposable
{
    internal static readonly Instant Now = new(MonotonicMs: 5_000_000, UnixMs: 1_790_000_000_000, WallIsTrusted: true);

    private readonly string _top = Directory.CreateTempSubdirectory("dwirm-store-").FullName;

    internal string Path => System.IO.Path.Combine(_top, "state");

    internal string Database => System.IO.Path.Combine(Path, SqliteGrantStore.FileName);

    internal List<string> Log { get; } = [];

    internal bool StartedEmpty { get; private set; }

    internal IGrantStore Open(Instant? now = null)
    {
        IGrantStore store = SqliteGrantStore.Open(Path, now ?? Now, Log.Add, out bool startedEmpty);
        StartedEmpty = startedEmpty;
        return store;
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);
}
