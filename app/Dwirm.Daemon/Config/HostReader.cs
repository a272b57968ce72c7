using System;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Dhcp.Options;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>The <c>config host</c> sections: static leases, names, and clients that get no answer.</summary>
internal sealed class HostReader(UciPackage dhcp, Func<string, byte[]?> readFile, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    /// <summary>The hosts that concern a network: those without an address, and those whose address lies in it.</summary>
    internal List<Dhcpv4Host> Of(string network, Ipv4Prefix router, SectionReader? dnsmasq, TagNames tags)
    {
        var all = new List<(Dhcpv4Host Host, string File, int Line)>();
        FromSections(dnsmasq?.Section.Name, tags, all);
        if (dnsmasq is { } section) new HostFiles(readFile, tags, warnings).Read(section, all);
        var here = new List<Dhcpv4Host>();
        var owners = new Dictionary<Ipv4Address, (string File, int Line)>();
        foreach ((Dhcpv4Host found, string file, int line) in all)
        {
            Dhcpv4Host host = found;
            if (host.Address is { } address)
            {
                if (!router.Contains(address)) continue;
                if (address == router.Address || (router.Length <= 30 && (address == router.Network || address == router.BroadcastAddress)))
                {
                    faults.Add(new ConfigFault(file, line,
                        $"ip '{address}' is the router's, or no host address, on '{network}'; give the host another one"));
                }
                if (!owners.TryAdd(address, (file, line)))
                {
                    warnings.Add(new ConfigFault(file, line,
                        $"ip '{address}' belongs to the host in line {owners[address].Line}; this one takes an address of the range"));
                    host = host with { Address = null };
                }
            }
            here.Add(host);
        }
        return here;
    }

    private void FromSections(string? instance, TagNames tags, List<(Dhcpv4Host, string, int)> hosts)
    {
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "host" || !DhcpReader.IsFor(section, instance)) continue;
            var reader = new SectionReader(dhcp.File, section, faults);
            if (reader.Flag("enable", true) && One(reader) is { } host) hosts.Add((Tagged(host, reader, tags), dhcp.File, section.LineOf("ip")));
        }
    }

    private static Dhcpv4Host Tagged(Dhcpv4Host host, SectionReader reader, TagNames tags)
    {
        TagSet gives = tags.Of(reader.Text("networkid", ""));
        foreach (string tag in reader.Words("tag")) gives |= tags.Of(tag);
        return host with { Gives = gives, Condition = tags.All(reader.Words("match_tag")), Broadcast = reader.Flag("broadcast", false) };
    }

    private Dhcpv4Host? One(SectionReader reader)
    {
        int before = faults.Count;
        bool ignore = reader.Section.Get("ip") is "ignore";
        Ipv4Address? address = ignore ? null : reader.Address("ip");
        var macs = new List<MacAddress>();
        var patterns = new List<MacPattern>();
        Macs(reader, macs, patterns);
        string clientId = ClientId(reader);
        string name = reader.Text("name", "");
        if (name.Length > 0 && !DhcpReader.IsDomain(name)) reader.Fault("name", $"name '{UciParser.Show(name)}' is no host name (letters, digits and '-')");
        long? lease = reader.LeaseTime("leasetime");
        if (faults.Count > before) return null;
        if (macs.Count == 0 && patterns.Count == 0 && clientId.Length == 0 && name.Length == 0)
        {
            reader.Fault("mac", "a host needs a mac, a duid or a name to be known by");
            return null;
        }
        int dot = name.IndexOf('.');
        return new Dhcpv4Host
        {
            Macs = macs,
            Patterns = patterns,
            ClientId = clientId,
            Name = dot < 0 ? name : name[..dot],
            Address = address,
            Ignore = ignore,
            LeaseSeconds = lease,
        };
    }

    /// <summary>The hardware addresses, and those with open octets.</summary>
    private static void Macs(SectionReader reader, List<MacAddress> macs, List<MacPattern> patterns)
    {
        foreach (string word in reader.Words("mac"))
        {
            if (!MacPattern.TryParse(word, out MacPattern pattern))
            {
                reader.Fault("mac", $"mac '{UciParser.Show(word)}' is no hardware address such as 02:00:00:00:00:01, or 02:00:00:*:*:* for many");
            }
            else if (pattern.IsExact) macs.Add(pattern.Address);
            else patterns.Add(pattern);
        }
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
