using Dwirm.Policy.Controls;
using Dwirm.Policy.Tests.Engine;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Controls;

public class DeviceControlsTests
{
    private static readonly DeviceControls Everything = new()
    {
        DownBitsPerSecond = 5_000_000,
        UpBitsPerSecond = 1_500,
        Window = Window("07:00-21:00L"),
        PausedUntilUnixMs = Now.UnixMs,
        QuotaBytes = 2_000_000_000,
        Blocked = true,
    };

    [Fact]
    public void The_store_gives_back_what_it_got()
    {
        foreach (DeviceControls one in (DeviceControls[])[DeviceControls.None, Everything, new() { Window = Window("22:00-05:59CET") }])
        {
            Assert.True(DeviceControls.TryParse(one.ToText(), out DeviceControls read));
            Assert.Equal(one, read);
        }
        Assert.Equal("", DeviceControls.None.ToText());
        Assert.Equal("5Mbps down, 1500bps up, open 07:00-21:00L, 2GB a day, paused, blocked", Everything.Describe());
    }

    [Theory]
    [InlineData("down=5;colour=red;")]
    [InlineData("down=-5;")]
    [InlineData("window=noon;")]
    [InlineData("nonsense")]
    public void What_is_not_understood_blocks(string text)
    {
        Assert.False(DeviceControls.TryParse(text, out DeviceControls read));
        Assert.True(read.Blocked);
    }

    [Theory]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1.5 gb", 1_500_000_000)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("12kb", 12_000)]
    [InlineData("7B", 7)]
    [InlineData("1000TB", 1_000_000_000_000_000)]
    [InlineData("0GB", 0)]
    [InlineData("1001TB", 0)]
    [InlineData("99999999999999999999TB", 0)]
    [InlineData("2", 0)]
    [InlineData("GB", 0)]
    [InlineData("2.GB", 0)]
    [InlineData("2XB", 0)]
    [InlineData("-2GB", 0)]
    [InlineData("0.0001KB", 0)]
    public void Amounts_are_decimal(string text, long octets)
    {
        Assert.Equal(octets > 0, ByteCount.TryParse(text, out long read));
        if (octets > 0) Assert.Equal(octets, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    [InlineData(-5 * 3600)]
    public void A_day_ends_at_local_midnight(int offset)
    {
        var zone = new FixedZone(offset);
        long midnight = LocalDay.NextMidnightUnixMs(Now.UnixMs, zone);
        Assert.Equal(0, (midnight / 1000 + offset) % 86400);
        Assert.InRange(midnight, Now.UnixMs + 1, Now.UnixMs + 86_400_000);
        Assert.Equal(LocalDay.Of(Now.UnixMs, zone) + 1, LocalDay.Of(midnight, zone));
        Assert.Equal(LocalDay.Of(Now.UnixMs, zone), LocalDay.Of(midnight - 1, zone));
    }

    [Fact]
    public void A_spent_quota_opens_at_midnight_and_not_while_the_clock_is_wrong()
    {
        var controls = new DeviceControls { QuotaBytes = 1 };
        Assert.True(controls.IsOpen(Now, FixedZone.Utc, quotaSpent: false, out long change));
        Assert.Equal(long.MaxValue, change);
        Assert.False(controls.IsOpen(Now, FixedZone.Utc, quotaSpent: true, out change));
        Assert.Equal(Now.UnixMs + 86_400_000, change);
        Assert.False(controls.IsOpen(Now with { WallIsTrusted = false }, FixedZone.Utc, quotaSpent: true, out change));
        Assert.Equal(long.MaxValue, change);
    }
}
