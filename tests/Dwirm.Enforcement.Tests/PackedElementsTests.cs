using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;

namespace Dwirm.Enforcement.Tests;

public sealed class PackedElementsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public void WhatIsPackedComesBack(int count)
    {
        var random = new Random(count);
        ulong[] remarkable = [0, 1, 0xff, 0x100, 1UL << 63, ulong.MaxValue, 0x0200_0000_0010];
        ulong Word() => random.Next(3) == 0 ? (ulong)random.NextInt64() : remarkable[random.Next(remarkable.Length)];
        List<Element> elements = [.. Enumerable.Range(0, count).Select(_ => new Element(Word(), Word(), new UInt128(Word(), Word()), Word(), (long)Word()))];
        List<Element> back = [];
        PackedElements.Unpack(PackedElements.Pack(CollectionsMarshal.AsSpan(elements), []), back);
        Assert.Equal(elements, back);
    }

    [Fact]
    public void ADeviceTakesFewOctets()
    {
        List<Element> elements = new LedgerBuilder(new InterfaceNames()).Build(
            Plans.Of(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(80, 83)), Plans.Consume(2, Plans.To("203.0.113.5", 443)))), [], Plans.Now.MonotonicMs);
        Assert.Contains(elements, element => element.Set == SetId.P4);
        Assert.True(PackedElements.Pack(CollectionsMarshal.AsSpan(elements), []).Length < 14 * elements.Count);
    }
}
