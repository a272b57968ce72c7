using System.Linq;

namespace Dwirm.Linux.Tests;

public class PacketTests
{
    private const uint NearIp = 0xc0000201, FarIp = 0xc0000202, NotYetOurs = 0xc0000263, Broadcast = 0xffffffff;
    private static readonly byte[] BroadcastMac = [255, 255, 255, 255, 255, 255];

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 + length))];

    private static byte[] MacOf(VethPair veth)
    {
        byte[] mac = new byte[6];
        veth.Far(() => NetworkDevice.MacOf(VethPair.FarDevice, mac));
        return mac;
    }

    // The kernel's UDP at the other end checks the IP and UDP checksums and puts the fragments together.
    [Theory]
    [Trait("Kind", "Kernel")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(1472)]
    [InlineData(1473)]
    [InlineData(1480)]
    [InlineData(2952)]
    [InlineData(2953)]
    [InlineData(4096)]
    [InlineData(16384)]
    public void FramesAreGoodIpv4ToTheKernel(int length)
    {
        using var veth = new VethPair();
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        using DhcpSocket receiver = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 68));
        using var batch = new ReceiveBatch();
        byte[] payload = Pattern(length);
        Assert.Equal(0, sender.Send(MacOf(veth), NearIp, 67, FarIp, 68, payload));
        Waiting.UntilReadable(receiver.Handle);
        Assert.Equal(1, receiver.Receive(batch));
        Assert.Equal(payload, batch[0].Data.ToArray());
        Assert.Equal((NearIp, (ushort)67), (batch[0].SourceAddress, batch[0].SourcePort));
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ALowerMtuIsNoticed()
    {
        using var veth = new VethPair();
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        using DhcpSocket receiver = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 68));
        using var batch = new ReceiveBatch();
        veth.IpNear("link", "set", VethPair.NearDevice, "mtu", "600");
        byte[] payload = Pattern(1400);
        Assert.Equal(0, sender.Send(MacOf(veth), NearIp, 67, FarIp, 68, payload));
        Waiting.UntilReadable(receiver.Handle);
        Assert.Equal(1, receiver.Receive(batch));
        Assert.Equal(payload, batch[0].Data.ToArray());
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ASenderRefusesWhatItCannotSend()
    {
        using var veth = new VethPair();
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        Assert.Equal(Errno.EMSGSIZE, sender.Send(BroadcastMac, NearIp, 67, FarIp, 68, new byte[ReceiveBatch.DatagramSize + 1]));
        Assert.Equal(Errno.EINVAL, sender.Send([1, 2, 3], NearIp, 67, FarIp, 68, [1]));
        veth.IpNear("link", "set", VethPair.NearDevice, "down");
        Assert.Equal(Errno.ENETDOWN, sender.Send(BroadcastMac, NearIp, 67, FarIp, 68, [1]));
    }

    // The receiver's device has no address at all, as a client's has not before its ACK.
    [Theory]
    [Trait("Kind", "Kernel")]
    [InlineData(NotYetOurs, 300)]
    [InlineData(NotYetOurs, 4096)]
    [InlineData(Broadcast, 4096)]
    [InlineData(NotYetOurs, 16384)]
    public void AClientWithoutAddressHearsFramesAndFragments(uint destination, int length)
    {
        using var veth = new VethPair(farAddress: null);
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        using PacketReceiver receiver = veth.Far(() => PacketReceiver.Open(VethPair.FarDevice, 68));
        byte[] payload = Pattern(length);
        Assert.Equal(0, sender.Send(MacOf(veth), NearIp, 67, destination, 68, payload));
        ReceivedDatagram datagram = Next(receiver);
        Assert.Equal(payload, datagram.Data.ToArray());
        Assert.Equal((NearIp, (ushort)67, destination), (datagram.SourceAddress, datagram.SourcePort, datagram.DestinationAddress));
        Assert.Equal(0, receiver.Malformed);
    }

    // A UDP socket on veth leaves the checksum to hardware that is not there: the packet must be taken all the same.
    [Theory]
    [Trait("Kind", "Kernel")]
    [InlineData(300)]
    [InlineData(4096)]
    public void AClientWithoutAddressHearsTheKernelsUdp(int length)
    {
        using var veth = new VethPair(farAddress: null);
        using DhcpSocket server = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 67));
        using PacketReceiver receiver = veth.Far(() => PacketReceiver.Open(VethPair.FarDevice, 68));
        byte[] payload = Pattern(length);
        server.Queue(Broadcast, 68, payload);
        Assert.Equal(0, server.Flush());
        Assert.Equal(payload, Next(receiver).Data.ToArray());
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void OtherPortsAndDamagedPacketsAreNotTaken()
    {
        using var veth = new VethPair(farAddress: null);
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        using PacketReceiver receiver = veth.Far(() => PacketReceiver.Open(VethPair.FarDevice, 68));
        byte[] mac = MacOf(veth);
        Assert.Equal(0, sender.Send(mac, NearIp, 67, NotYetOurs, 69, [1]));
        // Fragments of another port pass the kernel's filter, which cannot see it; the receiver does.
        Assert.Equal(0, sender.Send(mac, NearIp, 67, NotYetOurs, 69, Pattern(4096)));
        foreach (byte[] damaged in DamagedFrames()) veth.Near(() => RawFrame.Send(VethPair.NearDevice, mac, damaged));
        Assert.Equal(0, sender.Send(mac, NearIp, 67, NotYetOurs, 68, [42]));
        Assert.Equal([42], Next(receiver).Data.ToArray());
        // One of the damaged frames says 64 octets of options in a packet of 28: the kernel's filter cannot find the port and drops it.
        Assert.Equal(DamagedFrames().Length - 1, receiver.Malformed);
        Assert.Equal(0, receiver.Receive(out _));
    }

    // The same damage must be refused by the kernel: this shows that the good frames above were really checked.
    [Fact]
    [Trait("Kind", "Kernel")]
    public void TheKernelRefusesTheSameDamage()
    {
        using var veth = new VethPair();
        using PacketSender sender = veth.Near(() => PacketSender.Open(VethPair.NearDevice));
        using DhcpSocket receiver = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 68));
        using var batch = new ReceiveBatch();
        byte[] mac = MacOf(veth);
        foreach (byte[] damaged in DamagedFrames()) veth.Near(() => RawFrame.Send(VethPair.NearDevice, mac, damaged));
        Assert.Equal(0, sender.Send(mac, NearIp, 67, FarIp, 68, [42]));
        Waiting.UntilReadable(receiver.Handle);
        Assert.Equal(1, receiver.Receive(batch));
        Assert.Equal([42], batch[0].Data.ToArray());
    }

    private static byte[][] DamagedFrames()
    {
        byte[] good = RawFrame.Build(NearIp, FarIp, 67, 68, [1, 2, 3, 4]);
        return
        [
            Changed(good, 8, 63),                            // TTL changed under the header checksum
            Changed(good, 31, 99),                           // payload changed under the UDP checksum
            RawFrame.Resum(Changed(good, 3, 200)),           // IP total length beyond the packet
            RawFrame.Resum(Changed(good, 25, 200)),          // UDP length beyond the datagram
            RawFrame.Resum(Changed(good, 25, 7)),            // UDP length below its header
            RawFrame.Resum(Changed(good, 0, 0x4f)),          // sixty octets of IP header in a shorter packet
        ];
    }

    private static byte[] Changed(byte[] frame, int index, byte value)
    {
        byte[] copy = [.. frame];
        copy[index] = value;
        return copy;
    }

    private static ReceivedDatagram Next(PacketReceiver receiver)
    {
        ReceivedDatagram datagram;
        int got;
        do
        {
            Waiting.UntilReadable(receiver.Handle);
            got = receiver.Receive(out datagram);
        }
        while (got == 0);
        Assert.Equal(1, got);
        return datagram;
    }
}
