using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Keys;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Store;

namespace Dwirm.Daemon;

/// <summary>What the command line starts: the daemon itself, and the commands that work without one.</summary>
public static class DaemonProgram
{
    private const int Done = 0, Failed = 1;

    /// <summary>Runs the daemon until SIGTERM.</summary>
    /// <returns>0 after an orderly stop, 1 when it cannot start; the reason is on standard error.</returns>
    public static int Run(DaemonOptions options)
    {
        List<ConfigFault> faults = [];
        LoadedConfiguration? configuration = LoadedConfiguration.Read(options, faults);
        if (configuration is null) return Report(faults);
        if (!configuration.Uci.Enabled)
        {
            StandardStreams.Error($"dwirm: not enabled; set option enabled '1' in section main of {Path.Combine(options.UciDir, "dwirm")}\n");
            return Done;
        }
        return Locked(options.RunDir, $"another dwirm daemon holds {LockPath(options.RunDir)}; stop it first", () =>
        {
            using var daemon = new RouterDaemon(options, configuration);
            daemon.Run();
            return Done;
        });
    }

    /// <summary>Validates UCI, policy, categories and device keys; prints <c>FILE:LINE: message</c> for each fault.</summary>
    /// <returns>0 when all is right, 1 otherwise.</returns>
    public static int Check(DaemonOptions options)
    {
        List<ConfigFault> faults = [];
        LoadedConfiguration? configuration = LoadedConfiguration.Read(options, faults);
        KeyFile.Read(Path.Combine(options.StateDir, KeyFile.FileName), faults);
        if (configuration is null || faults.Count > 0) return Report(faults);
        foreach (ConfigFault warning in configuration.Uci.Warnings) StandardStreams.Error($"{warning with { Message = $"warning: {warning.Message}" }}\n");
        StandardStreams.Out("configuration is right\n");
        return Done;
    }

    /// <summary>Validates one policy file.</summary>
    /// <returns>0 when it is right, 1 otherwise.</returns>
    public static int CheckPolicy(string file)
    {
        List<ConfigFault> faults = [];
        if (PolicyYaml.Read(file, faults) is null || faults.Count > 0) return Report(faults);
        StandardStreams.Out($"{file} is right\n");
        return Done;
    }

    /// <summary>Removes our tables and traffic classes from the kernel; the daemon must not run.</summary>
    /// <returns>0 when nothing of ours is left, 1 otherwise.</returns>
    public static int Cleanup(DaemonOptions options)
    {
        return Locked(options.RunDir, "the daemon runs and would put everything back; stop it first", static () =>
        {
            using KernelEnforcer kernel = KernelEnforcer.Open(static _ => { });
            return kernel.Cleanup() is { } error ? Fail(error.ToString() + AsRoot(error.Errno)) : Done;
        });
    }

    /// <summary>Does it while no other process holds the run directory; what the system or the store refuses is said.</summary>
    private static int Locked(string runDirectory, string otherwise, Func<int> work)
    {
        try
        {
            Directory.CreateDirectory(runDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail($"cannot make {runDirectory}: {Errno.Describe(e)}" + AsRoot(e is UnauthorizedAccessException ? Errno.EACCES : 0));
        }
        try
        {
            using SafeHandle? held = Files.TryLock(LockPath(runDirectory));
            return held is null ? Fail(otherwise) : work();
        }
        catch (LinuxException e)
        {
            return Fail(e.Message + AsRoot(e.Errno));
        }
        catch (StoreException e)
        {
            return Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(Errno.Describe(e));
        }
    }

    private static string AsRoot(int errno) => errno is Errno.EPERM or Errno.EACCES && ProcessInfo.EffectiveUid != 0 ? "; try as root" : "";

    private static string LockPath(string runDirectory) => Path.Combine(runDirectory, "dwirm.lock");

    private static int Report(List<ConfigFault> faults)
    {
        foreach (ConfigFault fault in faults) StandardStreams.Error($"{fault}\n");
        return Failed;
    }

    private static int Fail(string message)
    {
        StandardStreams.Error($"dwirm: {message}\n");
        return Failed;
    }
}
