using System;
using System.Collections.Generic;
using System.IO;
using Dwirm.Dhcp;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>Reads the five packages and joins them; see <see cref="DaemonConfig"/>.</summary>
internal sealed class ConfigReader(string uciDir, Func<string, byte[]?> readFile, List<ConfigFault> faults)
{
    private static readonly string[] MainOptions =
    [
        "enabled", "decision_time_ms", "msgtype_client", "msgtype_server", "profile_option", "profile_option6",
        "implicit_discover", "grant_memory_days", "forcerenew", "clock", "resolver", "foreign_dns",
        "allow_offload_off",
    ];

    private const int LongestName = 32;

    // Part of the configuration's contract; a file that has them is read, and its owner told.
    private static readonly string[] Lwm2mOptions = ["lwm2m_uri", "lwm2m_certificate", "lwm2m_v4_field_width", "lwm2m_cert_format"];
    private readonly List<ConfigFault> _warnings = [];

    internal DaemonConfig? Read()
    {
        int before = faults.Count;
        UciPackage? dwirm = Load("dwirm", required: true);
        UciPackage? network = Load("network", required: true);
        UciPackage? dhcp = Load("dhcp", required: false);
        UciPackage? firewall = Load("firewall", required: false);
        UciPackage? system = Load("system", required: false);
        if (dwirm is null || network is null || dhcp is null || firewall is null || system is null) return null;

        SectionReader main = Sections(dwirm);
        var interfaces = new InterfaceReader(network, faults, _warnings);
        (string zonePosix, string zoneName) = Zone(system);
        List<(string Name, int Line)> wan = Wan(dwirm, main, firewall);
        var dhcpReader = new DhcpReader(dhcp, readFile, faults, _warnings);
        string domain = dhcpReader.Domain();
        List<NetworkSettings> networks = Networks(dwirm, interfaces, dhcpReader, dhcp.File);
        List<Dhcpv4NetworkConfig> relayed = Relayed(dwirm, interfaces, dhcpReader, networks, dhcp.File);
        for (int i = 0; i < relayed.Count; i++) relayed[i] = relayed[i] with { Domain = domain, ZonePosix = zonePosix, ZoneName = zoneName };
        for (int i = 0; i < networks.Count; i++)
        {
            networks[i] = networks[i] with { Dhcp = networks[i].Dhcp with { Domain = domain, ZonePosix = zonePosix, ZoneName = zoneName } };
        }
        DaemonConfig config = Main(main) with
        {
            Uplinks = Uplinks(dwirm.File, wan, interfaces, networks),
            Wan = wan.FindAll(entry => !networks.Exists(network => network.Name == entry.Name)).ConvertAll(static entry => entry.Name),
            Networks = networks,
            RelayedNetworks = relayed,
            ZonePosix = zonePosix,
            ZoneName = zoneName,
            Domain = domain,
            Offload = Offload(firewall),
            Warnings = _warnings,
        };
        DropRepeated(_warnings, 0);
        DropRepeated(faults, before);
        if (config.Enabled && networks.Count == 0 && faults.Count == before)
        {
            faults.Add(new ConfigFault(dwirm.File, 0, "enabled, but no network to serve; add config network 'lan'"));
        }
        return faults.Count > before ? null : config;
    }

    /// <summary>What holds for every network is found once per network.</summary>
    private static void DropRepeated(List<ConfigFault> list, int from)
    {
        for (int i = list.Count - 1; i > from; i--)
        {
            if (list.IndexOf(list[i], from) < i) list.RemoveAt(i);
        }
    }

