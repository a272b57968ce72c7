using System.IO;
using System.Text;

namespace Dwirm.Linux.Tests;

public class UnixSocketTests
{
    [Fact]
    public void OnlyTheOwnerMayConnectAndTheServerKnowsWhoDid()
    {
        using var directory = new TemporaryDirectory();
        using UnixListener listener = UnixListener.Open(directory["s"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["s"]));
        Assert.Null(listener.Accept());
        using UnixConnection client = UnixConnection.Connect(directory["s"], out int errno)!;
        Assert.Equal(0, errno);
        using UnixConnection server = listener.Accept()!;
        Assert.Equal(ProcessInfo.EffectiveUid, server.PeerUid);
        Assert.Null(listener.Accept());
    }

    [Fact]
    public void OctetsGoBothWaysAndTheEndIsSeen()
    {
        using var directory = new TemporaryDirectory();
        using UnixListener listener = UnixListener.Open(directory["s"]);
        UnixConnection client = UnixConnection.Connect(directory["s"], out _)!;
        using UnixConnection server = listener.Accept()!;
        byte[] buffer = new byte[64];
        Assert.Equal(-Errno.EAGAIN, server.Read(buffer));
        Assert.Equal(5, client.Write("hello"u8));
        Assert.Equal(5, server.Read(buffer));
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, 5));
        Assert.Equal(2, server.Write("ok"u8));
        Assert.Equal(2, client.Read(buffer));
        client.Dispose();
        Assert.Equal(0, server.Read(buffer));
        // Not a signal that ends the program.
        Assert.Equal(-Errno.EPIPE, server.Write("late"u8));
    }

    [Fact]
    public void AServerNeverWaitsForASlowReader()
    {
        using var directory = new TemporaryDirectory();
        using UnixListener listener = UnixListener.Open(directory["s"]);
        using UnixConnection client = UnixConnection.Connect(directory["s"], out _)!;
        using UnixConnection server = listener.Accept()!;
        byte[] block = new byte[64 * 1024];
        int written, rounds = 0;
        while ((written = server.Write(block)) > 0) Assert.True(++rounds < 10_000);
        Assert.Equal(-Errno.EAGAIN, written);
    }

    [Fact]
    public void ASocketLeftBehindIsReplacedALivingOneIsNot()
    {
        using var directory = new TemporaryDirectory();
        using (UnixListener living = UnixListener.Open(directory["s"]))
        {
            Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => UnixListener.Open(directory["s"])).Errno);
            Assert.NotNull(UnixConnection.Connect(directory["s"], out _));
        }
        Assert.False(File.Exists(directory["s"]));
        // What a killed process leaves: a socket file and nobody behind it.
        using (var gone = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            gone.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(directory["s"]));
            File.Move(directory["s"], directory["t"]);
        }
        Assert.True(File.Exists(directory["t"]));
        using UnixListener listener = UnixListener.Open(directory["t"]);
        Assert.NotNull(UnixConnection.Connect(directory["t"], out _));
    }

    [Fact]
    public void AnOrdinaryFileIsNeverReplaced()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "precious");
        Assert.Throws<LinuxException>(() => UnixListener.Open(directory["f"]));
        Assert.Equal("precious", File.ReadAllText(directory["f"]));
    }

    [Fact]
    public void ConnectingSaysWhyNot()
    {
        using var directory = new TemporaryDirectory();
        Assert.Null(UnixConnection.Connect(directory["none"], out int errno));
        Assert.Equal(Errno.ENOENT, errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => UnixListener.Open(directory[new string('x', 120)])).Errno);
    }
}
