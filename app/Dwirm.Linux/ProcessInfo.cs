using System;
using System.Buffers.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Facts about this process.</summary>
public static class ProcessInfo
{
    /// <summary>Process id.</summary>
    public static int Pid => Unistd.getpid();

    /// <summary>Effective user id; 0 is root.</summary>
    public static uint EffectiveUid => Unistd.geteuid();

    /// <summary>Which of these capabilities this process lacks, a bit each; none where /proc does not tell.</summary>
    /// <param name="wanted">Bits by the numbers of linux/capability.h.</param>
    public static ulong MissingCapabilities(ulong wanted)
    {
        byte[] text = new byte[4096];
        int length = Files.ReadStart("/proc/self/status", text);
        ReadOnlySpan<byte> name = "CapEff:\t"u8, status = text.AsSpan(0, Math.Max(length, 0));
        int at = status.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(status[(at + name.Length)..], out ulong effective, out _, 'x') ? wanted & ~effective : 0;
    }

    /// <summary>Memory of the machine in KiB; 0 where /proc does not tell.</summary>
    public static long MachineKiB
    {
        get
        {
            Span<byte> text = stackalloc byte[128];
            int length = Files.ReadStart("/proc/meminfo", text);
            ReadOnlySpan<byte> name = "MemTotal:"u8, facts = text[..Math.Max(length, 0)];
            return facts.StartsWith(name) && Utf8Parser.TryParse(facts[name.Length..].TrimStart((byte)' '), out long amount, out _) ? amount : 0;
        }
    }

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
            return space > 0 && Utf8Parser.TryParse(fields[(space + 1)..], out long pages, out _)
                ? pages * (Environment.SystemPageSize / 1024) : 0;
        }
    }

    /// <summary>
    /// Gives the pages of program code back to the page cache; what runs again is mapped again, a few pages at a time, without reading
    /// flash while the cache has it. Start-up code, a large part of a small daemon, then no longer counts as resident.
    /// </summary>
    /// <remarks>Only mappings that are executable, of a file and not writable: nothing in them can differ from the file.</remarks>
    public static unsafe void ReleaseCodePages()
    {
        byte[] maps = new byte[64 * 1024];
        int length = Files.ReadStart("/proc/self/maps", maps);
        ReadOnlySpan<byte> rest = maps.AsSpan(0, Math.Max(length, 0));
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            // 55d0c0a00000-55d0c0b00000 r-xp 00100000 fe:00 1234 /usr/sbin/dwirm
            ReadOnlySpan<byte> line = rest[..end];
            int dash = line.IndexOf((byte)'-'), blank = line.IndexOf((byte)' ');
            if (dash < 0 || blank < dash || !line[(blank + 1)..].StartsWith("r-xp "u8) || !line.Contains((byte)'/')) continue;
            if (!Utf8Parser.TryParse(line[..dash], out ulong start, out _, 'x')) continue;
            if (!Utf8Parser.TryParse(line[(dash + 1)..blank], out ulong stop, out _, 'x') || stop <= start) continue;
            // A refusal costs nothing but the memory.
            _ = Mman.madvise((void*)(nuint)start, (nuint)(stop - start), Mman.MADV_DONTNEED);
        }
    }
}
