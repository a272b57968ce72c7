using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Tests.Profiles;

public class PlainTextTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-30")]
    [InlineData("Example Brand Security Camera", "Example Brand Security Camera")]
    [InlineData("  padded\t", "padded")]
    [InlineData("two\r\nlines", "twolines")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred[0m")]
    [InlineData("c1\u009b31m", "c131m")]
    [InlineData("del\u007f", "del")]
    [InlineData("right\u202eto\u202cleft", "righttoleft")]
    [InlineData("zero\u200bwidth\ufeff", "zerowidth")]
    [InlineData("line\u2028para\u2029", "linepara")]
    [InlineData("tag\U000e0041\U000e007f!", "tag!")]
    [InlineData("Kamera f\u00fcr 家 \U0001f4f7", "Kamera f\u00fcr 家 \U0001f4f7")]
    [InlineData("<script>alert('x')</script>", "<script>alert('x')</script>")]
    [InlineData("", "")]
    [InlineData("\u0001\u0002", "")]
    public void Nothing_is_left_that_a_terminal_obeys_or_nobody_sees(string text, string clean)
    {
        Assert.Equal(clean, PlainText.Clean(text));
        Assert.Equal(clean, PlainText.Clean(clean));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-30")]
    public void Halves_of_characters_are_dropped()
    {
        Assert.Equal("lone", PlainText.Clean("lone\ud800"));
        Assert.Equal("lone", PlainText.Clean("\udc00lone"));
        Assert.Equal("x", PlainText.Clean("\ud800\ud801x"));
        Assert.Equal("\U0001f4f7", PlainText.Clean("\ud83d\ud83d\udcf7\udcf7"));
    }
}
