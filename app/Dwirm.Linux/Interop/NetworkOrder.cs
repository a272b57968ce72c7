using System;
using System.Buffers.Binary;

namespace Dwirm.Linux.Interop;

/// <summary>Host order to network order and back, for fields of the kernel's structs.</summary>
internal static class NetworkOrder
{
    public static uint Swap(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    public static ushort Swap(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
