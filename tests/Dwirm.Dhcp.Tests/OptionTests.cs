using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.Dhcp.Options;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Dhcp.Tests.LanServer;
using static Dwirm.Dhcp.Tests.ReplyTests;

namespace Dwirm.Dhcp.Tests;

/// <summary>Configured options: for whom, where, and in what order of precedence.</summary>
public sealed class OptionTests
{
    private static readonly TagSet Range = TagSet.Of(0), Kids = TagSet.Of(1), Red = TagSet.Of(100), Known = TagSet.Of(3);

    private static TagCondition All(TagSet tags) => new(tags, default);

    private static TagCondition Not(TagSet tags) => new(default, tags);

    private static Dhcpv4OptionRule Rule(byte code, string text, TagCondition condition = default, bool force = false) =>
        new() { Code = code, Value = Encoding.ASCII.GetBytes(text), Condition = condition, Force = force };

    private static LanServer Server(params Dhcpv4OptionRule[] options) => new(Network() with
    {
        Options = options,
        RangeTags = Range,
        TagRules = [new Dhcpv4TagRule { Source = Dhcpv4TagSource.Mac, Gives = Kids, Mac = new MacPattern(Mac(1).Value, 0xffff_ffff_ffff) }],
        KnownTag = Known,
    });

    private static string Text(LanServer server, int mac, byte code) =>
        Encoding.ASCII.GetString(Value(Reply(server, Dhcpv4Builder.Discover(Mac(mac)).Requesting(code).Build()), code));

    [Fact]
    public void The_clients_own_tag_beats_the_ranges_and_that_beats_none_and_the_last_of_equals_counts()
    {
        LanServer server = Server(
            Rule(200, "own", All(Kids)), Rule(200, "range-1", All(Range)), Rule(200, "range-2", All(Range)), Rule(200, "plain-1"), Rule(200, "plain-2"),
            Rule(201, "own-1", All(Kids)), Rule(201, "own-2", All(Kids)), Rule(201, "plain"),
            Rule(202, "plain-1"), Rule(202, "plain-2"), Rule(202, "red", All(Red)));
        Assert.Equal("own", Text(server, 1, 200));
        Assert.Equal("range-2", Text(server, 2, 200));
        Assert.Equal("own-2", Text(server, 1, 201));
        Assert.Equal("plain", Text(server, 2, 201));
        Assert.Equal("plain-2", Text(server, 1, 202));
    }

    [Fact]
    public void A_negated_tag_keeps_a_client_out()
    {
        LanServer server = Server(Rule(200, "not-kids", Not(Kids)), Rule(201, "range-not-kids", new TagCondition(Range, Kids)));
        Assert.Equal(("", ""), (Text(server, 1, 200), Text(server, 1, 201)));
        Assert.Equal(("not-kids", "range-not-kids"), (Text(server, 2, 200), Text(server, 2, 201)));
    }

    [Fact]
    public void A_host_entry_makes_its_client_known_and_gives_it_tags()
    {
        var server = new LanServer(Network(
            new Dhcpv4Host { Macs = [Mac(5)], Gives = Red },
            new Dhcpv4Host { Patterns = [new MacPattern(0x020000000000, 0xffffffff0000)], Name = "any" },
            new Dhcpv4Host { Patterns = [new MacPattern(0x020000000000, 0xffffffffff00)], Name = "near" },
            new Dhcpv4Host { Macs = [Mac(6)], Name = "six", Condition = All(Kids) },
            new Dhcpv4Host { Macs = [Mac(6)], Name = "other" }) with
        {
            Options = [Rule(200, "red", All(Red)), Rule(201, "known", All(Known))],
            KnownTag = Known,
            TagRules = [new Dhcpv4TagRule { Source = Dhcpv4TagSource.OptionContains, Gives = Kids, Code = 60, Value = "toy"u8.ToArray() }],
        });
        Assert.Equal(("red", "known"), (Text(server, 5, 200), Text(server, 5, 201)));
        Assert.Equal("", Text(server, 7, 200));
        Assert.Equal("near", server.Send(Dhcpv4Builder.Discover(Mac(7))).StaticName);
        Assert.Equal("any", server.Send(Dhcpv4Builder.Discover(Mac(0x107))).StaticName);
        Assert.Equal("other", server.Send(Dhcpv4Builder.Discover(Mac(6))).StaticName);
        Assert.Equal("six", server.Send(Dhcpv4Builder.Discover(Mac(6)).Text(60, "a toy")).StaticName);
    }

