using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dwirm.Store.Sqlite;

/// <summary>The functions of the system's libsqlite3 that the store uses (sqlite3.h). The name is the runtime library's: the plain one is in -dev packages only.</summary>
internal static partial class SqliteNative
{
    private const string Library = "libsqlite3.so.0";

    internal const int Ok = 0, Error = 1, Busy = 5, Corrupt = 11, Full = 13, NotADatabase = 26, Row = 100, Done = 101;
    internal const int OpenReadWrite = 0x2, OpenNoMutex = 0x8000, OpenExtendedCodes = 0x02000000;

    /// <summary>SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.</summary>
    internal const nint Transient = -1;

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, out SqliteHandle database, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    internal static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec")]
    internal static partial int Execute(SqliteHandle database, ReadOnlySpan<byte> zeroTerminatedSql, nint callback, nint context, nint message);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    internal static partial int Prepare(SqliteHandle database, ReadOnlySpan<byte> sql, int length, out SqliteStatementHandle statement, nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    internal static partial int Finish(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    internal static partial int Step(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    internal static partial int Reset(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    internal static partial int BindInt64(SqliteStatementHandle statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    internal static partial int BindNull(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    internal static partial int BindText(SqliteStatementHandle statement, int index, ReadOnlySpan<byte> utf8, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    internal static partial int ColumnType(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    internal static partial long ColumnInt64(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    internal static partial nint ColumnText(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    internal static partial int ColumnBytes(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    internal static partial nint ErrorMessage(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    internal static partial int InAutocommit(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    internal static partial int BusyTimeout(SqliteHandle database, int milliseconds);
}

/// <summary>An open connection.</summary>
internal sealed class SqliteHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => SqliteNative.Close(handle) == SqliteNative.Ok;
}

/// <summary>A prepared statement.</summary>
internal sealed class SqliteStatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        _ = SqliteNative.Finish(handle);        // repeats the last error of the statement, which was reported already
        return true;
    }
}
