using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.TestKit;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Wire.Tests.Dhcp4;

public sealed class Dhcpv4PacketTests
{
    private static readonly MacAddress Mac = new(0x020000000011);

    [Fact]
    public void Every_field_of_a_golden_discover_is_read()
    {
        byte[] octets = GoldenDhcpv4.UdhcpcDiscover;
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault fault));
        Assert.Equal(ParseFault.None, fault);
        Assert.Equal(300, packet.DatagramLength);
        Assert.Equal(1, packet.Op);
        Assert.Equal(1, packet.HardwareType);
        Assert.Equal(6, packet.HardwareLength);
        Assert.Equal(0, packet.Hops);
        Assert.Equal(0x4d2a910cu, packet.Xid);
        Assert.Equal(0, packet.Secs);
        Assert.False(packet.BroadcastFlag);
        Assert.True(packet.Ciaddr.IsAny && packet.Yiaddr.IsAny && packet.Siaddr.IsAny && packet.Giaddr.IsAny);
        Assert.Equal(Mac, packet.Chaddr);
        Assert.True(packet.HasEthernetAddress);
        Assert.Equal(16, packet.ChaddrBytes.Length);
        Assert.Equal(Dhcpv4MessageType.Discover, packet.MessageType);
        Assert.True(packet.TryGetU16(57, out ushort size));
        Assert.Equal(576, size);
        Assert.True(packet.TryGetOption(60, default, out ReadOnlySpan<byte> vendor));
        Assert.Equal("udhcp 1.35.0", Encoding.ASCII.GetString(vendor));
        Assert.Equal([1, 3, 6, 12, 15, 28, 42], Enumerable.Range(0, 256).Where(code => Requests(octets, (byte)code)));
        Assert.False(packet.HasOption(224));
        Assert.Equal([53, 61, 57, 55, 60], Codes(packet));
    }

    [Theory]
    [InlineData(0, 300, 0xff, 0xff, 0xff)]
    [InlineData(4, 300, 0x00, 0x00, 0x00)]
    public void Distinct_fields_do_not_overlap(int _, int length, byte high, byte middle, byte low)
    {
        var octets = new byte[length];
        for (int i = 0; i < 44; i++) octets[i] = (byte)i;
        (octets[0], octets[1], octets[2]) = (2, 1, 6);
        (octets[4], octets[5], octets[6]) = (high, middle, low);
        octets[240] = 255;
        (octets[236], octets[237], octets[238], octets[239]) = (0x63, 0x82, 0x53, 0x63);
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(3, packet.Hops);
        Assert.Equal(((uint)high << 24) | ((uint)middle << 16) | ((uint)low << 8) | 7, packet.Xid);
        Assert.Equal(0x0809, packet.Secs);
        Assert.Equal(0x0a0b, packet.Flags);
        Assert.Equal(0x0c0d0e0fu, packet.Ciaddr.Value);
        Assert.Equal(0x10111213u, packet.Yiaddr.Value);
        Assert.Equal(0x14151617u, packet.Siaddr.Value);
        Assert.Equal(0x18191a1bu, packet.Giaddr.Value);
        Assert.Equal(0x1c1d1e1f2021ul, packet.Chaddr.Value);
        Assert.Equal(Dhcpv4MessageType.None, packet.MessageType);
    }

    [Fact]
    [Trait("Requirement", "DHC-01")]
    public void Pieces_of_one_option_join_in_aggregate_order()
    {
        Assert.True(Dhcpv4Packet.TryParse(GoldenDhcpv4.SplitClientId, out Dhcpv4Packet packet, out ParseFault _));
        Span<byte> scratch = stackalloc byte[8];
        Assert.True(packet.TryGetOption(61, scratch, out ReadOnlySpan<byte> id));
        Assert.Equal(new byte[] { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77 }, id.ToArray());
        Assert.Equal(8, packet.OptionLength(61));
        Assert.True(packet.BroadcastFlag);
        Assert.True(packet.TryGetOption(12, default, out ReadOnlySpan<byte> name));
        Assert.Equal("cam"u8.ToArray(), name.ToArray());
        Assert.Equal([53, 61, 52, 61, 12, 61], Codes(packet));
        Assert.False(packet.TryGetOption(61, stackalloc byte[7], out id));
        Assert.True(id.IsEmpty);
        Assert.True(packet.HasOption(61));
    }

    [Fact]
    public void File_and_sname_are_read_only_where_overload_says_so()
    {
        byte[] octets = GoldenDhcpv4.SplitClientId;
        int overload = octets.AsSpan().IndexOf((ReadOnlySpan<byte>)[52, 1, 3]) + 2;
        octets[overload] = 1;
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(6, packet.OptionLength(61));
        octets[overload] = 2;
        Assert.True(Dhcpv4Packet.TryParse(octets, out packet, out ParseFault _));
        Assert.Equal(5, packet.OptionLength(61));
        Assert.False(packet.HasOption(12));
    }

    [Fact]
    public void A_profile_of_several_instances_is_one_value()
    {
        byte[] profile = Enumerable.Range(0, 700).Select(i => (byte)i).ToArray();
        byte[] octets = Dhcpv4Builder.Message(Dhcpv4MessageType.DefaultDwirmClient, Mac).Long(224, profile).Build();
        Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _));
        var scratch = new byte[8192];
        Assert.True(packet.TryGetOption(224, scratch, out ReadOnlySpan<byte> value));
        Assert.Equal(profile, value.ToArray());
        Assert.Equal([53, 224, 224, 224], Codes(packet));
    }

    [Theory]
    [Trait("Requirement", "DHC-05")]
    [InlineData(9)]
    [InlineData(99)]
    [InlineData(240)]
    [InlineData(255)]
    public void Unknown_message_types_are_kept_as_numbers(byte type)
    {
        Assert.True(Dhcpv4Packet.TryParse(Dhcpv4Builder.Message(type, Mac).Option(200, 1, 2, 3).Build(), out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(type, packet.MessageType);
        Assert.True(packet.TryGetOption(200, default, out ReadOnlySpan<byte> unknown));
        Assert.Equal(3, unknown.Length);
    }

    public static TheoryData<string, byte[], ParseFault> Broken()
    {
        byte[] discover = GoldenDhcpv4.UdhcpcDiscover;
        Dhcpv4Builder Start() => Dhcpv4Builder.Discover(Mac);
        return new TheoryData<string, byte[], ParseFault>
        {
            { "nothing", [], ParseFault.Truncated },
            { "one octet short of the options", discover[..239], ParseFault.Truncated },
            { "no cookie", Start().Fixed(236, 0x63, 0x82, 0x53, 0x64).Build(), ParseFault.BadCookie },
            { "op 0", Start().Op(0).Build(), ParseFault.BadField },
            { "op 3", Start().Op(3).Build(), ParseFault.BadField },
            { "hlen 17", Start().Hardware(1, 17).Build(), ParseFault.BadHardwareLength },
            { "option without a length octet", Start().Raw(61).WithoutEnd().Build(), ParseFault.OptionOverrun },
            { "option one octet longer than the field", Start().Raw(61, 3, 1, 2).WithoutEnd().Build(), ParseFault.OptionOverrun },
            { "overrun inside file", Start().Option(52, 1).Fixed(108 + 126, 12, 1).Fixed(108, Fill(126)).Build(), ParseFault.OptionOverrun },
            { "overrun inside sname", Start().Option(52, 2).Fixed(44, 12, 63).Build(), ParseFault.OptionOverrun },
            { "overload 0", Start().Option(52, 0).Build(), ParseFault.BadOverload },
            { "overload 4", Start().Option(52, 4).Build(), ParseFault.BadOverload },
            { "overload without a value", Start().Option(52).Build(), ParseFault.BadOverload },
            { "overload twice", Start().Option(52, 1).Option(52, 2).Build(), ParseFault.BadOverload },
            { "message type twice", Start().Option(53, 3).Build(), ParseFault.OptionLength },
            { "message type 0", Dhcpv4Builder.Message(0, Mac).Build(), ParseFault.OptionLength },
            { "message type empty", new Dhcpv4Builder(Mac).Option(53).Build(), ParseFault.OptionLength },
            { "requested address of 3 octets", Start().Option(50, 1, 2, 3).Build(), ParseFault.OptionLength },
            { "requested address twice", Start().Option(50, 1, 2, 3, 4).Option(50, 1, 2, 3, 4).Build(), ParseFault.OptionLength },
            { "server identifier of 5 octets", Start().Option(54, 1, 2, 3, 4, 5).Build(), ParseFault.OptionLength },
            { "lease time empty", Start().Option(51).Build(), ParseFault.OptionLength },
            { "message size of 1 octet", Start().Option(57, 2).Build(), ParseFault.OptionLength },
            { "513 options", Many(513), ParseFault.TooManyOptions },
        };
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Malformed_is_refused_and_named(string what, byte[] octets, ParseFault expected)
    {
        Assert.False(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet _, out ParseFault fault), what);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void What_is_merely_odd_is_let_in()
    {
        foreach (byte[] octets in new[]
        {
            Many(512),
            Dhcpv4Builder.Discover(Mac).WithoutEnd().Build(),
            Dhcpv4Builder.Discover(Mac).Raw(255, 61, 200).Build(),
            Dhcpv4Builder.Discover(Mac).Option(61).Option(12).Build(),
            Dhcpv4Builder.Discover(Mac).Raw(0, 0, 0).Option(60, 1).Build(),
            Dhcpv4Builder.Discover(Mac).Hardware(32, 0).Build(),
            Dhcpv4Builder.Discover(Mac).Option(52, 1).Fixed(108, Fill(128)).Build(),
            new Dhcpv4Builder(Mac).WithoutEnd().Build(),
        })
        {
            Assert.True(Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet _, out ParseFault fault));
            Assert.Equal(ParseFault.None, fault);
        }
    }

    [Fact]
    public void Every_truncation_of_golden_messages_is_read_or_refused_without_a_throw()
    {
        foreach (byte[] octets in new[] { GoldenDhcpv4.UdhcpcDiscover, GoldenDhcpv4.Offer, GoldenDhcpv4.SplitClientId })
        {
            int accepted = 0;
            for (int length = 0; length <= octets.Length; length++)
            {
                if (Dhcpv4Packet.TryParse(octets.AsSpan(0, length), out Dhcpv4Packet packet, out ParseFault fault))
                {
                    accepted++;
                    Assert.InRange(Codes(packet).Count, 0, 20);
                }
                Assert.Equal(length < 240, fault == ParseFault.Truncated);
            }
            Assert.InRange(accepted, 2, octets.Length - 240 + 1);
        }
    }

    [Theory]
    [Trait("Requirement", "DHC-04")]
    [InlineData(null, 300, 548)]
    [InlineData(400, 300, 548)]
    [InlineData(576, 300, 548)]
    [InlineData(1500, 300, 1472)]
    [InlineData(65535, 300, 65507)]
    [InlineData(null, 900, 900)]
    [InlineData(600, 900, 900)]
    [InlineData(1500, 900, 1472)]
    public void The_size_limit_is_the_largest_of_576_option_57_and_the_clients_own(int? option57, int length, int payload)
    {
        var builder = Dhcpv4Builder.Discover(Mac);
        if (option57 is { } size) builder.U16(57, (ushort)size);
        Assert.True(Dhcpv4Packet.TryParse(builder.PadTo(length).Build(), out Dhcpv4Packet packet, out ParseFault _));
        Assert.Equal(payload, packet.PayloadLimit);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] whole = GoldenDhcpv4.UdhcpcDiscover, split = GoldenDhcpv4.SplitClientId, broken = Dhcpv4Builder.Discover(Mac).Option(52, 9).Build();
        int read = ReadAll(whole, split, broken);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) read += ReadAll(whole, split, broken);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101 * (7 + 8), read);
    }

    private static int ReadAll(byte[] whole, byte[] split, byte[] broken)
    {
        Span<byte> scratch = stackalloc byte[255];
        int read = 0;
        if (Dhcpv4Packet.TryParse(whole, out Dhcpv4Packet packet, out ParseFault _) && packet.TryGetOption(61, scratch, out ReadOnlySpan<byte> id) &&
            packet.Requests(42)) read += id.Length;
        if (Dhcpv4Packet.TryParse(split, out packet, out ParseFault _) && packet.TryGetOption(61, scratch, out id)) read += id.Length;
        return Dhcpv4Packet.TryParse(broken, out packet, out ParseFault _) ? -1 : read;
    }

    private static bool Requests(byte[] octets, byte code) => Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _) && packet.Requests(code);

    private static List<int> Codes(in Dhcpv4Packet packet)
    {
        var codes = new List<int>();
        foreach (Dhcpv4Option option in packet.Options) codes.Add(option.Code);
        return codes;
    }

    private static byte[] Many(int options)
    {
        var builder = Dhcpv4Builder.Discover(Mac);
        for (int i = 1; i < options; i++) builder.Option(200);
        return builder.Build();
    }

    private static byte[] Fill(int length)
    {
        var octets = new byte[length];
        Array.Fill(octets, (byte)0);
        return octets;
    }
}
