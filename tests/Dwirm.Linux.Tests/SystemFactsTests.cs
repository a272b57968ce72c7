using System;
using System.IO;
using System.Net;
using System.Net.Sockets;

namespace Dwirm.Linux.Tests;

/// <summary>What /proc and the file system tell about this machine.</summary>
public sealed class SystemFactsTests
{
    [Fact]
    public void WhoHoldsAPortIsFoundByItsSocket()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        (string name, int pid) = Assert.Single(PortHolders.Of(port));
        Assert.Equal(Environment.ProcessId, pid);
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), name);
    }

    [Fact]
    public void SocketsOfAPortAreTakenFromTheTable()
    {
        const string Table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
             1234: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9001 2 0000000000000000 0
             1235: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9002 2 0000000000000000 0
             1236: 0100007F:0043 0000
            """;
        Assert.Equal(["socket:[9001]"], PortHolders.Sockets(Table, 67));
        Assert.Equal(["socket:[9002]"], PortHolders.Sockets(Table, 53));
        Assert.Empty(PortHolders.Sockets(Table, 68));
    }

    [Theory]
    [InlineData("/etc/dwirm/state", "overlay")]
    [InlineData("/tmp/state", "tmpfs")]
    [InlineData("/tmpstate", "overlay")]
    [InlineData("/mnt/disk", "ext4")]
    [InlineData("/mnt/disk/dwirm", "ext4")]
    public void TheLongestMountDecides(string path, string kind) =>
        Assert.Equal(kind, FileSystem.Kind(path, "/dev/root / squashfs ro 0 0\noverlay / overlay rw,noatime 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/sda1 /mnt/disk ext4 rw 0 0\nbad\n"));

    [Fact]
    public void FreeSpaceAndAccessAreTold()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal(0, FileSystem.Writable(directory["."]));
        Assert.Equal(Errno.ENOENT, FileSystem.Writable(directory["none"]));
        long free = FileSystem.Free(directory["."]), expected = new DriveInfo(directory["."]).AvailableFreeSpace;
        Assert.InRange(free, expected - (1L << 30), expected + (1L << 30)); // others write meanwhile
        Assert.Equal(-Errno.ENOENT, FileSystem.Free(directory["none"]));
        Assert.NotEmpty(FileSystem.Kind(directory["."]));
    }

    [Fact]
    public void CapabilitiesThatAreThereAreNotMissing()
    {
        Assert.Equal(0UL, ProcessInfo.MissingCapabilities(0));
        Assert.Equal(1UL << 63, ProcessInfo.MissingCapabilities(1UL << 63)); // no kernel has so many
    }
}
