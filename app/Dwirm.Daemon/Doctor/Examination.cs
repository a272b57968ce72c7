using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Control;
using Dwirm.Daemon.Config;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Doctor;

/// <summary>Looks at everything the daemon needs from this system, in this process and without starting programs; a running daemon is asked beforehand.</summary>
public static class Examination
{
    private const long LeastFree = 1 << 20;
    private const int ResolverPatienceMs = 2000;
    private const ushort DhcpPort = 67, DnsPort = 53;

    // Header with recursion desired, one question: localhost, type A, class IN.
    private static readonly byte[] s_question = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, .. "localhost"u8, 0, 0, 1, 0, 1];

    /// <summary>Examines.</summary>
    /// <param name="options">Where the daemon finds and keeps things.</param>
    /// <param name="daemon">What the running daemon says of itself; null when none answers.</param>
    public static IReadOnlyList<FindingDto> Run(DaemonOptions options, StatusDto? daemon)
    {
        var to = new Findings();
        DaemonConfig? config = Configuration(to, options);
        Running(to, config, daemon);
        new KernelExamination(to, config, "/sys").Run();
        Dhcp(to, config, daemon);
        Clock(to, config);
        Resolver(to, config);
        StateDirectory(to, options.StateDir);
        Wireless(to, config, Path.Combine(options.UciDir, "wireless"));
        return to.All;
    }

    private static DaemonConfig? Configuration(Findings to, DaemonOptions options)
    {
        List<ConfigFault> faults = [];
        LoadedConfiguration? read = LoadedConfiguration.Read(options, faults);
        foreach (ConfigFault fault in faults) to.Fail("configuration", fault.ToString(), "correct it; `dwirm daemon --check` tells when it is right");
        foreach (ConfigFault warning in read?.Uci.Warnings ?? []) to.Warn("configuration", warning.ToString(), "");
        if (faults.Count == 0) to.Ok("configuration", "UCI, policy and categories are understood");
        return read?.Uci ?? DaemonConfig.Read(options.UciDir, []);
    }

    private static void Running(Findings to, DaemonConfig? config, StatusDto? daemon)
    {
        const string What = "daemon";
        if (daemon is null)
        {
            string cure = config is { Enabled: false } ? "option enabled '1' in section main of /etc/config/dwirm, then service dwirm start" : "service dwirm start";
            to.Warn(What, "none answers", cure);
            return;
        }
        int before = to.All.Count;
        if (daemon.Enforcement.LastError.Length > 0) to.Fail(What, $"the kernel refused: {daemon.Enforcement.LastError}", "the lines below tell what is missing");
        if (daemon.Store.LastError.Length > 0) to.Fail(What, $"the store cannot be written: {daemon.Store.LastError}", "make room, or mend the storage");
        foreach (NetworkStatusDto network in daemon.Networks)
        {
            if (!network.Serving) to.Fail(What, $"network {network.Name} is not served: {network.Device} is missing, down or without an address", "bring it up");
        }
        foreach (string fault in daemon.Faults) to.Fail(What, fault, "");
        foreach (string note in daemon.Enforcement.Notes)
        {
            // What the kernel lacks is told below.
            if (!note.StartsWith("no ", StringComparison.Ordinal)) to.Warn(What, note, "");
        }
        if (to.All.Count == before) to.Ok(What, $"version {daemon.Version} runs as process {daemon.Pid}");
    }

    private static void Dhcp(Findings to, DaemonConfig? config, StatusDto? daemon)
    {
        const string What = "UDP port 67";
        string others = "";
        bool ours = false;
        foreach ((string name, int pid) in PortHolders.Of(DhcpPort))
        {
            if (pid == daemon?.Pid) ours = true;
            else others += $"{(others.Length > 0 ? ", " : "")}{name} (process {pid})";
        }
        if (others.Length == 0) to.Ok(What, ours ? "the daemon's" : "free");
        // On other networks it may serve as it likes; where it is bound /proc does not tell.
        else if (ours) to.Warn(What, $"held by {others} too", "see that it serves none of our networks: option ignore '1' in their config dhcp, or another DHCP server off");
        else if (config is null || config.Networks.Count > 0) to.Fail(What, $"held by {others}", "stop its DHCP on our networks, and start the daemon again");
    }

    private static void Clock(Findings to, DaemonConfig? config)
    {
        if (Linux.Clock.IsSynchronised()) to.Ok("clock", "synchronised");
        else if (config?.ClockTrust == ClockTrust.Trust) to.Ok("clock", "trusted by option clock 'trust'");
        else to.Warn("clock", "not synchronised: services with a schedule stay closed", "let NTP reach its servers (sysntpd), or option clock 'trust' where the router has a clock of its own");
    }

    private static void Resolver(Findings to, DaemonConfig? config)
    {
        uint address = (config?.Resolver ?? new Ipv4Address(0x7f000001)).Value;
        string where = new Ipv4Address(address).ToString();
        string fault = Ask(address);
        if (fault.Length == 0) to.Ok("resolver", $"{where} answers");
        else to.Fail("resolver", $"{where}: {fault}; endpoints by name stay closed", "start dnsmasq, or name another with option resolver in section main");
    }

    /// <summary>Why the resolver does not answer, or empty when it does, whatever it says.</summary>
    private static string Ask(uint address)
    {
        try
        {
            using UdpSocket socket = UdpSocket.ConnectTo(address, DnsPort);
            using var epoll = new Epoll();
            epoll.Add(socket.Handle, 1, EpollEvents.Readable);
            byte[] question = [.. s_question];
            RandomBytes.Fill(question.AsSpan(0, 2));
            int sent = socket.Send(question);
            if (sent < 0) return Errno.Describe(-sent);
            Span<EpollReady> ready = stackalloc EpollReady[1];
            if (epoll.Wait(ready, ResolverPatienceMs) == 0) return "no answer within 2 s";
            byte[] answer = new byte[1500];
            int got = socket.Receive(answer);
            if (got < 0) return Errno.Describe(-got);
            return got >= 12 && answer.AsSpan(0, 2).SequenceEqual(question.AsSpan(0, 2)) ? "" : "its answer makes no sense";
        }
        catch (LinuxException fault)
        {
            return fault.Message;
        }
    }

    private static void StateDirectory(Findings to, string directory)
    {
        const string What = "state directory";
        // It is made when the daemon first starts.
        string existing = Path.GetFullPath(directory);
        while (existing.Length > 1 && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing) ?? "/";
        if (FileSystem.Writable(existing) is int errno and not 0)
        {
            to.Fail(What, $"{directory} cannot be written: {Errno.Describe(errno)}", "make it writable, or name another with --state-dir");
            return;
        }
        string kind = FileSystem.Kind(existing);
        long free = FileSystem.Free(existing);
        string detail = $"{directory} on {(kind.Length > 0 ? kind : "an unknown file system")}, {Math.Max(free, 0) / 1024} KiB free";
        if (kind is "tmpfs" or "ramfs") to.Warn(What, $"{detail}: decisions are lost with the power", "put it on flash or a disk");
        else if (free < LeastFree) to.Fail(What, detail, "make room: what cannot be recorded is not granted");
        else to.Ok(What, detail);
    }

    // Stations of one access point reach each other inside the driver, which no rule sees.
    private static void Wireless(Findings to, DaemonConfig? config, string file)
    {
        if (config is null || !File.Exists(file)) return;
        UciPackage? wireless;
        try
        {
            wireless = new FileInfo(file).Length > UciPackage.MaxFileSize ? null : UciPackage.Parse(file, File.ReadAllBytes(file), []);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            to.Warn("Wi-Fi", $"{file}: {Errno.Describe(fault)}", "");
            return;
        }
        int before = to.All.Count;
        foreach (UciSection section in wireless?.Sections ?? [])
        {
            if (section.Type != "wifi-iface" || section.Get("isolate") is "1" || section.Get("mode") is not (null or "ap")) continue;
            foreach (NetworkSettings network in config.Networks)
            {
                if (Array.IndexOf((section.Get("network") ?? "").Split(' '), network.Name) < 0 && !Lists(section, network.Name)) continue;
                to.Warn("Wi-Fi", $"stations of {section.Name} reach each other past all rules", $"uci set wireless.{section.Name}.isolate=1");
                break;
            }
        }
        if (to.All.Count == before) to.Ok("Wi-Fi", "stations are kept apart");
    }

    private static bool Lists(UciSection section, string network)
    {
        foreach (string one in section.List("network"))
        {
            if (one == network) return true;
        }
        return false;
    }
}
