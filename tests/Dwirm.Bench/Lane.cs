using System;
using System.Globalization;
using System.IO;
using Dwirm.Enforcement;
using Dwirm.Enforcement.Tests;
using Dwirm.Linux;

namespace Dwirm.Bench;

/// <summary>
/// A device, a router with firewall4's default ruleset and a host outside, in namespaces of their own. Every setting that is compared has a
/// lane, so that repetitions can alternate between them without anything being loaded in between.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly Netns _device = new(), _router = new(), _outside = new();
    private KernelEnforcer? _enforcer;
    private InterfaceTable? _interfaces;
    private Flood? _flood;

    /// <param name="name">What the table calls it.</param>
    /// <param name="bridged">The LAN is a bridge with one port; otherwise a plain port.</param>
    /// <param name="number">Which device of the house sends.</param>
    /// <param name="top">The repository.</param>
    public Lane(string name, bool bridged, int number, string top)
    {
        (Name, Bridged) = (name, bridged);
        _router.Sh(
            $"ip link add wan type veth peer name isp netns {_outside.Id}; " +
            (bridged
                ? $"ip link add br-lan type bridge; ip link add port type veth peer name eth0 netns {_device.Id}; " +
                    "ip link set port master br-lan; ip link set port up; "
                : $"ip link add br-lan type veth peer name eth0 netns {_device.Id}; ") +
            "for i in lo wan br-lan; do ip link set $i up; done; sysctl -qw net.ipv4.ip_forward=1; " +
            "ip addr add 10.0.0.1/8 dev br-lan; ip link set br-lan address 02:00:00:00:00:01; " +
            "ip addr add 198.51.100.2/24 dev wan; ip link set wan address 02:00:00:00:00:02; " +
            "for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 >$f; done");
        // The far end takes packets for addresses it does not have, and drops them without a word: it costs the same in every lane.
        _outside.Sh("ip link set lo up; ip link set isp up; ip link set isp address 02:00:00:00:00:03; " +
            "ip addr add 198.51.100.1/24 dev isp; sysctl -qw net.ipv4.ip_forward=0");
        _router.Sh("ip route add default via 198.51.100.1; ip neigh replace 198.51.100.1 lladdr 02:00:00:00:00:03 dev wan nud permanent");
        _device.Sh($"ip link set lo up; ip link set eth0 address {House.Mac(number)}; ip link set eth0 up; " +
            $"ip addr add {House.Address(number)}/8 dev eth0; ip route add default via 10.0.0.1; " +
            "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
        string includes = Path.Combine(top, "packaging/files/usr/share/nftables.d");
        string fw4 = Path.Combine(top, "tests/netns/firewall/fw4.nft");
        _router.Sh($"ip neigh replace {House.Address(number)} lladdr {House.Mac(number)} dev br-lan nud permanent; " +
            $"nft -I '{includes}' -D 'lan_devices=\"br-lan\"' -f '{fw4}'");
    }

    /// <summary>What the table calls it.</summary>
    public string Name { get; }

    /// <summary>Whether the LAN is a bridge.</summary>
    public bool Bridged { get; }

    /// <summary>Loads dwirm's enforcement of a house of this size, from nothing.</summary>
    /// <returns>What it took.</returns>
    public Cost Load(int devices)
    {
        _enforcer = _router.Run(() => KernelEnforcer.Open(static line => Console.Error.WriteLine(line)));
        _interfaces = _router.Run(static () =>
        {
            using var route = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
            return InterfaceTable.Read(route);
        });
        return Apply(PlanChange.Whole(House.Plan(devices, Bridged), _interfaces));
    }

    /// <summary>Loads the linear chain.</summary>
    public void LoadLinear(int devices) => _router.Sh("nft -f -", House.LinearRules(devices));

    /// <summary>Applies a change.</summary>
    /// <exception cref="InvalidOperationException">The kernel refused it.</exception>
    public Cost Apply(PlanChange change) => _router.Run(() =>
    {
        var cost = Cost.Begin();
        if (_enforcer!.Apply(change, House.Now) is { } error) throw new InvalidOperationException(error.ToString());
        return cost.End();
    });

    /// <summary>The change that only these devices make.</summary>
    public PlanChange Change(int number, bool present, bool active = true)
    {
        Policy.Plans.EnforcementPlan plan = House.Plan(0, Bridged);
        return new PlanChange
        {
            Networks = plan.Networks,
            Uplinks = plan.Uplinks,
            Interfaces = _interfaces,
            Devices = present ? [House.Device(number, active)] : [],
            Removed = present ? [] : [House.Mac(number)],
        };
    }

    /// <summary>Sends for a while and counts what arrives.</summary>
    public Throughput Measure(TimeSpan duration)
    {
        _flood ??= _device.Run(static () => new Flood(House.Target, House.TargetPort));
        long before = Arrived();
        Cost cost = _device.Run(() => _flood.Run(duration));
        return new Throughput(Arrived() - before, cost);
    }

    public void Dispose()
    {
        _flood?.Dispose();
        _enforcer?.Dispose();
        _device.Dispose();
        _router.Dispose();
        _outside.Dispose();
    }

    private long Arrived() => _outside.Run(static () =>
    {
        foreach (string line in File.ReadLines("/proc/thread-self/net/dev"))
        {
            string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["isp", _, var packets, ..]) return long.Parse(packets, CultureInfo.InvariantCulture);
        }
        return 0;
    });
}
