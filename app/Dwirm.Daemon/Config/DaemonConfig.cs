using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>When the wall clock is believed, which schedules depend on (DWIRM-13).</summary>
public enum ClockTrust : byte
{
    /// <summary>Once the kernel says that it is synchronised.</summary>
    Ntp,

    /// <summary>Always: for routers with a clock of their own, and for tests.</summary>
    Trust,
}

/// <summary>Whether established flows are forwarded past the firewall's rules, and ours.</summary>
public enum FlowOffload : byte
{
    /// <summary>No: every packet meets the rules.</summary>
    Off,

    /// <summary>By the kernel's fast path: the rules see a flow's first packets only.</summary>
    Software,

    /// <summary>By the switch or the network processor: the kernel does not see the rest.</summary>
    Hardware,
}

/// <summary>Everything the daemon takes from /etc/config, checked and complete. Read as a whole, replaced as a whole.</summary>
public sealed record DaemonConfig
{
    /// <summary><c>main.enabled</c>: the daemon does nothing without it.</summary>
    public required bool Enabled { get; init; }

    /// <summary><c>main.decision_time_ms</c>: how long an answer may be held back after a request, 10 to 10000 milliseconds.</summary>
    public required int DecisionTimeMs { get; init; }

    /// <summary><c>main.msgtype_client</c>: value of option 53 in a DHCPDWIRMCLIENT, 19 to 255.</summary>
    public required byte MessageTypeClient { get; init; }

    /// <summary><c>main.msgtype_server</c>: value of option 53 in a DHCPDWIRMSERVER, 19 to 255 and not the client's.</summary>
    public required byte MessageTypeServer { get; init; }

    /// <summary><c>main.profile_option</c>: DHCPv4 option that carries the profile, 224 to 254 (private use, RFC 3942).</summary>
    public required byte ProfileOption { get; init; }

    /// <summary><c>main.profile_option6</c>: DHCPv6 option that carries the profile, 151 to 65535.</summary>
    public required ushort ProfileOption6 { get; init; }

    /// <summary><c>main.implicit_discover</c>: whether a DHCPDWIRMCLIENT without lease also counts as a DHCPDISCOVER.</summary>
    public required bool ImplicitDiscover { get; init; }

    /// <summary><c>main.grant_memory_days</c>: how long the decision on a device that is gone is remembered, 1 to 36500 days.</summary>
    public required int GrantMemoryDays { get; init; }

    /// <summary><c>main.forcerenew</c>: whether clients that can check it are told to renew (RFC 3203, RFC 6704) instead of being sent late answers.</summary>
    public bool ForceRenew { get; init; }

    /// <summary><c>main.clock</c>.</summary>
    public required ClockTrust ClockTrust { get; init; }

    /// <summary><c>main.wan</c>: the logical networks that are the outside; by default those of the firewall zones with <c>masq '1'</c>.</summary>
    public required IReadOnlyList<string> Wan { get; init; }

    /// <summary>The Linux devices of <see cref="Wan"/>, each once.</summary>
    public required IReadOnlyList<(string Name, string Device)> Uplinks { get; init; }

    /// <summary>The networks whose DHCP is ours, in the order of /etc/config/dwirm.</summary>
    public required IReadOnlyList<NetworkSettings> Networks { get; init; }

    /// <summary>Networks without a device here, whose clients come through relays of one of <see cref="Networks"/> (<c>option via</c>).</summary>
    public IReadOnlyList<Dhcpv4NetworkConfig> RelayedNetworks { get; init; } = [];

    /// <summary><c>system.timezone</c>, a POSIX TZ string; <c>UTC0</c> by default.</summary>
    public required string ZonePosix { get; init; }

    /// <summary><c>system.zonename</c>, a name of the tz database; <c>UTC</c> by default.</summary>
    public required string ZoneName { get; init; }

    /// <summary><c>domain</c> of the first enabled <c>config dnsmasq</c>; <c>lan</c> by default.</summary>
    public required string Domain { get; init; }

    /// <summary><c>main.resolver</c>: the name server that endpoint names are looked up with, and that managed devices' questions are passed on to; 127.0.0.1 by default.</summary>
    public required Ipv4Address Resolver { get; init; }

    /// <summary><c>main.foreign_dns</c>: what becomes of a managed device's questions to another resolver than the router's; redirected by default.</summary>
    public required ForeignDns ForeignDns { get; init; }

    /// <summary><c>firewall.@defaults[0].flow_offloading</c> and <c>flow_offloading_hw</c>.</summary>
    public FlowOffload Offload { get; init; }

    /// <summary><c>main.allow_offload_off</c>: the owner's consent that offloading is taken out of the kernel while devices are under grants.</summary>
    public bool AllowOffloadOff { get; init; }

    /// <summary>What was understood but cannot be honoured, and what was done instead: to be logged once.</summary>
    public IReadOnlyList<ConfigFault> Warnings { get; init; } = [];

    /// <summary>
    /// Reads the packages dwirm, network, dhcp, firewall and system. Null when there is any fault: the caller keeps what it has, and never
    /// runs on half a configuration.
    /// </summary>
    /// <param name="uciDir">Usually /etc/config. dwirm and network must exist.</param>
    /// <param name="faults">Receives every fault that was found.</param>
    public static DaemonConfig? Read(string uciDir, List<ConfigFault> faults) => Read(uciDir, ReadFile, faults);

    /// <summary>The same from another source of files.</summary>
    /// <param name="uciDir">What the names of the files start with.</param>
    /// <param name="readFile">The content of a file, or null when there is none. May throw <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.</param>
    /// <param name="faults">Receives every fault that was found.</param>
    public static DaemonConfig? Read(string uciDir, Func<string, byte[]?> readFile, List<ConfigFault> faults) => new ConfigReader(uciDir, readFile, faults).Read();

    /// <summary>A file that is too large is cut where the parser refuses it.</summary>
    private static byte[]? ReadFile(string path)
    {
        if (!File.Exists(path)) return null;
        return new FileInfo(path).Length > UciPackage.MaxFileSize ? new byte[UciPackage.MaxFileSize + 1] : File.ReadAllBytes(path);
    }
}

/// <summary>One network whose DHCP is ours.</summary>
public sealed record NetworkSettings
{
    /// <summary>Logical name: the section of /etc/config/network.</summary>
    public required string Name { get; init; }

    /// <summary>Linux device, <c>br-lan</c> for instance.</summary>
    public required string Device { get; init; }

    /// <summary>True when the configuration makes the device a bridge.</summary>
    public required bool IsBridge { get; init; }

    /// <summary>What devices that never sent a profile may do.</summary>
    public required NetworkPosture Posture { get; init; }

    /// <summary>What becomes of a denied device.</summary>
    public required DenyAction DenyAction { get; init; }

    /// <summary>True when every DHCP answer is a line of the log (<c>logdhcp</c>).</summary>
    public bool LogDhcp { get; init; }

    /// <summary>What the DHCP server is to serve.</summary>
    public required Dhcpv4NetworkConfig Dhcp { get; init; }
}
