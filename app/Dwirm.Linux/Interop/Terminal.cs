using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>asm-generic/ioctls.h by way of sys/ioctl.h: what a terminal can be asked.</summary>
[CHeader("sys/ioctl.h")]
internal static unsafe partial class Terminal
{
    public const int TIOCGWINSZ = 0x5413;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int ioctl_standard(int fd, nuint request, void* argument);
}

/// <summary>struct winsize.</summary>
[CHeader("sys/ioctl.h", Struct = "struct winsize")]
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    public ushort ws_row;
    public ushort ws_col;
    public ushort ws_xpixel;
    public ushort ws_ypixel;
}
