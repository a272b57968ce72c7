using System;
using Dwirm.Wire.Netlink;

namespace Dwirm.Wire.Tests.Netlink;

/// <summary>What the writer writes, against octets put together by hand.</summary>
public sealed class NetlinkGoldenTests
{
    private const string Table = "dwirm";

    private static void Same(byte[] golden, Action<NetlinkWriter> write)
    {
        var writer = new NetlinkWriter(16);
        write(writer);
        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void BatchCarriesTheGeneration() => Same(GoldenNetlink.BatchBegin, writer =>
    {
        writer.BatchBegin(1, 7);
        writer.BatchEnd(2);
    });

    [Fact]
    public void TablesComeAndGo() => Same(GoldenNetlink.Tables, writer =>
    {
        writer.NewTable(3, NfFamily.Inet, Table);
        writer.DeleteTable(4, NfFamily.Bridge, Table);
    });

    [Fact]
    public void BaseChain() =>
        Same(GoldenNetlink.BaseChain, writer => writer.NewBaseChain(5, NfFamily.Inet, Table, "forward", "filter", NftHook.Forward, -10));

    [Fact]
    public void MapOfRangesOverAConcatenation() => Same(GoldenNetlink.RangeMap, writer => writer.NewSet(6, NfFamily.Inet, Table, new NftSet
    {
        Name = "c4r",
        Id = 17,
        Flags = NftSetFlags.Interval | NftSetFlags.Map | NftSetFlags.Concatenation,
        KeyType = NftType.Join(NftType.Join(NftType.Join(NftType.Ipv4, NftType.Ipv4), NftType.Protocol), NftType.Port),
        KeyLength = 16,
        DataType = NftType.Mark,
        DataLength = 4,
        FieldLengths = [4, 4, 1, 2],
    }));

    [Fact]
    public void SetThatRulesFill() => Same(GoldenNetlink.CountingSet, writer => writer.NewSet(7, NfFamily.Inet, Table, new NftSet
    {
        Name = "viol",
        Id = 5,
        Flags = NftSetFlags.Timeout | NftSetFlags.Dynamic,
        KeyType = NftType.Ether,
        KeyLength = 6,
        TimeoutMs = 3_600_000,
        Size = 4096,
        Counter = true,
    }));

    [Fact]
    public void ElementWithDataAndTimeout() => Same(GoldenNetlink.LiveElement, writer =>
    {
        using NftMessages.ListScope list = writer.Elements(NftMessage.NewElement, 8, NfFamily.Inet, Table, "live", 0);
        using NetlinkWriter.NestScope element = writer.Element();
        writer.ElementKey([0, 0, 0, 0, 0x01, 0x10, 0, 0]);
        writer.ElementData([0x11, 0x01, 0x01, 0]);
        writer.ElementTimeout(63_000);
    });

    [Fact]
    public void ElementThatIsARange() => Same(GoldenNetlink.RangeElement, writer =>
    {
        using NftMessages.ListScope list = writer.Elements(NftMessage.DeleteElement, 9, NfFamily.Inet, Table, "c4r", 0);
        using NetlinkWriter.NestScope element = writer.Element();
        writer.ElementKey([192, 168, 1, 16, 203, 0, 113, 64, 6, 0, 0, 0, 0x03, 0xe8, 0, 0]);
        writer.ElementKeyEnd([192, 168, 1, 16, 203, 0, 113, 127, 6, 0, 0, 0, 0x07, 0xd0, 0, 0]);
    });

    [Fact]
    public void ElementWithAVerdict() => Same(GoldenNetlink.VerdictElement, writer =>
    {
        using NftMessages.ListScope list = writer.Elements(NftMessage.NewElement, 10, NfFamily.Bridge, Table, "dev", 27);
        using NetlinkWriter.NestScope element = writer.Element();
        writer.ElementKey([2, 0, 0, 0, 0, 0x10]);
        writer.ElementGoto("src_managed");
    });

    [Fact]
    public void TheRuleThatDecidesEveryPacket() => Same(GoldenNetlink.LiveRule, writer =>
    {
        using NftMessages.ListScope rule = writer.NewRule(11, NfFamily.Inet, Table, "forward");
        writer.Ct(NftCt.Mark, 0);
        writer.Cmp(0, false, [0, 0, 0, 0]);
        writer.Ct(NftCt.Direction, 0);
        writer.Ct(NftCt.Mark, 1);
        writer.LookupMap("live", 0, 0, 0);
        writer.MetaSet(NftMeta.Priority, 0);
        writer.Verdict(NftVerdict.Goto, "ok");
    });

    [Fact]
    public void EveryOtherExpression() => Same(GoldenNetlink.EveryOtherExpression, writer =>
    {
        using NftMessages.ListScope rule = writer.NewRule(12, NfFamily.Inet, Table, "x");
        writer.Meta(NftMeta.L4Protocol, 0);
        writer.Payload(NftBase.Transport, 2, 2, 1);
        writer.FibDestinationType(0);
        writer.Bitwise(0, [0xff, 0xff, 0xff, 0xef], [0, 0, 0, 0x10]);
        writer.Lookup("lan", 0, 0, invert: true);
        writer.LookupVerdict("dev", 0, 0);
        writer.Ct(NftCt.DestinationIp, 0, 0);
        writer.CtSet(NftCt.Mark, 0);
        writer.UpdateSetLimited("vlog", 0, 0, 1, 5);
        writer.LogGroup("viol ", 17, 96);
        writer.CounterReference("cut_off");
        writer.DnatIpv4(0, 1);
        writer.Masquerade();
    });

    [Fact]
    public void ARedirectToThePortInARegister() => Same(GoldenNetlink.Redirect, writer =>
    {
        using NftMessages.ListScope rule = writer.NewRule(13, NfFamily.Inet, Table, "x");
        writer.Immediate(0, [0x14, 0xea]);
        writer.ToNetworkOrder(1);
        writer.Redirect(0);
    });

    [Fact]
    public void Ipv6AddressesAndNeighbours() => Same(GoldenNetlink.Neighbours, writer =>
    {
        writer.DumpIpv6Addresses(22);
        writer.DumpNeighbours(23);
        writer.SolicitNeighbour(24, 9, new Ipv6Address(new UInt128(0xfd00_0001_0000_0000, 0x10)));
    });

    [Fact]
    public void ANeighbourIsReadAndAnUnansweredOneIsNot()
    {
        var reader = new NetlinkReader(GoldenNetlink.Neighbour);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(NeighbourMessages.TryReadNeighbour(message, out Neighbour neighbour));
        Assert.Equal((9, "fd00:1::10", "02:00:00:00:00:10", 3000L),
            (neighbour.Device, neighbour.Address.ToString(), neighbour.Mac.ToString(), neighbour.ConfirmedMsAgo));
        Assert.True(reader.Next(out message));
        Assert.False(NeighbourMessages.TryReadNeighbour(message, out _));
    }

    [Fact]
    public void HtbRoot() => Same(GoldenNetlink.HtbRoot, writer => writer.NewHtbRoot(13, 9, TcMessages.Handle(1, 0)));

    [Fact]
    public void HtbClassWithItsRateTables() => Same(GoldenNetlink.HtbClass, writer =>
        writer.PutHtbClass(14, 9, TcMessages.Handle(1, 0x110), TcMessages.Handle(1, 0x111), new HtbShape(1000, 250_000, 3000, 1514)));

    [Fact]
    public void Bfifo() => Same(GoldenNetlink.Bfifo, writer => writer.PutBfifo(15, 9, TcMessages.Handle(1, 0x111), 25_000));

    [Fact]
    public void FqCodel() => Same(GoldenNetlink.FqCodel, writer => writer.PutFqCodel(16, 9, TcMessages.Handle(1, 0x111), 9084, 100_000, 1024));

    [Fact]
    public void ClassesAndRootsGo() => Same(GoldenNetlink.Deletions, writer =>
    {
        writer.DeleteHtbClass(17, 9, TcMessages.Handle(1, 0x111));
        writer.DeleteRoot(18, 9, TcMessages.Handle(1, 0));
    });

    [Fact]
    public void ConntrackEntriesGoByMark() => Same(GoldenNetlink.Conntrack, writer => writer.DeleteByMark(19, 0x1000, 0xffffff00));

    [Fact]
    public void FlowsAreListed() => Same(GoldenNetlink.ConntrackList, writer => writer.DumpConntrack(21));

    [Fact]
    public void AFlowIsReadBack()
    {
        var reader = new NetlinkReader(GoldenNetlink.ConntrackFlow);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(ConntrackMessages.TryReadEntry(message, out ConntrackEntry flow));
        Assert.False(reader.Next(out _) || reader.Malformed);
        Assert.Equal(("::ffff:c0a8:114", "::ffff:cb00:7105"), (flow.Original.Source.ToString(), flow.Original.Destination.ToString()));
        Assert.Equal("192.168.1.20", flow.Original.Source.AsIpv4.ToString());
        Assert.Equal((6, 50000, 443), (flow.Original.Protocol, flow.Original.SourcePort, flow.Original.DestinationPort));
        Assert.Equal(("203.0.113.5", "203.0.113.2"), (flow.Reply.Source.AsIpv4.ToString(), flow.Reply.Destination.AsIpv4.ToString()));
        Assert.Equal((6, 443, 1025), (flow.Reply.Protocol, flow.Reply.SourcePort, flow.Reply.DestinationPort));
        Assert.True(flow.IsAnswered);
        Assert.Equal(0x18eu, flow.Status);
    }

    [Fact]
    public void AFlowCutOffAnywhereIsNoneOrTheSame()
    {
        byte[] whole = GoldenNetlink.ConntrackFlow;
        int refused = 0;
        for (int length = NetlinkMessage.HeaderSize; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            BitConverter.TryWriteBytes(cut, (uint)length);
            var reader = new NetlinkReader(cut);
            Assert.True(reader.Next(out NetlinkMessage message));
            if (!ConntrackMessages.TryReadEntry(message, out ConntrackEntry flow)) refused++;
            else Assert.Equal((443, 443), (flow.Original.DestinationPort, flow.Reply.SourcePort));
        }
        Assert.InRange(refused, 90, whole.Length);
    }

    [Fact]
    public void LinksAndAddresses() => Same(GoldenNetlink.Route, writer =>
    {
        writer.DumpLinks(20);
        writer.DumpIpv4Addresses(21);
    });

    [Fact]
    public void LogGroup() => Same(GoldenNetlink.BindLogGroup, writer => writer.BindLogGroup(5, 17, 128, 1, 10));

    [Fact]
    public void LoggedPacketIsReadBack()
    {
        var reader = new NetlinkReader(GoldenNetlink.LoggedPacket);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(NflogMessages.TryReadLogged(message, out LoggedPacket packet));
        Assert.Equal(17, packet.Group);
        Assert.Equal(NfFamily.Ipv4, packet.Family);
        Assert.Equal(0x0800, packet.EtherType);
        Assert.Equal("viol "u8, packet.Prefix);
        Assert.Equal((3, 4, 5), (packet.In, packet.InPort, packet.Out));
        Assert.Equal("02:00:00:00:00:10", packet.Mac.ToString());
        Assert.Equal<byte>([0x45, 0, 0, 0x14], packet.Payload);
    }

    [Fact]
    public void ALogMessageCutOffAnywhereIsNoPacketOrAShorterOneButNoFault()
    {
        byte[] whole = GoldenNetlink.LoggedPacket;
        int refused = 0;
        for (int length = NetlinkMessage.HeaderSize; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            BitConverter.TryWriteBytes(cut, (uint)length);
            var reader = new NetlinkReader(cut);
            Assert.True(reader.Next(out NetlinkMessage message));
            if (!NflogMessages.TryReadLogged(message, out _)) refused++;
        }
        Assert.InRange(refused, whole.Length / 2, whole.Length);
    }
}
