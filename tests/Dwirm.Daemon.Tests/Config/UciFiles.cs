using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Daemon.Config;
using Dwirm.Policy;

namespace Dwirm.Daemon.Tests.Config;

/// <summary>A directory of UCI files: a router with a bridge <c>lan</c> and an uplink <c>wan</c>, unless a test says otherwise.</summary>
internal sealed class UciFiles : IDisposable
{
    internal const string Network = """
        config device
        	option name 'br-lan'
        	option type 'bridge'
        	list ports 'eth0'

        config interface 'lan'
        	option device 'br-lan'
        	option proto 'static'
        	option ipaddr '192.168.1.1'
        	option netmask '255.255.255.0'

        config interface 'wan'
        	option device 'eth1'
        	option proto 'dhcp'

        config interface 'wan6'
        	option device '@wan'
        	option proto 'dhcpv6'

        """;

    internal const string Dhcp = """
        config dnsmasq
        	option domain 'home.example'
        	option authoritative '1'

        config dhcp 'lan'
        	option interface 'lan'
        	option start '100'
        	option limit '150'
        	option leasetime '12h'

        """;

    internal const string Firewall = """
        config zone
        	option name 'lan'
        	list network 'lan'

        config zone
        	option name 'wan'
        	option network 'wan wan6'
        	option masq '1'

        """;

    internal const string Clock = "config system\n\toption timezone 'CET-1CEST,M3.5.0,M10.5.0/3'\n\toption zonename 'Europe/Berlin'\n";

    internal const string Dwirm = "config dwirm 'main'\n\toption enabled '1'\n\nconfig network 'lan'\n";

    internal UciFiles()
    {
        this["network"] = Network;
        this["dhcp"] = Dhcp;
        this["firewall"] = Firewall;
        this["system"] = Clock;
        this["dwirm"] = Dwirm;
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("dwirm-uci-").FullName;

    internal string this[string package]
    {
        set => File.WriteAllText(FileOf(package), value);
    }

    internal void Remove(string package) => File.Delete(FileOf(package));

    internal DaemonConfig Read()
    {
        var faults = new List<ConfigFault>();
        DaemonConfig? config = DaemonConfig.Read(Path, faults);
        Assert.Empty(faults);
        return config!;
    }

    internal NetworkSettings Lan() => Assert.Single(Read().Networks);

    /// <summary>The faults, as <c>FILE:LINE: message</c> with the file's bare name.</summary>
    internal List<string> Faults()
    {
        var faults = new List<ConfigFault>();
        Assert.Null(DaemonConfig.Read(Path, faults));
        return faults.ConvertAll(fault => (fault with { File = System.IO.Path.GetFileName(fault.File) }).ToString());
    }

    internal List<string> Warnings() =>
        [.. ((List<ConfigFault>)Read().Warnings).ConvertAll(fault => (fault with { File = System.IO.Path.GetFileName(fault.File) }).ToString())];

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private string FileOf(string package) => System.IO.Path.Combine(Path, package);
}
