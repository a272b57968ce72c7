using System;

namespace Dwirm.Linux.Tests;

public sealed class ProcessInfoTests
{
    [Fact]
    public void CodeThatWasGivenBackRunsOn()
    {
        ProcessInfo.ReleaseCodePages();
        // Through libc, the runtime and libsqlite's neighbours: whatever was unmapped is mapped again.
        Assert.True(MacLikeSum() > 0);
        Assert.InRange(ProcessInfo.ResidentKiB, 1, long.MaxValue);
        Assert.Equal(Environment.ProcessId, ProcessInfo.Pid);
    }

    private static int MacLikeSum()
    {
        int sum = 0;
        foreach (char c in Guid.NewGuid().ToString()) sum += c;
        return sum;
    }
}
