using System;
using System.Globalization;

namespace Dwirm.Control.Tests;

public sealed class TimestampTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(999, "1970-01-01T00:00:00Z")]
    [InlineData(1_767_225_600_000, "2026-01-01T00:00:00Z")]
    [InlineData(951_782_399_000, "2000-02-28T23:59:59Z")]
    [InlineData(951_782_400_000, "2000-02-29T00:00:00Z")]
    [InlineData(253_402_300_799_000, "9999-12-31T23:59:59Z")]
    [InlineData(long.MaxValue, "9999-12-31T23:59:59Z")]
    [InlineData(long.MinValue, "1970-01-01T00:00:00Z")]
    public void Formats_what_any_reader_of_RFC_3339_takes(long unixMs, string expected) => Assert.Equal(expected, Timestamp.Format(unixMs));

    [Fact]
    public void Agrees_with_the_framework_s_calendar_on_every_day_of_five_centuries()
    {
        for (int day = 0; day < 500 * 366; day++)
        {
            long unixMs = day * 86_400_000L + day % 86_400 * 1000L;
            string expected = DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            Assert.Equal(expected, Timestamp.Format(unixMs));
            Assert.True(Timestamp.TryParse(expected, out long again));
            Assert.Equal(unixMs, again);
        }
    }

    [Theory]
    [InlineData("2026-01-31T18:30Z")]
    [InlineData("2026-01-31t18:30:00z")]
    [InlineData("2026-01-31 18:30:00Z")]
    [InlineData("2026-01-31T18:30:00.123456Z")]
    public void Reads_the_spellings_that_people_use(string text)
    {
        Assert.True(Timestamp.TryParse(text, out long unixMs));
        Assert.Equal("2026-01-31T18:30:00Z", Timestamp.Format(unixMs));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31T18:30:00")]
    [InlineData("2026-01-31T18:30:00+01:00")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-00-01T00:00:00Z")]
    [InlineData("2026-01-00T00:00:00Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T00:60:00Z")]
    [InlineData("2026-01-31T00:00:60Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2026-01-31T00:00:0Z")]
    [InlineData("2026-01-31T00:00:00.Z")]
    [InlineData("2026-01-31T00:00:00.xZ")]
    [InlineData("2026-01-31T00:00x00Z")]
    [InlineData("2026/01/31T00:00:00Z")]
    [InlineData("2026-01-31x00:00:00Z")]
    [InlineData("٢٠٢٦-01-31T00:00:00Z")]
    public void Refuses_what_is_no_time(string text) => Assert.False(Timestamp.TryParse(text, out _));
}
