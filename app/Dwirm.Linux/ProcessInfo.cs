using System;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Facts about this process.</summary>
public static class ProcessInfo
{
    /// <summary>Process id.</summary>
    public static int Pid => Unistd.getpid();

    /// <summary>Effective user id; 0 is root.</summary>
    public static uint EffectiveUid => Unistd.geteuid();

    /// <summary>Resident memory in KiB, from /proc/self/statm; 0 where /proc is not mounted.</summary>
    public static long ResidentKiB
    {
        get
        {
            Span<byte> text = stackalloc byte[128];
            int length = Files.ReadStart("/proc/self/statm", text);
            if (length <= 0) return 0;
            ReadOnlySpan<byte> fields = text[..length];
            int space = fields.IndexOf((byte)' ');
            return space > 0 && System.Buffers.Text.Utf8Parser.TryParse(fields[(space + 1)..], out long pages, out _)
                ? pages * (Environment.SystemPageSize / 1024) : 0;
        }
    }
}
