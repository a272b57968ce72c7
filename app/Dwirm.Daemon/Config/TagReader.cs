using System;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Config;

/// <summary>
/// The sections that give clients tags, and what is sent under a tag: <c>tag</c>, <c>mac</c>, <c>vendorclass</c>, <c>userclass</c>,
/// <c>circuitid</c>, <c>remoteid</c>, <c>subscrid</c>, <c>match</c> and <c>boot</c>.
/// </summary>
internal sealed class TagReader(UciPackage dhcp, TagNames tags, List<ConfigFault> faults, List<ConfigFault> warnings)
{
    /// <summary>The rules that give tags to the clients of a dnsmasq instance.</summary>
    internal List<Dhcpv4TagRule> Rules(string? instance)
    {
        var rules = new List<Dhcpv4TagRule>();
        foreach (UciSection section in dhcp.Sections)
        {
            if (!DhcpReader.IsFor(section, instance)) continue;
            var reader = new SectionReader(dhcp.File, section, faults);
            switch (section.Type)
            {
                case "mac": Mac(reader, rules); break;
                case "vendorclass": Contains(reader, "vendorclass", Dhcpv4OptionCode.VendorClass, rules); break;
                case "userclass": Contains(reader, "userclass", Dhcpv4OptionCode.UserClass, rules); break;
                case "circuitid": Relay(reader, "circuitid", RelayAgentInformation.CircuitId, rules); break;
                case "remoteid": Relay(reader, "remoteid", RelayAgentInformation.RemoteId, rules); break;
                case "subscrid": Relay(reader, "subscriberid", RelayAgentInformation.SubscriberId, rules); break;
                case "match": Match(reader, rules); break;
                default: break;
            }
        }
        return rules;
    }

    /// <summary>The options of these sections: each under the tag its section gives or names.</summary>
    internal void Options(string? instance, OptionParser parser, List<Dhcpv4OptionRule> into)
    {
        foreach (UciSection section in dhcp.Sections)
        {
            if (!DhcpReader.IsFor(section, instance)) continue;
            string? tag = section.Type switch
            {
                "tag" => section.Name,
                "mac" or "vendorclass" or "userclass" or "circuitid" or "remoteid" or "subscrid" or "match" or "host" or "boot" =>
                    section.Get("networkid"),
                _ => null,
            };
            var reader = new SectionReader(dhcp.File, section, faults);
            if (section.Type == "tag" && section.Anonymous)
            {
                reader.Fault("", "a tag needs a name: config tag 'kids'");
                continue;
            }
            if (tag is null or "" || (section.Type == "host" && !reader.Flag("enable", true))) continue;
            Append(reader, "dhcp_option", tags.And(default, tag), reader.Flag("force", false), parser, into);
            Append(reader, "dhcp_option_force", tags.And(default, tag), true, parser, into);
        }
    }

    /// <summary>The values of one list of options; a plain option is split at blanks, as the scripts of OpenWrt do.</summary>
    internal void Append(SectionReader reader, string name, TagCondition condition, bool force, OptionParser parser, List<Dhcpv4OptionRule> into)
    {
        if (reader.Section.Find(name) is not { } option) return;
        IReadOnlyList<string> values = option.IsList ? option.Values : reader.Words(name);
        foreach (string value in values)
        {
            if (value.Length == 0) continue;
            if (parser.Read(value, condition, force) is { } rule)
            {
                into.Add(rule);
                continue;
            }
            if (parser.IsForIpv6) continue;
            reader.Fault(name, $"{name} '{UciParser.Show(value)}' {parser.Complaint}");
        }
    }

    /// <summary><c>config boot</c> and <c>dhcp_boot</c> of the dnsmasq section.</summary>
    internal List<Dhcpv4BootRule> Boots(SectionReader? dnsmasq, string? instance)
    {
        var boots = new List<Dhcpv4BootRule>();
        if (dnsmasq?.Section.Get("dhcp_boot") is { } raw && RawBoot(dnsmasq.Value, raw) is { } first) boots.Add(first);
        foreach (UciSection section in dhcp.Sections)
        {
            if (section.Type != "boot" || !DhcpReader.IsFor(section, instance)) continue;
            var reader = new SectionReader(dhcp.File, section, faults);
            string file = reader.Text("filename", ""), server = reader.Text("servername", "");
            if (file.Length == 0)
            {
                reader.Fault("", "a boot section needs filename, the file clients ask the TFTP server for");
                continue;
            }
            TagCondition condition = reader.Text("networkid", "") is { Length: > 0 } tag ? tags.And(default, tag) : default;
            if (Boot(reader, "filename", condition, file, server, reader.Address("serveraddress") ?? default) is { } boot) boots.Add(boot);
        }
        return boots;
    }

    /// <summary><c>[tag:x,…]file[,server name[,address]]</c>.</summary>
    private Dhcpv4BootRule? RawBoot(SectionReader reader, string raw)
    {
        TagCondition condition = default;
        var words = new List<string>();
        foreach (Range range in raw.AsSpan().Split(','))
        {
            string word = raw[range].Trim().Trim('"');
            if (words.Count == 0 && (word.StartsWith("tag:", StringComparison.Ordinal) || word.StartsWith("net:", StringComparison.Ordinal)))
                condition = tags.And(condition, word);
            else words.Add(word);
        }
        Ipv4Address address = default;
        if (words.Count is 0 or > 3 || (words.Count == 3 && !Ipv4Address.TryParse(words[2], out address)))
        {
            reader.Fault("dhcp_boot", $"dhcp_boot '{UciParser.Show(raw)}' must be a file name, a server's name and its IPv4 address with commas between");
            return null;
        }
        return Boot(reader, "dhcp_boot", condition, words[0], words.Count > 1 ? words[1] : "", address);
    }

