using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Tests.Profiles;

public class HintsTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-15")]
    [InlineData("RTSP", "RTSP", Transports.Both)]
    [InlineData("HTTP, HTTPS, SSH", "HTTP, HTTPS, SSH", Transports.Tcp)]
    [InlineData(" http ,ssh", "HTTP, SSH", Transports.Tcp)]
    [InlineData("NTP,CoAP", "NTP, COAP", Transports.Udp)]
    [InlineData("MQTT,SNMP", "MQTT, SNMP", Transports.Both)]
    [InlineData("HTTP,FOO", "HTTP, FOO", Transports.Both)]
    [InlineData("", "", Transports.Both)]
    [InlineData(",,", "", Transports.Both)]
    [InlineData("S\u0007SH,", "SSH", Transports.Tcp)]
    public void Names_select_transports(string text, string written, Transports expected)
    {
        Hints hints = Hints.Parse(text);
        Assert.Equal(written, hints.ToString());
        Assert.Equal(expected, hints.Transports);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-15")]
    [InlineData("HTTP HTTPS SSH SFTP FTP TELNET MQTT MQTTS ONVIF AMQP IPP", Transports.Tcp)]
    [InlineData("NTP COAP COAPS MDNS SSDP SNMP SYSLOG TFTP RTP QUIC", Transports.Udp)]
    [InlineData("DNS RTSP SIP STUN UNHEARD-OF", Transports.Both)]
    public void The_table_of_the_specification_holds(string names, Transports expected) =>
        Assert.All(names.Split(' '), name => Assert.Equal(expected, Hints.TransportsOf(name)));

    [Fact]
    [Trait("Requirement", "DWIRM-15")]
    public void As_many_hints_as_ranges_pair_by_position()
    {
        Hints hints = Hints.Parse("HTTP, SNMP, DNS");
        Assert.Equal(Transports.Tcp, hints.TransportsFor(0, 3));
        Assert.Equal(Transports.Udp, hints.TransportsFor(1, 3));
        Assert.Equal(Transports.Both, hints.TransportsFor(2, 3));
        Assert.Equal(Transports.Both, hints.TransportsFor(3, 3));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-15")]
    public void Otherwise_the_set_applies_to_every_range()
    {
        Hints hints = Hints.Parse("HTTP, SSH");
        Assert.Equal(Transports.Tcp, hints.TransportsFor(0, 1));
        Assert.Equal(Transports.Tcp, hints.TransportsFor(2, 3));
        Assert.Equal(Transports.Both, Hints.Parse("HTTP, SNMP").TransportsFor(0, 1));
        Assert.Equal(Transports.Both, Hints.None.TransportsFor(0, 1));
        Assert.Equal(Transports.Both, Hints.None.TransportsFor(0, 0));
    }
}
