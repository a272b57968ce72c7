using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Tests.Dns;

public class ForwarderTests
{
    private const string Name = "update.example.com";
    private static readonly byte[] Question = Message.Query(Name, DnsType.A);

    [Fact]
    public void Question_and_answer_pass_as_they_are_under_an_id_of_our_own()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        // A type nobody here knows, and octets after the question that are no record.
        byte[] query = [.. Message.Query("_x._udp.example", 0x41), 1, 2, 3];
        byte[] asked = rig.Ask(client, query, out DatagramPeer from);
        Assert.Equal(query[2..], asked[2..]);
        byte[] answer = [.. Message.Records("_x._udp.example", 0x41), 9, 9, 9];
        rig.Answer(asked, from, answer);
        rig.Turn();
        byte[] got = rig.Got(client)!;
        Assert.Equal(query[..2], got[..2]);
        Assert.Equal(answer[2..], got[2..]);
        Assert.Equal((1, 0, 0), (rig.Camera.DnsQueries, rig.Camera.DnsDropped, rig.Camera.DnsTimeouts));
    }

    [Fact]
    public void Ids_and_ports_are_random()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        HashSet<ushort> ports = [];
        HashSet<int> ids = [];
        for (int i = 0; i < 80; i++)
        {
            byte[] asked = rig.Ask(client, Question, out DatagramPeer from);
            ports.Add(from.Port);
            ids.Add((asked[0] << 8) | asked[1]);
            rig.Answer(asked, from, Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)));
            rig.Turn();
            Assert.NotNull(rig.Got(client));
        }
        // 80 of some 28,000 ports and 65,536 ids: a repetition is possible, ten are not.
        Assert.True(ports.Count > 70, $"{ports.Count} ports");
        Assert.True(ids.Count > 70, $"{ids.Count} ids");
    }

    [Fact]
    public void A_forged_answer_is_not_taken()
    {
        using var rig = new ForwarderRig(Name);
        UdpSocket client = rig.Client();
        byte[] asked = rig.Ask(client, Question, out DatagramPeer from);
        byte[] lie = Message.Answer(Name, DnsType.A, ("203.0.113.66", 60));
        byte[] wrongId = [(byte)(asked[0] ^ 1), asked[1], .. lie[2..]];
        byte[] wrongQuestion = [asked[0], asked[1], .. Message.Answer("update.example.org", DnsType.A, ("203.0.113.66", 60))[2..]];
        byte[] wrongType = [asked[0], asked[1], .. Message.Answer(Name, DnsType.Aaaa, ("2001:db8::66", 60))[2..]];
        byte[] noAnswer = [asked[0], asked[1], .. Question[2..]];
        foreach (byte[] forged in new[] { wrongId, wrongQuestion, wrongType, noAnswer, [], [1], asked[..5] }) rig.Resolver.Send(forged, from);
        using DatagramSocket elsewhere = DatagramSocket.Open("lo", 0);
        (lie[0], lie[1]) = (asked[0], asked[1]);
        elsewhere.Send(lie, from);
        rig.Turn();
        Assert.Null(rig.Got(client));
        Assert.Empty(rig.Names.Resolve(Name));
        rig.Answer(asked, from, Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)));
        rig.Turn();
        Assert.NotNull(rig.Got(client));
        Assert.Equal("203.0.113.5", Assert.Single(rig.Names.Resolve(Name)).ToString());
    }

    [Fact]
    [Trait("Requirement", "DNS-03")]
    public void What_a_grant_names_is_learnt_before_the_answer_leaves()
    {
        using var rig = new ForwarderRig(Name);
        UdpSocket client = rig.Client();
        byte[] asked = rig.Ask(client, Question, out DatagramPeer from);
        rig.Answer(asked, from, Message.Records(Name, DnsType.A,
            Message.Alias(Name, "cdn.example", 60), Message.Address("cdn.example", "203.0.113.5", 60)));
        rig.Turn(commits: false);
        Assert.Equal([Name], rig.Changed);
        Assert.Equal("203.0.113.5", Assert.Single(rig.Names.Resolve(Name)).ToString());
        Assert.Null(rig.Got(client));
        rig.Turn();
        Assert.NotNull(rig.Got(client));
    }

    [Fact]
    public void A_name_that_is_not_granted_resolves_at_once()
    {
        using var rig = new ForwarderRig(Name);
        UdpSocket client = rig.Client();
        byte[] asked = rig.Ask(client, Message.Query("www.example.com", DnsType.A), out DatagramPeer from);
        rig.Answer(asked, from, Message.Answer("www.example.com", DnsType.A, ("203.0.113.80", 60)));
        rig.Turn(commits: false);
        Assert.NotNull(rig.Got(client));
        Assert.Empty(rig.Changed);
    }

    [Theory]
    [InlineData(4096, 1232)]
    [InlineData(1232, 1232)]
    [InlineData(512, 512)]
    public void No_answer_is_asked_for_that_would_be_fragmented(int announced, int passed)
    {
        using var rig = new ForwarderRig();
        byte[] asked = rig.Ask(rig.Client(), Message.Query(Name, DnsType.A, payload: (ushort)announced), out _);
        Assert.Equal(passed, (asked[^8] << 8) | asked[^7]);
    }

    [Fact]
    public void A_cut_answer_goes_to_the_device_which_comes_back_by_tcp()
    {
        using var rig = new ForwarderRig(Name);
        UdpSocket client = rig.Client();
        byte[] cut = Message.Answer(Name, DnsType.A);
        cut[2] |= 2;
        byte[] asked = rig.Ask(client, Question, out DatagramPeer from);
        rig.Answer(asked, from, [.. cut]);
        rig.Turn();
        Assert.Equal(2, rig.Got(client)![2] & 2);

        TcpConnection connection = rig.Connect();
        connection.Write(ForwarderRig.Framed(Question));
        rig.Turn();
        asked = rig.Asked(out from)!;
        rig.Answer(asked, from, [.. cut]);
        rig.Turn();
        byte[] whole = Message.Records(Name, DnsType.A, [.. Enumerable.Range(0, 200).Select(i => Message.Address(Name, $"198.18.1.{i}", 60))]);
        ServeStream(rig, Question, whole);
        Assert.Equal(whole[2..], rig.Got(connection)![2..]);
        Assert.Equal(64, rig.Names.Resolve(Name).Count);
    }

    [Fact]
    public void An_answer_that_is_cut_by_tcp_too_is_not_asked_for_for_ever()
    {
        using var rig = new ForwarderRig(Name);
        byte[] cut = Message.Answer(Name, DnsType.A, ("203.0.113.5", 60));
        cut[2] |= 2;
        TcpConnection connection = rig.Connect();
        connection.Write(ForwarderRig.Framed(Question));
        rig.Turn();
        rig.Answer(rig.Asked(out DatagramPeer from)!, from, [.. cut]);
        rig.Turn();
        ServeStream(rig, Question, cut);
        Assert.Null(rig.ResolverStreams.Accept(out _));
        Assert.Equal(cut[2..], rig.Got(connection)![2..]);
    }

    [Fact]
    public void Silence_is_told_as_a_failure()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        byte[] asked = rig.Ask(client, Question, out DatagramPeer from);
        rig.Loop.Deadlines.RunDue(new Instant(rig.Now.MonotonicMs + 3000, 0, false));
        Assert.Null(rig.Got(client));
        rig.Loop.Deadlines.RunDue(new Instant(rig.Now.MonotonicMs + 60_000, 0, false));
        byte[] got = rig.Got(client)!;
        Assert.Equal([.. Question[..2], 0x81, 0x82, .. Question[4..]], got);
        Assert.Equal(1, rig.Camera.DnsTimeouts);
        // It comes too late, and is nobody's answer.
        rig.Answer(asked, from, Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)));
        rig.Turn();
        Assert.Null(rig.Got(client));
    }

    [Fact]
    public void A_resolver_that_is_not_there_fails_at_once_by_udp_and_tcp()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        TcpConnection connection = rig.Connect();
        rig.Resolver.Dispose();
        rig.ResolverStreams.Dispose();
        client.Send(Question);
        connection.Write(ForwarderRig.Framed(Question));
        rig.Turn();
        rig.Turn();
        Assert.Equal(DnsResponseCode.ServerFailure, rig.Got(client)![3] & 15);
        Assert.Equal(DnsResponseCode.ServerFailure, rig.Got(connection)![3] & 15);
    }

    [Fact]
    public void Another_resolver_is_taken_over_while_questions_wait()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        rig.Ask(client, Question, out _);
        rig.Upstream.MoveTo(new Ipv4Address(0x7f000002), rig.Now);
        Assert.Equal(DnsResponseCode.ServerFailure, rig.Got(client)![3] & 15);
        rig.Ask(client, Question, out DatagramPeer from);
        Assert.Equal((UInt128)0xffff7f000002, from.Local);
    }

    /// <summary>The resolver's side of one TCP exchange: the question is checked, the answer sent in two pieces.</summary>
    private static void ServeStream(ForwarderRig rig, byte[] question, byte[] answer)
    {
        using TcpConnection stream = rig.ResolverStreams.Accept(out _)!;
        rig.Turn();
        byte[] asked = rig.Got(stream)!;
        Assert.Equal(question[2..], asked[2..]);
        byte[] framed = ForwarderRig.Framed([asked[0], asked[1], .. answer[2..]]);
        stream.Write(framed.AsSpan(0, 7));
        rig.Turn();
        stream.Write(framed.AsSpan(7));
        for (int i = 0; i < 4; i++) rig.Turn();
    }
}
