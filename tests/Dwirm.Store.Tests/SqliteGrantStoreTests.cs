using System;
using System.IO;
using System.Linq;
using Dwirm.Store.Sqlite;
using Dwirm.Wire;

namespace Dwirm.Store.Tests;

/// <summary>The contract on SQLite, and what is SQLite's own: files, modes, damage, versions.</summary>
public sealed class SqliteGrantStoreTests : GrantStoreContract, IDisposable
{
    private readonly StateDirectory _state = new();

    private protected override IGrantStore Open(Instant now) => _state.Open(now);

    public void Dispose() => _state.Dispose();

    private void Fill(uint generation = 5)
    {
        using IGrantStore store = _state.Open();
        var batch = new StoreBatch();
        for (uint i = 0; i < 50; i++) batch.Put(Samples.FullDevice with { Mac = Samples.Mac(i), GrantJson = "{}" });
        batch.SetGeneration(generation);
        store.Write(batch);
    }

    private uint Generation()
    {
        using IGrantStore store = _state.Open();
        return store.Load().Generation;
    }

    [Fact]
    public void Files_are_the_owners_alone()
    {
        using IGrantStore store = _state.Open();
        Assert.True(_state.StartedEmpty);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_state.Path));
        string[] files = Directory.GetFiles(_state.Path);
        Assert.Contains(_state.Database, files);
        Assert.Contains(_state.Database + "-wal", files);
        Assert.DoesNotContain(_state.Database + "-shm", files);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_directory_that_was_there_keeps_its_mode_and_a_loose_file_is_tightened()
    {
        Directory.CreateDirectory(_state.Path);
        File.SetUnixFileMode(_state.Path, (UnixFileMode)0b111_101_101);
        File.WriteAllBytes(_state.Database, []);
        File.SetUnixFileMode(_state.Database, (UnixFileMode)0b110_110_110);
        using IGrantStore store = _state.Open();
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(_state.Path));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_state.Database));
    }

    [Fact]
    public void A_file_that_was_set_aside_is_known_until_it_is_removed()
    {
        Assert.Null(SqliteGrantStore.SetAsideFile(_state.Path));
        _state.Open().Dispose();
        Assert.Null(SqliteGrantStore.SetAsideFile(_state.Path));
        File.WriteAllText(_state.Database, "not a database, and longer than a header has to be: " + new string('x', 4096));
        _state.Open().Dispose();
        string? aside = SqliteGrantStore.SetAsideFile(_state.Path);
        Assert.StartsWith(_state.Database + ".damaged-", aside, StringComparison.Ordinal);
        // A restart on the sound new store does not make the loss undone.
        _state.Open().Dispose();
        Assert.Equal(aside, SqliteGrantStore.SetAsideFile(_state.Path));
        File.Delete(aside!);
        Assert.Null(SqliteGrantStore.SetAsideFile(_state.Path));
    }

    [Fact]
    public void A_second_start_finds_the_first_ones_records()
    {
        Fill();
        Assert.True(_state.StartedEmpty);
        Assert.Equal(5u, Generation());
        Assert.False(_state.StartedEmpty);
        Assert.Empty(_state.Log);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("header")]
    [InlineData("page")]
    [InlineData("value")]
    [InlineData("foreign")]
    [InlineData("directory of tables")]
    public void A_damaged_file_is_set_aside_said_and_replaced_by_an_empty_store(string damage)
    {
        Fill();
        Damage(damage);
        byte[] damaged = File.ReadAllBytes(_state.Database);

        Assert.Equal(0u, Generation());
        Assert.True(_state.StartedEmpty);
        string line = Assert.Single(_state.Log);
        string aside = $"{_state.Database}.damaged-{StateDirectory.Now.UnixSeconds}";
        Assert.Contains(aside, line, StringComparison.Ordinal);
        Assert.Contains("is damaged", line, StringComparison.Ordinal);
        Assert.Contains("every device has to be granted again", line, StringComparison.Ordinal);
        Assert.Equal(damaged.Length, new FileInfo(aside).Length);

        Fill(6);
        Assert.Equal(6u, Generation());
        Assert.False(_state.StartedEmpty);
    }

    private void Damage(string kind)
    {
        byte[] bytes = File.ReadAllBytes(_state.Database);
        switch (kind)
        {
            case "garbage":
                new Random(1).NextBytes(bytes);
                File.WriteAllBytes(_state.Database, bytes);
                break;
            case "header":
                bytes[0] ^= 0xff;
                File.WriteAllBytes(_state.Database, bytes);
                break;
            case "page":
                bytes.AsSpan(bytes.Length / 2 & ~4095, 4096).Fill(0xa5);
                File.WriteAllBytes(_state.Database, bytes);
                break;
            case "directory of tables":
                bytes.AsSpan(108, 1000).Fill(0x5a);
                File.WriteAllBytes(_state.Database, bytes);
                break;
            case "value":
                Sql("PRAGMA ignore_check_constraints=ON; UPDATE device SET state = 99;"u8);
                break;
            default:
                Sql("DROP TABLE device;"u8);
                break;
        }
    }

    private void Sql(ReadOnlySpan<byte> script)
    {
        using SqliteDatabase database = SqliteDatabase.Open(_state.Database);
        database.Execute(script);
    }

    [Fact]
    public void Only_the_newest_files_set_aside_are_kept()
    {
        Directory.CreateDirectory(_state.Path);
        for (int i = 1; i <= 4; i++)
        {
            File.WriteAllText(_state.Database, new string('?', 5000));
            _state.Open(new Instant(0, i * 1000, WallIsTrusted: true)).Dispose();
        }
        string[] aside = [.. Directory.GetFiles(_state.Path, "*.damaged-*").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["dwirm.db.damaged-3", "dwirm.db.damaged-4"], aside);
    }

    [Fact]
    public void The_store_of_a_newer_version_is_set_aside_unchanged()
    {
        Fill();
        Sql("PRAGMA user_version=9;"u8);
        byte[] before = File.ReadAllBytes(_state.Database);
        Assert.Equal(0u, Generation());
        Assert.Contains("was written by a newer version (schema 9, known up to 4)", Assert.Single(_state.Log), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes($"{_state.Database}.newer-{StateDirectory.Now.UnixSeconds}"));
    }

    [Fact]
    public void A_store_that_is_in_use_is_left_alone_and_the_owner_told()
    {
        Fill();
        using IGrantStore first = _state.Open();
        StoreException fault = Assert.Throws<StoreException>(() => _state.Open());
        Assert.Contains("is in use by another process", fault.Message, StringComparison.Ordinal);
        Assert.Equal(5u, first.Load().Generation);
        Assert.Empty(_state.Log);
    }

    [Fact]
    public void A_path_that_cannot_be_a_store_is_an_error()
    {
        Directory.CreateDirectory(_state.Database);
        Assert.Throws<StoreException>(() => _state.Open());
        Directory.Delete(_state.Path, recursive: true);
        File.WriteAllText(_state.Path, "a file where the directory should be");
        Assert.Throws<StoreException>(() => _state.Open());
    }

    [Fact]
    public void A_write_that_fails_leaves_nothing_and_the_next_one_works()
    {
        Fill();
        using IGrantStore store = _state.Open();
        var batch = new StoreBatch();
        batch.SetGeneration(77);
        batch.Remove(Samples.Mac(1));
        batch.Put(Samples.Device(60) with { Slot = 99999 });
        StoreException fault = Assert.Throws<StoreException>(() => store.Write(batch));
        Assert.False(fault.IsFull);
        Assert.Equal(5u, store.Load().Generation);
        Assert.Equal(50, store.Load().Devices.Count);
        batch.Clear();
        batch.SetGeneration(78);
        store.Write(batch);
        Assert.Equal(78u, store.Load().Generation);
    }
}
