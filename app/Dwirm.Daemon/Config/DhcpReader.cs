using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Dhcp.Options;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Config;

/// <summary>
/// What /etc/config/dhcp says of a network of ours. Which networks are ours is said in /etc/config/dwirm alone: <c>ignore '1'</c> and
/// <c>dhcpv4 'disabled'</c> keep dnsmasq away from a network, and are therefore no reason for dwirm not to serve it.
/// </summary>
internal sealed class DhcpReader(UciPackage dhcp, Func<string, byte[]?> readFile, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    private const long DefaultLeaseSeconds = 12 * 3600;

    private readonly TagNames _tags = new();
    private readonly HostReader _hosts = new(dhcp, readFile, faults, warnings);

    /// <summary>True when a section is for the instance: the name of a <c>config dnsmasq</c>.</summary>
    internal static bool IsFor(UciSection section, string? instance) => section.Get("instance") is not { } own || own == instance;

    /// <summary>The first <c>config dnsmasq</c> that is not disabled and, where a network is given, serves it.</summary>
    private SectionReader? Dnsmasq(string? network = null)
    {
        SectionReader? first = null;
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "dnsmasq") continue;
            SectionReader reader = Reader(section);
            if (reader.Flag("disabled", false)) continue;
            first ??= reader;
            if (network is null || Serves(reader, network)) return reader;
        }
        return first;
    }

    private static bool Serves(SectionReader dnsmasq, string network)
    {
        List<string> only = dnsmasq.Words("interface");
        return (only.Count == 0 || only.Contains(network)) && !dnsmasq.Words("notinterface").Contains(network);
    }

    /// <summary><c>logdhcp</c>, unless <c>quietdhcp</c> says otherwise.</summary>
    internal bool LogsDhcp(string network) =>
        Dnsmasq(network) is { } dnsmasq && dnsmasq.Flag("logdhcp", false) && !dnsmasq.Flag("quietdhcp", false);

    internal string Domain()
    {
        if (Dnsmasq() is not { } dnsmasq) return "lan";
        string domain = dnsmasq.Text("domain", "lan");
        if (IsDomain(domain)) return domain;
        dnsmasq.Fault("domain", $"domain '{UciParser.Show(domain)}' is no DNS domain (letters, digits and '-', in labels of at most 63, with dots between)");
        return "lan";
    }

    /// <summary>The service of one network; null after a fault.</summary>
    internal Dhcpv4NetworkConfig? Read(string network, string device, Ipv4Prefix router, ConfigFault missing)
    {
        SectionReader? dnsmasq = Dnsmasq(network);
        string? instance = dnsmasq?.Section.Name;
        List<SectionReader> pools = PoolsOf(network, instance);
        if (pools.Count == 0)
        {
            faults.Add(missing);
            return null;
        }
        int before = faults.Count;
        var ranges = new List<Dhcpv4Range>();
        foreach (SectionReader pool in pools) ranges.Add(RangeOf(pool, router));
        var parser = new OptionParser(_tags, router.Address);
        var sections = new TagReader(dhcp, _tags, faults, warnings);
        List<Dhcpv4OptionRule> options = OptionsOf(dnsmasq, instance, pools, sections, parser);
        TagSet given = ranges[0].Gives;
        bool bogus = dnsmasq?.Flag("dhcpbogushostname", true) ?? true;
        var config = new Dhcpv4NetworkConfig
        {
            Name = network,
            RouterPrefix = router,
            PoolStart = ranges[0].Start,
            PoolEnd = ranges[0].End,
            DynamicDhcp = ranges[0].Dynamic,
            LeaseSeconds = ranges[0].LeaseSeconds,
            RangeCondition = ranges[0].Condition,
            RangeTags = given,
            MoreRanges = ranges.GetRange(1, ranges.Count - 1),
            Authoritative = dnsmasq?.Flag("authoritative", false) ?? false,
            RapidCommit = dnsmasq?.Flag("rapidcommit", false) ?? false,
            SequentialIp = dnsmasq?.Flag("sequential_ip", false) ?? false,
            MaximumLeases = dnsmasq?.Section.Get("dhcpleasemax") is null ? null : dnsmasq.Value.Number("dhcpleasemax", 1, 1_000_000, 1000),
            Probe = !(dnsmasq?.Flag("noping", false) ?? false),
            RefuseBogusNames = bogus,
            Hosts = _hosts.Of(network, router, dnsmasq, _tags),
            Options = options,
            TagRules = sections.Rules(instance),
            Boots = sections.Boots(dnsmasq, instance),
            Tags = _tags.Of(device),
            KnownTag = _tags.Of("known"),
            BootpTag = _tags.Of("bootp"),
            Routers = Effective(options, Dhcpv4OptionCode.Router, given, [router.Address]),
            Dns = Effective(options, Dhcpv4OptionCode.DnsServer, given, [router.Address]),
            Ntp = Effective(options, Dhcpv4OptionCode.NtpServer, given, []),
        };
        if (_tags.Overflow > 0) pools[0].Fault("", $"more than {TagSet.Capacity} different tags are used; remove those that are not needed");
        WarnOfLeftOut(dnsmasq);
        return faults.Count > before ? null : config;
    }

    /// <summary>One <c>config dhcp</c> as a range.</summary>
    private Dhcpv4Range RangeOf(SectionReader pool, Ipv4Prefix router)
    {
        int before = faults.Count;
        bool dynamic = pool.Flag(pool.Section.Find("dynamicdhcpv4") is null ? "dynamicdhcp" : "dynamicdhcpv4", true);
        (Ipv4Address start, Ipv4Address end) = Dhcpv4NetworkConfig.PoolFrom(router, Offset(pool), (uint)pool.Number("limit", 0, 1 << 24, 150));
        if (dynamic && start > end && faults.Count == before)
        {
            pool.Fault("start", $"start '{pool.Text("start", "100")}' and limit '{pool.Text("limit", "150")}' leave no address in {router}");
        }
        if (pool.Section.Get("options") is not null)
            Warn(pool, "options", "options has no effect: dnsmasq's own words for a range are not understood; use list dhcp_option");
        return new Dhcpv4Range(start, end)
        {
            Condition = _tags.All(pool.Words("tag")),
            Gives = _tags.Of(NetworkId(pool)),
            LeaseSeconds = pool.LeaseTime("leasetime") ?? DefaultLeaseSeconds,
            Dynamic = dynamic,
        };
    }

    private static string NetworkId(SectionReader pool) => pool.Text("networkid", pool.Text("interface", ""));

    /// <summary>Every option in dnsmasq's order: for all, under the tags, of the ranges.</summary>
    private List<Dhcpv4OptionRule> OptionsOf(
        SectionReader? dnsmasq, string? instance, List<SectionReader> pools, TagReader sections, OptionParser parser)
    {
        var options = new List<Dhcpv4OptionRule>();
        if (dnsmasq is { } all)
        {
            sections.Append(all, "dhcp_option", default, false, parser, options);
            sections.Append(all, "dhcp_option_force", default, true, parser, options);
        }
        sections.Options(instance, parser, options);
        foreach (SectionReader pool in pools)
        {
            TagCondition condition = _tags.And(default, NetworkId(pool));
            sections.Append(pool, "dhcp_option", condition, false, parser, options);
            sections.Append(pool, "dhcp_option_force", condition, true, parser, options);
        }
        return options;
    }

    /// <summary>The addresses of an option that a client without tags of its own gets: the daemon keeps them from being given to anybody.</summary>
    private static IReadOnlyList<Ipv4Address> Effective(
        List<Dhcpv4OptionRule> options, byte code, TagSet given, IReadOnlyList<Ipv4Address> otherwise)
    {
        Dhcpv4OptionRule? plain = null, tagged = null;
        foreach (Dhcpv4OptionRule rule in options)
        {
            if (rule.Code != code || rule.Container != Dhcpv4Container.None) continue;
            if (rule.Condition.IsEmpty) plain = rule;
            else if (rule.Condition.Holds(given)) tagged = rule;
        }
        if ((tagged ?? plain) is not { } counts) return otherwise;
        var addresses = new List<Ipv4Address>();
        for (int i = 0; i + Ipv4Address.Size <= counts.Value.Length; i += Ipv4Address.Size) addresses.Add(Ipv4Address.Read(counts.Value.AsSpan(i)));
        return addresses;
    }

    /// <summary>What dnsmasq would do for DHCPv4 and this program does not.</summary>
    private void WarnOfLeftOut(SectionReader? dnsmasq)
    {
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type == "relay")
                Warn(Reader(section), "", "the relay is not run: dwirm does not relay to another server; keep dnsmasq or another relay for it");
        }
        if (dnsmasq?.Section.Find("pxe_service") is not null)
            Warn(dnsmasq.Value, "pxe_service", "pxe_service has no effect: boot menus are not offered; use config boot");
    }

    private void Warn(SectionReader reader, string option, string message) =>
        warnings.Add(new ConfigFault(dhcp.File, reader.Section.LineOf(option), message));

    /// <summary>The <c>config dhcp</c> sections of the network, those for all clients after those for some.</summary>
    private List<SectionReader> PoolsOf(string network, string? instance)
    {
        var tagged = new List<SectionReader>();
        var plain = new List<SectionReader>();
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "dhcp" || section.Get("interface") != network || !IsFor(section, instance)) continue;
            (section.List("tag").Count > 0 ? tagged : plain).Add(Reader(section));
        }
        tagged.AddRange(plain);
        return tagged;
    }

    /// <summary><c>start</c>: a number, or dotted (<c>1.10</c> is 266).</summary>
    private static uint Offset(SectionReader pool)
    {
        string text = pool.Text("start", "100");
        uint value = 0;
        int parts = 0;
        bool dotted = text.Contains('.');
        foreach (Range part in text.AsSpan().Split('.'))
        {
            bool fits = SectionReader.TryNumber(text.AsSpan()[part], out uint number) && (!dotted || number <= 255) && ++parts <= 4;
            if (!fits)
            {
                pool.Fault("start", $"start '{UciParser.Show(text)}' must be a number, or dotted as in '1.10'");
                return 100;
            }
            value = (value << 8) | number;
        }
        return value;
    }

    private SectionReader Reader(UciSection section) => new(dhcp.File, section, faults);

    internal static bool IsDomain(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 253) return false;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> label = text[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
            }
        }
        return true;
    }
}
