using System;
using System.Net;
using System.Net.NetworkInformation;

namespace Dwirm.Wire.Tests;

/// <summary>The address types against the framework's own, which the rooms do not use.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("255.255.255.255")]
    public void Ipv4TextRoundTrips(string text)
    {
        Assert.True(Ipv4Address.TryParse(text, out Ipv4Address address));
        Assert.Equal(text, address.ToString());
        Span<byte> octets = stackalloc byte[4];
        address.Write(octets);
        Assert.Equal(IPAddress.Parse(text).GetAddressBytes(), octets.ToArray());
        Assert.Equal(address, Ipv4Address.Read(octets));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1..3.4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.99999999999")]
    public void Ipv4RefusesEverythingElse(string text) => Assert.False(Ipv4Address.TryParse(text, out _));

    [Theory]
    [InlineData("192.168.1.77/24", "192.168.1.0", "192.168.1.255")]
    [InlineData("10.1.2.3/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("192.0.2.1/32", "192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.1")]
    [InlineData("1.2.3.4/0", "0.0.0.0", "255.255.255.255")]
    public void PrefixKnowsItsEnds(string text, string first, string last)
    {
        Assert.True(Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix));
        Assert.Equal(first, prefix.Network.ToString());
        Assert.Equal(last, prefix.BroadcastAddress.ToString());
        Assert.True(prefix.Contains(prefix.Address));
    }

    [Theory]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3/24")]
    public void PrefixRefusesEverythingElse(string text) => Assert.False(Ipv4Prefix.TryParse(text, out _));

    [Theory]
    [InlineData("02:00:00:aa:BB:cc", "02:00:00:aa:bb:cc")]
    [InlineData("2-0-0-a-b-c", "02:00:00:0a:0b:0c")]
    [InlineData("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff")]
    public void MacTextIsRead(string text, string canonical)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress mac));
        Assert.Equal(canonical, mac.ToString());
        Span<byte> octets = stackalloc byte[6];
        mac.Write(octets);
        Assert.Equal(PhysicalAddress.Parse(canonical.ToUpperInvariant().Replace(':', '-')).GetAddressBytes(), octets.ToArray());
        Assert.Equal(mac, MacAddress.Read(octets));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:00:00:00:00")]
    [InlineData("02:00:00:00:00:00:00")]
    [InlineData("02:00:00:00:00:0g")]
    [InlineData("02:00:00:00:00:")]
    [InlineData("020:0:0:0:0:0")]
    [InlineData("020000000001")]
    public void MacRefusesEverythingElse(string text) => Assert.False(MacAddress.TryParse(text, out _));

    [Fact]
    public void Ipv6TextIsTheFrameworks()
    {
        var random = new Random(5952);
        Span<byte> octets = stackalloc byte[16];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(octets);
            // Zero groups here and there, so that every place of "::" occurs; not the mapped forms, which RFC 5952 writes dotted.
            for (int group = 0; group < 8; group++)
            {
                if (random.Next(2) == 0) octets.Slice(2 * group, 2).Clear();
            }
            octets[0] |= 0x20;
            Assert.Equal(new IPAddress(octets).ToString(), Ipv6Address.Read(octets).ToString());
        }
    }

    [Fact]
    public void Eui64LinkLocalIsRfc4291AppendixA()
    {
        Assert.True(MacAddress.TryParse("02:00:00:00:00:10", out MacAddress mac));
        Assert.Equal("fe80::ff:fe00:10", Ipv6Address.LinkLocalFrom(mac).ToString());
        Assert.True(Ipv6Address.LinkLocalFrom(mac).IsLinkLocal);
    }
}
