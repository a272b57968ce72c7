using System;

namespace Dwirm.Linux.Interop;

/// <summary>Reading and writing of stream sockets.</summary>
internal static unsafe class StreamIo
{
    /// <summary>Reads what there is: octets, 0 at the end of the stream, or -errno.</summary>
    public static int Read(FileDescriptor fd, Span<byte> destination)
    {
        fixed (byte* data = destination)
        {
            nint got;
            while (Errno.Interrupted(got = SysSocket.recv(fd, data, (nuint)destination.Length, 0)))
            {
            }
            return got < 0 ? -Errno.Last : (int)got;
        }
    }

    /// <summary>Writes what there is room for: octets, or -errno. A peer that is gone is no signal.</summary>
    public static int Write(FileDescriptor fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* data = source)
        {
            nint sent;
            while (Errno.Interrupted(sent = SysSocket.send(fd, data, (nuint)source.Length, SysSocket.MSG_NOSIGNAL)))
            {
            }
            return sent < 0 ? -Errno.Last : (int)sent;
        }
    }
}
