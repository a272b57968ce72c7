using System;
using Dwirm.Daemon.Service;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>Octets a device chose are read, or not, and never more than there are.</summary>
public sealed class RefusedPacketTests
{
    private const string Syn4 = "4500003c0001400040060000c0a80164cb007150" + "9c400050";
    private const string Echo6 = "6000000000083a40fe80000000000000000000fffe000010ff020000000000000000000000000001" + "80000000";
    private const string Hops6 = "600000000010003ffe80000000000000000000fffe000010fd000000000000000000000000000009" + "1100050200000000" + "14e90035";
    private const string WhoHas = "0001080006040001" + "020000000010" + "c0a80132" + "000000000000" + "c0a80101";

    [Theory]
    [InlineData(0x0800, Syn4, "192.168.1.100", "203.0.113.80", "tcp", 80)]
    [InlineData(0x0800, "4500003c00012000400600000a000001cb0071509c400050", "10.0.0.1", "203.0.113.80", "tcp", 80)] // the first of several fragments
    [InlineData(0x0800, "4500003c00010001400600000a000001cb0071509c400050", "10.0.0.1", "203.0.113.80", "tcp", 0)] // a later one
    [InlineData(0x0800, "4500001c00010000402f00000a000001cb00715000000000", "10.0.0.1", "203.0.113.80", "47", 0)]
    [InlineData(0x86dd, Echo6, "fe80::ff:fe00:10", "ff02::1", "icmpv6", 0)]
    [InlineData(0x86dd, Hops6, "fe80::ff:fe00:10", "fd00::9", "udp", 53)]
    [InlineData(0x0806, WhoHas, "192.168.1.50", "192.168.1.1", "arp", 0)]
    public void WhatItWasIsRead(int etherType, string octets, string source, string destination, string protocol, int port)
    {
        Assert.True(Read(etherType, Convert.FromHexString(octets), out RefusedPacket packet));
        Assert.Equal((source, destination), (RefusedPacket.Text(packet.Source), RefusedPacket.Text(packet.Destination)));
        Assert.Equal((protocol, port), (RefusedPacket.ProtocolName(packet.Protocol), packet.Port));
    }

    [Theory]
    [InlineData(0x0800, Syn4, 20)]
    [InlineData(0x86dd, Hops6, 40)]
    [InlineData(0x0806, WhoHas, 28)]
    public void CutOffAnywhereItIsShorterOrNothing(int etherType, string octets, int least)
    {
        byte[] whole = Convert.FromHexString(octets);
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(length >= least, Read(etherType, whole[..length], out _));
    }

    [Fact]
    public void WhatLiesAboutItsLengthsIsNotFollowed()
    {
        Assert.False(Read(0x0800, Convert.FromHexString("4100003c0001400040060000c0a80164cb0071509c400050"), out _)); // a header of four octets
        Assert.False(Read(0x0800, Convert.FromHexString("6500003c0001400040060000c0a80164cb0071509c400050"), out _));
        Assert.True(Read(0x0800, Convert.FromHexString("4f00003c0001400040060000c0a80164cb0071509c400050"), out RefusedPacket options)); // options beyond the end
        Assert.Equal(0, options.Port);
        byte[] endless = Convert.FromHexString(Hops6);
        endless[40] = 0;
        endless[41] = 255; // an extension beyond the end
        Assert.True(Read(0x86dd, endless, out RefusedPacket extended));
        Assert.Equal(0, extended.Port);
        Assert.False(Read(0x0806, Convert.FromHexString(WhoHas.Replace("0604", "0804", StringComparison.Ordinal)), out _));
        Assert.False(Read(0x88cc, Convert.FromHexString(Syn4), out _));
    }

    // As the kernel sends it: NFULA_PACKET_HDR and NFULA_PAYLOAD.
    private static bool Read(int etherType, byte[] payload, out RefusedPacket packet)
    {
        var writer = new NetlinkWriter();
        using (writer.Message(NflogMessages.Packet, NetlinkFlags.None, 0))
        {
            writer.NfGenMessage(NfFamily.Ipv4, 17);
            writer.PutBytes(1, [(byte)(etherType >> 8), (byte)etherType, 2, 0]);
            writer.PutBytes(9, payload);
        }
        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(NflogMessages.TryReadLogged(message, out LoggedPacket logged));
        return RefusedPacket.TryRead(logged, out packet);
    }
}
