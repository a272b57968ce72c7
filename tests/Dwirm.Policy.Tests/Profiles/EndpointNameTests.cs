using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Policy.Tests.Profiles;

public class EndpointNameTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-14")]
    [InlineData("https://update.example.com/prod/9876543v2/upgrade", "https", "update.example.com", 443, Transports.Tcp, false)]
    [InlineData("https://mirror.example-com.example.net:8888/prod/upgrade", "https", "mirror.example-com.example.net", 8888, Transports.Tcp, true)]
    [InlineData("sftp://update.example.com/x", "sftp", "update.example.com", 22, Transports.Tcp, false)]
    [InlineData("HTTP://EXAMPLE.com", "http", "example.com", 80, Transports.Tcp, false)]
    [InlineData("ftp://h.example?x", "ftp", "h.example", 21, Transports.Tcp, false)]
    [InlineData("ssh://h.example#x", "ssh", "h.example", 22, Transports.Tcp, false)]
    [InlineData("mqtt://h.example", "mqtt", "h.example", 1883, Transports.Tcp, false)]
    [InlineData("mqtts://h.example", "mqtts", "h.example", 8883, Transports.Tcp, false)]
    [InlineData("coap://h.example", "coap", "h.example", 5683, Transports.Udp, false)]
    [InlineData("coaps://h.example", "coaps", "h.example", 5684, Transports.Udp, false)]
    [InlineData("rtsp://h.example", "rtsp", "h.example", 554, Transports.Tcp, false)]
    [InlineData("ntp://h.example", "ntp", "h.example", 123, Transports.Udp, false)]
    [InlineData("foo+bar.1-2://h.example", "foo+bar.1-2", "h.example", null, Transports.Both, false)]
    [InlineData("foo://h.example:5", "foo", "h.example", 5, Transports.Both, true)]
    [InlineData("update.example.com", "", "update.example.com", null, Transports.Both, false)]
    [InlineData("  Update.Example.COM.  ", "", "update.example.com", null, Transports.Both, false)]
    [InlineData("update.example.com:65535", "", "update.example.com", 65535, Transports.Both, true)]
    [InlineData("nas", "", "nas", null, Transports.Both, false)]
    [InlineData("xn--bcher-kva.example", "", "xn--bcher-kva.example", null, Transports.Both, false)]
    [InlineData("3com.example", "", "3com.example", null, Transports.Both, false)]
    [InlineData("https://h.example/a*b@c:d", "https", "h.example", 443, Transports.Tcp, false)]
    public void Hosts_ports_and_transports_come_out(string text, string scheme, string host, int? port, Transports transports, bool isExplicit)
    {
        Assert.True(EndpointName.TryParse(text, out EndpointName? endpoint, out OptionFault fault));
        Assert.Equal(OptionFault.None, fault);
        Assert.Equal(scheme, endpoint!.Scheme);
        Assert.Equal(host, endpoint.Host);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(isExplicit, endpoint.PortIsExplicit);
        Assert.Equal(transports, endpoint.Transports);
        Assert.True(endpoint.IsName);
        Assert.False(endpoint.IsSpecialLiteral);
        Assert.Equal(port is null ? host : $"{host}:{port}", endpoint.ToString());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-14")]
    [InlineData("203.0.113.9", "203.0.113.9", null)]
    [InlineData("203.0.113.9:8443", "203.0.113.9:8443", 8443)]
    [InlineData("https://203.0.113.9/x", "203.0.113.9:443", 443)]
    public void Ipv4_literals_are_known_as_such(string text, string written, int? port)
    {
        Assert.True(EndpointName.TryParse(text, out EndpointName? endpoint));
        Assert.Equal(new Ipv4Address(0xcb007109), endpoint!.Literal);
        Assert.False(endpoint.IsName);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(written, endpoint.ToString());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-14")]
    [InlineData("2001:db8::1", "2001:db8::1", null)]
    [InlineData("[2001:DB8:0:0::1]", "2001:db8::1", null)]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443", 443)]
    [InlineData("coaps://[2001:db8::1]/x", "[2001:db8::1]:5684", 5684)]
    public void Ipv6_literals_are_kept(string text, string written, int? port)
    {
        Assert.True(EndpointName.TryParse(text, out EndpointName? endpoint));
        Assert.NotNull(endpoint!.Literal6);
        Assert.Null(endpoint.Literal);
        Assert.False(endpoint.IsName);
        Assert.Equal("2001:db8::1", endpoint.Host);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(port is null ? "[2001:db8::1]" : written, endpoint.ToString());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-14")]
    [InlineData("*.example.com", OptionFault.Wildcard)]
    [InlineData("https://*/", OptionFault.Wildcard)]
    [InlineData("*", OptionFault.Wildcard)]
    [InlineData("https://user:secret@example.com/", OptionFault.UserInfo)]
    [InlineData("user@example.com", OptionFault.UserInfo)]
    [InlineData("https://good.example@evil.example/", OptionFault.UserInfo)]
    [InlineData("", OptionFault.Syntax)]
    [InlineData("   ", OptionFault.Syntax)]
    [InlineData("://example.com", OptionFault.Syntax)]
    [InlineData("1http://example.com", OptionFault.Syntax)]
    [InlineData("ht tp://example.com", OptionFault.Syntax)]
    [InlineData("example.com/path", OptionFault.Syntax)]
    [InlineData("192.0.2.0/24", OptionFault.Syntax)]
    [InlineData("https:\\\\example.com", OptionFault.Syntax)]
    [InlineData("https://example.com\u202e/", OptionFault.Syntax)]
    [InlineData("https://exa\nmple.com/", OptionFault.Syntax)]
    [InlineData("https://[2001:db8::1", OptionFault.Syntax)]
    [InlineData("https://[2001:db8::1]x/", OptionFault.Syntax)]
    [InlineData("example.com:", OptionFault.Syntax)]
    [InlineData("example.com:http", OptionFault.Syntax)]
    [InlineData("mailto:someone", OptionFault.Syntax)]
    [InlineData("example.com:0", OptionFault.PortOutOfBounds)]
    [InlineData("example.com:65536", OptionFault.PortOutOfBounds)]
    [InlineData("https:///path", OptionFault.BadHost)]
    [InlineData("https://:443/", OptionFault.BadHost)]
    [InlineData("a..b", OptionFault.BadHost)]
    [InlineData(".example.com", OptionFault.BadHost)]
    [InlineData("example.com..", OptionFault.BadHost)]
    [InlineData(".", OptionFault.BadHost)]
    [InlineData("-a.example", OptionFault.BadHost)]
    [InlineData("a-.example", OptionFault.BadHost)]
    [InlineData("under_score.example", OptionFault.BadHost)]
    [InlineData("b\u00fccher.example", OptionFault.BadHost)]
    [InlineData("ex%61mple.com", OptionFault.BadHost)]
    [InlineData("127.1", OptionFault.BadHost)]
    [InlineData("2130706433", OptionFault.BadHost)]
    [InlineData("0x7f.0x1", OptionFault.BadHost)]
    [InlineData("0X7f000001", OptionFault.BadHost)]
    [InlineData("192.168.1.256", OptionFault.BadHost)]
    [InlineData("192.168.01.1", OptionFault.BadHost)]
    [InlineData("192.168.1.1.", OptionFault.BadHost)]
    [InlineData("1:2:3", OptionFault.BadHost)]
    [InlineData("[example.com]", OptionFault.BadHost)]
    [InlineData("[fe80::1%25eth0]", OptionFault.BadHost)]
    public void What_is_no_host_is_refused(string text, OptionFault expected)
    {
        Assert.False(EndpointName.TryParse(text, out EndpointName? endpoint, out OptionFault fault));
        Assert.Null(endpoint);
        Assert.Equal(expected, fault);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void Labels_have_63_octets_and_names_253()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('a', 61)}";
        Assert.Equal(253, longest.Length);
        Assert.True(EndpointName.TryParse(longest, out _));
        Assert.True(EndpointName.TryParse(longest + ".", out _));
        Assert.False(EndpointName.TryParse(longest + "a", out _));
        Assert.True(EndpointName.TryParse(label + ".example", out _));
        Assert.False(EndpointName.TryParse(label + "a.example", out _));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-14")]
    [InlineData("0.0.0.0", true)]
    [InlineData("0.255.255.255", true)]
    [InlineData("9.255.255.255", false)]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.64.0.0", true)]
    [InlineData("100.127.255.255", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("169.255.0.1", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.167.255.255", false)]
    [InlineData("192.168.0.0", true)]
    [InlineData("192.169.0.0", false)]
    [InlineData("223.255.255.255", false)]
    [InlineData("224.0.0.251", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("[::]", true)]
    [InlineData("[::1]", true)]
    [InlineData("[fe80::1]", true)]
    [InlineData("[fc00::1]", true)]
    [InlineData("[fdff::1]", true)]
    [InlineData("[fe00::1]", false)]
    [InlineData("[ff02::fb]", true)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("[::ffff:192.168.1.1]", true)]
    [InlineData("[::ffff:203.0.113.1]", true)]
    [InlineData("[64:ff9b::203.0.113.1]", false)]
    [InlineData("[64:ff9b::10.0.0.1]", true)]
    [InlineData("[64:ff9b:1::1]", true)]
    [InlineData("[2002:cb00:7101::1]", false)]
    [InlineData("[2002:0a00:0001::1]", true)]
    [InlineData("[febf::1]", true)]
    [InlineData("[fec0::1]", true)]
    [InlineData("[feff::1]", true)]
    [InlineData("example.com", false)]
    public void Private_and_local_literals_wait_for_the_owner(string text, bool special)
    {
        Assert.True(EndpointName.TryParse(text, out EndpointName? endpoint));
        Assert.Equal(special, endpoint!.IsSpecialLiteral);
    }
}
