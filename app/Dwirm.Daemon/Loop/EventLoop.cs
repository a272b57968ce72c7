using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Loop;

/// <summary>Something the loop reads from.</summary>
public interface IReadyHandler
{
    /// <summary>The descriptor is ready; a bounded amount of work is done and the rest waits for the next turn.</summary>
    void OnReady(EpollEvents events, Instant now);
}

/// <summary>The one thread: waits, lets every ready handler work, runs due deadlines, then commits the turn's effects once.</summary>
public sealed class EventLoop : IDisposable
{
    private readonly Epoll _epoll = new();
    private readonly Dictionary<uint, (SafeHandle Handle, IReadyHandler Handler)> handlers = [];
    private readonly SystemClock _clock;
    private uint _nextToken = 1;
    private bool _stopping;

    /// <summary>A loop on the given clock.</summary>
    public EventLoop(SystemClock clock) => _clock = clock;

    /// <summary>The loop's timers.</summary>
    public Deadlines Deadlines { get; } = new();

    /// <summary>Watches a descriptor until <see cref="Remove"/>; returns the token to remove it with.</summary>
    public uint Add(SafeHandle handle, EpollEvents events, IReadyHandler handler)
    {
        uint token = _nextToken++;
        handlers.Add(token, (handle, handler));
        _epoll.Add(handle, token, events);
        return token;
    }

    /// <summary>Changes what a watched descriptor waits for.</summary>
    public void Modify(uint token, EpollEvents events)
    {
        if (handlers.TryGetValue(token, out var entry)) _epoll.Modify(entry.Handle, token, events);
    }

    /// <summary>Stops watching; call before the descriptor is closed.</summary>
    public void Remove(uint token)
    {
        if (handlers.Remove(token, out var entry)) _epoll.Remove(entry.Handle);
    }

    /// <summary>Ends <see cref="Run"/> after the present turn.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Runs turns until <see cref="Stop"/>.</summary>
    /// <param name="commit">Makes the turn's effects true: record, enforce, reply.</param>
    public void Run(Action<Instant> commit)
    {
        Span<EpollReady> ready = stackalloc EpollReady[64];
        while (!_stopping)
        {
            int count = _epoll.Wait(ready, Deadlines.TimeoutFrom(_clock.Now().MonotonicMs));
            Instant now = _clock.Now();
            foreach (EpollReady one in ready[..count])
            {
                // A handler of this turn may have removed another one that was ready too.
                if (handlers.TryGetValue(one.Token, out var entry)) entry.Handler.OnReady(one.Events, now);
            }
            Deadlines.RunDue(now);
            commit(now);
        }
        _stopping = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();
}
