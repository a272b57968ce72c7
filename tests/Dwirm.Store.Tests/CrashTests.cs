using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Dwirm.Store.Tests;

/// <summary>Whatever ends the daemon, an acknowledged batch is there afterwards and a batch is never there by half.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly StateDirectory _state = new();

    public void Dispose() => _state.Dispose();

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Dwirm.Store.Tests");

    /// <summary>Nearly all the writer's time is spent inside a write, so most of the kills fall into one; some fall right after an answer.</summary>
    [Fact]
    public void Killed_at_any_moment()
    {
        var random = new Random(20);
        uint before = 0;
        for (int round = 0; round < 12; round++)
        {
            uint acknowledged = WriteAndKill(atLeast: random.Next(1, 30), spins: round % 3 == 0 ? 0 : random.Next(200_000));
            using IGrantStore store = _state.Open();
            uint found = WriterProgram.WholeBatch(store);
            Assert.InRange(found, acknowledged, acknowledged + 1);
            Assert.True(acknowledged > before);
            Assert.Empty(_state.Log);
            before = found;
        }
    }

    private uint WriteAndKill(int atLeast, int spins)
    {
        using Process writer = Process.Start(new ProcessStartInfo(Program, ["write", _state.Path]) { RedirectStandardOutput = true })!;
        uint acknowledged = 0;
        for (int i = 0; i < atLeast; i++) acknowledged = Number(writer.StandardOutput.ReadLine());
        System.Threading.Thread.SpinWait(spins);
        writer.Kill();                                                  // SIGKILL
        while (writer.StandardOutput.ReadLine() is { } line && line.Length > 0) acknowledged = Math.Max(acknowledged, Number(line));
        writer.WaitForExit();
        return acknowledged;
    }

    private static uint Number(string? line) => uint.Parse(line!, CultureInfo.InvariantCulture);

    /// <summary>
    /// A power cut leaves any beginning of the log on the medium. Of each, the store holds a whole batch, and the longer the beginning
    /// the newer the batch.
    /// </summary>
    [Fact]
    public void Power_cut_with_any_part_of_the_log_written()
    {
        byte[] database, log;
        using (IGrantStore store = _state.Open())
        {
            var batch = new StoreBatch();
            for (uint n = 1; n <= 4; n++)
            {
                batch.Clear();
                WriterProgram.Mark(batch, n);
                store.Write(batch);
            }
            database = File.ReadAllBytes(_state.Database);
            log = File.ReadAllBytes(_state.Database + "-wal");
        }
        uint newest = 0;
        for (int length = 0; length <= log.Length; length += 1031)
        {
            newest = OpenCut(database, log.AsSpan(0, length), newest);
        }
        Assert.Equal(4u, OpenCut(database, log, newest));
        Assert.True(log.Length > 20_000);
    }

    private static uint OpenCut(byte[] database, ReadOnlySpan<byte> log, uint before)
    {
        using var cut = new StateDirectory();
        Directory.CreateDirectory(cut.Path);
        File.WriteAllBytes(cut.Database, database);
        File.WriteAllBytes(cut.Database + "-wal", log.ToArray());
        using IGrantStore store = cut.Open();
        uint found = WriterProgram.WholeBatch(store);
        Assert.InRange(found, before, 4u);
        Assert.Empty(cut.Log);
        return found;
    }

    /// <summary>In a mount namespace of its own, on a file system of 1 MiB.</summary>
    [Fact]
    public void A_full_disk_refuses_whole_batches_and_recovers_when_space_is_freed()
    {
        string mount = Directory.CreateTempSubdirectory("dwirm-full-").FullName;
        var start = new ProcessStartInfo("unshare") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in (ReadOnlySpan<string>)["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m dwirm \"$1\" && exec \"$2\" fill \"$1\"", "sh", mount, Program])
        {
            start.ArgumentList.Add(word);
        }
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd(), errors = child.StandardError.ReadToEnd();
        child.WaitForExit();
        Directory.Delete(mount);
        Assert.Equal(("ok", "", 0), (output.Trim(), errors, child.ExitCode));
    }
}
