using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Dwirm.Store.Sqlite;

/// <summary>A prepared statement: bind all parameters, <see cref="Step"/> until it is false, then it is ready to be bound again.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, SqliteStatementHandle handle) : IDisposable
{
    private const int NullType = 5;
    private byte[] _buffer = new byte[256];

    /// <summary>Binds parameter <paramref name="index"/>, counted from 1.</summary>
    internal void Bind(int index, long value) => database.Check("bind", SqliteNative.BindInt64(handle, index, value));

    /// <inheritdoc cref="Bind(int, long)"/>
    internal void Bind(int index, string? value)
    {
        if (value is null)
        {
            database.Check("bind", SqliteNative.BindNull(handle, index));
            return;
        }
        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_buffer.Length < most) _buffer = new byte[most];
        int length = Encoding.UTF8.GetBytes(value, _buffer);
        database.Check("bind", SqliteNative.BindText(handle, index, _buffer, length, SqliteNative.Transient));
    }

    /// <summary>Goes to the next row. False, and reset, when there is none.</summary>
    internal bool Step()
    {
        int code = SqliteNative.Step(handle);
        if (code == SqliteNative.Row) return true;
        StoreException? fault = code == SqliteNative.Done ? null : database.Fault("step", code);
        _ = SqliteNative.Reset(handle);                 // repeats the error of the step
        return fault is null ? false : throw fault;
    }

    /// <summary>Gives up the remaining rows.</summary>
    internal void Reset() => _ = SqliteNative.Reset(handle);

    /// <summary>Runs a statement that yields no row.</summary>
    internal void Run()
    {
        while (Step()) { }
    }

    /// <summary>An integer column, counted from 0; NULL reads as 0.</summary>
    internal long Int64(int column) => SqliteNative.ColumnInt64(handle, column);

    /// <summary>A text column, or null.</summary>
    internal string? Text(int column)
    {
        if (SqliteNative.ColumnType(handle, column) == NullType) return null;
        nint text = SqliteNative.ColumnText(handle, column);
        if (text == 0) throw new StoreException("store: out of memory");
        return Marshal.PtrToStringUTF8(text, SqliteNative.ColumnBytes(handle, column));
    }

    public void Dispose() => handle.Dispose();
}
