using System;
using System.IO;
using System.Linq;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Store.Sqlite;

namespace Dwirm.Store.Tests;

/// <summary>Stores of earlier versions open, with their records. The scripts are what those versions wrote, and never change.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly StateDirectory _state = new();

    public void Dispose() => _state.Dispose();

    private static ReadOnlySpan<byte> Version1 => """
        CREATE TABLE counter(name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE lease(address INTEGER PRIMARY KEY CHECK(address BETWEEN 0 AND 4294967295), network TEXT NOT NULL,
            mac INTEGER NOT NULL CHECK(mac BETWEEN 0 AND 281474976710655), client_id TEXT NOT NULL, hostname TEXT NOT NULL,
            state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 3), expires_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE device(mac INTEGER PRIMARY KEY CHECK(mac BETWEEN 0 AND 281474976710655), client_id TEXT NOT NULL, network TEXT NOT NULL,
            hostname TEXT NOT NULL, state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 6), requested TEXT, answer TEXT, granted TEXT,
            verdict INTEGER NOT NULL CHECK(verdict BETWEEN 0 AND 4), amendment TEXT, verdict_until_ms INTEGER NOT NULL, decided_by TEXT NOT NULL,
            generation INTEGER NOT NULL CHECK(generation BETWEEN 0 AND 4294967295), slot INTEGER NOT NULL CHECK(slot BETWEEN -1 AND 4093),
            authenticated INTEGER NOT NULL CHECK(authenticated BETWEEN 0 AND 1), first_seen_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE history(id INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, mac INTEGER NOT NULL CHECK(mac BETWEEN 0 AND 281474976710655),
            kind TEXT NOT NULL, by TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
        CREATE INDEX history_of_device ON history(mac, id);
        PRAGMA user_version=1;
        INSERT INTO counter VALUES('generation', 41);
        INSERT INTO lease VALUES(3232235876, 'lan', 2199023255553, '01', 'cam', 1, 1790000600000);
        INSERT INTO lease VALUES(3232235877, 'lan', 2199023255554, '', '', 2, 9223372036854775807);
        INSERT INTO device VALUES(2199023255553, '01', 'lan', 'cam', 3, '{"IoT Profile":{}}', '{}', NULL, 1, NULL, 0, 'owner', 40, 7, 0, 1, 2);
        INSERT INTO history VALUES(1, 1790000000000, 2199023255553, 'approved', 'owner', 'by hand');
        """u8;

    [Fact]
    public void Version_1()
    {
        Directory.CreateDirectory(_state.Path);
        File.WriteAllBytes(_state.Database, []);
        using (SqliteDatabase old = SqliteDatabase.Open(_state.Database)) old.Execute(Version1);

        using (IGrantStore store = _state.Open()) Check(store);
        using (IGrantStore again = _state.Open()) Check(again);
        Assert.False(_state.StartedEmpty);
        Assert.Empty(_state.Log);
    }

    private static void Check(IGrantStore store)
    {
        StoreContents contents = store.Load();
        Assert.Equal(41u, contents.Generation);
        Assert.Equal(2, contents.Leases.Count);
        Assert.Equal((LeaseState.Bound, StateDirectory.Now.MonotonicMs + 600_000), (contents.Leases[0].State, contents.Leases[0].ExpiresMs));
        Assert.Equal((LeaseState.Free, long.MaxValue), (contents.Leases[1].State, contents.Leases[1].ExpiresMs));
        DeviceRecord device = Assert.Single(contents.Devices);
        Assert.Equal((DeviceState.Amended, OwnerVerdict.Approve, 40u, 7), (device.State, device.Verdict, device.Generation, device.Slot));
        Assert.Equal("by hand", store.History(5, device.Mac).Single().Detail);
    }
}
