using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Dhcp;
using Dwirm.Dhcp.Options;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>
/// Hosts from other files: <c>/etc/ethers</c> (<c>readethers</c>) and <c>dhcphostsfile</c>. A line that cannot be used is left out with a
/// warning: what other programs write there must not stop the server.
/// </summary>
internal sealed class HostFiles(Func<string, byte[]?> readFile, TagNames tags, List<ConfigFault> warnings)
{
    private const string Ethers = "/etc/ethers";

    internal void Read(SectionReader dnsmasq, List<(Dhcpv4Host, string, int)> hosts)
    {
        if (dnsmasq.Flag("readethers", false)) Lines(Ethers, EthersLine, hosts);
        if (dnsmasq.Section.Get("dhcphostsfile") is not { } path) return;
        if (!Lines(path, HostLine, hosts))
            dnsmasq.Fault("dhcphostsfile", $"dhcphostsfile '{UciParser.Show(path)}' cannot be read; create it, or remove the option");
    }

    private bool Lines(string path, Func<string, Dhcpv4Host?> read, List<(Dhcpv4Host, string, int)> hosts)
    {
        byte[]? text;
        try
        {
            text = readFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        if (text is null) return false;
        int line = 0;
        foreach (string raw in Encoding.UTF8.GetString(text).Split('\n'))
        {
            line++;
            int comment = raw.IndexOf('#');
            string content = (comment < 0 ? raw : raw[..comment]).Trim();
            if (content.Length == 0) continue;
            if (read(content) is { } host) hosts.Add((host, path, line));
            else warnings.Add(new ConfigFault(path, line, $"'{UciParser.Show(content)}' is not understood and left out"));
        }
        return true;
    }

    /// <summary><c>MAC IP</c> or <c>MAC NAME</c>.</summary>
    private static Dhcpv4Host? EthersLine(string line)
    {
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !MacAddress.TryParse(words[0], out MacAddress mac)) return null;
        if (Ipv4Address.TryParse(words[1], out Ipv4Address address)) return new Dhcpv4Host { Macs = [mac], Address = address };
        return DhcpReader.IsDomain(words[1]) ? new Dhcpv4Host { Macs = [mac], Name = Label(words[1]) } : null;
    }

    /// <summary>dnsmasq's <c>dhcp-host</c>, words with commas between in almost any order.</summary>
    private Dhcpv4Host? HostLine(string line)
    {
        var host = new Dhcpv4Host();
        var macs = new List<MacAddress>();
        var patterns = new List<MacPattern>();
        foreach (Range range in line.AsSpan().Split(','))
        {
            string word = line[range].Trim();
            if (word.StartsWith("id:", StringComparison.Ordinal))
            {
                string id = word[3..];
                byte[] octets = OptionParser.TryHex(id, out byte[] hex) && id.Contains(':') ? hex : OptionParser.Octets(id);
                if (id == "*" || octets.Length == 0) return null;
                host = host with { ClientId = Convert.ToHexStringLower(octets) };
            }
            else if (word.StartsWith("set:", StringComparison.Ordinal) || word.StartsWith("net:", StringComparison.Ordinal))
            {
                host = host with { Gives = host.Gives | tags.Of(word.AsSpan(4)) };
            }
            else if (word.StartsWith("tag:", StringComparison.Ordinal)) host = host with { Condition = tags.And(host.Condition, word) };
            else if (word is "ignore") host = host with { Ignore = true };
            else if (word.StartsWith('[')) continue;                                          // an IPv6 address is odhcpd's
            else if (MacPattern.TryParse(word, out MacPattern mac))
            {
                if (mac.IsExact) macs.Add(mac.Address);
                else patterns.Add(mac);
            }
            else if (Ipv4Address.TryParse(word, out Ipv4Address address)) host = host with { Address = address };
            else if (LeaseTime.TryParse(word, out long seconds)) host = host with { LeaseSeconds = seconds };
            else if (DhcpReader.IsDomain(word)) host = host with { Name = Label(word) };
            else return null;
        }
        bool named = macs.Count + patterns.Count + host.ClientId.Length + host.Name.Length > 0;
        return named ? host with { Macs = macs, Patterns = patterns } : null;
    }

    private static string Label(string name) => name.IndexOf('.') is var dot and >= 0 ? name[..dot] : name;
}
