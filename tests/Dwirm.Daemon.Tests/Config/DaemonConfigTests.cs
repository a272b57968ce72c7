using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Daemon.Tests.Config;

public class DaemonConfigTests
{
    [Fact]
    public void Defaults()
    {
        using var files = new UciFiles();
        DaemonConfig config = files.Read();
        Assert.True(config.Enabled);
        Assert.Equal(100, config.DecisionTimeMs);
        Assert.Equal((240, 241, 224, 65009), (config.MessageTypeClient, config.MessageTypeServer, config.ProfileOption, config.ProfileOption6));
        Assert.True(config.ImplicitDiscover);
        Assert.Equal(180, config.GrantMemoryDays);
        Assert.Equal(ClockTrust.Ntp, config.ClockTrust);
        Assert.Equal("127.0.0.1", config.Resolver.ToString());
        Assert.Equal(["wan", "wan6"], config.Wan);
        Assert.Equal([("wan", "eth1")], config.Uplinks);
        Assert.Equal(("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin", "home.example"), (config.ZonePosix, config.ZoneName, config.Domain));
        Assert.Empty(config.Warnings);
        NetworkSettings lan = Assert.Single(config.Networks);
        Assert.Equal(("lan", "br-lan", true, NetworkPosture.Open, DenyAction.Quarantine), (lan.Name, lan.Device, lan.IsBridge, lan.Posture, lan.DenyAction));
        Assert.Equal(("home.example", config.ZonePosix, config.ZoneName), (lan.Dhcp.Domain, lan.Dhcp.ZonePosix, lan.Dhcp.ZoneName));
    }

    [Fact]
    public void Every_option_is_read()
    {
        using var files = new UciFiles();
        files["dwirm"] = """
            config dwirm 'main'
            	option enabled 'on'
            	option decision_time_ms '250'
            	option msgtype_client '200'
            	option msgtype_server '201'
            	option profile_option '225'
            	option profile_option6 '65010'
            	option implicit_discover '0'
            	option grant_memory_days '30'
            	option clock 'trust'
            	option resolver '192.0.2.53'
            	option foreign_dns 'block'
            	list wan 'wan'
            config network 'lan'
            	option posture 'isolate'
            	option deny_action 'no-lease'
            """;
        DaemonConfig config = files.Read();
        Assert.Equal(250, config.DecisionTimeMs);
        Assert.Equal((200, 201, 225, 65010), (config.MessageTypeClient, config.MessageTypeServer, config.ProfileOption, config.ProfileOption6));
        Assert.False(config.ImplicitDiscover);
        Assert.Equal((30, ClockTrust.Trust, "192.0.2.53"), (config.GrantMemoryDays, config.ClockTrust, config.Resolver.ToString()));
        Assert.Equal(ForeignDns.Block, config.ForeignDns);
        Assert.Equal(["wan"], config.Wan);
        NetworkSettings lan = Assert.Single(config.Networks);
        Assert.Equal((NetworkPosture.Isolate, DenyAction.NoLease), (lan.Posture, lan.DenyAction));
    }

