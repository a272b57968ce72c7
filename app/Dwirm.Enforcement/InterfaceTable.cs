using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <summary>One network interface of this namespace.</summary>
/// <param name="Index">The kernel's number for it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Mac">Hardware address; zero when it has none of six octets.</param>
/// <param name="IsBridge">True for a Linux bridge.</param>
/// <param name="Up">True when it is set up.</param>
/// <param name="Mtu">Greatest packet in octets.</param>
/// <param name="Master">Index of the bridge it is a port of, 0 for none.</param>
/// <param name="Addresses4">Its IPv4 addresses with their prefix lengths, in the kernel's order.</param>
public sealed record InterfaceInfo(int Index, string Name, MacAddress Mac, bool IsBridge, bool Up, int Mtu, int Master, IReadOnlyList<Ipv4Prefix> Addresses4)
{
    /// <summary>Its IPv6 addresses with their prefix lengths, link-local ones among them.</summary>
    public IReadOnlyList<Ipv6Prefix> Addresses6 { get; init; } = [];
}

/// <summary>The network interfaces as they were at one moment.</summary>
public sealed class InterfaceTable
{
    private const uint RTMGRP_LINK = 1, RTMGRP_IPV4_IFADDR = 0x10, RTMGRP_IPV6_IFADDR = 0x100;
    private const int Attempts = 4;

    private InterfaceTable(List<InterfaceInfo> interfaces, NetlinkError? error)
    {
        Interfaces = interfaces;
        Error = error;
        var ports = new List<BridgePort>();
        foreach (InterfaceInfo port in interfaces)
        {
            if (port.Master != 0 && ByIndex(port.Master) is { IsBridge: true } bridge) ports.Add(new BridgePort(port.Name, bridge.Name));
        }
        BridgePorts = ports;
    }

    /// <summary>All interfaces, in the kernel's order.</summary>
    public IReadOnlyList<InterfaceInfo> Interfaces { get; }

    /// <summary>Which device is a port of which bridge.</summary>
    public IReadOnlyList<BridgePort> BridgePorts { get; }

    /// <summary>Why the table may be incomplete; null when it is whole.</summary>
    public NetlinkError? Error { get; }

    /// <summary>A table of interfaces that are known from elsewhere.</summary>
    public static InterfaceTable Of(List<InterfaceInfo> interfaces) => new(interfaces, null);

    /// <summary>Reads the table; never throws for the kernel's sake, see <see cref="Error"/>.</summary>
    /// <param name="route">A socket of NETLINK_ROUTE without groups.</param>
    public static InterfaceTable Read(NetlinkSocket route) => Read(new NetlinkChannel(route));

    /// <summary>A socket that becomes readable when a link or an address changes; whatever it says, read the table anew.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public static NetlinkSocket OpenWatch() => NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);

    /// <summary>The interface of that name, or null.</summary>
    public InterfaceInfo? ByName(string name)
    {
        foreach (InterfaceInfo info in Interfaces)
        {
            if (info.Name == name) return info;
        }
        return null;
    }

    internal static InterfaceTable Read(NetlinkChannel channel)
    {
        NetlinkError? error = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var links = new List<LinkFacts>();
            var addresses = new Dictionary<int, List<Ipv4Prefix>>();
            var devices6 = new List<int>();
            var addresses6 = new List<Ipv6Prefix>();
            uint sequence = channel.NextSequence();
            channel.Writer.DumpLinks(sequence);
            error = channel.Dump("links", sequence, (in NetlinkMessage message) =>
            {
                if (RouteMessages.TryReadLink(message, out LinkFacts link)) links.Add(link);
            });
            if (error == null)
            {
                sequence = channel.NextSequence();
                channel.Writer.DumpIpv4Addresses(sequence);
                error = channel.Dump("addresses", sequence, (in NetlinkMessage message) =>
                {
                    if (!RouteMessages.TryReadIpv4Address(message, out int device, out Ipv4Prefix address)) return;
                    if (!addresses.TryGetValue(device, out List<Ipv4Prefix>? list)) addresses[device] = list = [];
                    list.Add(address);
                });
            }
            if (error == null)
            {
                sequence = channel.NextSequence();
                channel.Writer.DumpIpv6Addresses(sequence);
                error = channel.Dump("addresses", sequence, (in NetlinkMessage message) =>
                {
                    if (!RouteMessages.TryReadIpv6Address(message, out int device, out Ipv6Prefix address)) return;
                    devices6.Add(device);
                    addresses6.Add(address);
                });
            }
            if (error != null) continue; // most often a dump that a change disturbed
            return new InterfaceTable(Join(links, addresses, devices6, addresses6), null);
        }
        return new InterfaceTable([], error);
    }

    private static List<InterfaceInfo> Join(
        List<LinkFacts> links, Dictionary<int, List<Ipv4Prefix>> addresses, List<int> devices6, List<Ipv6Prefix> addresses6)
    {
        var all = new List<InterfaceInfo>(links.Count);
        foreach (LinkFacts link in links)
        {
            IReadOnlyList<Ipv4Prefix> own = addresses.TryGetValue(link.Index, out List<Ipv4Prefix>? list) ? list : Array.Empty<Ipv4Prefix>();
            var own6 = new List<Ipv6Prefix>();
            for (int i = 0; i < devices6.Count; i++)
            {
                if (devices6[i] == link.Index) own6.Add(addresses6[i]);
            }
            all.Add(new InterfaceInfo(link.Index, link.Name, link.Mac, link.IsBridge, link.Up, link.Mtu, link.Master, own) { Addresses6 = own6 });
        }
        return all;
    }

    /// <summary>The interface with that index, or null.</summary>
    public InterfaceInfo? ByIndex(int index)
    {
        foreach (InterfaceInfo info in Interfaces)
        {
            if (info.Index == index) return info;
        }
        return null;
    }
}
