using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>sys/mman.h.</summary>
[CHeader("sys/mman.h")]
internal static unsafe partial class Mman
{
    public const int MADV_DONTNEED = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(void* address, nuint length, int advice);
}
