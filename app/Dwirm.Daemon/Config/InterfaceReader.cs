using System;
using System.Collections.Generic;
using System.Numerics;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>Which Linux device and which address a logical network of /etc/config/network has.</summary>
internal sealed class InterfaceReader(UciPackage network, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    private const int MaxDeviceName = 15;       // IFNAMSIZ without the final zero
    private const int MaxAliasDepth = 8;

    /// <summary>Protocols whose device netifd names PROTO-NAME.</summary>
    private static readonly string[] Tunnels = ["pppoe", "pppoa", "pptp", "l2tp", "3g", "ppp", "6in4", "6to4", "6rd"];

    internal UciSection? Find(string name) => network.Find(name) is { Type: "interface" } section ? section : null;

    /// <summary>The device of an interface; null after a fault.</summary>
    internal (string Device, bool IsBridge)? Device(UciSection section)
    {
        string name = section.Name;
        for (int depth = 0; depth < MaxAliasDepth; depth++)
        {
            if (section.Get("type") == "bridge") return Checked(section, "br-" + section.Name, isBridge: true);
            string proto = section.Get("proto") ?? "";
            if (Array.IndexOf(Tunnels, proto) >= 0) return Checked(section, $"{proto}-{section.Name}", isBridge: false);
            string option = section.Find("device") is null && section.Find("ifname") is not null ? "ifname" : "device";
            string? device = section.Get(option);
            if (device is null && proto is "wireguard" or "vpn" or "gre" or "vxlan") device = section.Name;
            if (device is null) return Fault(section, "device", $"interface '{UciParser.Show(name)}' has no device; add option device");
            if (device.Contains(' ')) return Fault(section, option, $"interface '{UciParser.Show(name)}' has several devices; put them into a bridge (config device, type bridge)");
            if (!device.StartsWith('@')) return Checked(section, device, IsBridge(device));
            if (Find(device[1..]) is not { } target) return Fault(section, option, $"interface '{UciParser.Show(device[1..])}' does not exist in {network.File}");
            section = target;
        }
        return Fault(section, "device", $"interface '{UciParser.Show(name)}' stands on itself; break the circle of @ devices");
    }

    /// <summary>The first IPv4 address of a static interface, with its prefix length; null after a fault.</summary>
    internal Ipv4Prefix? Address(UciSection section)
    {
        if (section.Get("proto") is not "static")
        {
            Fault(section, "proto", $"interface '{UciParser.Show(section.Name)}' is not static; dwirm serves networks with option proto 'static' only");
            return null;
        }
        if (section.List("ipaddr") is not [{ } text, ..])
        {
            Fault(section, "ipaddr", $"interface '{UciParser.Show(section.Name)}' has no IPv4 address; add option ipaddr '192.168.1.1/24'");
            return null;
        }
        if (!text.Contains('/'))
        {
            if (section.Get("netmask") is not { } mask || !TryMask(mask, out int length))
            {
                Fault(
                    section,
                    section.Get("netmask") is null ? "ipaddr" : "netmask",
                    $"interface '{UciParser.Show(section.Name)}' needs a netmask; write '{UciParser.Show(text)}/24' or option netmask '255.255.255.0'");
                return null;
            }
            text = $"{text}/{length}";
        }
        if (Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) && prefix.Length is >= 8 and <= 31 && !prefix.Address.IsAny) return prefix;
        Fault(section, "ipaddr", $"'{UciParser.Show(text)}' is no address of a network from /8 to /31");
        return null;
    }

    private (string, bool)? Checked(UciSection section, string device, bool isBridge)
    {
        bool bad = device.Length is 0 or > MaxDeviceName || device is "." or "..";
        foreach (char c in device) bad |= c is <= ' ' or > '~' or '/' or ':';
        if (bad) return Fault(section, "device", $"'{UciParser.Show(device)}' is no name of a network device (1 to {MaxDeviceName} characters without blank, '/' or ':')");
        int dot = device.LastIndexOf('.');
        if (!isBridge && dot > 0 && IsBridge(device[..dot]))
        {
            warnings.Add(new ConfigFault(network.File, section.LineOf("device"),
                $"'{device}' is a VLAN of the bridge '{device[..dot]}': what two devices of '{UciParser.Show(section.Name)}' send each other stays inside the bridge and is not filtered"));
        }
        return (device, isBridge);
    }

    private bool IsBridge(string device)
    {
        foreach (UciSection section in network.Sections)
        {
            if (section.Type == "device" && section.Get("name") == device) return section.Get("type") == "bridge";
            if (section.Type == "interface" && section.Get("type") == "bridge" && device == "br-" + section.Name) return true;
        }
        return false;
    }

    private (string, bool)? Fault(UciSection section, string option, string message)
    {
        faults.Add(new ConfigFault(network.File, section.LineOf(option), message));
        return null;
    }

    /// <summary>A dotted mask without holes, or a prefix length.</summary>
    private static bool TryMask(string text, out int length)
    {
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out length)) return length <= 32;
        if (!Ipv4Address.TryParse(text, out Ipv4Address mask)) return false;
        length = BitOperations.PopCount(mask.Value);
        return new Ipv4Prefix(default, length).Mask == mask;
    }
}
