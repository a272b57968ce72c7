using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Config;

public class PolicyYamlTests
{
    private const string Complete =
        """
        version: 1
        decision: deny
        defaults: { rate: 64Kbps, schedule: 08:00-19:59L, endpoints: ["https://update.example.com"] }
        reservedExternalPorts: "1-1023,8443"
        rules:
          - name: everything at once
            match: { description: "*Camera*", category: "Video ?tream", direction: consume, hints: RTSP, mac: "02:00:00", network: "l*",
                     vendorClass: "acme*", authenticated: true, externalPorts: "8000-8999", source: mud }
            decision: accept
            amend: { portForward: allow, maxRate: 4Mbps, schedule: "01:00-05:59L", ports: "80,443", endpoints: ["*.example.com", 192.0.2.1] }
          - name: the rest
            match: {}
            decision: ask
        """;

    [Fact]
    public void Every_key_is_read()
    {
        SitePolicy policy = Good(Complete);
        Assert.Equal(PolicyDecision.Deny, policy.Decision);
        Assert.Equal("64Kbps", policy.Defaults.Rate.ToString());
        Assert.Equal("08:00-19:59L", policy.Defaults.Schedule.ToString());
        Assert.Equal("update.example.com:443", Assert.Single(policy.Defaults.Endpoints).ToString());
        Assert.Equal("1-1023,8443", policy.ReservedExternalPorts.ToString());
        RuleMatch match = policy.Rules[0].Match;
        Assert.Equal(("*Camera*", "Video ?tream", "RTSP", "l*", "acme*"), (match.Description, match.Category, match.Hints, match.Network, match.VendorClass));
        Assert.Equal((ServiceDirection.Consume, true, RequestSource.Mud), (match.Direction, match.Authenticated, match.Source));
        Assert.Equal(new MacPrefix(0x020000, 3), match.Mac);
        Assert.Equal("8000-8999", match.ExternalPorts!.ToString());
        RuleAmendment amend = policy.Rules[0].Amend;
        Assert.Equal((ForwardPolicy.Allow, 4_000_000, "01:00-05:59L", "80,443"), (amend.PortForward, amend.MaxRate.BitsPerSecond, amend.Schedule!.ToString(), amend.Ports!.ToString()));
        Assert.Equal(["*.example.com", "192.0.2.1"], amend.Endpoints);
        Assert.Equal(new RuleMatch(), policy.Rules[1].Match);
        Assert.Equal(new RuleAmendment(), policy.Rules[1].Amend);
    }

    [Fact]
    public void Reach_outside_ports_and_zones_are_read()
    {
        SitePolicy policy = Good("""
            version: 1
            zones: { IST: "+05:30", NST: "-03:30" }
            defaults: { reach: house, schedule: "08:00-19:59IST" }
            rules:
              - { name: a, match: {}, decision: accept, reach: network, amend: { portForward: allow, externalPorts: "8000-8099" } }
              - { name: b, match: { source: assigned }, decision: ask }
            """);
        Assert.Equal((ServiceReach.House, 330), (policy.Defaults.Reach, policy.Defaults.Schedule.OffsetMinutes));
        Assert.Equal((ServiceReach.Network, "8000-8099"), (policy.Rules[0].Reach, policy.Rules[0].Amend.ExternalPorts!.ToString()));
        Assert.Equal((null, RequestSource.Assigned), (policy.Rules[1].Reach, policy.Rules[1].Match.Source));
        Assert.True(policy.Zones.TryGet("NST", out int minutes, out _));
        Assert.Equal(-210, minutes);
    }

    [Theory]
    [InlineData("zones: { IST: \"5:30\" }", "policy.yaml:2: IST needs an offset such as \"+05:30\", not '5:30'")]
    [InlineData("zones: { IST: \"+24:00\" }", "policy.yaml:2: IST needs an offset such as \"+05:30\", not '+24:00'")]
    [InlineData("zones: { India: \"+05:30\" }", "policy.yaml:2: 'India' is no zone code of three capital letters")]
    [InlineData("zones: [IST]", "policy.yaml:2: zones must be codes with their offsets, such as { IST: \"+05:30\" }, not a list")]
    [InlineData("defaults: { reach: world }", "policy.yaml:2: reach must be network | house, not 'world'")]
    [InlineData("rules: [{ name: a, match: {}, decision: deny, reach: house }]", "policy.yaml:2: a rule that denies lets nobody reach anything; remove reach")]
    public void Faults_of_reach_and_zones_have_their_line(string line, string fault)
    {
        var faults = new List<ConfigFault>();
        Assert.Null(PolicyYaml.Parse("policy.yaml", Encoding.UTF8.GetBytes($"version: 1\n{line}\n"), faults));
        Assert.Equal(fault, Assert.Single(faults).ToString());
    }

