using System;
using System.Collections.Generic;
using Dwirm.Daemon.Dns;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Tests.Dns;

[Trait("Requirement", "DNS-06")]
public class ForwarderLimitTests
{
    private const string Name = "update.example.com";
    private static readonly byte[] Question = Message.Query(Name, DnsType.A);

    [Fact]
    public void A_stranger_is_not_answered()
    {
        using var rig = new ForwarderRig();
        rig.Devices.Remove("lan");
        UdpSocket client = rig.Client();
        client.Send(Question);
        TcpConnection connection = rig.Connect();
        rig.Turn();
        Assert.Null(rig.Asked(out _));
        Assert.Null(rig.Got(client));
        Assert.Empty(rig.Got(connection)!);
        Assert.Equal(2, rig.Count("dns:strangers"));
    }

    [Fact]
    public void A_flood_of_one_device_takes_nothing_from_another()
    {
        using var rig = new ForwarderRig();
        UdpSocket flood = rig.Client(), other = rig.Client(rig.Open("iot"));
        for (int i = 0; i < 300; i++)
        {
            flood.Send(Question);
            // One moment for all of them: no token comes back in between.
            rig.Port.OnReady(EpollEvents.Readable, rig.Now);
        }
        Assert.Equal((DnsForwarder.MaxOutstandingPerDevice, 300 - DnsForwarder.MaxOutstandingPerDevice), (rig.Camera.DnsQueries, rig.Camera.DnsDropped));
        Assert.Equal(300 - DnsForwarder.Burst, rig.Count("dns:too-fast"));
        for (int i = 0; i < DnsForwarder.MaxOutstandingPerDevice; i++) Assert.NotNull(rig.Asked(out _));
        Assert.Null(rig.Asked(out _));
        rig.Ask(other, Question, out DatagramPeer from);
        Assert.Equal(1, rig.Devices["iot"].DnsQueries);
        Assert.NotEqual(0, from.Port);
    }