    [Fact]
    public void Only_dwirm_and_network_must_exist()
    {
        using var files = new UciFiles();
        files["dwirm"] = "";
        files.Remove("dhcp");
        files.Remove("firewall");
        files.Remove("system");
        DaemonConfig config = files.Read();
        Assert.False(config.Enabled);
        Assert.Equal(("UTC0", "UTC", "lan"), (config.ZonePosix, config.ZoneName, config.Domain));
        Assert.Empty(config.Networks);
        Assert.Contains("no outside network", Assert.Single(files.Warnings()), StringComparison.Ordinal);
        files.Remove("dwirm");
        Assert.StartsWith("dwirm: the file does not exist", Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("option decision_time_ms '5'", "dwirm:3: decision_time_ms '5' must be a number from 10 to 10000")]
    [InlineData("option msgtype_client '18'", "dwirm:3: msgtype_client '18' must be a number from 19 to 255")]
    [InlineData("option msgtype_server '256'", "dwirm:3: msgtype_server '256' must be a number from 19 to 255")]
    [InlineData("option msgtype_server '240'", "dwirm:3: msgtype_client and msgtype_server are both 240; they must differ")]
    [InlineData("option profile_option '223'", "dwirm:3: profile_option '223' must be a number from 224 to 254")]
    [InlineData("option profile_option '255'", "dwirm:3: profile_option '255' must be a number from 224 to 254")]
    [InlineData("option profile_option6 '150'", "dwirm:3: profile_option6 '150' must be a number from 151 to 65535")]
    [InlineData("option profile_option6 '65536'", "dwirm:3: profile_option6 '65536' must be a number from 151 to 65535")]
    [InlineData("option implicit_discover 'maybe'", "dwirm:3: implicit_discover 'maybe' is neither yes nor no; write '1' or '0'")]
    [InlineData("option grant_memory_days '-1'", "dwirm:3: grant_memory_days '-1' must be a number from 1 to 36500")]
    [InlineData("option clock 'sundial'", "dwirm:3: clock 'sundial' is unknown; it may be ntp or trust")]
    [InlineData("option resolver '1.2.3'", "dwirm:3: resolver '1.2.3' is no IPv4 address such as 192.168.1.1")]
    [InlineData("option foreign_dns 'no'", "dwirm:3: foreign_dns 'no' is unknown; it may be redirect or block or allow")]
    [InlineData("list clock 'ntp'", "dwirm:3: clock has one value; write option clock, not list")]
    [InlineData("option enable '1'", "dwirm:3: unknown option 'enable'; 'dwirm' knows enabled, decision_time_ms")]
    [InlineData("list wan 'wlan'", "dwirm:3: wan 'wlan' does not exist in the network configuration; add config interface 'wlan' there or correct the name")]
    [InlineData("list wan 'lan'", "dwirm:3: network 'lan' is served and outside at once")]
    public void A_wrong_option_of_main_is_named_with_its_cure(string option, string expected)
    {
        using var files = new UciFiles();
        files["dwirm"] = $"config dwirm 'main'\n\toption enabled '1'\n\t{option}\nconfig network 'lan'\n";
        Assert.StartsWith(expected, Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Lwm2m_options_are_known_and_said_to_have_no_effect()
    {
        using var files = new UciFiles();
        files["dwirm"] = "config network 'lan'\n\toption lwm2m_uri 'coaps://x'\n\toption lwm2m_certificate ''\n";
        Assert.StartsWith("dwirm:2: lwm2m_uri has no effect", Assert.Single(files.Warnings()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config network 'lan'\n\toption posture 'closed'\n", "dwirm:3: posture 'closed' is unknown; it may be open or quarantine or isolate")]
    [InlineData("config network 'lan'\n\toption deny_action 'drop'\n", "dwirm:3: deny_action 'drop' is unknown; it may be quarantine or no-lease")]
    [InlineData("config network 'lan'\n\toption lwm2m_url 'coap://x'\n", "dwirm:3: unknown option 'lwm2m_url'; 'network' knows posture, deny_action")]
    [InlineData("config network 'guest'\n", "dwirm:2: interface 'guest' does not exist in the network configuration")]
    [InlineData("config network\n", "dwirm:2: a network needs the name of its logical interface, of at most 32 characters")]
    [InlineData("config network 'wan'\n", "network:14: interface 'wan' is not static")]
    [InlineData("config networks 'lan'\n", "dwirm:2: unknown section type 'networks'; known are dwirm and network")]
    [InlineData("config dwirm 'other'\nconfig network 'lan'\n", "dwirm:2: a second section 'dwirm' (the first is in line 1)")]
    [InlineData("", "dwirm: enabled, but no network to serve; add config network 'lan'")]
    public void A_wrong_section_is_named_with_its_cure(string text, string expected)
    {
        using var files = new UciFiles();
        files["dwirm"] = "config dwirm 'main' # enabled below\n" + text + "\nconfig dwirm 'main'\n\toption enabled '1'\n";
        Assert.StartsWith(expected, Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_of_all_files_are_found_at_once()
    {
        using var files = new UciFiles();
        files["dwirm"] = "config dwirm 'main'\n\toption clock 'x'\n\toption resolver 'y'\nconfig network 'lan'\n\toption posture 'z'\n";
        Assert.Equal(3, files.Faults().Count);
        files["dhcp"] = "config dhcp 'lan'\n\toption start 'oops\n";
        files["system"] = "option x y\n";
        List<string> faults = files.Faults();
        Assert.Equal(["dhcp:2: the quote ' is never closed", "system:1: an option before the first section; put a config line above it"], faults);
    }

    [Theory]
    [InlineData("option ipaddr '10.0.0.1/16'", "10.0.0.1/16")]
    [InlineData("list ipaddr '10.0.0.1/16'\n\tlist ipaddr '10.9.0.1/16'", "10.0.0.1/16")]
    [InlineData("option ipaddr '10.0.0.1'\n\toption netmask '255.255.252.0'", "10.0.0.1/22")]
    [InlineData("option ipaddr '10.0.0.1'\n\toption netmask '20'", "10.0.0.1/20")]
    public void Static_addresses(string lines, string expected)
    {
        using var files = new UciFiles();
        files["network"] = $"config interface 'lan'\n\toption device 'eth0.1'\n\toption proto 'static'\n\t{lines}\n";
        NetworkSettings lan = files.Lan();
        Assert.Equal(expected, lan.Dhcp.RouterPrefix.ToString());
        Assert.Equal(("eth0.1", false), (lan.Device, lan.IsBridge));
    }

    [Theory]
    [InlineData("option proto 'static'", "network:1: interface 'lan' has no IPv4 address; add option ipaddr '192.168.1.1/24'")]
    [InlineData("option proto 'static'\n\toption ipaddr '10.0.0.1'", "network:4: interface 'lan' needs a netmask; write '10.0.0.1/24'")]
    [InlineData("option proto 'static'\n\toption ipaddr '10.0.0.1'\n\toption netmask '255.0.255.0'", "network:5: interface 'lan' needs a netmask")]
    [InlineData("option proto 'static'\n\toption ipaddr '10.0.0.300/24'", "network:4: '10.0.0.300/24' is no address of a network")]
    [InlineData("option proto 'static'\n\toption ipaddr '10.0.0.1/32'", "network:4: '10.0.0.1/32' is no address of a network")]
    [InlineData("option proto 'dhcp'", "network:3: interface 'lan' is not static")]
    [InlineData("option ipaddr '10.0.0.1/24'", "network:1: interface 'lan' is not static")]
    public void An_interface_that_cannot_be_served_is_named_with_its_cure(string lines, string expected)
    {
        using var files = new UciFiles();
        files["network"] = $"config interface 'lan'\n\toption device 'eth0'\n\t{lines}\n";
        Assert.StartsWith(expected, Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("option type 'bridge'\n\toption ifname 'eth0 eth1'", "br-lan", true)]
    [InlineData("option ifname 'eth0'", "eth0", false)]
    [InlineData("option device '@other'", "eth7", false)]
    public void Devices(string lines, string device, bool isBridge)
    {
        using var files = new UciFiles();
        files["network"] = $"config interface 'lan'\n\toption proto 'static'\n\toption ipaddr '10.0.0.1/24'\n\t{lines}\nconfig interface 'other'\n\toption device 'eth7'\n";
        Assert.Equal((device, isBridge), (files.Lan().Device, files.Lan().IsBridge));
    }

    [Theory]
    [InlineData("", "has no device; add option device")]
    [InlineData("option device 'eth0 eth1'", "has several devices; put them into a bridge")]
    [InlineData("option device 'a-very-long-name0'", "is no name of a network device")]
    [InlineData("option device '../etc'", "is no name of a network device")]
    [InlineData("option device '@lan'", "stands on itself")]
    [InlineData("option device '@nowhere'", "interface 'nowhere' does not exist")]
    public void A_wrong_device_is_a_fault(string line, string expected)
    {
        using var files = new UciFiles();
        files["network"] = $"config interface 'lan'\n\toption proto 'static'\n\toption ipaddr '10.0.0.1/24'\n\t{line}\n";
        Assert.Contains(expected, Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_has_the_device_that_netifd_makes()
    {
        using var files = new UciFiles();
        files["network"] = UciFiles.Network.Replace("option proto 'dhcp'\n", "option proto 'pppoe'\n", StringComparison.Ordinal);
        Assert.Equal([("wan", "pppoe-wan")], files.Read().Uplinks);
    }

    [Fact]
    public void A_vlan_of_a_bridge_is_warned_of()
    {
        using var files = new UciFiles();
        files["network"] = UciFiles.Network.Replace("option device 'br-lan'", "option device 'br-lan.1'", StringComparison.Ordinal);
        Assert.StartsWith("network:7: 'br-lan.1' is a VLAN of the bridge 'br-lan'", Assert.Single(files.Warnings()), StringComparison.Ordinal);
        Assert.False(files.Lan().IsBridge);
    }

    [Fact]
    public void Networks_that_overlap_or_share_a_device_are_a_fault()
    {
        using var files = new UciFiles();
        files["dwirm"] = UciFiles.Dwirm + "config network 'lan2'\n";
        files["dhcp"] = UciFiles.Dhcp + "config dhcp\n\toption interface 'lan2'\n";
        files["network"] = UciFiles.Network + "config interface 'lan2'\n\toption device 'eth9'\n\toption proto 'static'\n\toption ipaddr '192.168.0.1/16'\n";
        Assert.Contains("'lan2' (192.168.0.1/16) and 'lan' (192.168.1.1/24) overlap", Assert.Single(files.Faults()), StringComparison.Ordinal);
        files["network"] = UciFiles.Network + "config interface 'lan2'\n\toption device 'br-lan'\n\toption proto 'static'\n\toption ipaddr '10.0.0.1/24'\n";
        Assert.Contains("are both on br-lan", Assert.Single(files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_masquerading_zone_of_a_served_network_does_not_make_it_outside()
    {
        using var files = new UciFiles();
        files["firewall"] = UciFiles.Firewall.Replace("list network 'lan'", "list network 'lan'\n\toption masq '1'", StringComparison.Ordinal);
        Assert.Equal(["wan", "wan6"], files.Read().Wan);
        files["firewall"] = UciFiles.Firewall + "\toption enabled '0'\n";
        Assert.Empty(files.Read().Wan);
    }

    [Theory]
    [InlineData("UTC", "UTC0")]
    [InlineData("GMT", "GMT0")]
    [InlineData("<+0330>-3:30", "<+0330>-3:30")]
    public void Zone(string timezone, string expected)
    {
        using var files = new UciFiles();
        files["system"] = $"config system\n\toption timezone '{timezone}'\n\toption zonename 'America/New York'\n";
        Assert.Equal((expected, "America/New_York"), (files.Read().ZonePosix, files.Read().ZoneName));
        foreach (string wrong in (string[])["a b", "Europe/Berlin"])
        {
            files["system"] = $"config system\n\toption timezone '{wrong}'\n";
            Assert.StartsWith("system:2: timezone must be a POSIX TZ string", Assert.Single(files.Faults()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Random_bytes_are_a_fault_or_a_configuration_and_never_an_exception()
    {
        using var files = new UciFiles();
        var random = new Random(7);
        string[] parts = ["config ", "network ", "dwirm ", "'lan'", "option ", "list ", "wan ", "enabled ", "posture ", "'1'", "\n", "\t", "'", "\"", "\\", ";", "é", "\u0001"];
        for (int i = 0; i < 300; i++)
        {
            var text = new StringBuilder();
            for (int n = random.Next(40); n > 0; n--) text.Append(parts[random.Next(parts.Length)]);
            files["dwirm"] = text.ToString();
            var faults = new List<ConfigFault>();
            DaemonConfig? config = DaemonConfig.Read(files.Path, faults);
            Assert.Equal(config is null, faults.Count > 0);
        }
    }

    [Theory]
    [InlineData("", FlowOffload.Off)]
    [InlineData("config defaults\n\toption flow_offloading '1'\n", FlowOffload.Software)]
    [InlineData("config defaults\n\toption flow_offloading '1'\n\toption flow_offloading_hw '1'\n", FlowOffload.Hardware)]
    [InlineData("config defaults\n\toption flow_offloading_hw '1'\n", FlowOffload.Off)] // fw4 wants both
    [InlineData("config zone\n\toption flow_offloading '1'\n", FlowOffload.Off)]
    public void Flow_offload_is_what_the_firewall_makes_of_its_options(string defaults, FlowOffload expected)
    {
        using var files = new UciFiles();
        files["firewall"] = UciFiles.Firewall + "\n" + defaults;
        DaemonConfig config = files.Read();
        Assert.Equal(expected, config.Offload);
        Assert.False(config.AllowOffloadOff);
        files["dwirm"] = UciFiles.Dwirm.Replace("config dwirm 'main'\n", "config dwirm 'main'\n\toption allow_offload_off '1'\n", StringComparison.Ordinal);
        Assert.True(files.Read().AllowOffloadOff);
    }
}