    [Theory]
    [InlineData("version: 1")]
    [InlineData("version: 1\nrules: []\n")]
    public void What_is_left_out_is_least_privilege(string yaml)
    {
        SitePolicy policy = Good(yaml);
        Assert.Equal(PolicyDecision.Ask, policy.Decision);
        Assert.Equal("1Mbps", policy.Defaults.Rate.ToString());
        Assert.Empty(policy.Defaults.Endpoints);
        Assert.Equal("1-1023", policy.ReservedExternalPorts.ToString());
        Assert.Empty(policy.Rules);
    }

    public static TheoryData<int, string, string, string> Faults => new()
    {
        { 1, "version: 1", "version: 2", "version must be 1, not '2'" },
        { 2, "decision: deny", "decision: maybe", "decision must be ask | accept | deny, not 'maybe'" },
        { 2, "decision: deny", "decision: [deny]", "decision must be ask | accept | deny, not a list" },
        { 2, "decision: deny", "decison: deny", "unknown key 'decison' in a policy; known here are version, zones, decision, defaults, reservedExternalPorts, rules" },
        { 2, "decision: deny", "version: 1", "the key 'version' stands here twice" },
        { 3, "rate: 64Kbps", "rate: fast", "rate must be a rate such as 2Mbps" },
        { 3, "rate: 64Kbps", "rate: 0", "the rate is less than one bit per second" },
        { 3, "08:00-19:59L", "08:00-19:59IST", "use GMT or L" },
        { 3, "08:00-19:59L", "always", "schedule must be All Day or a window such as 01:00-05:59L" },
        { 3, "https://update.example.com", "*.example.com", "'*.example.com' is no endpoint such as https://update.example.com: wildcards" },
        { 3, "[\"https://update.example.com\"]", "{ a: b }", "endpoints must be a list such as [a, b], not keys and values" },
        { 4, "1-1023,8443", "1-1023,0", "reservedExternalPorts must be ports such as \"80,8000-8010\", not '1-1023,0': a port is not between 1 and 65535" },
        { 6, "name: everything at once", "naem: everything at once", "a rule needs a name" },
        { 6, "name: everything at once", "name: [a]", "name must be a text such as" },
        { 7, "direction: consume", "direction: both", "direction must be provide | consume, not 'both'" },
        { 7, "mac: \"02:00:00\"", "mac: \"02:00:0\"", "mac must be the first one to six octets of an address" },
        { 7, "mac: \"02:00:00\"", "max: \"02:00:00\"", "unknown key 'max' in match; known here are description, category" },
        { 8, "authenticated: true", "authenticated: yes", "authenticated must be true or false, not 'yes'" },
        { 8, "externalPorts: \"8000-8999\"", "externalPorts: 9-8", "a range has its higher port first" },
        { 8, "source: mud", "source: manual", "source must be dwirm | mud | assigned, not 'manual'" },
        { 10, "portForward: allow", "portForward: always", "portForward must be ask | none | allow, not 'always'" },
        { 10, "maxRate: 4Mbps", "maxRate: { a: 1 }", "maxRate must be a rate such as 2Mbps, 15Kbps or Line, not keys and values" },
        { 10, "maxRate: 4Mbps", "rate: 4Mbps", "unknown key 'rate' in amend; known here are portForward, externalPorts, maxRate, schedule, ports, endpoints" },
        { 10, "*.example.com", "https://a.example", "'https://a.example' must be a host or a pattern of hosts" },
        { 9, "decision: accept", "decision:", "decision must be ask | accept | deny, not nothing" },
        { 10, "decision: accept", "decision: deny", "a rule that denies has nothing to amend" },
        { 11, "name: the rest", "name: Everything At Once", "stands on line 6 already; give each rule its own" },
        { 12, "match: {}", "match: all", "match must be keys and values, not 'all'" },
        { 11, "    match: {}\n", "", "a rule needs a match; write match: {}" },
        { 11, "    decision: ask", "", "a rule needs a decision: accept | ask | deny" },
        { 2, "decision: deny", "decision: &a deny", "an anchor (&name) is not supported" },
        { 2, "decision: deny", "decision: *a", "" },
        { 2, "decision: deny", "decision: !!str deny", "a tag (!name) is not supported" },
        { 2, "decision: deny", "decision: \"deny", "is not YAML" },
        { 14, "decision: ask", "decision: ask\n---\nversion: 1", "a second document starts here" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_names_its_line_and_its_cure(int line, string from, string to, string message)
    {
        Assert.Contains(from, Complete);
        var faults = new List<ConfigFault>();
        Assert.Null(PolicyYaml.Parse("policy.yaml", Encoding.UTF8.GetBytes(Complete.Replace(from, to)), faults));
        ConfigFault fault = Assert.Single(faults, one => one.Message.Contains(message));
        Assert.Equal("policy.yaml", fault.File);
        if (message is not ("is not YAML" or "")) Assert.Equal(line, fault.Line);
    }

    [Fact]
    public void Every_fault_of_a_file_is_reported_at_once()
    {
        var faults = new List<ConfigFault>();
        string yaml = Complete.Replace("deny", "maybe").Replace("64Kbps", "fast").Replace("source: mud", "source: x").Replace("the rest", "everything at once");
        Assert.Null(PolicyYaml.Parse("p", Encoding.UTF8.GetBytes(yaml), faults));
        Assert.Equal([2, 3, 8, 11], faults.Select(fault => fault.Line).Order());
    }

    [Fact]
    public void What_is_no_text_file_is_a_fault_and_no_crash()
    {
        Assert.Contains("version is missing", One(""u8.ToArray()).Message);
        Assert.Contains("must be keys and values", One("- a\n- b\n"u8.ToArray()).Message);
        ConfigFault bytes = One([.. "version: 1\n"u8, 0xc3, 0x28]);
        Assert.Equal((2, "is not UTF-8; save the file in that encoding"), (bytes.Line, bytes.Message));
        Assert.Contains("larger than 256 KiB", One(new byte[YamlFile.MaxOctets + 1]).Message);
        Assert.Contains("nested too deeply", One(Encoding.UTF8.GetBytes(new string('[', 5000))).Message);
        Assert.Equal("cannot be read: No such file or directory", Missing().Message);

        static ConfigFault One(byte[] yaml)
        {
            var faults = new List<ConfigFault>();
            Assert.Null(PolicyYaml.Parse("p", yaml, faults));
            return faults[0];
        }

        static ConfigFault Missing()
        {
            var faults = new List<ConfigFault>();
            Assert.Null(PolicyYaml.Read(Path.Combine(Path.GetTempPath(), "dwirm-no-such-file.yaml"), faults));
            return Assert.Single(faults);
        }
    }

    [Fact]
    public void What_broke_the_scanner_of_the_library_is_a_fault()
    {
        // An unbalanced flow mapping and then a plain scalar: the library throws an exception that is not its own kind.
        const string yaml = "version: 1\ncategories:\n  - name: Radio\n    description: Sound\n    defaults:s: { h: {}\n  decision: |-\n    ask\n"
            + "ports: \"8000-8010\", fixedPorts: true, rate: 128Kbps, schedule; All Day, hints: \"HTTP, RTP\", endpoi-8010,, fixedPorts: true\n";
        var faults = new List<ConfigFault>();
        Assert.Null(PolicyYaml.Parse("p", Encoding.UTF8.GetBytes(yaml), faults));
        Assert.Contains("is not YAML", Assert.Single(faults).Message);
        Assert.InRange(faults[0].Line, 1, 9);
    }

    [Fact]
    public void A_message_is_one_line_without_control_characters()
    {
        var faults = new List<ConfigFault>();
        Assert.Null(PolicyYaml.Parse("p", Encoding.UTF8.GetBytes("version: \"1\\n\\e[31m" + new string('x', 1000) + "\""), faults));
        Assert.StartsWith("version must be 1, not '1 [31mxxx", faults[0].Message);
        Assert.Equal(401, faults[0].Message.Length);
    }

    [Theory]
    [InlineData("02", 0x02UL, 1)]
    [InlineData("02:aB-", 0x02abUL, 2)]
    [InlineData("02-00-00-00-00-01", 0x020000000001UL, 6)]
    public void Prefixes_of_hardware_addresses(string text, ulong value, int octets)
    {
        Assert.True(MacPrefix.TryParse(text, out MacPrefix prefix));
        Assert.Equal(new MacPrefix(value, octets), prefix);
        Assert.True(prefix.Matches(new MacAddress(value << (8 * (6 - octets)))));
        Assert.False(prefix.Matches(new MacAddress((value ^ 1) << (8 * (6 - octets)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("2")]
    [InlineData("02:0")]
    [InlineData("0200")]
    [InlineData("0g")]
    [InlineData("02:00:00:00:00:01:02")]
    public void What_is_no_prefix(string text) => Assert.False(MacPrefix.TryParse(text, out _));

    private static SitePolicy Good(string yaml)
    {
        var faults = new List<ConfigFault>();
        SitePolicy? policy = PolicyYaml.Parse("policy.yaml", Encoding.UTF8.GetBytes(yaml), faults);
        Assert.Empty(faults);
        return policy!;
    }
}
