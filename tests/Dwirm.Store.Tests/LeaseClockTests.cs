using Dwirm.Wire;

namespace Dwirm.Store.Tests;

public class LeaseClockTests
{
    private const long T = 1_790_000_000_000;

    /// <summary>Columns: end, written, trusted, newest trusted, clock now; time left (-1: infinite).</summary>
    [Theory]
    [InlineData(T + 100, T, true, T, T + 40, 60)]
    [InlineData(T + 100, T, true, T, T + 100, 0)]
    [InlineData(T + 100, T, true, T, T + 5000, 0)]
    [InlineData(T + 100, T, true, T, T - LeaseClock.ToleranceMs, 100 + LeaseClock.ToleranceMs)]
    [InlineData(T + 100, T, true, T, T - LeaseClock.ToleranceMs - 1, 100)]
    [InlineData(T + 100, T, true, T + 30, 0, 70)]
    [InlineData(T + 100, T, true, T + 500, 0, 0)]
    [InlineData(T + 100, T, true, 0, T + 40, 60)]
    [InlineData(5100, 5000, false, T, T, 100)]
    [InlineData(5100, 5000, false, 0, 0, 100)]
    [InlineData(long.MaxValue, T, true, T, T, -1)]
    [InlineData(long.MaxValue, 0, false, 0, T, -1)]
    [InlineData(long.MaxValue - 1, 0, true, 0, long.MinValue, LeaseClock.MaxRemainingMs)]
    [InlineData(long.MinValue, T, true, T, T, 0)]
    public void Time_left(long expires, long written, bool trusted, long newest, long unixNow, long left)
    {
        var now = new Instant(777, unixNow, WallIsTrusted: true);
        Assert.Equal(left < 0 ? long.MaxValue : 777 + left, LeaseClock.Restore(expires, written, trusted, newest, now));
    }
}
