using Microsoft.Win32.SafeHandles;

namespace Dwirm.Linux.Interop;

/// <summary>An open file descriptor that closes itself.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Made by the generated stubs, which fill in what the kernel returned.</summary>
    public FileDescriptor() : base(ownsHandle: true)
    {
    }

    /// <summary>Throws unless the descriptor is valid. Must directly follow the call that made it.</summary>
    public FileDescriptor OrThrow(string operation)
    {
        if (IsInvalid) throw new LinuxException(operation, Errno.Last);
        return this;
    }

    // close(2) is never repeated on EINTR: on Linux the descriptor is gone by then.
    protected override bool ReleaseHandle() => Unistd.close((int)handle) == 0;
}
