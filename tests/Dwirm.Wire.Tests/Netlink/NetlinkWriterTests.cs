using System;
using Dwirm.Wire.Netlink;

namespace Dwirm.Wire.Tests.Netlink;

public sealed class NetlinkWriterTests
{
    [Fact]
    public void ByteOrderIsInTheName()
    {
        var writer = new NetlinkWriter();
        using (writer.Message(1, NetlinkFlags.None, 1))
        {
            writer.PutU16Be(1, 0x0102);
            writer.PutU16Host(2, 0x0102);
            writer.PutU64Be(3, 0x0102030405060708);
            writer.PutU64Host(4, 0x0102030405060708);
            writer.PutU8(5, 9);
            writer.PutFlag(6);
            writer.PutStringZ(7, "ab"u8);
        }
        Assert.Equal(
            "06000100" + "01020000" + "06000200" + (BitConverter.IsLittleEndian ? "0201" : "0102") + "0000" +
            "0C000300" + "0102030405060708" + "0C000400" + (BitConverter.IsLittleEndian ? "0807060504030201" : "0102030405060708") +
            "05000500" + "09000000" + "04000600" + "07000700" + "61620000",
            Convert.ToHexString(writer.Written[16..]));
    }

    [Fact]
    public void WhatIsWrittenBeforeDoesNotShowThrough()
    {
        var writer = new NetlinkWriter(64);
        using (writer.Message(1, NetlinkFlags.None, 1)) writer.Attribute(1, 40).Fill(0xa5);
        writer.Clear();
        using (writer.Message(1, NetlinkFlags.None, 1))
        {
            writer.Raw(16);
            writer.Attribute(2, 5);
            writer.PutU8(3, 0);
        }
        Assert.Equal(-1, writer.Written.IndexOf((byte)0xa5));
        Assert.Equal(writer.Length, BitConverter.ToInt32(writer.Written[..4]));
    }

    [Fact]
    public void AnAttributeThatCannotBeLongerIsRefused()
    {
        var writer = new NetlinkWriter();
        Assert.Throws<InvalidOperationException>(() => writer.PutBytes(1, new byte[NetlinkWriter.MaxAttributePayload + 1]));
        Assert.Throws<InvalidOperationException>(() =>
        {
            using NetlinkWriter.NestScope nest = writer.Nest(1);
            writer.PutBytes(1, new byte[40_000]);
            writer.PutBytes(1, new byte[40_000]);
        });
        Assert.Throws<InvalidOperationException>(() => new NetlinkWriter(16, 32).Raw(33));
        Assert.Throws<ArgumentException>(() => writer.PutStringZ(1, "na\0me"));
    }

    [Theory]
    [InlineData(3000, 250_000, 187_500u)]
    [InlineData(1600, 1000, 25_000_000u)]
    [InlineData(1, 1_250_000_000, 1u)]
    [InlineData(1 << 30, 1, uint.MaxValue)]
    [InlineData(1, 0, uint.MaxValue)]
    public void TicksAreSixtyFourNanosecondsRoundedUp(long bytes, long rate, uint ticks) => Assert.Equal(ticks, TcMessages.Ticks(bytes, rate));

    [Fact]
    public void RatesBeyondThirtyTwoBitsHaveTheirOwnAttributes()
    {
        var writer = new NetlinkWriter();
        writer.PutHtbClass(1, 1, TcMessages.Handle(1, 0), TcMessages.Handle(1, 1), new HtbShape(5_000_000_000, 6_000_000_000, 1600, 60_000));
        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.Next(out NetlinkMessage message));
        NetlinkAttributes attributes = message.Attributes(TcMessages.HeaderSize);
        while (attributes.Next() && attributes.Type != TcMessages.Options)
        {
        }
        NetlinkAttributes options = attributes.Inner();
        ulong rate = 0, ceil = 0;
        uint capped = 0;
        while (options.Next())
        {
            if (options.Type == 6) rate = BitConverter.ToUInt64(options.Value);
            if (options.Type == 7) ceil = BitConverter.ToUInt64(options.Value);
            if (options.Type == 1) capped = BitConverter.ToUInt32(options.Value[8..]);
        }
        Assert.Equal((5_000_000_000ul, 6_000_000_000ul, uint.MaxValue), (rate, ceil, capped));
    }
}
