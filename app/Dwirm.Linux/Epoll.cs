using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>What a descriptor is ready for, or what one wants to hear of it (<c>EPOLL*</c>).</summary>
[Flags]
public enum EpollEvents : uint
{
    /// <summary>Nothing; errors and hang-ups are reported all the same.</summary>
    None = 0,
    /// <summary>EPOLLIN: something to read.</summary>
    Readable = SysEpoll.EPOLLIN,
    /// <summary>EPOLLOUT: room to write.</summary>
    Writable = SysEpoll.EPOLLOUT,
    /// <summary>EPOLLERR: an error waits; reading fetches it.</summary>
    Error = SysEpoll.EPOLLERR,
    /// <summary>EPOLLHUP: both directions are closed.</summary>
    HangUp = SysEpoll.EPOLLHUP,
    /// <summary>EPOLLRDHUP: the peer will write no more.</summary>
    PeerClosed = SysEpoll.EPOLLRDHUP,
}

/// <summary>One descriptor that is ready.</summary>
/// <param name="Token">The number the descriptor was added with.</param>
/// <param name="Events">What it is ready for.</param>
public readonly record struct EpollReady(uint Token, EpollEvents Events);

/// <summary>Level-triggered epoll(7): the one place where the program waits. <see cref="Wait"/> allocates nothing.</summary>
public sealed unsafe class Epoll : IDisposable
{
    /// <summary>The most descriptors one <see cref="Wait"/> reports.</summary>
    public const int Batch = 64;

    // x86_64 packs the struct, everything else aligns it: a wrong guess reads the token from between two fields.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    private readonly FileDescriptor _epoll;
    private readonly byte[] _events;

    /// <summary>Makes the epoll instance.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public Epoll()
    {
        _epoll = FileDescriptor.From(SysEpoll.epoll_create1(SysEpoll.EPOLL_CLOEXEC)).OrThrow("epoll_create1");
        _events = GC.AllocateArray<byte>(Batch * sizeof(EpollEventAligned), pinned: true);
    }

    /// <summary>Starts to watch a descriptor.</summary>
    /// <param name="fd">The descriptor; it must be removed before it is closed if it was ever duplicated.</param>
    /// <param name="token">Given back by <see cref="Wait"/>.</param>
    /// <param name="events">What to wait for.</param>
    /// <exception cref="LinuxException">The descriptor is watched already or cannot be watched.</exception>
    public void Add(SafeHandle fd, uint token, EpollEvents events) => Control(SysEpoll.EPOLL_CTL_ADD, fd, token, events, "epoll add");

    /// <summary>Changes token and events of a watched descriptor.</summary>
    /// <exception cref="LinuxException">The descriptor is not watched.</exception>
    public void Modify(SafeHandle fd, uint token, EpollEvents events) => Control(SysEpoll.EPOLL_CTL_MOD, fd, token, events, "epoll modify");

    /// <summary>Stops watching; a descriptor that is not watched is left alone.</summary>
    public void Remove(SafeHandle fd)
    {
        if (fd.IsClosed || fd.IsInvalid) return;
        EpollEventAligned unused = default;
        _ = SysEpoll.epoll_ctl(_epoll, SysEpoll.EPOLL_CTL_DEL, fd, &unused);
    }

    /// <summary>Waits until a descriptor is ready or the time is over. Signals do not end the wait.</summary>
    /// <param name="ready">Filled from the front; at most <see cref="Batch"/> are used.</param>
    /// <param name="timeoutMs">Milliseconds; 0 = only look, -1 = for ever.</param>
    /// <returns>How many of <paramref name="ready"/> were filled; 0 when the time is over.</returns>
    /// <exception cref="LinuxException">The epoll instance is unusable.</exception>
    public int Wait(Span<EpollReady> ready, int timeoutMs)
    {
        long deadline = timeoutMs > 0 ? Clock.Read(Time.CLOCK_MONOTONIC) + timeoutMs : 0;
        fixed (byte* events = _events)
        {
            int room = Math.Min(ready.Length, Batch), count;
            while (Errno.Interrupted(count = SysEpoll.epoll_wait(_epoll, events, room, timeoutMs)))
                if (timeoutMs > 0) timeoutMs = (int)Math.Max(0, deadline - Clock.Read(Time.CLOCK_MONOTONIC));
            if (count < 0) throw new LinuxException("epoll_wait", Errno.Last);
            for (int i = 0; i < count; i++) ready[i] = Packed ? From(((EpollEventPacked*)events)[i]) : From(((EpollEventAligned*)events)[i]);
            return count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private static EpollReady From(in EpollEventPacked e) => new((uint)e.data, (EpollEvents)e.events);

    private static EpollReady From(in EpollEventAligned e) => new((uint)e.data, (EpollEvents)e.events);

    private void Control(int operation, SafeHandle fd, uint token, EpollEvents events, string what)
    {
        var packed = new EpollEventPacked { events = (uint)events, data = token };
        var aligned = new EpollEventAligned { events = (uint)events, data = token };
        if (SysEpoll.epoll_ctl(_epoll, operation, fd, Packed ? &packed : &aligned) != 0) throw new LinuxException(what, Errno.Last);
    }
}