    [Fact]
    public void Tokens_come_back()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        long ms = rig.Now.MonotonicMs;
        int taken = 0;
        for (int i = 0; i < 1000; i++)
        {
            client.Send(Question);
            rig.Port.OnReady(EpollEvents.Readable, new Instant(ms += 10, 0, false));
            if (rig.Asked(out DatagramPeer from) is not { } asked) continue;
            taken++;
            rig.Answer(asked, from, Message.Answer(Name, DnsType.A));
            rig.Turn();
        }
        Assert.Equal(DnsForwarder.Burst + 10 * DnsForwarder.PerSecond, taken + 1);
    }

    [Fact]
    public void Outstanding_questions_of_all_devices_are_bounded()
    {
        using var rig = new ForwarderRig();
        for (int device = 0; device < 9; device++)
        {
            DnsPort port = rig.Open($"n{device}");
            UdpSocket client = rig.Client(port);
            for (int i = 0; i < DnsForwarder.MaxOutstandingPerDevice; i++)
            {
                client.Send(Question);
                port.OnReady(EpollEvents.Readable, rig.Now);
            }
        }
        int asked = 0;
        while (rig.Asked(out _) is not null) asked++;
        Assert.Equal(DnsForwarder.MaxOutstanding, asked);
        Assert.Equal(DnsForwarder.MaxOutstandingPerDevice, rig.Devices["n8"].DnsDropped);
        // What is never answered does not hold its place for ever.
        rig.Loop.Deadlines.RunDue(new Instant(rig.Now.MonotonicMs + Upstream.TimeoutMs, 0, false));
        rig.Ask(rig.Client(), Question, out _);
    }

    [Fact]
    public void What_is_no_question_is_dropped_and_counted()
    {
        using var rig = new ForwarderRig();
        UdpSocket client = rig.Client();
        byte[] two = [.. Question], answer = [.. Question], update = [.. Question];
        (two[5], answer[2], update[2]) = (2, 0x81, 0x28);
        byte[][] wrong = [[], [0], Question[..11], Question[..20], Question[..^1], two, answer, update, new byte[DnsForwarder.MaxQuestion + 1]];
        foreach (byte[] message in wrong) client.Send(message);
        rig.Turn();
        Assert.Null(rig.Asked(out _));
        Assert.Equal((0, 8), (rig.Camera.DnsQueries, rig.Camera.DnsDropped));
        Assert.Equal(1, rig.Count("dns:unreadable"));
    }

    [Fact]
    public void Questions_of_a_connection_are_answered_one_after_the_other()
    {
        using var rig = new ForwarderRig(Name);
        TcpConnection connection = rig.Connect();
        byte[] second = Message.Query("www.example.com", DnsType.A, id: 0x7777);
        byte[] both = [.. ForwarderRig.Framed(Question), .. ForwarderRig.Framed(second)];
        connection.Write(both.AsSpan(0, 9));
        rig.Turn();
        connection.Write(both.AsSpan(9));
        rig.Turn();
        byte[] asked = rig.Asked(out DatagramPeer from)!;
        Assert.Null(rig.Asked(out _));
        rig.Answer(asked, from, Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)));
        rig.Turn();
        Assert.Equal(Question[..2], rig.Got(connection)![..2]);
        asked = rig.Asked(out from)!;
        Assert.Equal(second[2..], asked[2..]);
        rig.Answer(asked, from, Message.Answer("www.example.com", DnsType.A));
        rig.Turn();
        Assert.Equal([0x77, 0x77], rig.Got(connection)![..2]);
    }

    [Fact]
    public void Connections_are_bounded_and_a_closed_one_makes_room()
    {
        using var rig = new ForwarderRig();
        List<TcpConnection> open = [];
        for (int device = 0; device < 9; device++)
        {
            DnsPort port = rig.Open($"n{device}");
            for (int i = 0; i < DnsForwarder.MaxConnectionsPerDevice; i++) open.Add(rig.Connect(port));
            Assert.Empty(rig.Got(rig.Connect(port))!);
        }
        Assert.All(open[..DnsForwarder.MaxConnections], one => Assert.Null(rig.Got(one)));
        Assert.All(open[DnsForwarder.MaxConnections..], one => Assert.Empty(rig.Got(one)!));
        open[0].Dispose();
        rig.Turn();
        Assert.Null(rig.Got(rig.Connect()));
        // Nobody keeps one for nothing.
        rig.Loop.Deadlines.RunDue(new Instant(rig.Now.MonotonicMs + 60_000, 0, false));
        Assert.All(open[1..DnsForwarder.MaxConnections], one => Assert.Empty(rig.Got(one)!));
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0x01 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 4, 1, 2, 3, 4 })]
    public void A_connection_that_says_nothing_sensible_is_closed(byte[] sent)
    {
        using var rig = new ForwarderRig();
        TcpConnection connection = rig.Connect();
        connection.Write(sent);
        rig.Turn();
        Assert.Empty(rig.Got(connection)!);
    }

    [Fact]
    public void A_device_that_is_gone_before_its_answer_leaves_nothing_behind()
    {
        using var rig = new ForwarderRig(Name);
        for (int i = 0; i < 10; i++)
        {
            TcpConnection connection = rig.Connect();
            connection.Write(ForwarderRig.Framed(Question));
            rig.Turn();
            byte[] asked = rig.Asked(out DatagramPeer from)!;
            if (i % 2 == 0) connection.Dispose();
            rig.Turn();
            rig.Answer(asked, from, Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)));
            rig.Turn(commits: false);
            if (i % 2 == 1) connection.Dispose();
            rig.Turn();
            rig.Turn();
        }
        Assert.Equal((0, 0), (rig.Camera.Dns!.Outstanding, rig.Camera.Dns.Connections));
    }

    [Fact]
    public void Nothing_is_allocated_per_question()
    {
        using var rig = new ForwarderRig(Name);
        UdpSocket client = rig.Client();
        byte[] granted = Message.Answer(Name, DnsType.A, ("203.0.113.5", 60)), other = Message.Answer("www.example.com", DnsType.A, ("203.0.113.80", 60));
        byte[] buffer = new byte[1500], otherQuestion = Message.Query("www.example.com", DnsType.A);
        for (int i = 0; i < 50; i++) Exchange(rig, client, i, granted, other, otherQuestion, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Exchange(rig, client, i, granted, other, otherQuestion, buffer);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(rig.Camera.DnsQueries > 100, $"{rig.Camera.DnsQueries} questions were passed on");
        Assert.Equal(0, allocated);
    }

    private static void Exchange(ForwarderRig rig, UdpSocket client, int i, byte[] granted, byte[] other, byte[] otherQuestion, byte[] buffer)
    {
        client.Send(i % 2 == 0 ? Question : otherQuestion);
        // A second for every question: the device stays within its rate.
        rig.Port.OnReady(EpollEvents.Readable, new Instant(rig.Now.MonotonicMs + 20 * i, 0, false));
        if (rig.Resolver.Receive(buffer, out DatagramPeer from) > 0)
        {
            byte[] answer = i % 2 == 0 ? granted : other;
            (answer[0], answer[1]) = (buffer[0], buffer[1]);
            rig.Resolver.Send(answer, from);
            rig.Turn();
        }
        while (client.Receive(buffer) > 0)
        {
        }
    }
}
