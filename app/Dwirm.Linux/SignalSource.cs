using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Signal numbers the program cares for.</summary>
[CHeader("signal.h")]
public static class SignalNumber
{
    /// <summary>Read the configuration again.</summary>
    public const int SIGHUP = 1;
    /// <summary>Interrupted at the terminal.</summary>
    public const int SIGINT = 2;
    /// <summary>User-defined.</summary>
    public const int SIGUSR1 = 10;
    /// <summary>User-defined.</summary>
    public const int SIGUSR2 = 12;
    /// <summary>Written to a closed pipe.</summary>
    public const int SIGPIPE = 13;
    /// <summary>Stop.</summary>
    public const int SIGTERM = 15;
}

/// <summary>Signals as something to read (signalfd(2)), so that they are handled by the loop, one after the other, and nowhere else.</summary>
public sealed unsafe class SignalSource : IDisposable
{
    private readonly FileDescriptor _fd;

    private SignalSource(FileDescriptor fd) => _fd = fd;

    /// <summary>Readable when a signal waits.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Takes signals away from their default action and makes them readable; SIGPIPE is ignored from then on.</summary>
    /// <param name="signals">Signal numbers.</param>
    /// <exception cref="LinuxException">A number is no signal.</exception>
    public static SignalSource Block(params ReadOnlySpan<int> signals)
    {
        SignalSet set;
        _ = Signals.sigemptyset(&set);
        foreach (int signal in signals)
            if (Signals.sigaddset(&set, signal) != 0) throw new LinuxException("sigaddset", Errno.Last);
        _ = Signals.signal(SignalNumber.SIGPIPE, Signals.Ignore);
        BlockHere(set);
        BlockOnFinalizerThread(set);
        return new SignalSource(FileDescriptor.From(Signals.signalfd(-1, &set, Signals.SFD_NONBLOCK | Signals.SFD_CLOEXEC)).OrThrow("signalfd"));
    }

    /// <summary>Takes the next signal that waits.</summary>
    /// <returns>False when none waits.</returns>
    public bool TryRead(out int signal)
    {
        SignalInfo info;
        nint read;
        while (Errno.Interrupted(read = Unistd.read(_fd, &info, (nuint)sizeof(SignalInfo))))
        {
        }
        signal = read == sizeof(SignalInfo) ? (int)info.ssi_signo : 0;
        return signal != 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private static void BlockHere(SignalSet set)
    {
        int errno = Signals.pthread_sigmask(Signals.SIG_BLOCK, &set, null);
        if (errno != 0) throw new LinuxException("pthread_sigmask", errno);
    }

    // A signal to the process goes to any thread that does not block it, and its default action would then end the program. Under
    // NativeAOT there is one other thread, the runtime's finalizer thread, which is older than Main: so it is made to block them itself.
    [SuppressMessage("Reliability", "CA2020", Justification = "No conversion here overflows.")]
    private static void BlockOnFinalizerThread(SignalSet set)
    {
        MakeGarbage(set);
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void MakeGarbage(SignalSet set) => _ = new MaskOnFinalize(set);

    private sealed class MaskOnFinalize(SignalSet set)
    {
        ~MaskOnFinalize() => BlockHere(set);
    }
}
