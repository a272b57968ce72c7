using System.Runtime.InteropServices;

namespace Dwirm.Linux.Tests;

/// <summary>Waits for a descriptor instead of for time.</summary>
internal static class Waiting
{
    private const int LongEnoughMs = 10_000;

    public static void UntilReadable(SafeHandle handle)
    {
        using var epoll = new Epoll();
        epoll.Add(handle, 1, EpollEvents.Readable);
        Assert.Equal(1, epoll.Wait(new EpollReady[1], LongEnoughMs));
    }
}
