using System;
using System.Text;
using Dwirm.Wire.Netlink;

namespace Dwirm.Wire.Tests.Netlink;

/// <summary>A broken message is not the end of a list, and nothing is read beyond what was received.</summary>
public sealed class NetlinkReaderTests
{
    private static readonly byte[] Refusal = GoldenNetlink.Hex(
        """
        40 00 00 00 | length 64
        02 00 00 03 | NLMSG_ERROR, CAPPED|ACK_TLVS
        0b 00 00 00 | sequence 11
        d2 04 00 00 | port id 1234
        ef ff ff ff | -EEXIST
        60 00 00 00 | request: length 96
        0c 0a 01 04 | request: NFT_MSG_NEWSETELEM, REQUEST|CREATE
        0b 00 00 00 | request: sequence 11
        00 00 00 00 | request: port id
        11 00 01 00 | NLMSGERR_ATTR_MSG, length 17
        66 69 6c 65 20 65 78 69 73 74 73 21 00 | "file exists!"
        00 00 00 | padding
        08 00 02 00 | NLMSGERR_ATTR_OFFS, length 8
        34 00 00 00 | 52
        """);

    private static readonly byte[] Link = GoldenNetlink.Hex(
        """
        58 00 00 00 | length 88
        10 00 02 00 | RTM_NEWLINK, MULTI
        14 00 00 00 | sequence 20
        00 00 00 00 | port id
        00 00 01 00 | AF_UNSPEC, ARPHRD_ETHER
        07 00 00 00 | index 7
        43 10 01 00 | UP|BROADCAST|RUNNING|MULTICAST|LOWER_UP
        00 00 00 00 | change
        0b 00 03 00 | IFLA_IFNAME, length 11
        62 72 2d 6c 61 6e 00 | "br-lan"
        00 | padding
        08 00 04 00 | IFLA_MTU, length 8
        dc 05 00 00 | 1,500
        0a 00 01 00 | IFLA_ADDRESS, length 10
        02 00 00 00 00 01 | 02:00:00:00:00:01
        00 00 | padding
        10 00 12 00 | IFLA_LINKINFO, length 16
        0b 00 01 00 | IFLA_INFO_KIND, length 11
        62 72 69 64 67 65 00 | "bridge"
        00 | padding
        08 00 0a 00 | IFLA_MASTER, length 8
        00 00 00 00 | none
        """);

    private static readonly byte[] Address = GoldenNetlink.Hex(
        """
        28 00 00 00 | length 40
        14 00 02 00 | RTM_NEWADDR, MULTI
        15 00 00 00 | sequence 21
        00 00 00 00 | port id
        02 18 80 00 | AF_INET, /24, IFA_F_PERMANENT, RT_SCOPE_UNIVERSE
        07 00 00 00 | device 7
        08 00 01 00 | IFA_ADDRESS, length 8
        c0 a8 01 fe | 192.168.1.254
        08 00 02 00 | IFA_LOCAL, length 8
        c0 a8 01 01 | 192.168.1.1
        """);

    [Fact]
    public void ARefusalSaysWhatAndWhere()
    {
        var reader = new NetlinkReader(Refusal);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(message.TryGetAck(out NetlinkAck ack));
        Assert.Equal(17, ack.Errno);
        Assert.Equal(11u, ack.RequestSequence);
        Assert.Equal(NftMessages.TypeOf(NftMessage.NewElement), ack.RequestType);
        Assert.Equal("file exists!", Encoding.ASCII.GetString(ack.Text));
        Assert.Equal(52, ack.Offset);
        Assert.False(reader.Next(out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void ALinkIsReadWhole()
    {
        var reader = new NetlinkReader(Link);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(RouteMessages.TryReadLink(message, out LinkFacts link));
        Assert.Equal((7, "br-lan", true, true, 1500, 0), (link.Index, link.Name, link.Up, link.IsBridge, link.Mtu, link.Master));
        Assert.Equal(new MacAddress(0x020000000001), link.Mac);
        Assert.False(RouteMessages.TryReadIpv4Address(message, out _, out _));
    }

    [Fact]
    public void OfTwoAddressesTheLocalOneIsOurs()
    {
        var reader = new NetlinkReader(Address);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(RouteMessages.TryReadIpv4Address(message, out int device, out Ipv4Prefix address));
        Assert.Equal(7, device);
        Assert.Equal("192.168.1.1/24", address.ToString());
    }

    [Fact]
    public void MessagesStandOneAfterTheOther()
    {
        var reader = new NetlinkReader([.. Refusal, .. Link, .. Address]);
        int count = 0;
        while (reader.Next(out _)) count++;
        Assert.Equal(3, count);
        Assert.False(reader.Malformed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(63)]
    public void ACutDatagramIsMalformed(int length)
    {
        var reader = new NetlinkReader(Refusal.AsSpan(0, length));
        Assert.False(reader.Next(out _));
        Assert.True(reader.Malformed);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(15u)]
    [InlineData(65u)]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    public void ALengthThatDoesNotFitIsMalformed(uint length)
    {
        byte[] datagram = [.. Refusal];
        BitConverter.TryWriteBytes(datagram, length);
        var reader = new NetlinkReader(datagram);
        Assert.False(reader.Next(out _));
        Assert.True(reader.Malformed);
    }

    [Fact]
    public void AttributesEndOrBreakAndSaySo()
    {
        byte[] two = [5, 0, 1, 0, 0xaa, 0, 0, 0, 8, 0, 2, 0x80, 1, 2, 3, 4];
        var whole = new NetlinkAttributes(two);
        Assert.True(whole.Next());
        Assert.Equal(1, whole.Value.Length);
        Assert.True(whole.Next());
        Assert.Equal(2, whole.Type);
        Assert.True(whole.TryU32Be(out uint value) && value == 0x01020304);
        Assert.False(whole.Next());
        Assert.False(whole.Malformed);

        foreach (int length in (int[])[2, 4, 9, 15])
        {
            var cut = new NetlinkAttributes(two.AsSpan(0, length));
            while (cut.Next())
            {
            }
            Assert.True(cut.Malformed, $"cut to {length}");
        }
    }

    [Fact]
    public void TheLastAttributeNeedsNoPadding()
    {
        var attributes = new NetlinkAttributes([5, 0, 1, 0, 0xaa]);
        Assert.True(attributes.Next());
        Assert.Equal(0xaa, attributes.Value[0]);
        Assert.False(attributes.Next());
        Assert.False(attributes.Malformed);
    }

    [Fact]
    public void AHeaderThatIsTooShortHasBrokenAttributes()
    {
        var reader = new NetlinkReader(Refusal);
        reader.Next(out NetlinkMessage message);
        NetlinkAttributes attributes = message.Attributes(100);
        Assert.False(attributes.Next());
        Assert.True(attributes.Malformed);
    }
}
