using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Tests.Profiles;

public class BitRateTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-10")]
    [InlineData("2Mbps", 2_000_000, "2Mbps")]
    [InlineData("2mBPS", 2_000_000, "2Mbps")]
    [InlineData("15Kbps", 15_000, "15Kbps")]
    [InlineData("5Mbps", 5_000_000, "5Mbps")]
    [InlineData("1g", 1_000_000_000, "1Gbps")]
    [InlineData("1000Gbps", 1_000_000_000_000, "1000Gbps")]
    [InlineData("1000000000000", 1_000_000_000_000, "1000Gbps")]
    [InlineData("9600", 9_600, "9600bps")]
    [InlineData("9601bps", 9_601, "9601bps")]
    [InlineData("1.5Mbps", 1_500_000, "1500Kbps")]
    [InlineData("0.5k", 500, "500bps")]
    [InlineData("1.0000000009Gbps", 1_000_000_000, "1Gbps")]
    [InlineData("1.123456789Gbps", 1_123_456_789, "1123456789bps")]
    [InlineData("2 Mbps", 2_000_000, "2Mbps")]
    [InlineData("  2\tm ", 2_000_000, "2Mbps")]
    [InlineData("7 bps", 7, "7bps")]
    [InlineData("1", 1, "1bps")]
    [InlineData("line", 0, "Line")]
    [InlineData("Line", 0, "Line")]
    [InlineData(" LINE ", 0, "Line")]
    public void Rates_are_decimal_bits_per_second(string text, long bits, string written)
    {
        Assert.True(BitRate.TryParse(text, out BitRate rate, out OptionFault fault));
        Assert.Equal(OptionFault.None, fault);
        Assert.Equal(bits, rate.BitsPerSecond);
        Assert.Equal(bits == 0, rate.IsLine);
        Assert.Equal(written, rate.ToString());
        Assert.True(BitRate.TryParse(rate.ToString(), out BitRate again));
        Assert.Equal(rate, again);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-10")]
    [InlineData("", OptionFault.Syntax)]
    [InlineData("fast", OptionFault.Syntax)]
    [InlineData("Line 2Mbps", OptionFault.Syntax)]
    [InlineData("-2Mbps", OptionFault.Syntax)]
    [InlineData("+2Mbps", OptionFault.Syntax)]
    [InlineData("2Mops", OptionFault.Syntax)]
    [InlineData("2MB", OptionFault.Syntax)]
    [InlineData("2Tbps", OptionFault.Syntax)]
    [InlineData("2M bps", OptionFault.Syntax)]
    [InlineData("2.Mbps", OptionFault.Syntax)]
    [InlineData(".5Mbps", OptionFault.Syntax)]
    [InlineData("1.2.3k", OptionFault.Syntax)]
    [InlineData("1,5Mbps", OptionFault.Syntax)]
    [InlineData("1e6", OptionFault.Syntax)]
    [InlineData("bps", OptionFault.Syntax)]
    [InlineData("0", OptionFault.RateZero)]
    [InlineData("0.0Gbps", OptionFault.RateZero)]
    [InlineData("0.9bps", OptionFault.RateZero)]
    [InlineData("1000000000001", OptionFault.RateTooHigh)]
    [InlineData("1001Gbps", OptionFault.RateTooHigh)]
    [InlineData("1000.000000001Gbps", OptionFault.RateTooHigh)]
    [InlineData("99999999999999999999999999999", OptionFault.RateTooHigh)]
    public void Other_rates_are_refused(string text, OptionFault expected)
    {
        Assert.False(BitRate.TryParse(text, out _, out OptionFault fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-10")]
    public void The_lower_rate_wins_and_line_is_above_all()
    {
        var slow = new BitRate(1000);
        var fast = new BitRate(2000);
        Assert.Equal(slow, slow.Min(fast));
        Assert.Equal(slow, fast.Min(slow));
        Assert.Equal(slow, BitRate.Line.Min(slow));
        Assert.Equal(slow, slow.Min(BitRate.Line));
        Assert.True(BitRate.Line.Min(BitRate.Line).IsLine);
    }
}
