using System;
using System.Net;

namespace Dwirm.Wire.Tests;

public class Ipv6ParseTests
{
    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.33")]
    [InlineData("1:2:3:4:5:6:192.0.2.1")]
    [InlineData("0001:0000::ffff")]
    public void Text_reads_as_the_framework_reads_it(string text)
    {
        Assert.True(Ipv6Address.TryParse(text, out Ipv6Address address));
        Assert.Equal(IPAddress.Parse(text), IPAddress.Parse(address.ToString()));
        byte[] octets = new byte[Ipv6Address.Size];
        address.Write(octets);
        Assert.Equal(IPAddress.Parse(text).GetAddressBytes(), octets);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8:")]
    [InlineData(":1:2:3:4:5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::1%eth0")]
    [InlineData("::1/64")]
    [InlineData("::192.0.2.1:1")]
    [InlineData("192.0.2.1::")]
    [InlineData("1:2:3:4:5:6:7:192.0.2.1")]
    [InlineData("192.0.2.1")]
    [InlineData("::192.0.2.256")]
    [InlineData("+1::")]
    [InlineData(" ::1")]
    public void Other_text_is_refused(string text) => Assert.False(Ipv6Address.TryParse(text.AsSpan(), out _));

    [Theory]
    [InlineData("fd00:1::1/64", "fd00:1::", "fd00:1::ffff:ffff:ffff:ffff", "fd00:1:0:1::", true)]
    [InlineData("2001:db8::1/32", "2001:db8::", "2001:db8:ffff::1", "2001:db9::", true)]
    [InlineData("fd00::7/128", "fd00::7", "fd00::7", "fd00::6", true)]
    [InlineData("::/0", "::", "ffff::", "", true)]
    [InlineData("fd00::/129", "", "", "", false)]
    [InlineData("fd00::/-1", "", "", "", false)]
    [InlineData("fd00::/", "", "", "", false)]
    [InlineData("1.2.3.4/8", "", "", "", false)]
    public void PrefixesContainWhatTheyCover(string text, string first, string inside, string outside, bool valid)
    {
        Assert.Equal(valid, Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix));
        if (!valid) return;
        Assert.Equal(first, prefix.Network.ToString());
        Assert.True(Ipv6Address.TryParse(inside, out Ipv6Address one) && prefix.Contains(one));
        if (outside.Length > 0) Assert.False(Ipv6Address.TryParse(outside, out Ipv6Address other) && prefix.Contains(other));
        Assert.Equal(text, prefix.ToString());
    }
}
