using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>unistd.h, fcntl.h, sys/file.h, sys/stat.h, sys/statvfs.h and sys/random.h. No stat(2): its layout differs by libc and architecture.</summary>
[CHeader("unistd.h fcntl.h sys/file.h sys/stat.h sys/random.h stdio.h")]
internal static unsafe partial class Unistd
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int W_OK = 2;
    public const int STDOUT_FILENO = 1;
    public const int STDERR_FILENO = 2;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(FileDescriptor fd, void* data, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(FileDescriptor fd, void* data, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint write_standard(int fd, void* data, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(FileDescriptor fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(FileDescriptor fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int rename(byte* from, byte* to);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlink(byte* path);

    [LibraryImport("libc")]
    internal static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(FileDescriptor fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int isatty(int fd);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial int getpid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getrandom(void* data, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int access(byte* path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte* path, byte* target, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statvfs(byte* path, void* found);
}