    private UciPackage? Load(string package, bool required)
    {
        string path = Path.Combine(uciDir, package);
        try
        {
            byte[]? text = readFile(path);
            if (text is not null || !required) return UciPackage.Parse(path, text, faults);
            faults.Add(new ConfigFault(path, 0, "the file does not exist; create it, or name its directory with --uci-dir"));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault(path, 0, $"cannot be read: {Errno.Describe(e)}"));
            return null;
        }
    }

    /// <summary>Finds the main section, and finds fault with every other that is not a network.</summary>
    private SectionReader Sections(UciPackage dwirm)
    {
        UciSection? main = null;
        foreach (UciSection section in dwirm.Sections)
        {
            if (section.Type == "dwirm")
            {
                if (main is not null) faults.Add(new ConfigFault(dwirm.File, section.Line, $"a second section 'dwirm' (the first is in line {main.Line}); join them"));
                main ??= section;
            }
            else if (section.Type != "network")
            {
                faults.Add(new ConfigFault(dwirm.File, section.Line, $"unknown section type '{UciParser.Show(section.Type)}'; known are dwirm and network"));
            }
        }
        var reader = new SectionReader(dwirm.File, main ?? new UciSection("dwirm", "main", anonymous: false, 0), faults);
        reader.Only(MainOptions, "wan");
        return reader;
    }

    // What fw4 makes of its options: hardware only where there is software too.
    private static FlowOffload Offload(UciPackage firewall)
    {
        foreach (UciSection section in firewall.Sections)
        {
            if (section.Type != "defaults" || section.Get("flow_offloading") is not "1") continue;
            return section.Get("flow_offloading_hw") is "1" ? FlowOffload.Hardware : FlowOffload.Software;
        }
        return FlowOffload.Off;
    }

    private static DaemonConfig Main(SectionReader main)
    {
        int client = main.Number("msgtype_client", 19, 255, 240);
        int server = main.Number("msgtype_server", 19, 255, 241);
        if (client == server) main.Fault("msgtype_server", $"msgtype_client and msgtype_server are both {server}; they must differ");
        return new DaemonConfig
        {
            Enabled = main.Flag("enabled", false),
            AllowOffloadOff = main.Flag("allow_offload_off", false),
            DecisionTimeMs = main.Number("decision_time_ms", 10, 10_000, 100),
            MessageTypeClient = (byte)client,
            MessageTypeServer = (byte)server,
            ProfileOption = (byte)main.Number("profile_option", 224, 254, 224),
            ProfileOption6 = (ushort)main.Number("profile_option6", 151, 65535, 65009),
            ImplicitDiscover = main.Flag("implicit_discover", true),
            GrantMemoryDays = main.Number("grant_memory_days", 1, 36500, 180),
            ForceRenew = main.Flag("forcerenew", false),
            ClockTrust = (ClockTrust)main.Choice("clock", "ntp", "trust"),
            Resolver = main.Address("resolver") ?? new Ipv4Address(0x7f000001),
            ForeignDns = (ForeignDns)main.Choice("foreign_dns", "redirect", "block", "allow"),
            Wan = [],
            Uplinks = [],
            Networks = [],
            ZonePosix = "",
            ZoneName = "",
            Domain = "",
        };
    }

    private (string Posix, string Name) Zone(UciPackage system)
    {
        foreach (UciSection section in system.Sections)
        {
            if (section.Type != "system") continue;
            string posix = section.Get("timezone") ?? "UTC0";
            string name = (section.Get("zonename") ?? "UTC").Replace(' ', '_');
            // 'Europe/Berlin' is a zonename: taken for a rule it would be UTC, and every local window would open at another hour.
            if (!IsPrintable(posix) || (posix.Contains('/') && !posix.Contains(',')))
            {
                const string Needed = "timezone must be a POSIX TZ string such as 'CET-1CEST,M3.5.0,M10.5.0/3'; a name such as 'Europe/Berlin' belongs in zonename";
                faults.Add(new ConfigFault(system.File, section.LineOf("timezone"), Needed));
            }
            if (!IsPrintable(name)) faults.Add(new ConfigFault(system.File, section.LineOf("zonename"), "zonename must be a name such as 'Europe/Berlin'"));
            return (posix is "UTC" or "GMT" ? posix + "0" : posix, name);
        }
        return ("UTC0", "UTC");
    }

    private static bool IsPrintable(ReadOnlySpan<char> text) => text.Length is > 0 and <= 127 && !text.ContainsAnyExceptInRange('!', '~');

    private List<(string Name, int Line)> Wan(UciPackage dwirm, SectionReader main, UciPackage firewall)
    {
        var wan = new List<(string Name, int Line)>();
        foreach (string name in main.Words("wan")) Add(wan, name, main.Section.LineOf("wan"));
        if (wan.Count > 0) return wan;
        foreach (UciSection section in firewall.Sections)
        {
            if (section.Type != "zone") continue;
            var zone = new SectionReader(firewall.File, section, faults);
            if (!zone.Flag("enabled", true) || !zone.Flag("masq", false)) continue;
            foreach (string name in zone.Words("network")) Add(wan, name, 0);
        }
        if (wan.Count == 0)
        {
            _warnings.Add(new ConfigFault(dwirm.File, main.Section.Line, "no outside network: there is no list wan and no firewall zone with masq '1'; nothing is reachable on the internet"));
        }
        return wan;
    }

    private static void Add(List<(string Name, int Line)> wan, string name, int line)
    {
        if (!wan.Exists(entry => entry.Name == name)) wan.Add((name, line));
    }

    /// <summary>The devices of the outside, each once (wan and wan6 usually share one). Line 0: named by the firewall, which may name what does not exist.</summary>
    private List<(string Name, string Device)> Uplinks(string file, List<(string Name, int Line)> wan, InterfaceReader interfaces, List<NetworkSettings> networks)
    {
        var uplinks = new List<(string Name, string Device)>();
        foreach ((string name, int line) in wan)
        {
            if (networks.Exists(network => network.Name == name))
            {
                if (line > 0) faults.Add(new ConfigFault(file, line, $"network '{name}' is served and outside at once; take it out of list wan, or its section out of this file"));
            }
            else if (interfaces.Find(name) is not { } section)
            {
                if (line > 0) faults.Add(new ConfigFault(file, line, $"wan '{UciParser.Show(name)}' does not exist in the network configuration; add config interface '{UciParser.Show(name)}' there or correct the name"));
            }
            else if (interfaces.Device(section) is { } found && !uplinks.Exists(known => known.Device == found.Device))
            {
                uplinks.Add((name, found.Device));
            }
        }
        return uplinks;
    }

    private List<NetworkSettings> Networks(UciPackage dwirm, InterfaceReader interfaces, DhcpReader dhcp, string dhcpFile)
    {
        var networks = new List<NetworkSettings>();
        foreach (UciSection section in dwirm.Sections)
        {
            if (section.Type != "network" || section.Get("via") is not null) continue;
            var reader = new SectionReader(dwirm.File, section, faults);
            reader.Only(["posture", "deny_action", "via", .. Lwm2mOptions]);
            foreach (string option in Lwm2mOptions)
            {
                if (section.Get(option) is { Length: > 0 }) WarnOfLwm2m(dwirm.File, section.LineOf(option), option);
            }
            var posture = (NetworkPosture)reader.Choice("posture", "open", "quarantine", "isolate");
            var denyAction = (DenyAction)reader.Choice("deny_action", "quarantine", "no-lease");
            string name = section.Name;
            if (section.Anonymous || name.Length > LongestName)
            {
                reader.Fault("", $"a network needs the name of its logical interface, of at most {LongestName} characters: config network 'lan'");
                continue;
            }
            if (interfaces.Find(name) is not { } link)
            {
                reader.Fault("", $"interface '{name}' does not exist in the network configuration; add config interface '{name}' there or correct the name here");
                continue;
            }
            Ipv4Prefix? router = interfaces.Address(link);
            (string Device, bool IsBridge)? device = interfaces.Device(link);
            if (router is null || device is null) continue;
            ConfigFault missing = NoRange(dwirm.File, section.Line, dhcpFile, name);
            if (dhcp.Read(name, device.Value.Device, router.Value, missing) is not { } service) continue;
            var settings = new NetworkSettings
            {
                Name = name,
                Device = device.Value.Device,
                IsBridge = device.Value.IsBridge,
                Posture = posture,
                DenyAction = denyAction,
                Dhcp = service,
                LogDhcp = dhcp.LogsDhcp(name),
            };
            if (Clash(settings, networks) is { } clash) reader.Fault("", clash);
            networks.Add(settings);
        }
        return networks;
    }

    /// <summary>
    /// Networks that have no device here: <c>option via 'lan'</c> says that the relays of their clients are reached through that network. Only
    /// then are messages from there taken for clients of this one.
    /// </summary>
    private List<Dhcpv4NetworkConfig> Relayed(
        UciPackage dwirm, InterfaceReader interfaces, DhcpReader dhcp, List<NetworkSettings> networks, string dhcpFile)
    {
        var relayed = new List<Dhcpv4NetworkConfig>();
        foreach (UciSection section in dwirm.Sections)
        {
            if (section.Type != "network" || section.Get("via") is not { } via) continue;
            var reader = new SectionReader(dwirm.File, section, faults);
            reader.Only(["via"]);
            if (!networks.Exists(network => network.Name == via))
            {
                reader.Fault("via", $"via '{UciParser.Show(via)}' is no network served here; write the config network through which the relay is reached");
                continue;
            }
            string name = section.Name;
            if (section.Anonymous || name.Length > LongestName || interfaces.Find(name) is not { } link)
            {
                reader.Fault("", "a network needs the name of an interface of the network configuration, whose ipaddr gives the subnet");
                continue;
            }
            ConfigFault missing = NoRange(dwirm.File, section.Line, dhcpFile, name);
            if (interfaces.Address(link) is not { } router || dhcp.Read(name, "", router, missing) is not { } service) continue;
            relayed.Add(service with { RelayedVia = via, Probe = false });
        }
        return relayed;
    }

    private static ConfigFault NoRange(string file, int line, string dhcpFile, string name) => new(file, line,
        $"{dhcpFile} has no config dhcp for '{name}'; add one with option interface '{name}', start, limit and leasetime");

    private void WarnOfLwm2m(string file, int line, string option) =>
        _warnings.Add(new ConfigFault(file, line, $"{option} has no effect: this version sends no LWM2M bootstrap options"));

    private static string? Clash(NetworkSettings one, List<NetworkSettings> others)
    {
        foreach (NetworkSettings other in others)
        {
            if (one.Device == other.Device) return $"'{one.Name}' and '{other.Name}' are both on {one.Device}; serve one of them";
            Ipv4Prefix a = one.Dhcp.RouterPrefix, b = other.Dhcp.RouterPrefix;
            if (a.Contains(b.Network) || b.Contains(a.Network)) return $"'{one.Name}' ({a}) and '{other.Name}' ({b}) overlap; change one of them in the network configuration";
        }
        return null;
    }
}