    [Fact]
    public void Every_source_of_tags_is_looked_at()
    {
        byte[] relay = [1, 2, 0xaa, 0xbb, 2, 3, (byte)'s', (byte)'w', (byte)'7', 6, 1, (byte)'x'];
        Dhcpv4TagRule[] rules =
        [
            new() { Source = Dhcpv4TagSource.OptionContains, Gives = TagSet.Of(10), Code = 77, Value = "iPXE"u8.ToArray() },
            new() { Source = Dhcpv4TagSource.OptionElement, Gives = TagSet.Of(11), Code = 93, Value = [0, 7] },
            new() { Source = Dhcpv4TagSource.OptionPrefix, Gives = TagSet.Of(12), Code = 97, Value = [0, 0, 9], Mask = [0xff, 0, 0xff] },
            new() { Source = Dhcpv4TagSource.RelayInformation, Gives = TagSet.Of(13), Code = 1, Value = [0xaa, 0xbb] },
            new() { Source = Dhcpv4TagSource.RelayInformation, Gives = TagSet.Of(14), Code = 2, Value = "sw7"u8.ToArray() },
            new() { Source = Dhcpv4TagSource.RelayInformation, Gives = TagSet.Of(15), Code = 6, Value = "x"u8.ToArray() },
            new() { Source = Dhcpv4TagSource.Enterprise, Gives = TagSet.Of(16), Value = [0, 0, 0, 2] },
            new() { Source = Dhcpv4TagSource.OptionContains, Gives = TagSet.Of(17), Code = 60 },
        ];
        var server = new LanServer(Network() with { TagRules = rules });
        Dhcpv4Builder all = Dhcpv4Builder.Discover(Mac(1)).Text(77, "an iPXE rom").Option(93, 0, 1, 0, 7).Option(97, 0, 5, 9, 1)
            .Option(125, 0, 0, 0, 1, 1, 9, 0, 0, 0, 2, 0).Text(60, "").Giaddr(Ip("192.168.1.2")).Option(82, relay);
        Assert.Equal(new TagSet(0xffUL << 10, 0), server.Send(all).Tags);
        Dhcpv4Builder near = Dhcpv4Builder.Discover(Mac(2)).Text(77, "iPX").Option(93, 7, 0, 7, 0).Option(97, 0, 5).Option(125, 0, 0, 0, 1, 200, 0, 0, 0, 2)
            .Giaddr(Ip("192.168.1.2")).Option(82, 1, 3, 0xaa, 0xbb, 0, 2, 9, (byte)'s');
        Assert.True(server.Send(near).Tags.IsEmpty);
    }

