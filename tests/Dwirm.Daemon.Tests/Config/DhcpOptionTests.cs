using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Dwirm.Dhcp;
using Dwirm.Dhcp.Options;

namespace Dwirm.Daemon.Tests.Config;

/// <summary>dnsmasq's dhcp_option, and the sections around tags.</summary>
public class DhcpOptionTests
{
    private static Dhcpv4NetworkConfig Read(string poolLines, string more = "")
    {
        using var files = new UciFiles();
        files["dhcp"] = $"config dhcp 'lan'\n\toption interface 'lan'\n\t{poolLines}\n{more}";
        return files.Lan().Dhcp;
    }

    private static string Fault(string poolLines, string more = "")
    {
        using var files = new UciFiles();
        files["dhcp"] = $"config dhcp 'lan'\n\toption interface 'lan'\n\t{poolLines}\n{more}";
        return Assert.Single(files.Faults());
    }

    private static Dhcpv4OptionRule Option(string value) => Assert.Single(Read($"list dhcp_option '{value}'").Options);

    /// <summary>The octets are those the real dnsmasq sends for the same value (tests/netns/scenarios/25-dnsmasq.sh asks it).</summary>
    [Theory]
    [InlineData("3,192.168.1.7,10.0.0.1", 3, "c0a801070a000001")]
    [InlineData("option:router,0.0.0.0", 3, "c0a80101")]
    [InlineData("option:NTP-server, 1.2.3.4 , 5.6.7.8", 42, "0102030405060708")]
    [InlineData("3", 3, "")]
    [InlineData("26,1400", 26, "0578")]
    [InlineData("option:T1,1000", 58, "000003e8")]
    [InlineData("23,64", 23, "40")]
    [InlineData("200,5", 200, "05")]
    [InlineData("200,300", 200, "012c")]
    [InlineData("200,70000", 200, "00011170")]
    [InlineData("200,5s", 200, "0005")]
    [InlineData("200,5i", 200, "00000005")]
    [InlineData("200,300b", 200, "2c")]
    [InlineData("200,-1i", 200, "ffffffff")]
    [InlineData("43,01:02:ff", 43, "0102ff")]
    [InlineData("43,1:a:0b", 43, "010a0b")]
    [InlineData("200,1.2.3.4", 200, "01020304")]
    [InlineData("200,\"1.2.3.4\"", 200, "312e322e332e34")]
    [InlineData("15,\"a,b\"", 15, "612c62")]
    [InlineData("67,\"a\\\"b\"", 67, "612262")]
    [InlineData("252,http://wpad/x.dat", 252, "687474703a2f2f777061642f782e646174")]
    [InlineData("66,192.168.1.5", 66, "3139322e3136382e312e35")]
    [InlineData("121,10.0.0.0/8,192.168.1.2,0.0.0.0/0,192.168.1.1", 121, "080ac0a8010200c0a80101")]
    [InlineData("249,10.1.2.0/24,192.168.1.2", 249, "180a0102c0a80102")]
    [InlineData("119,a.example,b.a.example,c.example", 119, "0161076578616d706c6500" + "0162c000" + "0163c002")]
    [InlineData("120,1.2.3.4", 120, "0101020304")]
    [InlineData("120,sip.example", 120, "0003736970076578616d706c6500")]
    [InlineData("114,https://portal.example/api", 114, "68747470733a2f2f706f7274616c2e6578616d706c652f617069")]
    public void Values(string value, int code, string octets)
    {
        Dhcpv4OptionRule rule = Option(value);
        Assert.Equal((code, octets), (rule.Code, Convert.ToHexStringLower(rule.Value)));
        Assert.Equal((Dhcpv4Container.None, false), (rule.Container, rule.Force));
    }

    [Theory]
    [InlineData("vendor:PXEClient,1,0.0.0.0", Dhcpv4Container.Vendor, 1, "00000000", 0)]
    [InlineData("encap:175,190,text", Dhcpv4Container.Encapsulated, 190, "74657874", 175)]
    [InlineData("vi-encap:2,10,7", Dhcpv4Container.Enterprise, 10, "07", 2)]
    public void Options_inside_others(string value, Dhcpv4Container container, int code, string octets, uint outer)
    {
        Dhcpv4OptionRule rule = Option(value);
        Assert.Equal((container, code, octets, outer), (rule.Container, rule.Code, Convert.ToHexStringLower(rule.Value), rule.Outer));
        if (container == Dhcpv4Container.Vendor) Assert.Equal("PXEClient", Encoding.ASCII.GetString(rule.Vendor));
    }

