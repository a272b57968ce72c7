using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Dwirm.Linux.Tests;

public class FilesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFileIsReplacedAsAWhole(bool sync)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "a longer old content");
        File.WriteAllText(directory["f.new"], "left behind by a crash");
        using FileStream old = File.OpenRead(directory["f"]);
        Files.WriteAtomic(directory["f"], "new"u8, Mode.OwnerOnly, sync);
        Assert.Equal("new", File.ReadAllText(directory["f"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["f"]));
        Assert.False(File.Exists(directory["f.new"]));
        // Who had it open reads the old file to its end: it was never written into.
        Assert.Equal("a longer old content", new StreamReader(old).ReadToEnd());
    }

    // The native binary has none of the framework's texts, so ours must name what the system said.
    [Fact]
    public void AFaultOfTheFrameworkIsToldInTheSystemsWords()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal("No such file or directory", Told(() => File.ReadAllBytes(directory["missing"])));
        Assert.Equal("No such file or directory", Told(() => File.ReadAllBytes(Path.Combine(directory["missing"], "f"))));
        Assert.Equal("Permission denied, or it is a directory", Told(() => File.WriteAllText(directory["."], "")));
        Assert.Equal("No space left on device", Errno.Describe(new IOException("", Errno.ENOSPC)));
        Assert.Equal("Input/output error", Errno.Describe(new IOException()));
        File.WriteAllText(directory["f"], "");
        Assert.Equal("File exists", Told(() => Directory.CreateDirectory(directory["f"])));

        static string Told(Action action) =>
            Errno.Describe(Assert.IsAssignableFrom<SystemException>(Record.Exception(action)));
    }

    [Fact]
    public void TheModeIsTheOneAskedFor()
    {
        using var directory = new TemporaryDirectory();
        // 0666 is what the usual umask would cut.
        Files.WriteAtomic(directory["f"], ""u8, 0x1b6, sync: false);
        Assert.Equal(0x1b6, (int)File.GetUnixFileMode(directory["f"]));
        Assert.Empty(File.ReadAllBytes(directory["f"]));
    }

    [Fact]
    public void AFailureLeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal(Errno.ENOENT, Files.TryWriteAtomic(directory["none/f"], "x"u8, Mode.OwnerOnly, sync: true));
        Directory.CreateDirectory(directory["d"]);
        Assert.NotEqual(0, Files.TryWriteAtomic(directory["d"], "x"u8, Mode.OwnerOnly, sync: true));
        Assert.True(Directory.Exists(directory["d"]));
        Assert.False(File.Exists(directory["d.new"]));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Files.WriteAtomic(directory["none/f"], "x"u8, 0, false)).Errno);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void AFullDiskLeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["m"]);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=64k", "dwl", directory["m"]);
        try
        {
            string path = Path.Combine(directory["m"], "f");
            Assert.Equal(0, Files.TryWriteAtomic(path, "old"u8, Mode.OwnerOnly, sync: true));
            Assert.Equal(Errno.ENOSPC, Files.TryWriteAtomic(path, new byte[128 * 1024], Mode.OwnerOnly, sync: true));
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Single(Directory.GetFiles(directory["m"]));
        }
        finally
        {
            Tool.Run("umount", directory["m"]);
        }
    }

    [Fact]
    public void ALockIsExclusiveUntilItsHandleCloses()
    {
        using var directory = new TemporaryDirectory();
        using (SafeHandle? first = Files.TryLock(directory["lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(Files.TryLock(directory["lock"]));
        }
        using SafeHandle? again = Files.TryLock(directory["lock"]);
        Assert.NotNull(again);
        Assert.Throws<LinuxException>(() => Files.TryLock(directory["none/lock"]));
    }

    [Fact]
    public void DeletionIsIdempotent()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "");
        Assert.Equal(0, Files.Delete(directory["f"]));
        Assert.Equal(0, Files.Delete(directory["f"]));
        Assert.False(File.Exists(directory["f"]));
    }

    [Fact]
    public void ReadingStopsAtTheBuffer()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "0123456789");
        byte[] buffer = new byte[4];
        Assert.Equal(4, Files.ReadStart(directory["f"], buffer));
        Assert.Equal("0123", Encoding.ASCII.GetString(buffer));
        Assert.Equal(10, Files.ReadStart(directory["f"], new byte[64]));
        Assert.Equal(-Errno.ENOENT, Files.ReadStart(directory["none"], buffer));
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => Files.ReadStart("a\0b", new byte[1])).Errno);
    }

    [Fact]
    public void ThisProcessKnowsItself()
    {
        Assert.Equal(Environment.ProcessId, ProcessInfo.Pid);
        Assert.Equal(uint.Parse(Tool.Run("id", "-u")), ProcessInfo.EffectiveUid);
        // The shell's ps asks the kernel the same thing; pages come and go between the two questions.
        long other = long.Parse(Tool.Run("ps", "-o", "rss=", "-p", $"{Environment.ProcessId}"));
        Assert.InRange(ProcessInfo.ResidentKiB, other / 2, other * 2);
    }

    [Fact]
    public void RandomOctetsFillTheWholeSpan()
    {
        byte[] first = new byte[1021], second = new byte[1021];
        RandomBytes.Fill(first);
        RandomBytes.Fill(second);
        Assert.NotEqual(first, second);
        // Each of the last eight octets zero in both by chance: 2^-128.
        Assert.True(first.AsSpan(^8).ContainsAnyExcept((byte)0) || second.AsSpan(^8).ContainsAnyExcept((byte)0));
    }
}
