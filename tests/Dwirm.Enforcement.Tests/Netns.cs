using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Dwirm.Enforcement.Tests;

/// <summary>
/// A private network namespace with a thread of its own in it. Sockets that the thread opens and programs it starts are inside; nothing
/// touches the namespace of the test process.
/// </summary>
internal sealed class Netns : IDisposable
{
    private const int CLONE_NEWNET = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public Netns()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "netns" };
        _thread.Start();
        Run(() =>
        {
            if (unshare(CLONE_NEWNET) != 0) throw new InvalidOperationException($"unshare: errno {Marshal.GetLastPInvokeError()}");
            Id = gettid();
        });
    }

    /// <summary>What <c>ip link … netns</c> takes: the thread that is inside.</summary>
    public int Id { get; private set; }

    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    public T Run<T>(Func<T> function)
    {
        using var done = new ManualResetEventSlim();
        T result = default!;
        ExceptionDispatchInfo? fault = null;
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception caught)
            {
                fault = ExceptionDispatchInfo.Capture(caught);
            }
            done.Set();
        });
        done.Wait();
        fault?.Throw();
        return result;
    }

    /// <summary>Runs a shell script inside; a failure fails the test with what it printed.</summary>
    public string Sh(string script) => Run(() => Shell(script, null));

    public string Sh(string script, string input) => Run(() => Shell(script, input));

    /// <summary>Starts a program inside that runs until it is disposed.</summary>
    public Running Start(string script) => Run(() => new Running(script));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    public static string Shell(string script, string? input)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-euc");
        start.ArgumentList.Add(script);
        using Process process = Process.Start(start)!;
        if (input != null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data ?? "");
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{script}\nexit {process.ExitCode}\n{output}\n{string.Join('\n', errors)}");
        return output;
    }

    private void Work()
    {
        foreach (Action action in _work.GetConsumingEnumerable()) action();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    [DllImport("libc")]
    private static extern int gettid();
}

/// <summary>A program that runs beside the test.</summary>
internal sealed class Running : IDisposable
{
    private readonly Process _process;

    public Running(string script)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec " + script);
        _process = Process.Start(start)!;
    }

    /// <summary>What it has printed when it has ended.</summary>
    public string Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return output;
    }

    public bool HasExited => _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
