using System.Text;

namespace Dwirm.Linux.Tests;

public class UdpSocketTests
{
    private const uint NearIp = 0xc0000201, FarIp = 0xc0000202;

    [Fact]
    [Trait("Kind", "Kernel")]
    public void QuestionsLeaveFromARandomPortAndOnlyThePeerIsHeard()
    {
        using var veth = new VethPair();
        using DhcpSocket resolver = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 53));
        using DhcpSocket forger = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 54));
        using UdpSocket question = veth.Near(() => UdpSocket.ConnectTo(FarIp, 53));
        using var batch = new ReceiveBatch();
        byte[] buffer = new byte[512];
        Assert.Equal(-Errno.EAGAIN, question.Receive(buffer));
        Assert.Equal(4, question.Send("ask?"u8));
        Waiting.UntilReadable(resolver.Handle);
        Assert.Equal(1, resolver.Receive(batch));
        ushort port = batch[0].SourcePort;
        Assert.True(port >= 1024);
        forger.Queue(NearIp, port, "lie"u8);
        forger.Flush();
        resolver.Queue(NearIp, port, "answer"u8);
        resolver.Queue(NearIp, port, new byte[600]);
        resolver.Flush();
        Waiting.UntilReadable(question.Handle);
        Assert.Equal(6, question.Receive(buffer));
        Assert.Equal("answer", Encoding.ASCII.GetString(buffer, 0, 6));
        Waiting.UntilReadable(question.Handle);
        Assert.Equal(-Errno.EMSGSIZE, question.Receive(buffer));
    }

    [Fact]
    public void NobodyThereIsAnError()
    {
        using UdpSocket socket = UdpSocket.ConnectTo(0x7f000001, 1);
        Assert.Equal(1, socket.Send([1]));
        Waiting.UntilReadable(socket.Handle);
        Assert.Equal(-Errno.ECONNREFUSED, socket.Receive(new byte[8]));
    }
}
