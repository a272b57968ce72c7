using System;
using Dwirm.Wire;

namespace Dwirm.Daemon.Loop;

/// <summary>Something to do at a monotonic time. Made once by its owner and set as often as needed, so that setting one allocates nothing.</summary>
/// <param name="callback">What to do when it is due; it may set the deadline again.</param>
public sealed class Deadline(Action<Instant> callback)
{
    internal int HeapIndex = -1;

    /// <summary>When it is due, monotonic milliseconds; meaningful while <see cref="IsSet"/>.</summary>
    public long DueMs { get; internal set; }

    /// <summary>True between Set and the moment it runs or is cancelled.</summary>
    public bool IsSet => HeapIndex >= 0;

    internal void Run(Instant now) => callback(now);
}

/// <summary>The loop's timers: a binary heap with positions, O(log n) to set and cancel.</summary>
public sealed class Deadlines
{
    private Deadline[] _heap = new Deadline[16];
    private int _count;

    /// <summary>How many are set.</summary>
    public int Count => _count;

    /// <summary>Sets or moves a deadline.</summary>
    public void Set(Deadline deadline, long dueMs)
    {
        deadline.DueMs = dueMs;
        if (deadline.HeapIndex < 0)
        {
            if (_count == _heap.Length) Array.Resize(ref _heap, 2 * _count);
            deadline.HeapIndex = _count;
            _heap[_count++] = deadline;
        }
        Up(deadline.HeapIndex);
        Down(deadline.HeapIndex);
    }

    /// <summary>Forgets a deadline; nothing happens when it is not set.</summary>
    public void Cancel(Deadline deadline)
    {
        int index = deadline.HeapIndex;
        if (index < 0) return;
        deadline.HeapIndex = -1;
        Deadline last = _heap[--_count];
        _heap[_count] = null!;
        if (last == deadline) return;
        _heap[index] = last;
        last.HeapIndex = index;
        Up(index);
        Down(last.HeapIndex);
    }

    /// <summary>How long epoll may wait: milliseconds to the earliest deadline, 0 when one is due, -1 when none is set.</summary>
    public int TimeoutFrom(long monotonicMs) =>
        _count == 0 ? -1 : (int)Math.Clamp(_heap[0].DueMs - monotonicMs, 0, int.MaxValue);

    /// <summary>Runs what is due at <paramref name="now"/>, earliest first; one that sets itself again for a time already due runs in the next turn.</summary>
    public void RunDue(Instant now)
    {
        for (int budget = _count; budget > 0 && _count > 0 && _heap[0].DueMs <= now.MonotonicMs; budget--)
        {
            Deadline due = _heap[0];
            Cancel(due);
            due.Run(now);
        }
    }

    private void Up(int index)
    {
        Deadline moved = _heap[index];
        while (index > 0 && _heap[(index - 1) / 2].DueMs > moved.DueMs)
        {
            Place(_heap[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }
        Place(moved, index);
    }

    private void Down(int index)
    {
        Deadline moved = _heap[index];
        for (int child; (child = 2 * index + 1) < _count; index = child)
        {
            if (child + 1 < _count && _heap[child + 1].DueMs < _heap[child].DueMs) child++;
            if (_heap[child].DueMs >= moved.DueMs) break;
            Place(_heap[child], index);
        }
        Place(moved, index);
    }

    private void Place(Deadline deadline, int index)
    {
        _heap[index] = deadline;
        deadline.HeapIndex = index;
    }
}