    [Fact]
    public void An_empty_value_suppresses_what_is_sent_by_default_and_is_sent_where_nothing_is()
    {
        LanServer server = Server(Rule(3, ""), Rule(1, ""), Rule(200, ""));
        Assert.Equal([53, 54, 51, 58, 59, 6, 200], Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(1, 3, 6, 200).Build())));
    }

    [Fact]
    public void Configured_options_come_on_request_forced_ones_always_and_all_to_a_client_without_a_list()
    {
        LanServer server = Server(Rule(200, "asked"), Rule(201, "forced", force: true), Rule(6, "\x01\x02\x03\x04"));
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 201], Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(3).Build())));
        Assert.Equal([53, 54, 51, 58, 59, 1, 201, 200, 6], Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(201, 200, 6, 201).Build())));
        byte[] all = Reply(server, Dhcpv4Builder.Discover(Mac(2)).Build());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 15, 28, 200, 201], Codes(all));
        Assert.Equal([1, 2, 3, 4], Value(all, 6));
    }

    [Fact]
    public void A_forced_option_gives_way_before_the_reply_does()
    {
        LanServer server = Server(Rule(201, new string('x', 250), force: true), Rule(202, new string('y', 250), force: true));
        byte[] discover = Dhcpv4Builder.Discover(Mac(2)).Requesting(3, 224).Build();
        byte[] reply = Reply(server, discover, new byte[150]);
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 201], Codes(reply).GetRange(0, 8));
        Assert.DoesNotContain(202, Codes(reply));
        Assert.Equal(new byte[150], Value(reply, 224));
    }

    [Fact]
    public void Where_not_everything_fits_what_fits_is_sent()
    {
        LanServer server = Server([.. Enumerable.Range(200, 6).Select(i => Rule((byte)i, new string((char)(i - 100), 90)))]);
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(200, 201, 202, 203, 204, 205, 6, 3).ClientId(1, 2, 3).Build());
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 200, 201, 61, 52, 202], Codes(reply));
        Assert.Equal(new string('f', 90), Encoding.ASCII.GetString(Value(reply, 202)));
        Assert.InRange(reply.Length, 300, 548);
    }

    [Fact]
    public void Vendor_options_go_to_their_vendor_inside_option_43_with_its_class_echoed()
    {
        var rule = new Dhcpv4OptionRule { Code = 6, Value = [8], Container = Dhcpv4Container.Vendor, Vendor = "PXEClient"u8.ToArray() };
        var second = new Dhcpv4OptionRule { Code = 7, Value = "hi"u8.ToArray(), Container = Dhcpv4Container.Vendor, Vendor = "PXE"u8.ToArray() };
        LanServer server = Server(rule, second);
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(2)).Text(60, "PXEClient:Arch:00007").Requesting(43).Build());
        Assert.Equal([7, 2, (byte)'h', (byte)'i', 6, 1, 8, 255], Value(reply, 43));
        Assert.Equal("PXEClient:Arch:00007", Encoding.ASCII.GetString(Value(reply, 60)));
        Assert.DoesNotContain(43, Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Text(60, "MSFT").Requesting(43).Build())));
        Assert.DoesNotContain(43, Codes(Reply(server, Dhcpv4Builder.Discover(Mac(2)).Text(60, "PXEClient").Requesting(3).Build())));
        LanServer forced = Server(new Dhcpv4OptionRule { Code = 6, Value = [8], Container = Dhcpv4Container.Vendor, Force = true });
        Assert.Equal([6, 1, 8, 255], Value(Reply(forced, Dhcpv4Builder.Discover(Mac(2)).Text(60, "any").Requesting(3).Build()), 43));
    }

    [Fact]
    public void Other_options_hold_options_too()
    {
        LanServer server = Server(
            new Dhcpv4OptionRule { Code = 1, Value = [1], Container = Dhcpv4Container.Encapsulated, Outer = 175 },
            new Dhcpv4OptionRule { Code = 2, Value = [2], Container = Dhcpv4Container.Encapsulated, Outer = 175, Force = true },
            new Dhcpv4OptionRule { Code = 9, Value = [9], Container = Dhcpv4Container.Enterprise, Outer = 0x01020304 },
            new Dhcpv4OptionRule { Code = 8, Value = [8], Container = Dhcpv4Container.Enterprise, Outer = 5 });
        byte[] asked = Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(175, 125).Build());
        Assert.Equal([2, 1, 2, 1, 1, 1, 255], Value(asked, 175));
        Assert.Equal([1, 2, 3, 4, 3, 9, 1, 9, 0, 0, 0, 5, 3, 8, 1, 8], Value(asked, 125));
        byte[] unasked = Reply(server, Dhcpv4Builder.Discover(Mac(2)).Requesting(3).Build());
        Assert.Equal([2, 1, 2, 255], Value(unasked, 175));
        Assert.DoesNotContain(125, Codes(unasked));
    }

    [Fact]
    public void A_booting_client_finds_its_file_in_the_fields_or_in_the_options_it_asks_for()
    {
        var server = new LanServer(Network() with
        {
            TagRules = [new Dhcpv4TagRule { Source = Dhcpv4TagSource.OptionElement, Gives = Red, Code = 93, Value = [0, 7] }],
            Boots =
            [
                new Dhcpv4BootRule { File = "first"u8.ToArray() },
                new Dhcpv4BootRule { File = "grub.efi"u8.ToArray(), ServerName = "nas"u8.ToArray(), ServerAddress = Ip("192.168.1.9"), Condition = All(Red) },
                new Dhcpv4BootRule { File = "pxelinux.0"u8.ToArray() },
            ],
        });
        Assert.Equal(("pxelinux.0", "", "192.168.1.1", ""), Boot(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(3)));
        Assert.Equal(("grub.efi", "nas", "192.168.1.9", ""), Boot(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(3).Option(93, 0, 7)));
        Assert.Equal(("", "nas", "192.168.1.9", "grub.efi\0"), Boot(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(67).Option(93, 0, 7)));
        Assert.Equal(("", "", "0.0.0.0", ""), Boot(new LanServer(), Dhcpv4Builder.Discover(Mac(1)).Requesting(67)));
        Assert.Equal(("f", "", "192.168.1.1", ""), Boot(Server(Rule(67, "f")), Dhcpv4Builder.Discover(Mac(2)).Requesting(3)));
        Assert.Equal(("", "", "192.168.1.1", "f\0"), Boot(Server(Rule(67, "f")), Dhcpv4Builder.Discover(Mac(2)).Requesting(67)));
    }

    private static (string File, string Server, string Next, string Option) Boot(LanServer server, Dhcpv4Builder discover)
    {
        byte[] reply = Reply(server, discover.Build());
        Assert.True(Dhcpv4Packet.TryParse(reply, out Dhcpv4Packet packet, out ParseFault _));
        return (Field(reply.AsSpan(108, 128)), Field(reply.AsSpan(44, 64)), packet.Siaddr.ToString(), Encoding.ASCII.GetString(Value(reply, 67)));

        static string Field(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field[..field.IndexOf((byte)0)]);
    }

    [Fact]
    public void No_option_is_written_over_a_boot_file()
    {
        var server = new LanServer(Network() with
        {
            Boots = [new Dhcpv4BootRule { File = Encoding.ASCII.GetBytes(new string('f', 127)) }],
            Options = [Rule(201, new string('x', 120)), Rule(202, new string('y', 100)), Rule(203, new string('z', 40))],
        });
        byte[] reply = Reply(server, Dhcpv4Builder.Discover(Mac(1)).Requesting(3, 201, 202, 203).Build());
        Assert.Equal(new string('f', 127), Encoding.ASCII.GetString(reply.AsSpan(108, 127)));
        Assert.InRange(reply.Length, 300, 548);
    }

    [Fact]
    public void A_client_of_a_tagged_range_gets_its_address_and_time_there()
    {
        var server = new LanServer(Network() with
        {
            TagRules = [new Dhcpv4TagRule { Source = Dhcpv4TagSource.Mac, Gives = Red, Mac = new MacPattern(Mac(1).Value, 0xffff_ffff_ffff) }],
            PoolStart = Ip("192.168.1.20"),
            PoolEnd = Ip("192.168.1.20"),
            RangeCondition = All(Red),
            MoreRanges = [new Dhcpv4Range(Ip("192.168.1.30"), Ip("192.168.1.31")) { LeaseSeconds = 600, Gives = Range }],
            Options = [Rule(200, "second", All(Range))],
        });
        Assert.Equal(Ip("192.168.1.20"), server.Lease(Mac(1)).Address);
        Lease second = server.Lease(Mac(2));
        Assert.InRange(second.Address.Value, Ip("192.168.1.30").Value, Ip("192.168.1.31").Value);
        Assert.Equal(server.NowMs + 600_000, second.ExpiresMs);
        server.Lease(Mac(3));
        server.ExpectIgnored(Dhcpv4Builder.Discover(Mac(4)), IgnoreReason.NoAddress);
        server.Expect(Dhcpv4Builder.Reboot(Mac(4), Ip("192.168.1.20")), Dhcpv4Action.Nak);
        Assert.Equal(("", "second"), (Text(server, 1, 200), Text(server, 2, 200)));
        server.Send(Dhcpv4Builder.Release(Mac(2), second.Address, Router));
        Assert.Equal(second.Address, server.Discover(Mac(4)));
    }

    [Fact]
    public void Addresses_can_be_given_from_the_lowest_up()
    {
        var server = new LanServer(Network() with { SequentialIp = true });
        Assert.Equal([Ip("192.168.1.100"), Ip("192.168.1.101"), Ip("192.168.1.102")],
            new List<Ipv4Address> { server.Lease(Mac(9)).Address, server.Lease(Mac(3)).Address, server.Lease(Mac(5)).Address });
    }

    [Fact]
    public void Configured_options_cost_no_allocation()
    {
        var server = new LanServer(Network(new Dhcpv4Host { Macs = [Mac(1)], Gives = Red, Name = "cam" }) with
        {
            Options = [Rule(3, ""), Rule(200, "x", All(Red)), Rule(201, "f", force: true),
                new Dhcpv4OptionRule { Code = 1, Value = [1], Container = Dhcpv4Container.Encapsulated, Outer = 175, Force = true },
                new Dhcpv4OptionRule { Code = 1, Value = [1], Container = Dhcpv4Container.Vendor, Force = true }],
            TagRules = [.. Enumerable.Range(0, 20).Select(i => new Dhcpv4TagRule { Source = (Dhcpv4TagSource)(i % 6), Gives = TagSet.Of(i + 20), Code = 60, Value = [1] })],
            Boots = [new Dhcpv4BootRule { File = "f"u8.ToArray(), Condition = All(Red) }],
            Probe = true,
        });
        Lease lease = server.Lease(Mac(1));
        byte[] octets = Dhcpv4Builder.Inform(Mac(1), lease.Address).Text(12, "cam").Option(81, 0, 0, 0, (byte)'c').Text(60, "v").ClientId(1, 2)
            .Option(82, 1, 1, 1).Requesting(1, 3, 6, 200, 67, 43).Build();
        var buffer = new byte[1500];
        RoundTrip();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) RoundTrip();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RoundTrip()
        {
            if (!Dhcpv4Packet.TryParse(octets, out Dhcpv4Packet packet, out ParseFault _)) throw new InvalidOperationException();
            Dhcpv4Decision decision = server.Engine.Decide(packet, Lan, Router, server.Now, unicast: true);
            if (!server.Engine.TryWriteReply(packet, decision, default, 224, buffer, out _)) throw new InvalidOperationException();
        }
    }
}
