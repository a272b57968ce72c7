using Microsoft.Win32.SafeHandles;

namespace Dwirm.Linux.Interop;

/// <summary>An open file descriptor that closes itself.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private FileDescriptor(int fd) : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>
    /// Takes over what a system call returned. The stubs return <c>int</c> as C does: were they to return a SafeHandle, the upper half of
    /// the register would be taken for part of the number, and -1 for a valid descriptor.
    /// </summary>
    public static FileDescriptor From(int fd) => new(fd);

    /// <summary>Throws unless the descriptor is valid. Must directly follow the call that made it.</summary>
    public FileDescriptor OrThrow(string operation)
    {
        if (IsInvalid) throw new LinuxException(operation, Errno.Last);
        return this;
    }

    // close(2) is never repeated on EINTR: on Linux the descriptor is gone by then.
    protected override bool ReleaseHandle() => Unistd.close((int)handle) == 0;
}
