using System;

namespace Dwirm.Store.Sqlite;

/// <summary>
/// The tables, as steps from one version to the next. A step that was released is never edited; a new one is added, and the number of
/// steps is the version in <c>PRAGMA user_version</c>. Numbers are host-order addresses, 48-bit MACs, and Unix milliseconds.
/// </summary>
/// <remarks>The checks serve the integrity test at start: a row that cannot be read back as a record counts as damage.</remarks>
internal static class StoreSchema
{
    /// <summary>The version this program reads and writes.</summary>
    internal const int Version = 4;

    /// <summary>The step that leads from <paramref name="version"/> to the next.</summary>
    internal static ReadOnlySpan<byte> StepFrom(int version) => version switch
    {
        0 => First,
        1 => LeaseClocks,
        2 => Controls,
        3 => BeforeAssignment,
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    private static ReadOnlySpan<byte> First => """
        CREATE TABLE counter(
            name  TEXT PRIMARY KEY NOT NULL,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE lease(
            address    INTEGER PRIMARY KEY CHECK(address BETWEEN 0 AND 4294967295),
            network    TEXT NOT NULL,
            mac        INTEGER NOT NULL CHECK(mac BETWEEN 0 AND 281474976710655),
            client_id  TEXT NOT NULL,
            hostname   TEXT NOT NULL,
            state      INTEGER NOT NULL CHECK(state BETWEEN 1 AND 3),
            expires_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE device(
            mac              INTEGER PRIMARY KEY CHECK(mac BETWEEN 0 AND 281474976710655),
            client_id        TEXT NOT NULL,
            network          TEXT NOT NULL,
            hostname         TEXT NOT NULL,
            state            INTEGER NOT NULL CHECK(state BETWEEN 0 AND 6),
            requested        TEXT,
            answer           TEXT,
            granted          TEXT,
            verdict          INTEGER NOT NULL CHECK(verdict BETWEEN 0 AND 4),
            amendment        TEXT,
            verdict_until_ms INTEGER NOT NULL,
            decided_by       TEXT NOT NULL,
            generation       INTEGER NOT NULL CHECK(generation BETWEEN 0 AND 4294967295),
            slot             INTEGER NOT NULL CHECK(slot BETWEEN -1 AND 4093),
            authenticated    INTEGER NOT NULL CHECK(authenticated BETWEEN 0 AND 1),
            first_seen_ms    INTEGER NOT NULL,
            since_ms         INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE history(
            id      INTEGER PRIMARY KEY,
            unix_ms INTEGER NOT NULL,
            mac     INTEGER NOT NULL CHECK(mac BETWEEN 0 AND 281474976710655),
            kind    TEXT NOT NULL,
            by      TEXT NOT NULL,
            detail  TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_of_device ON history(mac, id);
        """u8;

    /// <summary>
    /// Version 1 kept only the end of a lease. That end means nothing when the clock was wrong at the time, so version 2 also keeps what
    /// the clock said when the lease was recorded, and whether that could be trusted; rows of version 1 are taken as trusted. A device's vendor class is kept since then too.
    /// </summary>
    private static ReadOnlySpan<byte> LeaseClocks => """
        ALTER TABLE lease ADD COLUMN written_ms INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE lease ADD COLUMN clock_trusted INTEGER NOT NULL DEFAULT 1 CHECK(clock_trusted BETWEEN 0 AND 1);
        ALTER TABLE device ADD COLUMN vendor_class TEXT NOT NULL DEFAULT '';
        """u8;

    /// <summary>Version 3: the owner's controls and what was used of a quota, profiles that the owner assigned, before and after in the history.</summary>
    private static ReadOnlySpan<byte> Controls => """
        ALTER TABLE device ADD COLUMN controls TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN assigned INTEGER NOT NULL DEFAULT 0 CHECK(assigned BETWEEN 0 AND 1);
        ALTER TABLE device ADD COLUMN gone_ms INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE history ADD COLUMN was TEXT NOT NULL DEFAULT '';
        ALTER TABLE history ADD COLUMN became TEXT NOT NULL DEFAULT '';
        CREATE TABLE quota(
            mac    INTEGER PRIMARY KEY CHECK(mac BETWEEN 0 AND 281474976710655),
            day    INTEGER NOT NULL,
            octets INTEGER NOT NULL
        ) STRICT;
        """u8;

    /// <summary>Version 4: what an assigned profile took the place of.</summary>
    private static ReadOnlySpan<byte> BeforeAssignment => """
        ALTER TABLE device ADD COLUMN own_requested TEXT;
        ALTER TABLE device ADD COLUMN own_verdict INTEGER NOT NULL DEFAULT 0 CHECK(own_verdict BETWEEN 0 AND 4);
        ALTER TABLE device ADD COLUMN own_amendment TEXT;
        """u8;
}
