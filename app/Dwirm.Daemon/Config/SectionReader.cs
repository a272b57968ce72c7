using System;
using System.Collections.Generic;
using System.Globalization;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Config;

/// <summary>Typed values of one UCI section. A value that does not fit is a fault at its line, and the default stands in for it.</summary>
internal readonly struct SectionReader(string file, UciSection section, List<ConfigFault> faults)
{
    internal UciSection Section => section;

    /// <summary>Adds a fault at the option, or at the section when the option is absent.</summary>
    internal void Fault(string option, string message) => faults.Add(new ConfigFault(file, section.LineOf(option), message));

    internal string Text(string option, string otherwise) => section.Get(option) ?? otherwise;

    /// <summary>One of libuci's words for yes and no.</summary>
    internal bool Flag(string option, bool otherwise)
    {
        if (section.Get(option) is not { } text) return otherwise;
        switch (text)
        {
            case "1" or "on" or "true" or "yes" or "enabled": return true;
            case "0" or "off" or "false" or "no" or "disabled": return false;
            default:
                Fault(option, $"{option} '{UciParser.Show(text)}' is neither yes nor no; write '1' or '0'");
                return otherwise;
        }
    }

    internal int Number(string option, int least, int most, int otherwise)
    {
        if (section.Get(option) is not { } text) return otherwise;
        if (TryNumber(text, out uint value) && value >= (uint)least && value <= (uint)most) return (int)value;
        Fault(option, $"{option} '{UciParser.Show(text)}' must be a number from {least} to {most}");
        return otherwise;
    }

    internal Ipv4Address? Address(string option)
    {
        if (section.Get(option) is not { } text) return null;
        if (Ipv4Address.TryParse(text, out Ipv4Address address)) return address;
        Fault(option, $"{option} '{UciParser.Show(text)}' is no IPv4 address such as 192.168.1.1");
        return null;
    }

    /// <summary>Seconds in dnsmasq's grammar; null when absent or wrong.</summary>
    internal long? LeaseTime(string option)
    {
        if (section.Get(option) is not { } text) return null;
        if (Config.LeaseTime.TryParse(text, out long seconds)) return seconds;
        Fault(option, $"{option} '{UciParser.Show(text)}' is no lease time; write seconds, or a number with m, h, d or w, or infinite");
        return null;
    }

    /// <summary>The index of the value among the words; the first word is the default.</summary>
    internal int Choice(string option, params string[] words)
    {
        if (section.Get(option) is not { } text) return 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == text) return i;
        }
        Fault(option, $"{option} '{UciParser.Show(text)}' is unknown; it may be {string.Join(" or ", words)}");
        return 0;
    }

    /// <summary>The items of a list; a plain option is split at blanks, as the scripts of OpenWrt do. Empty items are left out.</summary>
    internal List<string> Words(string option)
    {
        var words = new List<string>();
        foreach (string item in section.List(option))
        {
            foreach (Range word in item.AsSpan().SplitAny(' ', '\t', '\n'))
            {
                if (!item.AsSpan()[word].IsEmpty) words.Add(item[word]);
            }
        }
        return words;
    }

    /// <summary>Every option must be known, and a list only where one is meant.</summary>
    internal void Only(string[] options, params string[] lists)
    {
        foreach (UciOption option in section.Options)
        {
            bool single = Array.IndexOf(options, option.Name) >= 0;
            if (!single && Array.IndexOf(lists, option.Name) < 0)
            {
                string known = string.Join(", ", options) + (lists.Length > 0 ? ", " + string.Join(", ", lists) : "");
                Fault(option.Name, $"unknown option '{UciParser.Show(option.Name)}'; '{section.Type}' knows {known}");
            }
            else if (single && option.IsList) Fault(option.Name, $"{option.Name} has one value; write option {option.Name}, not list");
        }
    }

    internal static bool TryNumber(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>dnsmasq's grammar of lease times.</summary>
internal static class LeaseTime
{
    /// <summary>dnsmasq raises shorter ones to this, in seconds.</summary>
    internal const long Shortest = 120;

    /// <summary>Seconds, or a number with s, m, h, d or w, or <c>infinite</c> (<see cref="long.MaxValue"/>). DHCP counts in 32 bits, all ones being infinite.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out long seconds)
    {
        seconds = long.MaxValue;
        if (text is "infinite") return true;
        long unit = text.IsEmpty ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 7 * 86400, _ => 0 };
        if (!SectionReader.TryNumber(unit == 0 ? text : text[..^1], out uint number)) return false;
        seconds = number * (unit == 0 ? 1 : unit);
        if (seconds > uint.MaxValue) return false;
        seconds = seconds == uint.MaxValue ? long.MaxValue : Math.Max(seconds, Shortest);
        return true;
    }
}
