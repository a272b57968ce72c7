using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Store.Sqlite;

/// <summary>The grant store on an opened, checked and migrated database.</summary>
internal sealed class SqliteStore : IGrantStore
{
    private readonly SqliteDatabase _database;
    private readonly Instant _opened;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin, _commit, _rollback;
    private readonly SqliteStatement _putLease, _removeLease, _putDevice, _removeDevice, _addHistory, _trimHistory, _putCounter, _raiseCounter, _putQuota, _removeQuota, _removeCounter;

    internal SqliteStore(SqliteDatabase database, Instant opened)
    {
        (_database, _opened) = (database, opened);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _putLease = Prepare(Insert("REPLACE INTO lease", StoreRows.LeaseColumns));
        _removeLease = Prepare("DELETE FROM lease WHERE address = ?");
        _putDevice = Prepare(Insert("REPLACE INTO device", StoreRows.DeviceColumns));
        _removeDevice = Prepare("DELETE FROM device WHERE mac = ?");
        _putQuota = Prepare(Insert("REPLACE INTO quota", StoreRows.QuotaColumns));
        _removeQuota = Prepare("DELETE FROM quota WHERE mac = ?");
        _addHistory = Prepare(Insert("INSERT INTO history", StoreRows.HistoryColumns));
        _trimHistory = Prepare($"DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - {StoreBatch.MaxHistory}");
        _putCounter = Prepare("REPLACE INTO counter(name, value) VALUES(?,?)");
        _removeCounter = Prepare("DELETE FROM counter WHERE name = ?");
        _raiseCounter = Prepare("INSERT INTO counter(name, value) VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)");
    }

    public StoreContents Load()
    {
        long newestTrusted = Counter(Counters.TrustedClock);
        var leases = new List<Lease>();
        using (SqliteStatement rows = _database.Prepare(Sql($"SELECT {StoreRows.LeaseColumns} FROM lease ORDER BY address")))
        {
            while (rows.Step()) leases.Add(StoreRows.ReadLease(rows, newestTrusted, _opened));
        }
        var devices = new List<DeviceRecord>();
        using (SqliteStatement rows = _database.Prepare(Sql($"SELECT {StoreRows.DeviceColumns} FROM device ORDER BY mac")))
        {
            while (rows.Step()) devices.Add(StoreRows.ReadDevice(rows));
        }
        var quotas = new List<QuotaUsage>();
        using (SqliteStatement rows = _database.Prepare(Sql($"SELECT {StoreRows.QuotaColumns} FROM quota ORDER BY mac")))
        {
            while (rows.Step()) quotas.Add(StoreRows.ReadQuota(rows));
        }
        return new StoreContents(leases, devices, (uint)Counter(Counters.Generation)) { Quotas = quotas };
    }

    public void Write(StoreBatch batch)
    {
        if (batch.IsEmpty) return;
        if (!_database.InAutocommit) _rollback.Run();       // a commit that failed, and whose rollback failed too
        _begin.Run();
        try
        {
            Apply(batch);
            _commit.Run();
        }
        catch (StoreException)
        {
            RollBack();
            throw;
        }
    }

    public IReadOnlyList<HistoryEntry> History(int limit, MacAddress? mac)
    {
        string where = mac is null ? "" : "WHERE mac = ?2 ";
        using SqliteStatement rows = _database.Prepare(Sql($"SELECT {StoreRows.HistoryColumns} FROM history {where}ORDER BY id DESC LIMIT ?1"));
        rows.Bind(1, Math.Clamp(limit, 0, StoreBatch.MaxHistory));
        if (mac is { } one) rows.Bind(2, (long)one.Value);
        var entries = new List<HistoryEntry>();
        while (rows.Step()) entries.Add(StoreRows.ReadHistory(rows));
        return entries;
    }

    public bool TryCounter(string name, out ulong value)
    {
        using SqliteStatement row = _database.Prepare("SELECT value FROM counter WHERE name = ?"u8);
        row.Bind(1, name);
        bool found = row.Step();
        value = found ? (ulong)row.Int64(0) : 0;
        return found;
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements) statement.Dispose();
        _database.Dispose();
    }

    private void Apply(StoreBatch batch)
    {
        bool history = false;
        long trusted = 0;
        foreach (StoreChange change in batch.Changes)
        {
            switch (change.Kind)
            {
                case StoreChangeKind.PutLease:
                    StoreRows.Bind(_putLease, (Lease)change.Record!, change.Now);
                    _putLease.Run();
                    if (change.Now.WallIsTrusted) trusted = Math.Max(trusted, change.Now.UnixMs);
                    break;
                case StoreChangeKind.PutDevice:
                    StoreRows.Bind(_putDevice, (DeviceRecord)change.Record!);
                    _putDevice.Run();
                    break;
                case StoreChangeKind.AddHistory:
                    StoreRows.Bind(_addHistory, (HistoryEntry)change.Record!);
                    _addHistory.Run();
                    history = true;
                    break;
                case StoreChangeKind.RemoveLease:
                    Run(_removeLease, (long)change.Key);
                    break;
                case StoreChangeKind.RemoveDevice:
                    Run(_removeDevice, (long)change.Key);
                    Run(_removeQuota, (long)change.Key);
                    break;
                case StoreChangeKind.PutQuota:
                    StoreRows.Bind(_putQuota, (QuotaUsage)change.Record!);
                    _putQuota.Run();
                    break;
                case StoreChangeKind.SetGeneration:
                    Count(_putCounter, Counters.Generation, (long)change.Key);
                    break;
                case StoreChangeKind.SetCounter:
                    Count(_putCounter, (string)change.Record!, (long)change.Key);
                    break;
                case StoreChangeKind.RemoveCounter:
                    _removeCounter.Bind(1, (string)change.Record!);
                    _removeCounter.Run();
                    break;
                default:
                    throw new UnreachableException();
            }
        }
        if (history) _trimHistory.Run();
        if (trusted > 0) Count(_raiseCounter, Counters.TrustedClock, trusted);
    }

    /// <summary>A full disk or an I/O error may have rolled back by itself; if the rollback fails, the next write tries again.</summary>
    private void RollBack()
    {
        if (_database.InAutocommit) return;
        try
        {
            _rollback.Run();
        }
        catch (StoreException) when (!_database.InAutocommit)
        {
            // Reported by the exception that led here; nothing was committed.
        }
    }

    private static void Run(SqliteStatement statement, long key)
    {
        statement.Bind(1, key);
        statement.Run();
    }

    private static void Count(SqliteStatement statement, string name, long value)
    {
        statement.Bind(1, name);
        statement.Bind(2, value);
        statement.Run();
    }

    private long Counter(string name) => TryCounter(name, out ulong value) ? (long)value : 0;

    private SqliteStatement Prepare(string sql)
    {
        SqliteStatement statement = _database.Prepare(Sql(sql));
        _statements.Add(statement);
        return statement;
    }

    /// <summary>One parameter for each column.</summary>
    private static string Insert(string into, string columns)
    {
        var sql = new StringBuilder($"{into}({columns}) VALUES(?");
        foreach (char c in columns)
        {
            if (c == ',') sql.Append(",?");
        }
        return sql.Append(')').ToString();
    }

    private static byte[] Sql(string text) => Encoding.UTF8.GetBytes(text);

    private static class Counters
    {
        internal const string Generation = "generation";

        /// <summary>The newest trusted wall-clock time that was recorded.</summary>
        internal const string TrustedClock = "trusted_clock_ms";
    }
}