    [Theory]
    [InlineData("6,dns.example", "needs IPv4 addresses with commas between")]
    [InlineData("26,big", "needs a number")]
    [InlineData("option:nonsense,1", "has an unknown option name 'nonsense'; use the option's number")]
    [InlineData("300,1", "has an option number above 255")]
    [InlineData("tag:red", "names no option; write its number")]
    [InlineData("51,600", "is for option 51, which the server writes by itself; remove it")]
    [InlineData("119,a..b", "needs domain names")]
    [InlineData("15,\"x", "has an open quote")]
    [InlineData("vendr:x,1,2", "begins with 'vendr:x'; known are tag:, vendor:")]
    public void Wrong_values_name_the_line_and_the_cure(string value, string complaint) =>
        Assert.StartsWith($"dhcp:3: dhcp_option '{value}' {complaint}", Fault($"list dhcp_option '{value}'"), StringComparison.Ordinal);

    [Fact]
    public void A_value_that_is_too_long_is_a_fault()
    {
        Assert.Equal(255, Option("200," + new string('x', 255)).Value.Length);
        Assert.Contains("is 256 octets long; at most 255 fit", Fault($"list dhcp_option '200,{new string('x', 256)}'"), StringComparison.Ordinal);
        Assert.Contains("is 253 octets long; at most 252 fit", Fault($"list dhcp_option 'encap:1,2,{new string('x', 253)}'"), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_for_ipv6_are_not_ours() => Assert.Empty(Read("list dhcp_option 'option6:dns-server,[::1]'").Options);

    [Fact]
    public void Tags_come_from_sections_and_choose_options()
    {
        Dhcpv4NetworkConfig lan = Read("list dhcp_option 'kids,!red,6,9.9.9.9'", """
            config tag 'kids'
            	list dhcp_option '3,192.168.1.9'
            	option force '1'
            config mac
            	option networkid 'kids'
            	option mac '02:00:00:*:*:* 06:00:00:00:00:01'
            	list dhcp_option '42,1.1.1.1'
            config vendorclass
            	option networkid 'red'
            	option vendorclass 'Printer'
            config userclass
            	option networkid 'ipxe'
            	option userclass 'iPXE'
            config circuitid
            	option networkid 'port'
            	option circuitid '00:01:AB'
            config remoteid
            	option networkid 'far'
            	option remoteid 'switch-7'
            config subscrid
            	option networkid 'sub'
            	option subscriberid 'ab'
            config match
            	option networkid 'efi'
            	option match 'option:client-arch,7'
            config match
            	option networkid 'any'
            	option match '60'
            config match
            	option networkid 'hex'
            	option match '97,00:*:ff'
            """);
        Assert.Equal([3, 42, 6], lan.Options.Select(rule => (int)rule.Code));
        Assert.Equal([true, false, false], lan.Options.Select(rule => rule.Force));
        Assert.Equal(lan.Options[0].Condition.All, lan.Options[1].Condition.All);
        Assert.True(lan.Options[2].Condition.Holds(lan.Options[0].Condition.All | lan.RangeTags));
        Assert.False(lan.Options[2].Condition.Holds(lan.Options[0].Condition.All | lan.RangeTags | lan.TagRules[2].Gives));
        Assert.Equal(
            ["Mac 0 ", "Mac 0 ", "OptionContains 60 5072696e746572", "OptionContains 77 69505845", "RelayInformation 1 0001ab",
                "RelayInformation 2 7377697463682d37", "RelayInformation 6 6162", "OptionElement 93 0007", "OptionContains 60 ", "OptionPrefix 97 0000ff"],
            lan.TagRules.Select(rule => $"{rule.Source} {rule.Code} {Convert.ToHexStringLower(rule.Value)}"));
        Assert.Equal("ff00ff", Convert.ToHexStringLower(lan.TagRules[^1].Mask));
    }

    [Theory]
    [InlineData("config mac\n\toption mac '02:00:00:*:*:*'\n", "a section 'mac' needs networkid, the tag it gives")]
    [InlineData("config mac\n\toption networkid 'a'\n\toption mac '02:00'\n", "mac '02:00' is no hardware address")]
    [InlineData("config tag\n\tlist dhcp_option '3'\n", "a tag needs a name: config tag 'kids'")]
    [InlineData("config match\n\toption networkid 'a'\n\toption match 'nothing'\n", "match 'nothing' names no option")]
    [InlineData("config boot\n\toption servername 'a'\n", "a boot section needs filename")]
    public void Wrong_sections_name_the_cure(string section, string complaint) =>
        Assert.Contains(complaint, Fault("", section), StringComparison.Ordinal);

    [Fact]
    public void Boot_sections()
    {
        Dhcpv4NetworkConfig lan = Read("", """
            config dnsmasq
            	option dhcp_boot 'tag:old,pxelinux.0,tftp,192.168.1.5'
            config boot
            	option networkid 'efi'
            	option filename 'grub.efi'
            	option serveraddress '192.168.1.6'
            	option servername 'nas'
            """);
        Assert.Equal(["pxelinux.0|tftp|192.168.1.5", "grub.efi|nas|192.168.1.6"],
            lan.Boots.Select(boot => $"{Encoding.ASCII.GetString(boot.File)}|{Encoding.ASCII.GetString(boot.ServerName)}|{boot.ServerAddress}"));
        Assert.All(lan.Boots, boot => Assert.False(boot.Condition.IsEmpty));
    }

    [Fact]
    public void Settings_of_the_dnsmasq_section()
    {
        Dhcpv4NetworkConfig lan = Read("", "config dnsmasq\n\toption rapidcommit '1'\n\toption sequential_ip '1'\n\toption dhcpleasemax '77'\n\toption dhcpbogushostname '0'\n");
        Assert.Equal((true, true, 77, false), (lan.RapidCommit, lan.SequentialIp, lan.MaximumLeases, lan.RefuseBogusNames));
        Dhcpv4NetworkConfig plain = Read("", "config dnsmasq\n");
        Assert.Equal((false, false, null, true), (plain.RapidCommit, plain.SequentialIp, plain.MaximumLeases, plain.RefuseBogusNames));
    }

    [Fact]
    public void Sections_of_another_instance_are_not_ours()
    {
        Dhcpv4NetworkConfig lan = Read("", """
            config dnsmasq 'guestdns'
            	list interface 'guest'
            	option sequential_ip '1'
            config dnsmasq 'main'
            	option rapidcommit '1'
            config host
            	option instance 'guestdns'
            	option mac '02:00:00:00:00:01'
            config host
            	option instance 'main'
            	option mac '02:00:00:00:00:02'
            config mac
            	option instance 'guestdns'
            	option networkid 'x'
            	option mac '02:00:00:00:00:01'
            """);
        Assert.Equal((true, false), (lan.RapidCommit, lan.SequentialIp));
        Assert.Equal("02:00:00:00:00:02", Assert.Single(Assert.Single(lan.Hosts).Macs).ToString());
        Assert.Empty(lan.TagRules);
    }

    [Fact]
    public void Hosts_have_tags()
    {
        Dhcpv4Host host = Assert.Single(Read("", """
            config host
            	option mac '02:00:00:00:00:01'
            	option networkid 'a'
            	option tag 'b c'
            	list match_tag 'd'
            	list match_tag '!e'
            	option broadcast '1'
            """).Hosts);
        Assert.True(host.Broadcast);
        Assert.Equal(3, System.Numerics.BitOperations.PopCount(host.Gives.Low));
        Assert.Equal((1, 1), (System.Numerics.BitOperations.PopCount(host.Condition.All.Low), System.Numerics.BitOperations.PopCount(host.Condition.None.Low)));
    }

    [Fact]
    public void A_hosts_file_is_read_and_its_bad_lines_are_left_out()
    {
        using var files = new UciFiles();
        string path = Path.Combine(files.Path, "hosts-file");
        File.WriteAllText(path, "# comment\n02:00:00:00:00:01,192.168.1.40,nas,infinite\nid:01:02,set:red,ignore\n02:00:*:*:*:*,lap,45m\n?!\n");
        files["dhcp"] = $"config dhcp 'lan'\n\toption interface 'lan'\nconfig dnsmasq\n\toption dhcphostsfile '{path}'\n";
        IReadOnlyList<Dhcpv4Host> hosts = files.Lan().Dhcp.Hosts;
        Assert.Equal(["nas 192.168.1.40  False 9223372036854775807", "  0102 True ", "lap   False 2700"],
            hosts.Select(host => $"{host.Name} {host.Address} {host.ClientId} {host.Ignore} {host.LeaseSeconds}"));
        Assert.StartsWith("hosts-file:5: '?!' is not understood", Assert.Single(files.Warnings()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relayed_network_is_reached_through_one_of_ours()
    {
        using var files = new UciFiles();
        files["dwirm"] = UciFiles.Dwirm + "\nconfig network 'far'\n\toption via 'lan'\n";
        files["network"] = UciFiles.Network + "config interface 'far'\n\toption proto 'static'\n\toption ipaddr '10.9.0.1/16'\n";
        files["dhcp"] = UciFiles.Dhcp + "config dhcp 'far'\n\toption interface 'far'\n";
        Dhcpv4NetworkConfig far = Assert.Single(files.Read().RelayedNetworks);
        Assert.Equal(("far", "lan", "10.9.0.100"), (far.Name, far.RelayedVia, far.PoolStart.ToString()));
        files["dwirm"] = UciFiles.Dwirm + "\nconfig network 'far'\n\toption via 'wan'\n";
        Assert.StartsWith("dwirm:7: via 'wan' is no network served here", Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_done_is_said()
    {
        using var files = new UciFiles();
        files["dhcp"] = UciFiles.Dhcp + "config relay\n\toption local_addr '192.168.1.1'\n\toption server_addr '10.0.0.1'\n";
        Assert.Contains("the relay is not run", Assert.Single(files.Warnings()), StringComparison.Ordinal);
    }
}
