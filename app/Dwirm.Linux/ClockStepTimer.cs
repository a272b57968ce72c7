using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Becomes readable when the wall clock is set: a timerfd that never fires but is cancelled by a step (timerfd_create(2)).</summary>
public sealed unsafe class ClockStepTimer : IDisposable
{
    // As far away as the type can say: the timer exists only to be cancelled. 2242 on 64 bits, 2038 on 32.
    private static nint FarAway => sizeof(nint) == 8 ? unchecked((nint)(1L << 33)) : int.MaxValue;

    private readonly FileDescriptor _timer;

    /// <summary>Makes the timer and arms it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public ClockStepTimer()
    {
        _timer = FileDescriptor.From(Time.timerfd_create(Time.CLOCK_REALTIME, Time.TFD_NONBLOCK | Time.TFD_CLOEXEC)).OrThrow("timerfd_create");
        Arm();
    }

    /// <summary>Readable after a step.</summary>
    public SafeHandle Handle => _timer;

    /// <summary>Takes notice of a step and watches for the next one.</summary>
    /// <returns>True when the clock was set since the last call.</returns>
    public bool ConsumeStep()
    {
        ulong expirations;
        nint read;
        while (Errno.Interrupted(read = Unistd.read(_timer, &expirations, sizeof(ulong))))
        {
        }
        if (read < 0 && Errno.Last == Errno.EAGAIN) return false;
        Arm();
        return true;
    }

    /// <summary>Arms the timer again.</summary>
    public void Arm()
    {
        var value = new TimerSpecification { it_value = new TimeSpecification { tv_sec = FarAway } };
        if (Time.timerfd_settime(_timer, Time.TFD_TIMER_ABSTIME | Time.TFD_TIMER_CANCEL_ON_SET, &value, null) == 0) return;
        // A step between two calls is reported by the call itself; the timer is armed all the same.
        if (Errno.Last != Errno.ECANCELED) throw new LinuxException("timerfd_settime", Errno.Last);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
