using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Dhcp;

namespace Dwirm.Daemon.Tests.Config;

public class DhcpConfigTests
{

    private static Dhcpv4NetworkConfig Read(string poolLines, string more = "")
    {
        using UciFiles files = With(poolLines, more);
        return files.Lan().Dhcp;
    }

    private static UciFiles With(string poolLines, string more = "")
    {
        var files = new UciFiles();
        files["dhcp"] = $"config dhcp 'lan'\n\toption interface 'lan'\n\t{poolLines}\n{more}";
        return files;
    }

    private static string Fault(string poolLines, string more = "")
    {
        using UciFiles files = With(poolLines, more);
        return Assert.Single(files.Faults());
    }

    [Fact]
    public void Defaults()
    {
        Dhcpv4NetworkConfig lan = Read("");
        Assert.Equal("192.168.1.1/24", lan.RouterPrefix.ToString());
        Assert.Equal(("192.168.1.100", "192.168.1.249"), (lan.PoolStart.ToString(), lan.PoolEnd.ToString()));
        Assert.True(lan.DynamicDhcp);
        Assert.Equal(12 * 3600, lan.LeaseSeconds);
        Assert.False(lan.Authoritative);
        Assert.Equal(["192.168.1.1"], lan.Routers.Select(a => a.ToString()));
        Assert.Equal(["192.168.1.1"], lan.Dns.Select(a => a.ToString()));
        Assert.Empty(lan.Ntp);
        Assert.Empty(lan.Hosts);
        Assert.Equal("lan", lan.Domain);
    }

    /// <summary>The samples of OpenWrt's ipcalc.sh, and a dotted start.</summary>
    [Theory]
    [InlineData("192.168.1.1/24", "0", "150", "192.168.1.2", "192.168.1.151")]
    [InlineData("192.168.1.249/24", "100", "150", "192.168.1.100", "192.168.1.248")]
    [InlineData("192.168.1.100/24", "100", "150", "192.168.1.101", "192.168.1.250")]
    [InlineData("192.168.1.1/24", "200", "150", "192.168.1.200", "192.168.1.254")]
    [InlineData("192.168.1.1/24", "256", "1", "192.168.1.2", "192.168.1.2")]
    [InlineData("192.168.1.1/30", "0", "2", "192.168.1.2", "192.168.1.2")]
    [InlineData("10.0.0.1/16", "1.10", "10", "10.0.1.10", "10.0.1.19")]
    [InlineData("10.0.0.1/16", "266", "10", "10.0.1.10", "10.0.1.19")]
    public void Ranges(string address, string start, string limit, string first, string last)
    {
        using UciFiles files = With($"option start '{start}'\n\toption limit '{limit}'");
        files["network"] = $"config interface 'lan'\n\toption device 'eth0'\n\toption proto 'static'\n\toption ipaddr '{address}'\n";
        Dhcpv4NetworkConfig lan = files.Lan().Dhcp;
        Assert.Equal((first, last), (lan.PoolStart.ToString(), lan.PoolEnd.ToString()));
    }

    [Fact]
    public void No_range_is_a_fault_unless_only_known_hosts_are_served()
    {
        Assert.Equal("dhcp:3: start '255' and limit '1' leave no address in 192.168.1.1/24", Fault("option start '255'\n\toption limit '1'"));
        Dhcpv4NetworkConfig lan = Read("option start '255'\n\toption limit '1'\n\toption dynamicdhcp '0'");
        Assert.Equal((false, 0), (lan.DynamicDhcp, lan.PoolSize));
        Assert.False(Read("option dynamicdhcp '1'\n\toption dynamicdhcpv4 '0'").DynamicDhcp);
    }

    [Theory]
    [InlineData("600", 600)]
    [InlineData("90", 120)]
    [InlineData("300s", 300)]
    [InlineData("45m", 2700)]
    [InlineData("12h", 43200)]
    [InlineData("2d", 172800)]
    [InlineData("1w", 604800)]
    [InlineData("infinite", long.MaxValue)]
    [InlineData("4294967294", 4294967294)]
    [InlineData("4294967295", long.MaxValue)]
    public void Lease_times(string text, long seconds) => Assert.Equal(seconds, Read($"option leasetime '{text}'").LeaseSeconds);

    [Theory]
    [InlineData("12x")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("4294967296")]
    [InlineData("99999w")]
    [InlineData("1 h")]
    [InlineData("Infinite")]
    public void A_wrong_lease_time_is_a_fault(string text) =>
        Assert.StartsWith($"dhcp:3: leasetime '{text}' is no lease time", Fault($"option leasetime '{text}'"), StringComparison.Ordinal);

