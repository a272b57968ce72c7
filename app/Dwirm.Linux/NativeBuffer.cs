using System;
using System.Runtime.InteropServices;

namespace Dwirm.Linux;

/// <summary>
/// Octets outside the collector's heap, for what is large, short-lived and handed to the kernel in one piece. A large block grows by moving its
/// pages, not by copying them, and goes back to the system as soon as it is cleared.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private const int FirstCapacity = 1 << 18;
    private byte* _data;
    private int _capacity;

    /// <summary>Frees what was not disposed of.</summary>
    ~NativeBuffer() => Clear();

    /// <summary>Octets held.</summary>
    public int Length { get; private set; }

    /// <summary>What is held; good until the next <see cref="TryAppend"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => new(_data, Length);

    /// <summary>Appends octets; false, with everything as it was, when the system has no memory for them.</summary>
    public bool TryAppend(ReadOnlySpan<byte> octets)
    {
        long need = (long)Length + octets.Length;
        if (need > _capacity && !Grow(need)) return false;
        octets.CopyTo(new Span<byte>(_data + Length, octets.Length));
        Length = (int)need;
        return true;
    }

    /// <summary>Forgets everything and gives the memory back.</summary>
    public void Clear()
    {
        NativeMemory.Free(_data);
        _data = null;
        (_capacity, Length) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        GC.SuppressFinalize(this);
    }

    private bool Grow(long need)
    {
        long capacity = Math.Max(need, Math.Max(FirstCapacity, _capacity + (long)_capacity / 2));
        if (capacity > Array.MaxLength) return false;
        try
        {
            _data = (byte*)NativeMemory.Realloc(_data, (nuint)capacity);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
        _capacity = (int)capacity;
        return true;
    }
}
