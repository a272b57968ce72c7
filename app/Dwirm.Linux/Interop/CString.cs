using System;
using System.Text;

namespace Dwirm.Linux.Interop;

/// <summary>A string as C reads it: UTF-8 with a NUL behind it. For paths and names outside the packet path.</summary>
internal static class CString
{
    /// <summary>UTF-8 octets with a terminating NUL. A NUL inside would silently cut the name, so it is refused.</summary>
    public static byte[] From(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new LinuxException($"path {text}", Errno.EINVAL);
        byte[] octets = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, octets);
        return octets;
    }
}
