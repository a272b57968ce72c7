using System;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Randomness from getrandom(2): blocks at most once, until the kernel's pool is ready after boot.</summary>
public static unsafe class RandomBytes
{
    /// <summary>Fills the whole span.</summary>
    /// <exception cref="LinuxException">The kernel has no getrandom(2).</exception>
    public static void Fill(Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            for (int done = 0; done < destination.Length;)
            {
                nint got;
                while (Errno.Interrupted(got = Unistd.getrandom(start + done, (nuint)(destination.Length - done), 0)))
                {
                }
                if (got <= 0) throw new LinuxException("getrandom", Errno.Last);
                done += (int)got;
            }
        }
    }

    /// <summary>A random 32-bit number.</summary>
    public static uint NextUInt32()
    {
        uint value = 0;
        Fill(new Span<byte>(&value, sizeof(uint)));
        return value;
    }
}
