using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>The <c>config host</c> sections: static leases, names, and clients that get no answer.</summary>
internal sealed class HostReader(UciPackage dhcp, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    private List<(Dhcpv4Host Host, int Line)>? _hosts;

    /// <summary>The hosts that concern a network: those without an address, and those whose address lies in it.</summary>
    internal List<Dhcpv4Host> Of(string network, Ipv4Prefix router)
    {
        var here = new List<Dhcpv4Host>();
        foreach ((Dhcpv4Host host, int line) in _hosts ??= All())
        {
            if (host.Address is { } address)
            {
                if (!router.Contains(address)) continue;
                if (address == router.Address || (router.Length <= 30 && (address == router.Network || address == router.BroadcastAddress)))
                {
                    faults.Add(new ConfigFault(dhcp.File, line, $"ip '{address}' is the router's, or no host address, on '{network}'; give the host another one"));
                }
            }
            here.Add(host);
        }
        return here;
    }

    private List<(Dhcpv4Host, int)> All()
    {
        var hosts = new List<(Dhcpv4Host, int)>();
        var owners = new Dictionary<Ipv4Address, int>();
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "host") continue;
            var reader = new SectionReader(dhcp.File, section, faults);
            if (!reader.Flag("enable", true) || One(reader) is not { } host) continue;
            if (host.Address is { } address && !owners.TryAdd(address, section.Line))
            {
                warnings.Add(new ConfigFault(dhcp.File, section.LineOf("ip"), $"ip '{address}' belongs to the host in line {owners[address]}; this one takes an address of the range"));
                host = host with { Address = null };
            }
            hosts.Add((host, section.LineOf("ip")));
        }
        return hosts;
    }

    private Dhcpv4Host? One(SectionReader reader)
    {
        int before = faults.Count;
        bool ignore = reader.Section.Get("ip") is "ignore";
        Ipv4Address? address = ignore ? null : reader.Address("ip");
        List<MacAddress>? macs = Macs(reader, ignore);
        string clientId = ClientId(reader);
        string name = reader.Text("name", "");
        if (name.Length > 0 && !DhcpReader.IsDomain(name)) reader.Fault("name", $"name '{UciParser.Show(name)}' is no host name (letters, digits and '-')");
        long? lease = reader.LeaseTime("leasetime");
        if (faults.Count > before || macs is null) return null;
        if (macs.Count == 0 && clientId.Length == 0 && name.Length == 0)
        {
            reader.Fault("mac", "a host needs a mac, a duid or a name to be known by");
            return null;
        }
        int dot = name.IndexOf('.');
        return new Dhcpv4Host { Macs = macs, ClientId = clientId, Name = dot < 0 ? name : name[..dot], Address = address, Ignore = ignore, LeaseSeconds = lease };
    }

    /// <summary>
    /// The hardware addresses; null when the host cannot be honoured. dnsmasq's wildcards and hardware types are not understood: a host
    /// that only gets a favour is left out with a warning, one that is to be refused is a fault, because leaving it out would serve it.
    /// </summary>
    private List<MacAddress>? Macs(SectionReader reader, bool ignore)
    {
        var macs = new List<MacAddress>();
        foreach (string word in reader.Words("mac"))
        {
            if (MacAddress.TryParse(word, out MacAddress mac))
            {
                macs.Add(mac);
                continue;
            }
            if (ignore || !IsPattern(word))
            {
                reader.Fault("mac", $"mac '{UciParser.Show(word)}' is no hardware address such as 02:00:00:00:00:01 (wildcards are not supported)");
                return null;
            }
            warnings.Add(new ConfigFault(dhcp.File, reader.Section.LineOf("mac"), $"mac '{UciParser.Show(word)}' is a pattern, which is not supported; the host is left out"));
            return null;
        }
        return macs;
    }

    private static bool IsPattern(ReadOnlySpan<char> word)
    {
        foreach (char c in word)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '-' or '*')) return false;
        }
        return word.Contains('*') || word.Count('-') == 1;
    }

    /// <summary>
    /// <c>duid</c> as DHCPv4 knows it: the client identifier as it is; with <c>DUID%IAID</c> (odhcpd's form) the identifier of RFC 4361,
    /// 255, IAID, DUID. Lower-case hexadecimal, empty when there is none.
    /// </summary>
    private string ClientId(SectionReader reader)
    {
        List<string> words = reader.Words("duid");
        if (words.Count == 0) return "";
        string first = words[0];
        if (words.Count > 1)
        {
            warnings.Add(new ConfigFault(dhcp.File, reader.Section.LineOf("duid"), $"only the first duid, '{UciParser.Show(first)}', is used"));
        }
        int percent = first.IndexOf('%');
        string duid = Hex(percent < 0 ? first : first[..percent]);
        string iaid = percent < 0 ? "" : first[(percent + 1)..].ToLowerInvariant().PadLeft(8, '0');
        bool good = duid.Length is >= 2 and <= 260 && duid.Length % 2 == 0 && IsHex(duid) && iaid.Length is 0 or 8 && IsHex(iaid);
        if (good) return iaid.Length > 0 ? $"ff{iaid}{duid}" : duid;
        reader.Fault("duid", $"duid '{UciParser.Show(first)}' must be hexadecimal octets, with %IAID where needed");
        return "";
    }

    private static string Hex(string text) => text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }
        return true;
    }
}
