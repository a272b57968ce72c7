using System;
using System.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>What a directory lies on.</summary>
public static unsafe class FileSystem
{
    private const int StatSize = 256; // more than any libc's struct statvfs

    /// <summary>Whether this process may write into a directory; says so for a file system that is mounted read-only too.</summary>
    /// <returns>0, or the positive error number.</returns>
    public static int Writable(string path)
    {
        fixed (byte* name = CString.From(path)) return Unistd.access(name, Unistd.W_OK) == 0 ? 0 : Errno.Last;
    }

    /// <summary>Octets that are free for programs without privileges; -errno on failure.</summary>
    /// <remarks>
    /// <code>
    /// struct statvfs | f_bsize, f_frsize: unsigned long | f_blocks, f_bfree, f_bavail: 64 bits each | …   (glibc on 64 bits, musl everywhere)
    /// </code>
    /// </remarks>
    public static long Free(string path)
    {
        byte* found = stackalloc byte[StatSize];
        fixed (byte* name = CString.From(path))
        {
            if (Unistd.statvfs(name, found) != 0) return -Errno.Last;
        }
        ulong fragment = *(nuint*)(found + sizeof(nuint)), available = *(ulong*)(found + 2 * sizeof(nuint) + 2 * sizeof(ulong));
        return fragment == 0 || available > long.MaxValue / fragment ? long.MaxValue : (long)(fragment * available);
    }

    /// <summary>The kind of file system an absolute path lies on, such as <c>overlay</c>, <c>ubifs</c>, <c>tmpfs</c>; empty when it is not known.</summary>
    public static string Kind(string path)
    {
        byte[] text = new byte[64 * 1024];
        int length = Files.ReadStart("/proc/self/mounts", text);
        return length <= 0 ? "" : Kind(path, Encoding.UTF8.GetString(text, 0, length));
    }

    /// <summary>The same from the text of a mount table: the last mount of the longest directory that the path lies in.</summary>
    internal static string Kind(string path, string mounts)
    {
        (string kind, int longest) = ("", -1);
        foreach (string line in mounts.Split('\n'))
        {
            // overlay / overlay rw,noatime 0 0
            string[] fields = line.Split(' ');
            if (fields.Length < 3 || fields[1].Length < longest) continue;
            string at = fields[1];
            bool within = path.StartsWith(at, StringComparison.Ordinal) && (at == "/" || path.Length == at.Length || path[at.Length] == '/');
            if (within) (kind, longest) = (fields[2], at.Length);
        }
        return kind;
    }
}