    private static Dhcpv4BootRule? Boot(SectionReader reader, string option, TagCondition condition, string file, string server, Ipv4Address address)
    {
        if (file.Length > 127 || server.Length > 63)
        {
            reader.Fault(option, "the boot file's name has at most 127 characters, the server's at most 63");
            return null;
        }
        return new Dhcpv4BootRule
        {
            Condition = condition,
            File = OptionParser.Octets(file),
            ServerName = OptionParser.Octets(server),
            ServerAddress = address,
        };
    }

    private void Mac(SectionReader reader, List<Dhcpv4TagRule> rules)
    {
        if (Given(reader) is not { } gives) return;
        foreach (string word in reader.Words("mac"))
        {
            if (MacPattern.TryParse(word, out MacPattern mac)) rules.Add(new Dhcpv4TagRule { Source = Dhcpv4TagSource.Mac, Gives = gives, Mac = mac });
            else reader.Fault("mac", $"mac '{UciParser.Show(word)}' is no hardware address such as 02:00:00:*:*:*");
        }
    }

    private void Contains(SectionReader reader, string option, byte code, List<Dhcpv4TagRule> rules)
    {
        if (Given(reader) is not { } gives || Value(reader, option) is not { } text) return;
        rules.Add(new Dhcpv4TagRule { Source = Dhcpv4TagSource.OptionContains, Gives = gives, Code = code, Value = OptionParser.Octets(text) });
    }

    private void Relay(SectionReader reader, string option, byte code, List<Dhcpv4TagRule> rules)
    {
        if (Given(reader) is not { } gives || Value(reader, option) is not { } text) return;
        bool hex = code != RelayAgentInformation.SubscriberId && OptionParser.TryHex(text, out _);
        byte[] value = hex && OptionParser.TryHex(text, out byte[] octets) ? octets : OptionParser.Octets(text);
        rules.Add(new Dhcpv4TagRule { Source = Dhcpv4TagSource.RelayInformation, Gives = gives, Code = code, Value = value });
    }

    /// <summary><c>match</c>: OPTION[,VALUE], <c>vi-encap:ENTERPRISE</c>.</summary>
    private void Match(SectionReader reader, List<Dhcpv4TagRule> rules)
    {
        if (Given(reader) is not { } gives || Value(reader, "match") is not { } text) return;
        int comma = text.IndexOf(',');
        ReadOnlySpan<char> name = comma < 0 ? text : text.AsSpan(0, comma);
        string value = comma < 0 ? "" : text[(comma + 1)..];
        if (name.StartsWith("vi-encap:") && uint.TryParse(name[9..], out uint enterprise))
        {
            byte[] number = [(byte)(enterprise >> 24), (byte)(enterprise >> 16), (byte)(enterprise >> 8), (byte)enterprise];
            rules.Add(new Dhcpv4TagRule { Source = Dhcpv4TagSource.Enterprise, Gives = gives, Value = number });
            return;
        }
        bool known = name.StartsWith("option:") ? OptionNames.TryFind(name[7..], out byte code) : byte.TryParse(name, out code);
        if (!known)
        {
            reader.Fault("match", $"match '{UciParser.Show(text)}' names no option; write its number or option:NAME, and a value behind a comma");
            return;
        }
        if (MatchOf(reader, code, value, gives) is { } rule) rules.Add(rule);
    }

    private Dhcpv4TagRule? MatchOf(SectionReader reader, byte code, string value, TagSet gives)
    {
        if (value.Length == 0) return new Dhcpv4TagRule { Source = Dhcpv4TagSource.OptionContains, Gives = gives, Code = code };
        if (value.Contains(':') && TryMasked(value, out byte[] octets, out byte[] mask))
            return new Dhcpv4TagRule { Source = Dhcpv4TagSource.OptionPrefix, Gives = gives, Code = code, Value = octets, Mask = mask };
        var parser = new OptionParser(tags, default);
        if (!QuotedText.TryRead(value, out string text, out bool[] quoted) ||
            parser.Encode(code, new QuotedText(text, quoted), false) is not { } encoded)
        {
            reader.Fault("match", $"match '{UciParser.Show(value)}' {(parser.Complaint.Length > 0 ? parser.Complaint : "has an open quote; close it")}");
            return null;
        }
        bool isText = encoded.AsSpan().SequenceEqual(OptionParser.Octets(text));
        return new Dhcpv4TagRule
        {
            Source = isText ? Dhcpv4TagSource.OptionContains : Dhcpv4TagSource.OptionElement,
            Gives = gives,
            Code = code,
            Value = encoded,
        };
    }

    /// <summary>Hexadecimal octets with colons between, of which <c>*</c> may be anything.</summary>
    private static bool TryMasked(string text, out byte[] octets, out byte[] mask)
    {
        string[] groups = text.Split(':');
        (octets, mask) = (new byte[groups.Length], new byte[groups.Length]);
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i] == "*") continue;
            if (groups[i].Length > 2 || !OptionParser.TryHex(groups[i], out byte[] octet)) return false;
            (octets[i], mask[i]) = (octet[0], 0xff);
        }
        return true;
    }

    /// <summary>The tag a section gives; null after a fault.</summary>
    private TagSet? Given(SectionReader reader)
    {
        string name = reader.Text("networkid", "");
        if (name.Length > 0) return tags.Of(name);
        reader.Fault("", $"a section '{reader.Section.Type}' needs networkid, the tag it gives");
        return null;
    }

    private string? Value(SectionReader reader, string option)
    {
        string text = reader.Text(option, "");
        if (text.Length > 0) return text;
        warnings.Add(new ConfigFault(dhcp.File, reader.Section.Line, $"no {option}; the section gives its tag to nobody"));
        return null;
    }
}
