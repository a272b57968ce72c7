using System;
using System.Text;
using Dwirm.Wire.Netlink;

namespace Dwirm.Wire.Tests.Netlink;

/// <summary>Events of nf_tables, counters, flowtables and offload rules, read from octets as the kernel sends them.</summary>
public sealed class NftEventTests
{
    [Fact]
    public void AGenerationNamesTheProcess()
    {
        NetlinkMessage message = Read(NftMessage.NewGeneration, writer =>
        {
            writer.PutU32Be(1, 42);
            writer.PutU32Be(2, 4711);
            writer.PutStringZ(3, "nft");
        });
        Assert.True(NftEvents.TryRead(message, out NftEvent change));
        Assert.Equal(("", "nft", 4711u), (Encoding.ASCII.GetString(change.Table), Encoding.ASCII.GetString(change.Process), change.ProcessId));
    }

    [Theory]
    [InlineData(NftMessage.NewElement)]
    [InlineData(NftMessage.DeleteTable)]
    [InlineData(NftMessage.DeleteRule)]
    public void EverythingElseNamesItsTable(NftMessage kind)
    {
        NetlinkMessage message = Read(kind, static writer => writer.PutStringZ(1, "dwirm"));
        Assert.True(NftEvents.TryRead(message, out NftEvent change));
        Assert.Equal((kind, NfFamily.Inet, "dwirm"), (change.Kind, change.Family, Encoding.ASCII.GetString(change.Table)));
    }

    [Fact]
    public void AnEventKeepsThePortOfWhoMadeIt()
    {
        byte[] bytes = Write(NftMessage.NewTable, static writer => writer.PutStringZ(1, "x"));
        BitConverter.TryWriteBytes(bytes.AsSpan(12), 0x12345678u);
        var reader = new NetlinkReader(bytes);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.Equal(0x12345678u, message.PortId);
    }

    [Fact]
    public void ANamedCounterIsRead()
    {
        NetlinkMessage message = Read(NftMessage.NewObject, static writer =>
        {
            writer.PutStringZ(1, "dwirm");
            writer.PutStringZ(2, "spoofed");
            writer.PutU32Be(3, 1);
            using (writer.Nest(4))
            {
                writer.PutU64Be(1, 9000);
                writer.PutU64Be(2, 12);
            }
        });
        Assert.True(NftEvents.TryReadCounter(message, out string name, out ulong packets));
        Assert.Equal(("spoofed", 12ul), (name, packets));
    }

    [Theory]
    [InlineData("flow_offload", true)]
    [InlineData("counter", false)]
    [InlineData("flow_offloadx", false)]
    public void ARuleThatOffloadsIsToldFromOthers(string expression, bool offloads)
    {
        NetlinkMessage message = Read(NftMessage.NewRule, writer =>
        {
            writer.PutStringZ(1, "fw4");
            writer.PutStringZ(2, "forward");
            writer.PutU64Be(3, 77);
            using (writer.Nest(4))
            {
                using (writer.Nest(1)) writer.PutStringZ(1, "meta");
                using (writer.Nest(1)) writer.PutStringZ(1, expression);
            }
        });
        Assert.Equal(offloads, NftEvents.TryReadOffloadRule(message, out string chain, out ulong handle));
        Assert.Equal(("forward", 77ul), (chain, handle));
    }

    [Fact]
    public void WhatIsCutOffAnywhereIsNoFault()
    {
        byte[] whole = Write(NftMessage.NewFlowtable, static writer =>
        {
            writer.PutStringZ(1, "fw4");
            writer.PutStringZ(2, "ft");
            writer.PutU32Be(7, 1);
        });
        int read = 0;
        for (int length = NetlinkMessage.HeaderSize; length <= whole.Length; length++)
        {
            byte[] cut = whole[..length];
            BitConverter.TryWriteBytes(cut, (uint)length);
            var reader = new NetlinkReader(cut);
            Assert.True(reader.Next(out NetlinkMessage message));
            if (NftEvents.TryReadFlowtable(message, out NftFlowtable flowtable) && flowtable.Hardware) read++;
        }
        Assert.Equal(1, read);
    }

    [Fact]
    public void DeletionsAreByHandleAndName()
    {
        Assert.Equal(
            Convert.ToHexString(Write(NftMessage.DeleteRule, static writer =>
            {
                writer.PutStringZ(1, "fw4");
                writer.PutStringZ(2, "forward");
                writer.PutU64Be(3, 77);
            }, NetlinkFlags.Request)),
            Written(static writer => writer.DeleteRule(7, NfFamily.Inet, "fw4", "forward", 77)));
        Assert.Equal(
            Convert.ToHexString(Write(NftMessage.DeleteFlowtable, static writer =>
            {
                writer.PutStringZ(1, "fw4");
                writer.PutStringZ(2, "ft");
            }, NetlinkFlags.Request)),
            Written(static writer => writer.DeleteFlowtable(7, NfFamily.Inet, "fw4", "ft")));
    }

    private static string Written(Action<NetlinkWriter> write)
    {
        var writer = new NetlinkWriter();
        write(writer);
        return Convert.ToHexString(writer.Written);
    }

    private static byte[] Write(NftMessage kind, Action<NetlinkWriter> attributes, NetlinkFlags flags = NetlinkFlags.None)
    {
        var writer = new NetlinkWriter();
        using (writer.Message(NftMessages.TypeOf(kind), flags, 7))
        {
            writer.NfGenMessage(NfFamily.Inet);
            attributes(writer);
        }
        return writer.Written.ToArray();
    }

    private static NetlinkMessage Read(NftMessage kind, Action<NetlinkWriter> attributes)
    {
        var reader = new NetlinkReader(Write(kind, attributes));
        Assert.True(reader.Next(out NetlinkMessage message));
        return message;
    }
}
