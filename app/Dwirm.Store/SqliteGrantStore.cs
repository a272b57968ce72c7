using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Store.Sqlite;
using Dwirm.Wire;

namespace Dwirm.Store;

/// <summary>Opens the grant store that keeps its records in <c>dwirm.db</c>, an SQLite database.</summary>
/// <remarks>
/// Write-ahead log with an exclusive lock: JFFS2 has no shared writable mmap, and with the lock SQLite keeps the log's index in its own
/// memory. <c>synchronous=FULL</c>: a commit returns when the log is on the medium.
/// </remarks>
public static class SqliteGrantStore
{
    /// <summary>Name of the database inside the state directory.</summary>
    public const string FileName = "dwirm.db";

    /// <summary>How many files that were set aside are kept; the oldest go first.</summary>
    public const int MaxSetAside = 2;

    private const int LockWaitMs = 3000;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Opens or creates the store, brings its schema up to date and tests its integrity. A file that is damaged, or was written by a newer
    /// version, is set aside under another name and an empty store takes its place: grants are then unknown, and unknown means restricted.
    /// </summary>
    /// <param name="stateDir">Directory of the database; created with mode 0700. The files are 0600.</param>
    /// <param name="now">The clocks; recorded lease times are turned into monotonic time with them.</param>
    /// <param name="log">Receives one line about each thing the owner should know.</param>
    /// <param name="startedEmpty">True when there was no database, or it had to be set aside.</param>
    /// <exception cref="StoreException">The directory cannot be used, or another process has the store open.</exception>
    public static IGrantStore Open(string stateDir, Instant now, Action<string> log, out bool startedEmpty)
    {
        string path = Path.Combine(stateDir, FileName);
        try
        {
            startedEmpty = Prepare(stateDir, path);
            (SqliteStore? store, string reason, string suffix) = TryOpen(path, now);
            if (store is null)
            {
                string aside = $"{path}.{suffix}-{now.UnixSeconds}";
                SetAside(path, aside);
                log($"{path} {reason}; it was set aside as {aside} and an empty store takes its place: every device has to be granted again");
                startedEmpty = Prepare(stateDir, path);
                (store, reason, _) = TryOpen(path, now);
            }
            return store ?? throw new StoreException($"{path} {reason} although it is new");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path}: {e.Message}");
        }
    }

    /// <summary>
    /// The newest file that was set aside and not yet removed, or null: while there is one, nobody knows what had been granted and refused,
    /// and a device that is not on record may be one that was restricted.
    /// </summary>
    public static string? SetAsideFile(string stateDir)
    {
        if (!Directory.Exists(stateDir)) return null;
        List<(string Path, long Time)> aside = SetAsideFiles(stateDir);
        return aside.Count > 0 ? aside[0].Path : null;
    }

    /// <summary>Makes directory and file, for the owner only. True when the file is new.</summary>
    private static bool Prepare(string stateDir, string path)
    {
        // A directory that is there already may be shared with others: its mode is the administrator's.
        if (!Directory.Exists(stateDir)) Directory.CreateDirectory(stateDir, OwnerOnlyFile | UnixFileMode.UserExecute);
        bool isNew = !File.Exists(path);
        if (isNew) File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        File.SetUnixFileMode(path, OwnerOnlyFile);          // SQLite gives the log the mode of the database
        return isNew;
    }

    /// <summary>The store on a checked and migrated database; or null, why not, and a word for the name it is to be set aside under.</summary>
    private static (SqliteStore? Store, string Reason, string Suffix) TryOpen(string path, Instant now)
    {
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(path);
            database.SetBusyTimeout(LockWaitMs);
            database.Execute("""
                PRAGMA locking_mode=EXCLUSIVE;
                PRAGMA journal_mode=WAL;
                PRAGMA synchronous=FULL;
                PRAGMA trusted_schema=OFF;
                PRAGMA temp_store=MEMORY;
                PRAGMA mmap_size=0;
                PRAGMA cache_size=-512;
                PRAGMA wal_autocheckpoint=128;
                PRAGMA journal_size_limit=1048576;
                BEGIN EXCLUSIVE; COMMIT;
                """u8);
            long version = Single(database, "PRAGMA user_version"u8);
            if (version > StoreSchema.Version) return Refuse(database, $"was written by a newer version (schema {version}, known up to {StoreSchema.Version})", "newer");
            string? damage = FirstFault(database);
            if (damage is not null) return Refuse(database, $"is damaged ({damage})", "damaged");
            Migrate(database, (int)version);
            return (new SqliteStore(database, now), "", "");
        }
        // SQLITE_ERROR here means that our statements do not fit the tables: not a database of ours.
        catch (StoreException e) when ((e.Code & 0xff) is SqliteNative.Corrupt or SqliteNative.NotADatabase or SqliteNative.Error)
        {
            return Refuse(database, $"is damaged ({e.Message})", "damaged");
        }
        catch (StoreException e)
        {
            database?.Dispose();
            if ((e.Code & 0xff) != SqliteNative.Busy) throw;
            throw new StoreException($"{path} is in use by another process; stop it first (is another dwirm running?)", e.Code);
        }
    }

    private static (SqliteStore?, string, string) Refuse(SqliteDatabase? database, string reason, string suffix)
    {
        database?.Dispose();
        return (null, reason, suffix);
    }

    private static string? FirstFault(SqliteDatabase database)
    {
        using SqliteStatement check = database.Prepare("PRAGMA integrity_check(1)"u8);
        string? answer = check.Step() ? check.Text(0) : "no answer to the integrity check";
        check.Reset();
        return answer == "ok" ? null : answer;
    }

    private static void Migrate(SqliteDatabase database, int version)
    {
        for (; version < StoreSchema.Version; version++)
        {
            byte[] step = Encoding.UTF8.GetBytes($"BEGIN IMMEDIATE;{Encoding.UTF8.GetString(StoreSchema.StepFrom(version))};PRAGMA user_version={version + 1};COMMIT;\0");
            database.Execute(step);
        }
    }

    private static long Single(SqliteDatabase database, ReadOnlySpan<byte> sql)
    {
        using SqliteStatement row = database.Prepare(sql);
        return row.Step() ? row.Int64(0) : 0;
    }

    /// <summary>Renames the database with its log, so that a person can still rescue what is in them.</summary>
    private static void SetAside(string path, string aside)
    {
        foreach (string extension in (ReadOnlySpan<string>)["-wal", "-journal", "-shm"])
        {
            if (File.Exists(path + extension)) File.Move(path + extension, aside + extension, overwrite: true);
        }
        File.Move(path, aside, overwrite: true);
        DropOldest(path);
    }

    private static void DropOldest(string path)
    {
        List<(string Path, long Time)> kept = SetAsideFiles(Path.GetDirectoryName(path)!);
        for (int i = MaxSetAside; i < kept.Count; i++)
        {
            File.Delete(kept[i].Path);
            File.Delete(kept[i].Path + "-wal");
            File.Delete(kept[i].Path + "-journal");
            File.Delete(kept[i].Path + "-shm");
        }
    }

    /// <summary>Newest first, by the time in the name.</summary>
    private static List<(string Path, long Time)> SetAsideFiles(string stateDir)
    {
        var aside = new List<(string Path, long Time)>();
        foreach (string file in Directory.EnumerateFiles(stateDir, FileName + ".*"))
        {
            int dash = file.LastIndexOf('-');
            if (long.TryParse(file.AsSpan(dash + 1), out long time)) aside.Add((file, time));
        }
        aside.Sort(static (a, b) => b.Time.CompareTo(a.Time));
        return aside;
    }
}
