using System;
using System.IO;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux.Tests;

public unsafe partial class LoopTests
{
    [Fact]
    [Trait("Kind", "Kernel")]
    public void EveryTokenComesBackWhole()
    {
        using var veth = new VethPair();
        using var epoll = new Epoll();
        // A token with every octet different: a wrong struct layout reads it from between two fields.
        uint[] tokens = [0xdeadbeef, 0x01020304, uint.MaxValue];
        var pairs = new (UnixListener Listener, UnixConnection Client)[tokens.Length];
        using var directory = new TemporaryDirectory();
        for (int i = 0; i < tokens.Length; i++)
        {
            UnixListener listener = UnixListener.Open(directory[$"{i}"]);
            pairs[i] = (listener, UnixConnection.Connect(directory[$"{i}"], out _)!);
            epoll.Add(listener.Handle, tokens[i], EpollEvents.Readable);
        }
        var ready = new EpollReady[8];
        Assert.Equal(3, epoll.Wait(ready, -1));
        foreach (uint token in tokens) Assert.Contains(new EpollReady(token, EpollEvents.Readable), ready);
        Assert.Equal(1, epoll.Wait(ready.AsSpan(0, 1), -1));
        foreach ((UnixListener listener, UnixConnection client) in pairs)
        {
            epoll.Remove(listener.Handle);
            listener.Dispose();
            client.Dispose();
        }
        Assert.Equal(0, epoll.Wait(ready, 0));
        Assert.Equal(0, epoll.Wait(ready, 1));
    }

    [Fact]
    public void EventsFollowTheDescriptor()
    {
        using var directory = new TemporaryDirectory();
        using var epoll = new Epoll();
        using UnixListener listener = UnixListener.Open(directory["s"]);
        UnixConnection client = UnixConnection.Connect(directory["s"], out _)!;
        using UnixConnection server = listener.Accept()!;
        var ready = new EpollReady[4];
        epoll.Add(server.Handle, 1, EpollEvents.Readable);
        Assert.Equal(0, epoll.Wait(ready, 0));
        epoll.Modify(server.Handle, 2, EpollEvents.Readable | EpollEvents.Writable | EpollEvents.PeerClosed);
        Assert.Equal(1, epoll.Wait(ready, -1));
        Assert.Equal(new EpollReady(2, EpollEvents.Writable), ready[0]);
        client.Dispose();
        Assert.Equal(1, epoll.Wait(ready, -1));
        Assert.Equal(EpollEvents.Readable | EpollEvents.Writable | EpollEvents.PeerClosed | EpollEvents.HangUp, ready[0].Events);
        Assert.Throws<LinuxException>(() => epoll.Add(server.Handle, 3, EpollEvents.Readable));
    }

    [Fact]
    public void ABlockedSignalIsReadInsteadOfActedOn()
    {
        using SignalSource source = SignalSource.Block(SignalNumber.SIGUSR1, SignalNumber.SIGUSR2);
        Assert.False(source.TryRead(out _));
        // To this thread: the other threads of a test run are not ours to block signals in.
        Assert.Equal(0, raise(SignalNumber.SIGUSR2));
        Assert.Equal(0, raise(SignalNumber.SIGUSR1));
        Waiting.UntilReadable(source.Handle);
        Assert.True(source.TryRead(out int first));
        Assert.True(source.TryRead(out int second));
        Assert.Equal((SignalNumber.SIGUSR1, SignalNumber.SIGUSR2), (first, second));
        Assert.False(source.TryRead(out _));
        Assert.Throws<LinuxException>(() => SignalSource.Block(4711));
    }

    // Sets the clock to what it is: a step to the kernel, none to anybody else.
    [Fact]
    [Trait("Kind", "Kernel")]
    public void AStepOfTheWallClockIsNoticedOnceEachTime()
    {
        using var timer = new ClockStepTimer();
        Assert.False(timer.ConsumeStep());
        for (int i = 0; i < 2; i++)
        {
            TimeSpecification now;
            Assert.Equal(0, Time.clock_gettime(Time.CLOCK_REALTIME, &now));
            Assert.True(clock_settime(Time.CLOCK_REALTIME, &now) == 0, $"clock_settime: {Marshal.GetLastPInvokeErrorMessage()}: this test needs CAP_SYS_TIME");
            Waiting.UntilReadable(timer.Handle);
            Assert.True(timer.ConsumeStep());
            Assert.False(timer.ConsumeStep());
        }
    }

    [Fact]
    public void TheClocksAreTheSystems()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        long real = Clock.RealTimeMs();
        Assert.InRange(real, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        long boot = Clock.BootTimeMs();
        Assert.InRange(boot, 1, Clock.BootTimeMs());
        double uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(uptime * 1000 + 10 >= boot, "the clock counts from boot");
    }

    // The same question asked by a C program is the oracle.
    [Fact]
    public void SynchronisationIsTheKernels()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["t.c"], """
            #include <stdio.h>
            #include <sys/timex.h>
            int main(void) { struct timex t = {0}; adjtimex(&t); puts(t.status & STA_UNSYNC ? "no" : "yes"); }
            """);
        Tool.Run("gcc", "-o", directory["t"], directory["t.c"]);
        Assert.Equal(Tool.Run(directory["t"]).Trim() == "yes", Clock.IsSynchronised());
    }

    [Theory]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1767225600, 3600)]     // 2026-01-01
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1782864000, 7200)]     // 2026-07-01
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1774745999, 3600)]     // the last second before summer time
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1774746000, 7200)]
    [InlineData("NST3:30NDT,M3.2.0,M11.1.0", 1767225600, -12600)]
    [InlineData("<+0545>-5:45", 1767225600, 20700)]
    [InlineData("UTC0", 1767225600, 0)]
    [InlineData("", 1767225600, 0)]
    [Trait("Requirement", "DWIRM-12")]
    public void LocalTimeFollowsThePosixZone(string zone, long unixSeconds, int offset)
    {
        LocalZone.Set(zone);
        Assert.Equal(offset, LocalZone.OffsetSeconds(unixSeconds));
    }

    [LibraryImport("libc")]
    private static partial int raise(int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_settime(int clock, TimeSpecification* time);
}
