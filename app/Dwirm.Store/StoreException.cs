using System;

namespace Dwirm.Store;

/// <summary>The storage could not be opened, read or written.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    /// <param name="code">The storage's own error number, 0 when it has none.</param>
    /// <param name="isFull">True when the storage has no room left.</param>
    public StoreException(string message, int code = 0, bool isFull = false) : base(message) => (Code, IsFull) = (code, isFull);

    /// <summary>The storage's own error number: SQLite's extended result code, or 0.</summary>
    public int Code { get; }

    /// <summary>True when the storage is full: free some space, the next write will work.</summary>
    public bool IsFull { get; }
}
