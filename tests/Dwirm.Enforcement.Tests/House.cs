using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>A house in namespaces: camera, laptop, plug and a stranger on one bridge of a router, and a host outside that also is the cloud.</summary>
internal sealed class House : IDisposable
{
    private static readonly string[] Devices = ["camera", "laptop", "plug", "stranger"];
    private readonly Dictionary<string, Netns> _spaces = [];
    private readonly List<Running> _servers = [];
    private readonly bool _ipv6;

    /// <param name="ipv6">True for IPv6 beside IPv4: fd00:1::/64 inside, each host by the number of its IPv4 address, 2001:db8:ffff::5 as the cloud.</param>
    public House(bool ipv6 = false)
    {
        _ipv6 = ipv6;
        Directory = System.IO.Directory.CreateTempSubdirectory("k-house-").FullName;
        foreach (string name in (string[])["router", "isp", .. Devices])
        {
            _spaces[name] = new Netns();
            _spaces[name].Sh($"ip link set lo up; sysctl -qw net.ipv6.conf.all.disable_ipv6={(ipv6 ? 0 : 1)} net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0");
        }
        Router.Sh("ip link add br-lan type bridge; ip address add 192.168.1.1/24 dev br-lan; ip link set br-lan up; sysctl -qw net.ipv4.ip_forward=1; sysctl -qw net.bridge.bridge-nf-call-iptables=0");
        Router.Sh($"ip link add wan type veth peer name eth0 netns {_spaces["isp"].Id}; ip address add 198.51.100.2/24 dev wan; ip link set wan up; ip route add default via 198.51.100.1");
        _spaces["isp"].Sh("ip link set eth0 up; ip address add 198.51.100.1/24 dev eth0; ip address add 203.0.113.5/32 dev lo; ip route add 192.168.1.0/24 via 198.51.100.2");
        for (int i = 0; i < Devices.Length; i++)
        {
            string number = ((i + 1) * 16).ToString(CultureInfo.InvariantCulture), hex = ((i + 1) * 16).ToString("x2", CultureInfo.InvariantCulture);
            Router.Sh($"ip link add p-{Devices[i]} type veth peer name eth0 address 02:00:00:00:00:{hex} netns {_spaces[Devices[i]].Id}; ip link set p-{Devices[i]} master br-lan up");
            _spaces[Devices[i]].Sh($"ip link set eth0 up; ip address add 192.168.1.{number}/24 dev eth0; ip route add default via 192.168.1.1");
        }
        if (ipv6) Ipv6();
        Enforcer = Router.Run(() => KernelEnforcer.Open(Log.Add));
    }

    private void Ipv6()
    {
        Router.Sh("sysctl -qw net.ipv6.conf.all.forwarding=1; sysctl -qw net.bridge.bridge-nf-call-ip6tables=0; ip address add fd00:1::1/64 dev br-lan; ip address add 2001:db8::2/64 dev wan; ip route add default via 2001:db8::1");
        _spaces["isp"].Sh("ip address add 2001:db8::1/64 dev eth0; ip address add 2001:db8:ffff::5/128 dev lo; ip route add fd00:1::/64 via 2001:db8::2");
        for (int i = 0; i < Devices.Length; i++)
            _spaces[Devices[i]].Sh($"ip address add fd00:1::{(i + 1) * 16:x}/64 dev eth0; ip route add default via fd00:1::1");
    }

    public Netns Router => _spaces["router"];

    public Netns this[string name] => _spaces[name];

    public List<string> Log { get; } = [];

    public string Directory { get; }

    public KernelEnforcer Enforcer { get; private set; }

    public void Apply(EnforcementPlan plan) => Assert.Null(Router.Run(() => Enforcer.Apply(plan, Plans.Now)));

    public void Restart()
    {
        Enforcer.Dispose();
        Enforcer = Router.Run(() => KernelEnforcer.Open(Log.Add));
    }

    /// <summary>Every host serves a stream without end on every port the tests know.</summary>
    public void ServeEverywhere()
    {
        foreach (Netns space in _spaces.Values)
        {
            foreach (int port in (int[])[53, 80, 443, 554])
                _servers.Add(space.Start($"socat -u SYSTEM:'while echo 0123456789; do sleep 0.02; done' {(_ipv6 ? "TCP6" : "TCP")}-LISTEN:{port},reuseaddr,fork{(_ipv6 ? ",ipv6only=0" : "")}"));
        }
        foreach (Netns space in _spaces.Values)
            space.Sh("for i in $(seq 100); do [ $(ss -Hltn | wc -l) -ge 4 ] && exit 0; sleep 0.1; done; exit 1");
    }

    public void Expect(string from, string to, int port, bool reached)
    {
        string seen = _spaces[from].Sh($"timeout 2 socat -u TCP:{(to.Contains(':') ? $"[{to}]" : to)}:{port},connect-timeout=1 STDOUT 2>/dev/null | head -c 11 || true");
        Assert.True((seen.Length == 11) == reached, $"{from} to {to}:{port} was {(reached ? "refused" : "let through")}\n{(reached ? Router.Sh("nft list counters") : "")}");
    }

    public bool FlowGrows()
    {
        string file = Path.Combine(Directory, "flow");
        // What was on its way when the rules changed may still arrive.
        Thread.Sleep(300);
        long before = File.Exists(file) ? new FileInfo(file).Length : 0;
        for (int i = 0; i < 15; i++)
        {
            Thread.Sleep(100);
            if (File.Exists(file) && new FileInfo(file).Length > before) return true;
        }
        return false;
    }

    public void Dispose()
    {
        foreach (Running server in _servers) server.Dispose();
        Enforcer.Dispose();
        foreach (Netns space in _spaces.Values) space.Dispose();
        System.IO.Directory.Delete(Directory, true);
    }
}
