using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>
/// What /etc/config/dhcp says of a network of ours. Which networks are ours is said in /etc/config/dwirm alone: <c>ignore '1'</c> and
/// <c>dhcpv4 'disabled'</c> keep dnsmasq away from a network, and are therefore no reason for dwirm not to serve it.
/// </summary>
internal sealed class DhcpReader(UciPackage dhcp, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    private const long DefaultLeaseSeconds = 12 * 3600;

    private readonly HostReader _hosts = new(dhcp, faults, warnings);

    /// <summary>The first <c>config dnsmasq</c> that is not disabled.</summary>
    private SectionReader? Dnsmasq()
    {
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "dnsmasq") continue;
            SectionReader reader = Reader(section);
            if (!reader.Flag("disabled", false)) return reader;
        }
        return null;
    }

    internal string Domain()
    {
        if (Dnsmasq() is not { } dnsmasq) return "lan";
        string domain = dnsmasq.Text("domain", "lan");
        if (IsDomain(domain)) return domain;
        dnsmasq.Fault("domain", $"domain '{UciParser.Show(domain)}' is no DNS domain (letters, digits and '-', in labels of at most 63, with dots between)");
        return "lan";
    }

    /// <summary>The service of one network; null after a fault.</summary>
    internal Dhcpv4NetworkConfig? Read(string network, Ipv4Prefix router, ConfigFault missing)
    {
        if (PoolOf(network) is not { } pool)
        {
            faults.Add(missing);
            return null;
        }
        int before = faults.Count;
        bool dynamic = pool.Flag(pool.Section.Find("dynamicdhcpv4") is null ? "dynamicdhcp" : "dynamicdhcpv4", true);
        (Ipv4Address start, Ipv4Address end) = Dhcpv4NetworkConfig.PoolFrom(router, Offset(pool), (uint)pool.Number("limit", 0, 1 << 24, 150));
        if (dynamic && start > end && faults.Count == before)
        {
            pool.Fault("start", $"start '{pool.Text("start", "100")}' and limit '{pool.Text("limit", "150")}' leave no address in {router}");
        }
        SectionReader? dnsmasq = Dnsmasq();
        var options = new DhcpOptions(router.Address);
        if (dnsmasq is { } all) Options(all, options);
        Options(pool, options);
        List<Dhcpv4Host> hosts = _hosts.Of(network, router);
        if (faults.Count > before) return null;
        return new Dhcpv4NetworkConfig
        {
            Name = network,
            RouterPrefix = router,
            PoolStart = start,
            PoolEnd = end,
            DynamicDhcp = dynamic,
            LeaseSeconds = pool.LeaseTime("leasetime") ?? DefaultLeaseSeconds,
            Authoritative = dnsmasq?.Flag("authoritative", false) ?? false,
            Hosts = hosts,
            Routers = options.Routers,
            Dns = options.Dns,
            Ntp = options.Ntp,
        };
    }

    /// <summary>The <c>config dhcp</c> of the network that holds for every client.</summary>
    private SectionReader? PoolOf(string network)
    {
        SectionReader? found = null;
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "dhcp" || section.Get("interface") != network) continue;
            if (section.List("tag").Count > 0)
            {
                warnings.Add(new ConfigFault(dhcp.File, section.Line, $"a range of '{network}' for tagged clients is not served; its clients take addresses of the range without tags"));
            }
            else if (found is null) found = Reader(section);
            else faults.Add(new ConfigFault(dhcp.File, section.Line, $"a second range of '{network}' (the first is in line {found.Value.Section.Line}); dwirm serves one, join them"));
        }
        return found;
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

    /// <summary>Options 3, 6 and 42 as plain addresses; the others are not sent yet, and that is said.</summary>
    private void Options(SectionReader section, DhcpOptions options)
    {
        foreach (string name in (ReadOnlySpan<string>)["dhcp_option", "dhcp_option_force"])
        {
            if (section.Section.Find(name) is not { } option) continue;
            IReadOnlyList<string> values = option.IsList ? option.Values : section.Words(name);
            foreach (string value in values)
            {
                switch (options.Add(value))
                {
                    case DhcpOptions.Outcome.NotServed:
                        warnings.Add(new ConfigFault(dhcp.File, option.Line, $"{name} '{UciParser.Show(value)}' is not sent; plain values of the options 3, 6 and 42 are"));
                        break;
                    case DhcpOptions.Outcome.Wrong:
                        section.Fault(name, $"{name} '{UciParser.Show(value)}' needs IPv4 addresses with commas between, as in '6,192.168.1.1'");
                        break;
                    default:
                        break;
                }
            }
        }
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

/// <summary>The address options of a network: the router itself, unless <c>dhcp_option</c> says otherwise.</summary>
internal sealed class DhcpOptions(Ipv4Address router)
{
    internal enum Outcome { Taken, NotServed, Wrong }

    internal IReadOnlyList<Ipv4Address> Routers { get; private set; } = [router];

    internal IReadOnlyList<Ipv4Address> Dns { get; private set; } = [router];

    internal IReadOnlyList<Ipv4Address> Ntp { get; private set; } = [];

    /// <summary>One value of <c>dhcp_option</c>: CODE[,ADDRESS…]. 0.0.0.0 is the router; no address suppresses the option.</summary>
    internal Outcome Add(ReadOnlySpan<char> value)
    {
        int comma = value.IndexOf(',');
        ReadOnlySpan<char> code = (comma < 0 ? value : value[..comma]).Trim();
        if (code is not ("3" or "option:router" or "6" or "option:dns-server" or "42" or "option:ntp-server")) return Outcome.NotServed;
        var addresses = new List<Ipv4Address>();
        if (comma >= 0)
        {
            ReadOnlySpan<char> rest = value[(comma + 1)..];
            foreach (Range part in rest.Split(','))
            {
                if (!Ipv4Address.TryParse(rest[part].Trim(), out Ipv4Address address)) return Outcome.Wrong;
                addresses.Add(address.IsAny ? router : address);
            }
        }
        if (code is "3" or "option:router") Routers = addresses;
        else if (code is "6" or "option:dns-server") Dns = addresses;
        else Ntp = addresses;
        return Outcome.Taken;
    }
}
