using System;
using System.Buffers.Binary;
using System.Linq;

namespace Dwirm.Linux.Tests;

public class FragmentTableTests
{
    private static byte[] Header(int offset, bool more, ushort identification = 1)
    {
        byte[] header = new byte[20];
        header[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)((more ? 0x2000 : 0) | (offset / 8)));
        return header;
    }

    private static byte[] Part(int from, int length) => [.. Enumerable.Range(from, length).Select(i => (byte)i)];

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    public void FragmentsMayComeInAnyOrder(int first, int second, int third)
    {
        var table = new FragmentTable();
        (int Offset, int Length, bool More)[] parts = [(0, 16, true), (16, 16, true), (32, 5, false)];
        int[] order = [first, second, third];
        for (int i = 0; i < 3; i++)
        {
            (int offset, int length, bool more) = parts[order[i]];
            bool complete = table.Add(Header(offset, more), Part(offset, length), out ReadOnlySpan<byte> whole);
            Assert.Equal(i == 2, complete);
            if (complete) Assert.Equal(Part(0, 37), whole.ToArray());
        }
    }

    [Fact]
    public void DatagramsDoNotMix()
    {
        var table = new FragmentTable();
        Assert.False(table.Add(Header(0, true, 1), Part(0, 8), out _));
        Assert.False(table.Add(Header(0, true, 2), Part(100, 8), out _));
        Assert.True(table.Add(Header(8, false, 2), Part(108, 3), out ReadOnlySpan<byte> two));
        Assert.Equal(Part(100, 11), two.ToArray());
        Assert.True(table.Add(Header(8, false, 1), Part(8, 2), out ReadOnlySpan<byte> one));
        Assert.Equal(Part(0, 10), one.ToArray());
    }

    [Fact]
    public void AnOverlapThrowsTheDatagramAway()
    {
        var table = new FragmentTable();
        Assert.False(table.Add(Header(0, true), Part(0, 16), out _));
        Assert.False(table.Add(Header(8, true), Part(200, 16), out _));
        // What was there is gone: the rest does not complete it.
        Assert.False(table.Add(Header(16, false), Part(16, 3), out _));
        Assert.False(table.Add(Header(8, true), Part(8, 8), out _));
        Assert.True(table.Add(Header(0, true), Part(0, 8), out ReadOnlySpan<byte> whole));
        Assert.Equal(Part(0, 19), whole.ToArray());
    }

    [Fact]
    public void TheEndMayBeSaidOnlyOnceAndNothingLiesBehindIt()
    {
        var table = new FragmentTable();
        Assert.False(table.Add(Header(8, false), Part(8, 4), out _));
        Assert.False(table.Add(Header(16, true), Part(16, 8), out _));
        Assert.False(table.Add(Header(0, true), Part(0, 8), out _));

        table = new FragmentTable();
        Assert.False(table.Add(Header(24, true), Part(24, 8), out _));
        Assert.False(table.Add(Header(8, false), Part(8, 4), out _));
        Assert.False(table.Add(Header(0, true), Part(0, 8), out _));
    }

    [Theory]
    [InlineData(0, 12, true)]        // not a multiple of eight, and not the last
    [InlineData(0, 0, true)]         // empty
    [InlineData(16392, 8, false)]    // beyond the longest datagram
    [InlineData(65528, 100, false)]  // the "ping of death": beyond 65,535 octets
    public void ImpossibleFragmentsAreRefused(int offset, int length, bool more)
    {
        var table = new FragmentTable();
        Assert.False(table.Add(Header(offset, more), Part(0, length), out ReadOnlySpan<byte> whole));
        Assert.True(whole.IsEmpty);
    }

    [Fact]
    public void TheOldestGivesWay()
    {
        var table = new FragmentTable();
        for (ushort id = 0; id <= FragmentTable.Capacity; id++) Assert.False(table.Add(Header(0, true, id), Part(0, 8), out _));
        Assert.False(table.Add(Header(8, false, 0), Part(8, 1), out _));
        Assert.True(table.Add(Header(8, false, FragmentTable.Capacity), Part(8, 1), out _));
    }
}
