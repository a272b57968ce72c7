using System;
using System.Buffers.Binary;
using System.Linq;

namespace Dwirm.Linux.Tests;

public class DhcpSocketTests
{
    private const uint NearIp = 0xc0000201, FarIp = 0xc0000202, Broadcast = 0xffffffff;

    [Fact]
    [Trait("Kind", "Kernel")]
    public void BatchesKeepOrderAndSayWhereEachDatagramCameFrom()
    {
        using var veth = new VethPair();
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        byte[] payload = new byte[300];
        // More than a ring and a batch hold.
        for (int i = 0; i < 40; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(payload, i);
            client.Queue(FarIp, 67, payload);
        }
        Assert.Equal(0, client.Flush());

        int expected = 0, largest = 0;
        while (expected < 40)
        {
            Waiting.UntilReadable(server.Handle);
            int got = server.Receive(batch);
            Assert.InRange(got, 1, ReceiveBatch.Capacity);
            Assert.Equal(got, batch.Count);
            largest = Math.Max(largest, got);
            for (int i = 0; i < got; i++, expected++)
            {
                ReceivedDatagram datagram = batch[i];
                Assert.Equal(expected, BinaryPrimitives.ReadInt32BigEndian(datagram.Data));
                Assert.Equal(300, datagram.Data.Length);
                Assert.Equal((NearIp, (ushort)68), (datagram.SourceAddress, datagram.SourcePort));
                Assert.Equal((FarIp, FarIp), (datagram.DestinationAddress, datagram.LocalAddress));
                Assert.False(datagram.Truncated);
            }
        }
        Assert.True(largest > 1, "datagrams were never received together");
        Assert.Equal(0, server.Receive(batch));
        Assert.Equal(0, client.Dropped);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ABroadcastNamesItsDestinationAndDevice()
    {
        using var veth = new VethPair();
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        int index = 0;
        veth.Far(() => index = NetworkDevice.IndexOf(VethPair.FarDevice));
        client.Queue(Broadcast, 67, [1, 2, 3]);
        Assert.Equal(0, client.Flush());
        Waiting.UntilReadable(server.Handle);
        Assert.Equal(1, server.Receive(batch));
        Assert.Equal(Broadcast, batch[0].DestinationAddress);
        Assert.Equal(FarIp, batch[0].LocalAddress);
        Assert.Equal(index, batch[0].InterfaceIndex);
    }

    [Theory]
    [Trait("Kind", "Kernel")]
    [InlineData(FarIp)]
    [InlineData(Broadcast)]
    public void DatagramsLongerThanTheMtuAreFragmentedAndReassembledByTheKernel(uint destination)
    {
        using var veth = new VethPair();
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        byte[] payload = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 7))];
        client.Queue(destination, 67, payload);
        Assert.Equal(0, client.Flush());
        Waiting.UntilReadable(server.Handle);
        Assert.Equal(1, server.Receive(batch));
        Assert.Equal(payload, batch[0].Data.ToArray());
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ADatagramLongerThanABufferIsMarked()
    {
        using var veth = new VethPair();
        using UdpSocket sender = veth.Near(() => UdpSocket.ConnectTo(FarIp, 67));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        Assert.Equal(20_000, sender.Send(new byte[20_000]));
        Waiting.UntilReadable(server.Handle);
        Assert.Equal(1, server.Receive(batch));
        Assert.True(batch[0].Truncated);
        Assert.Equal(ReceiveBatch.DatagramSize, batch[0].Data.Length);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ASocketHearsOnlyItsOwnDevice()
    {
        using var veth = new VethPair();
        veth.IpFar("link", "add", "other", "type", "veth", "peer", "name", "another");
        veth.IpFar("link", "set", "other", "up");
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        // Both ports are the same: without the binding the second bind would fail or take the datagram.
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using DhcpSocket other = veth.Far(() => DhcpSocket.Open("other", 67));
        using var batch = new ReceiveBatch();
        client.Queue(Broadcast, 67, [9]);
        client.Queue(FarIp, 67, [9]);
        Assert.Equal(0, client.Flush());
        int got = 0;
        while (got < 2)
        {
            Waiting.UntilReadable(server.Handle);
            got += server.Receive(batch);
        }
        Assert.Equal(0, other.Receive(batch));
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void TheSourceAddressCanBeChosen()
    {
        using var veth = new VethPair();
        veth.IpFar("addr", "add", "192.0.2.77/24", "dev", VethPair.FarDevice);
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        server.Queue(NearIp, 68, [1], source: 0xc000024d);
        server.Queue(NearIp, 68, [2]);
        Assert.Equal(0, server.Flush());
        for (int i = 0; i < 2; i++)
        {
            Waiting.UntilReadable(client.Handle);
            if (client.Receive(batch) == 2) i++;
            for (int j = 0; j < batch.Count; j++)
                Assert.Equal(batch[j].Data[0] == 1 ? 0xc000024d : FarIp, batch[j].SourceAddress);
        }
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ARefusedDatagramIsCountedAndTheOthersGoOut()
    {
        using var veth = new VethPair();
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        client.Queue(FarIp, 67, [1]);
        client.Queue(FarIp, 67, [2], source: 0x0a636363);
        client.Queue(FarIp, 67, [3]);
        client.Queue(FarIp, 67, new byte[ReceiveBatch.DatagramSize + 1]);
        Assert.NotEqual(0, client.Flush());
        Assert.Equal(2, client.Dropped);
        var seen = new System.Collections.Generic.List<byte>();
        while (seen.Count < 2)
        {
            Waiting.UntilReadable(server.Handle);
            server.Receive(batch);
            for (int i = 0; i < batch.Count; i++) seen.Add(batch[i].Data[0]);
        }
        Assert.Equal([1, 3], seen);
        Assert.Equal(0, client.Flush());
    }

    [Fact]
    public void OpeningSaysWhatIsWrong()
    {
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => DhcpSocket.Open("dwl-none", 67)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => DhcpSocket.Open("a-name-that-is-too-long", 67)).Errno);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ReceivingAndSendingAllocateNothing()
    {
        using var veth = new VethPair();
        using DhcpSocket client = veth.Near(() => DhcpSocket.Open(VethPair.NearDevice, 68));
        using DhcpSocket server = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using var batch = new ReceiveBatch();
        byte[] payload = new byte[300];
        int received = 0;
        for (int round = 0; round < 2; round++)
        {
            // The first round is for the compiler.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                client.Queue(FarIp, 67, payload);
                client.Flush();
                int got = server.Receive(batch);
                for (int j = 0; j < got; j++) received += batch[j].Data.Length;
            }
            if (round == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(received > 0);
    }
}
