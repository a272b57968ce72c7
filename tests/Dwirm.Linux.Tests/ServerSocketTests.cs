using System;
using System.Text;

namespace Dwirm.Linux.Tests;

/// <summary>Servers on one device: UDP that answers from the address it was asked at, and TCP.</summary>
public class ServerSocketTests
{
    private const uint NearIp = 0xc0000201, SecondIp = 0xc0000203, Loopback = 0x7f000001;

    [Fact]
    [Trait("Kind", "Kernel")]
    public void AnAnswerComesFromTheAddressThatWasAsked()
    {
        using var veth = new VethPair();
        veth.IpNear("addr", "add", "192.0.2.3/24", "dev", VethPair.NearDevice);
        using DatagramSocket server = veth.Near(() => DatagramSocket.Open(VethPair.NearDevice, 5354));
        foreach (uint address in new[] { NearIp, SecondIp })
        {
            // Connected: an answer from another address would not arrive.
            using UdpSocket client = veth.Far(() => UdpSocket.ConnectTo(address, 5354));
            client.Send("ask?"u8);
            Waiting.UntilReadable(server.Handle);
            byte[] buffer = new byte[64];
            Assert.Equal(4, server.Receive(buffer, out DatagramPeer peer));
            Assert.Equal((UInt128)0xffffc0000202, peer.Address);
            Assert.Equal((UInt128)0xffff00000000 | address, peer.Local);
            Assert.Equal(6, server.Send("answer"u8, peer));
            Waiting.UntilReadable(client.Handle);
            Assert.Equal("answer", Encoding.ASCII.GetString(buffer, 0, client.Receive(buffer)));
            Assert.Equal(-Errno.EAGAIN, server.Receive(buffer, out _));
        }
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void NothingIsHeardOnAnotherDevice()
    {
        using var veth = new VethPair();
        using DatagramSocket server = veth.Near(() => DatagramSocket.Open("lo", 5354));
        using UdpSocket client = veth.Far(() => UdpSocket.ConnectTo(NearIp, 5354));
        client.Send("ask?"u8);
        Waiting.UntilReadable(client.Handle);
        Assert.Equal(-Errno.ECONNREFUSED, client.Receive(new byte[8]));
        Assert.Equal(-Errno.EAGAIN, server.Receive(new byte[8], out _));
    }

    [Fact]
    public void WhatDoesNotFitIsToldAndATakenPortTooIsToldWithItsNumber()
    {
        using DatagramSocket server = DatagramSocket.Open("lo", 0);
        using UdpSocket client = UdpSocket.ConnectTo(Loopback, server.LocalPort);
        client.Send(new byte[9]);
        client.Send(new byte[8]);
        byte[] buffer = new byte[8];
        Assert.Equal(-Errno.EMSGSIZE, server.Receive(buffer, out _));
        Assert.Equal(8, server.Receive(buffer, out _));
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => DatagramSocket.Open("lo", server.LocalPort)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => DatagramSocket.Open("no-such-device", 0)).Errno);
    }

    [Fact]
    public void AMovedSocketHasAnotherPortAndTheOldOneIsGivenUp()
    {
        using DatagramSocket server = DatagramSocket.Open("lo", 0);
        using UdpSocket client = UdpSocket.ConnectTo(Loopback, server.LocalPort);
        byte[] buffer = new byte[8];
        client.Send([1]);
        server.Receive(buffer, out DatagramPeer before);
        Assert.Equal(0, client.MoveTo(Loopback, server.LocalPort));
        client.Send([2]);
        Assert.Equal(1, server.Receive(buffer, out DatagramPeer after));
        Assert.NotEqual(before.Port, after.Port);
        server.Send([3], before);
        Assert.Equal(-Errno.EAGAIN, client.Receive(buffer));
        server.Send([4], after);
        Assert.Equal(1, client.Receive(buffer));
    }

    [Fact]
    public void AConnectionCarriesOctetsBothWaysAndSaysWhenItEnds()
    {
        using TcpListener listener = TcpListener.Open("lo", 0);
        Assert.Null(listener.Accept(out _));
        using TcpConnection client = TcpConnection.ConnectTo(Loopback, listener.LocalPort, out int errno)!;
        Assert.Equal(0, errno);
        Waiting.UntilReadable(listener.Handle);
        using (TcpConnection server = listener.Accept(out UInt128 peer)!)
        {
            Assert.Equal((UInt128)0xffff7f000001, peer);
            byte[] buffer = new byte[8];
            Assert.Equal(-Errno.EAGAIN, server.Read(buffer));
            Assert.Equal(4, client.Write("ask?"u8));
            Assert.Equal(4, server.Read(buffer));
            Assert.Equal(3, server.Write("yes"u8));
            Assert.Equal(3, client.Read(buffer));
        }
        Assert.Equal(0, client.Read(new byte[8]));
    }

    [Fact]
    public void AMessageOf64KiBIsTakenAtOnce()
    {
        using TcpListener listener = TcpListener.Open("lo", 0);
        using TcpConnection client = TcpConnection.ConnectTo(Loopback, listener.LocalPort, out _)!;
        Waiting.UntilReadable(listener.Handle);
        using TcpConnection server = listener.Accept(out _)!;
        Assert.Equal(65537, server.Write(new byte[65537]));
    }
}
