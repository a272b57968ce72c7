using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Daemon.Config;
using Dwirm.Enforcement;
using Dwirm.Enforcement.Ledger;
using Dwirm.Linux;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Doctor;

/// <summary>What the kernel has of what enforcement needs, and who else has a hand in it.</summary>
internal sealed class KernelExamination(Findings to, DaemonConfig? config, string sysDirectory)
{
    private const uint CAP_NET_BIND_SERVICE = 10, CAP_NET_ADMIN = 12, CAP_NET_RAW = 13;

    private static readonly (KernelFeature Feature, string What, string Cure, bool Matters)[] s_features =
    [
        (KernelFeature.Inet, "nf_tables", "install kmod-nft-core (it comes with firewall4)", true),
        (KernelFeature.Ranges, "nf_tables sets of ranges", "a kernel of 5.6 or later, as OpenWrt has since 22.03", true),
        (KernelFeature.DynamicSets, "nf_tables dynamic sets", "install kmod-nft-core", true),
        (KernelFeature.Conntrack, "connection tracking", "install kmod-nf-conntrack", true),
        (KernelFeature.Nat, "address translation", "install kmod-nft-nat", true),
        (KernelFeature.Fib, "nf_tables routing lookups", "install kmod-nft-fib", true),
        (KernelFeature.Log, "logging to groups", "install kmod-nfnetlink-log; without it attempts are counted, not told of", false),
        (KernelFeature.ConntrackMessages, "conntrack over netlink", "install kmod-nf-conntrack-netlink; without it the entries of what was withdrawn stay until they time out", false),
        (KernelFeature.Htb, "HTB", "install kmod-sched-core; without it rates are policed, not shaped", false),
        (KernelFeature.FairQueue, "fq_codel", "install kmod-sched-fq-codel where it is not built in; without it flows of one service wait in one queue", false),
    ];

    /// <summary>Looks at everything; without the rights of root at nothing but that.</summary>
    public void Run()
    {
        if (!HasRights()) return;
        try
        {
            using KernelProbe probe = KernelProbe.Open();
            foreach ((KernelFeature feature, string what, string cure, bool matters) in s_features)
            {
                if (probe.Try(feature) is not { } error) to.Ok(what);
                else if (matters) to.Fail(what, error.ToString(), cure);
                else to.Warn(what, error.ToString(), cure);
            }
            InterfaceTable interfaces = probe.Interfaces();
            Bridges(probe.Try(KernelFeature.Bridge), interfaces);
            Roots(probe, interfaces);
            Offload(probe.Flowtables());
        }
        catch (LinuxException fault)
        {
            to.Fail("netlink", fault.Message, "run it as root, outside of containers");
        }
        if (Read("/proc/sys/net/bridge/bridge-nf-call-iptables") == "1")
            to.Warn("bridge-nf-call-iptables", "bridged frames pass the firewall's rules as well", "sysctl net.bridge.bridge-nf-call-iptables=0");
        else to.Ok("bridge-nf-call-iptables", "off");
    }

    private bool HasRights()
    {
        if (ProcessInfo.EffectiveUid != 0)
        {
            to.Fail("rights", $"user {ProcessInfo.EffectiveUid}", "run it as root: the kernel cannot be asked otherwise");
            return false;
        }
        ulong missing = ProcessInfo.MissingCapabilities(1UL << (int)CAP_NET_ADMIN | 1UL << (int)CAP_NET_RAW | 1UL << (int)CAP_NET_BIND_SERVICE);
        if (missing == 0) to.Ok("rights", "root");
        else to.Fail("rights", $"root without capabilities 0x{missing:x}", "give the service CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE");
        return true;
    }

    private void Bridges(NetlinkError? error, InterfaceTable interfaces)
    {
        const string What = "frames between ports";
        bool any = false;
        foreach (NetworkSettings network in config?.Networks ?? []) any |= network.IsBridge;
        if (error is null) to.Ok(What, "nf_tables has the bridge family");
        else
        {
            string cure = "install kmod-nft-bridge; or keep the ports apart: option isolate '1' in the config device section of each port, "
                + "and in each wifi-iface";
            string detail = $"devices of one bridge reach each other unchecked ({error})";
            if (any) to.Fail(What, detail, cure);
            else to.Warn(What, detail, cure);
        }
        foreach (BridgePort port in interfaces.BridgePorts)
        {
            if (Network(port.Bridge) is null || Read($"{sysDirectory}/class/net/{port.Name}/phys_switch_id").Length == 0) continue;
            to.Warn(What, $"the switch itself forwards between {port.Name} and its other ports: the kernel does not see those frames",
                $"option isolate '1' in the config device section of {port.Name}, or a network of its own for the devices to be kept apart");
        }
        if (any) to.Ok("multicast and broadcast", "what devices flood is not passed on to other devices; discovery across them needs a grant");
    }

    private void Roots(KernelProbe probe, InterfaceTable interfaces)
    {
        const string What = "queues";
        Dictionary<int, (string Kind, bool Chosen)> roots = probe.Roots();
        bool found = false;
        foreach (InterfaceInfo info in interfaces.Interfaces)
        {
            bool concerned = Network(info.Name) is not null;
            foreach ((_, string device) in config?.Uplinks ?? []) concerned |= device == info.Name;
            if (!concerned || !roots.TryGetValue(info.Index, out (string Kind, bool Chosen) root) || !root.Chosen) continue;
            found = true;
            to.Warn(What, $"{info.Name} has {root.Kind} of somebody else's at its root (SQM, qosify): rates are policed there, not shaped",
                $"leave {info.Name} to dwirm, or live with policed rates");
        }
        if (!found) to.Ok(What, "nobody else shapes our networks and uplinks");
    }

    private void Offload(List<NftFlowtable> flowtables)
    {
        const string What = "flow offloading";
        const string Cure = "uci set firewall.@defaults[0].flow_offloading=0; or option allow_offload_off '1' in section main of /etc/config/dwirm, "
            + "and dwirm takes it out of the kernel while devices are under grants";
        bool hardware = config?.Offload == FlowOffload.Hardware;
        foreach (NftFlowtable flowtable in flowtables) hardware |= flowtable.Hardware;
        if (flowtables.Count == 0 && config is null or { Offload: FlowOffload.Off }) to.Ok(What, "off");
        else if (config is { AllowOffloadOff: true }) to.Ok(What, "configured, and taken out of the kernel by dwirm");
        else if (hardware) to.Fail(What, "by hardware: nothing new is granted, because established flows would pass unseen", Cure);
        else to.Warn(What, "by software: rates and counters miss established flows; withdrawal still cuts them", Cure);
    }

    private NetworkSettings? Network(string device)
    {
        foreach (NetworkSettings network in config?.Networks ?? [])
        {
            if (network.Device == device) return network;
        }
        return null;
    }

    private static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
