using System;
using System.IO;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The kernel's error numbers that callers decide on, and the one place that knows what EINTR means.</summary>
[CHeader("errno.h")]
public static class Errno
{
    /// <summary>Operation not permitted.</summary>
    public const int EPERM = 1;
    /// <summary>No such file or directory; for netlink: no such object.</summary>
    public const int ENOENT = 2;
    /// <summary>Interrupted by a signal.</summary>
    public const int EINTR = 4;
    /// <summary>Input/output error.</summary>
    public const int EIO = 5;
    /// <summary>No such device or address.</summary>
    public const int ENXIO = 6;
    /// <summary>Nothing to read, or no room to write, now.</summary>
    public const int EAGAIN = 11;
    /// <summary>Permission denied.</summary>
    public const int EACCES = 13;
    /// <summary>Exists already.</summary>
    public const int EEXIST = 17;
    /// <summary>No such device.</summary>
    public const int ENODEV = 19;
    /// <summary>Invalid argument.</summary>
    public const int EINVAL = 22;
    /// <summary>No space left on the device.</summary>
    public const int ENOSPC = 28;
    /// <summary>The peer is gone.</summary>
    public const int EPIPE = 32;
    /// <summary>Message too long for the buffer or the MTU.</summary>
    public const int EMSGSIZE = 90;
    /// <summary>Not supported.</summary>
    public const int EOPNOTSUPP = 95;
    /// <summary>The kernel does not know this address family.</summary>
    public const int EAFNOSUPPORT = 97;
    /// <summary>Address in use.</summary>
    public const int EADDRINUSE = 98;
    /// <summary>The network device is down.</summary>
    public const int ENETDOWN = 100;
    /// <summary>Connection refused: nobody listens.</summary>
    public const int ECONNREFUSED = 111;
    /// <summary>A connection is being made.</summary>
    public const int EINPROGRESS = 115;
    /// <summary>Cancelled: the wall clock was set.</summary>
    public const int ECANCELED = 125;

    /// <summary>The error of the last system call of this thread.</summary>
    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>True when a call failed only because a signal came in between, and must be made again.</summary>
    internal static bool Interrupted(int result) => result < 0 && Last == EINTR;

    /// <summary>True when a call failed only because a signal came in between, and must be made again.</summary>
    internal static bool Interrupted(nint result) => result < 0 && Last == EINTR;

    /// <summary>The system's text for an error number, such as <c>Connection refused</c>.</summary>
    /// <param name="errno">Positive error number.</param>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>Why a file operation of the framework failed: the framework's own texts are left out of the native binary.</summary>
    /// <param name="fault">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static string Describe(Exception fault) => fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => Describe(ENOENT),
        // It says the same of both.
        UnauthorizedAccessException => $"{Describe(EACCES)}, or it is a directory",
        // The framework keeps the system's error number here.
        _ when fault.HResult is > 0 and < 4096 => Describe(fault.HResult),
        _ => Describe(EIO),
    };
}
