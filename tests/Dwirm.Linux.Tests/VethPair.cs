using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Dwirm.Linux.Tests;

/// <summary>
/// Two network namespaces joined by a veth pair: device <c>near</c> in one, <c>far</c> in the other, both up. A socket stays in the
/// namespace it was opened in, so tests open sockets inside <see cref="Near"/> and <see cref="Far"/> and use them anywhere. Needs root.
/// </summary>
internal sealed partial class VethPair : IDisposable
{
    public const string NearDevice = "near";
    public const string FarDevice = "far";

    private static int s_count;
    private readonly string _near, _far;

    public VethPair(string? nearAddress = "192.0.2.1/24", string? farAddress = "192.0.2.2/24")
    {
        string prefix = $"dwl{Environment.ProcessId}x{Interlocked.Increment(ref s_count)}";
        (_near, _far) = (prefix + "n", prefix + "f");
        Tool.Run("ip", "netns", "add", _near);
        Tool.Run("ip", "netns", "add", _far);
        try
        {
            Tool.Run("ip", "-n", _near, "link", "add", NearDevice, "type", "veth", "peer", "name", FarDevice, "netns", _far);
            Up(_near, NearDevice, nearAddress);
            Up(_far, FarDevice, farAddress);
            UntilUsable(_near, NearDevice);
            UntilUsable(_far, FarDevice);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Near(Action action) => Inside(_near, action);

    public void Far(Action action) => Inside(_far, action);

    public T Near<T>(Func<T> make) where T : class
    {
        T? made = null;
        Inside(_near, () => made = make());
        return made!;
    }

    public T Far<T>(Func<T> make) where T : class
    {
        T? made = null;
        Inside(_far, () => made = make());
        return made!;
    }

    public string IpNear(params string[] arguments) => Tool.Run("ip", ["-n", _near, .. arguments]);

    public string IpFar(params string[] arguments) => Tool.Run("ip", ["-n", _far, .. arguments]);

    public void Dispose()
    {
        Tool.Run("ip", "netns", "del", _near);
        Tool.Run("ip", "netns", "del", _far);
    }

    private static void Up(string space, string device, string? address)
    {
        if (address is not null) Tool.Run("ip", "-n", space, "addr", "add", address, "brd", "+", "dev", device);
        Tool.Run("ip", "-n", space, "link", "set", "lo", "up");
        // No router solicitations or duplicate address detection: what a test sees is what a test sent.
        Tool.Run("ip", "-n", space, "link", "set", device, "addrgenmode", "none");
        Tool.Run("ip", "-n", space, "link", "set", device, "up");
    }

    // The kernel takes note of the carrier in a work queue of its own; until then it drops what is sent, without an error.
    private static void UntilUsable(string space, string device)
    {
        for (int tries = 0; !Tool.Run("ip", "-n", space, "link", "show", "dev", device).Contains("state UP", StringComparison.Ordinal); tries++)
        {
            if (tries == 1000) throw new InvalidOperationException($"{device} in {space} never got its carrier");
            Thread.Sleep(10);
        }
    }

    // The namespace belongs to the thread, so it gets a thread of its own that ends with the action.
    private static void Inside(string space, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using Microsoft.Win32.SafeHandles.SafeFileHandle file = System.IO.File.OpenHandle($"/run/netns/{space}");
                if (setns((int)file.DangerousGetHandle(), 0) != 0)
                    throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}: these tests need root");
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);
}
