using System;
using System.Runtime.InteropServices;

namespace Dwirm.Store.Sqlite;

/// <summary>A connection of one thread. Every error becomes a <see cref="StoreException"/> with SQLite's own text.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteHandle _handle;

    private SqliteDatabase(SqliteHandle handle) => _handle = handle;

    /// <summary>Opens the file for reading and writing; it must exist (an empty file is an empty database).</summary>
    internal static SqliteDatabase Open(string path)
    {
        int code = SqliteNative.Open(path, out SqliteHandle handle, SqliteNative.OpenReadWrite | SqliteNative.OpenNoMutex | SqliteNative.OpenExtendedCodes, 0);
        var database = new SqliteDatabase(handle);
        if (code == SqliteNative.Ok) return database;
        StoreException fault = database.Fault("open", code);
        database.Dispose();
        throw fault;
    }

    /// <summary>True while no transaction is open.</summary>
    internal bool InAutocommit => SqliteNative.InAutocommit(_handle) != 0;

    /// <summary>How long a call waits for another process's lock, in milliseconds; SQLite sleeps by itself.</summary>
    internal void SetBusyTimeout(int milliseconds) => Check("busy timeout", SqliteNative.BusyTimeout(_handle, milliseconds));

    /// <summary>Runs a script, which must end with a zero byte (a <c>u8</c> literal does).</summary>
    internal void Execute(ReadOnlySpan<byte> sql) => Check("exec", SqliteNative.Execute(_handle, sql, 0, 0, 0));

    /// <summary>Prepares one statement for use again and again.</summary>
    internal SqliteStatement Prepare(ReadOnlySpan<byte> sql)
    {
        int code = SqliteNative.Prepare(_handle, sql, sql.Length, out SqliteStatementHandle statement, 0);
        if (code == SqliteNative.Ok) return new SqliteStatement(this, statement);
        statement.Dispose();
        throw Fault("prepare", code);
    }

    internal void Check(string what, int code)
    {
        if (code is not (SqliteNative.Ok or SqliteNative.Row or SqliteNative.Done)) throw Fault(what, code);
    }

    internal StoreException Fault(string what, int code)
    {
        string text = _handle.IsInvalid ? "out of memory" : Marshal.PtrToStringUTF8(SqliteNative.ErrorMessage(_handle)) ?? "";
        return new StoreException($"store: {what}: {text} (SQLite {code})", code, (code & 0xff) == SqliteNative.Full);
    }

    public void Dispose() => _handle.Dispose();
}