    [Theory]
    [InlineData("option start 'ten'", "dhcp:3: start 'ten' must be a number")]
    [InlineData("option start '1.256'", "dhcp:3: start '1.256' must be a number")]
    [InlineData("option start '1..2'", "dhcp:3: start '1..2' must be a number")]
    [InlineData("option limit '-3'", "dhcp:3: limit '-3' must be a number")]
    [InlineData("option dynamicdhcp 'perhaps'", "dhcp:3: dynamicdhcp 'perhaps' is neither yes nor no")]
    [InlineData("list dhcp_option '6,dns.example'", "dhcp:3: dhcp_option '6,dns.example' needs IPv4 addresses")]
    public void A_wrong_option_is_a_fault(string line, string expected) => Assert.StartsWith(expected, Fault(line), StringComparison.Ordinal);

    [Fact]
    public void A_network_without_range_is_a_fault_where_the_network_is_named()
    {
        using var files = new UciFiles();
        files["dhcp"] = "";
        string fault = Assert.Single(files.Faults());
        Assert.StartsWith("dwirm:4: ", fault, StringComparison.Ordinal);
        Assert.Contains("has no config dhcp for 'lan'; add one", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Dnsmasq_being_kept_away_is_no_reason_not_to_serve() =>
        Assert.Equal(150, Read("option ignore '1'\n\toption dhcpv4 'disabled'").PoolSize);

    [Fact]
    public void Ranges_for_tagged_clients_come_before_those_for_all()
    {
        Dhcpv4NetworkConfig lan = Read("", """
            config dhcp
            	option interface 'lan'
            	option networkid 'few'
            	option start '50'
            	option limit '10'
            	option leasetime '1h'
            	list tag 'red'
            	list tag '!blue'
            config dhcp
            	option interface 'lan'
            	option start '20'
            	option limit '5'
            """);
        Assert.Equal(("192.168.1.50", "192.168.1.59", 3600), (lan.PoolStart.ToString(), lan.PoolEnd.ToString(), lan.LeaseSeconds));
        Assert.False(lan.RangeCondition.IsEmpty);
        Assert.False(lan.RangeCondition.Holds(lan.RangeTags));
        Assert.Equal(["192.168.1.100-192.168.1.249", "192.168.1.20-192.168.1.24"], lan.MoreRanges.Select(range => $"{range.Start}-{range.End}"));
        Assert.All(lan.MoreRanges, range => Assert.True(range.Condition.IsEmpty));
    }

    [Fact]
    public void The_first_enabled_dnsmasq_section_counts()
    {
        using UciFiles files = With("", "config dnsmasq\n\toption disabled '1'\n\toption domain 'a'\nconfig dnsmasq\n\toption domain 'b.example'\n\toption authoritative '1'\nconfig dnsmasq\n\toption domain 'c'\n");
        Assert.Equal(("b.example", true), (files.Read().Domain, files.Lan().Dhcp.Authoritative));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("-a")]
    [InlineData("sp ace")]
    [InlineData("x/y")]
    public void A_wrong_domain_is_a_fault(string domain) =>
        Assert.StartsWith($"dhcp:5: domain '{domain}' is no DNS domain", Fault("", $"config dnsmasq\n\toption domain '{domain}'\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("list dhcp_option '6,1.2.3.4,0.0.0.0'", "192.168.1.1", "1.2.3.4,192.168.1.1", "")]
    [InlineData("list dhcp_option '3'", "", "192.168.1.1", "")]
    [InlineData("list dhcp_option '3,192.168.1.2'\n\tlist dhcp_option_force 'option:dns-server,9.9.9.9'", "192.168.1.2", "9.9.9.9", "")]
    [InlineData("option dhcp_option '3,192.168.1.2 6,8.8.8.8'", "192.168.1.2", "8.8.8.8", "")]
    [InlineData("list dhcp_option '42,0.0.0.0'", "192.168.1.1", "192.168.1.1", "192.168.1.1")]
    public void Routers_dns_and_ntp(string lines, string routers, string dns, string ntp)
    {
        Dhcpv4NetworkConfig lan = Read(lines);
        Assert.Equal((routers, dns, ntp), (string.Join(',', lan.Routers), string.Join(',', lan.Dns), string.Join(',', lan.Ntp)));
    }

    [Fact]
    public void Options_of_a_range_come_before_those_for_all()
    {
        Dhcpv4NetworkConfig lan = Read("list dhcp_option '6,1.1.1.1'\n\tlist dhcp_option 'tag:red,3,1.2.3.4'",
            "config dnsmasq\n\tlist dhcp_option '6,2.2.2.2'\n\tlist dhcp_option '3,192.168.1.3'\n\tlist dhcp_option '252,x'\n");
        Assert.Equal(("192.168.1.3", "1.1.1.1"), (string.Join(',', lan.Routers), string.Join(',', lan.Dns)));
        Assert.Equal([6, 3, 252, 6, 3], lan.Options.Select(rule => (int)rule.Code));
    }

    [Fact]
    public void Hosts()
    {
        IReadOnlyList<Dhcpv4Host> hosts = Read("", """
            config host
            	option name 'cam.home'
            	option mac '02:00:00:00:00:01 02-00-00-00-00-02'
            	option ip '192.168.1.50'
            	option leasetime 'infinite'
            config host 'laptop'
            	list mac '02:00:00:00:00:03'
            	list mac '02:00:00:00:00:04'
            	option duid '00:01:AA'
            config host
            	option duid '0004ab%7'
            	option ip 'ignore'
            config host
            	option name 'printer'
            	option ip '192.168.1.51'
            config host
            	option mac '02:00:00:00:00:05'
            	option ip '10.99.0.1'
            config host
            	option mac '02:00:00:00:00:06'
            	option enable '0'
            """).Hosts;
        Assert.Equal(4, hosts.Count);
        Assert.Equal("cam|02:00:00:00:00:01,02:00:00:00:00:02|192.168.1.50||False|9223372036854775807", Show(hosts[0]));
        Assert.Equal("|02:00:00:00:00:03,02:00:00:00:00:04||0001aa|False|", Show(hosts[1]));
        Assert.Equal("|||ff000000070004ab|True|", Show(hosts[2]));
        Assert.Equal("printer||192.168.1.51||False|", Show(hosts[3]));
    }

    [Theory]
    [InlineData("option mac 'zz'\n\toption ip '192.168.1.5'", "dhcp:5: mac 'zz' is no hardware address")]
    [InlineData("option mac '02:**:*:*:*:*'\n\toption ip 'ignore'", "dhcp:5: mac '02:**:*:*:*:*' is no hardware address")]
    [InlineData("option mac '02:00:00:00:00:01'\n\toption ip '192.168.1.1'", "dhcp:6: ip '192.168.1.1' is the router's")]
    [InlineData("option mac '02:00:00:00:00:01'\n\toption ip '192.168.1.255'", "dhcp:6: ip '192.168.1.255' is the router's, or no host address")]
    [InlineData("option mac '02:00:00:00:00:01'\n\toption ip '192.168.1'", "dhcp:6: ip '192.168.1' is no IPv4 address")]
    [InlineData("option duid 'xyz'", "dhcp:5: duid 'xyz' must be hexadecimal octets")]
    [InlineData("option duid '00:01%123456789'", "dhcp:5: duid '00:01%123456789' must be hexadecimal octets")]
    [InlineData("option mac '02:00:00:00:00:01'\n\toption name 'a b'", "dhcp:6: name 'a b' is no host name")]
    [InlineData("option mac '02:00:00:00:00:01'\n\toption leasetime 'soon'", "dhcp:6: leasetime 'soon' is no lease time")]
    [InlineData("option ip '192.168.1.5'", "dhcp:4: a host needs a mac, a duid or a name")]
    public void A_wrong_host_is_a_fault(string lines, string expected) =>
        Assert.StartsWith(expected, Fault("", $"config host\n\t{lines}\n"), StringComparison.Ordinal);

    [Fact]
    public void A_second_owner_of_an_address_takes_one_of_the_range()
    {
        using UciFiles files = With("", """
            config host
            	option mac '02:00:00:*:*:*'
            	option ip '192.168.1.60'
            config host
            	option mac '02:00:00:00:00:01'
            	option ip '192.168.1.61'
            config host
            	option mac '02:00:00:00:00:02'
            	option ip '192.168.1.61'
            """);
        IReadOnlyList<Dhcpv4Host> hosts = files.Lan().Dhcp.Hosts;
        Assert.Equal(["192.168.1.60", "192.168.1.61", ""], hosts.Select(host => host.Address?.ToString() ?? ""));
        Assert.Equal(3, Assert.Single(hosts[0].Patterns).FixedOctets);
        Assert.StartsWith("dhcp:12: ip '192.168.1.61' belongs to the host in line 9", Assert.Single(files.Warnings()), StringComparison.Ordinal);
    }

    private static string Show(Dhcpv4Host host) =>
        $"{host.Name}|{string.Join(',', host.Macs)}|{host.Address}|{host.ClientId}|{host.Ignore}|{host.LeaseSeconds}";
}
