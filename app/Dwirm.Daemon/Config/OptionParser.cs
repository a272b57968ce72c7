using System;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Config;

/// <summary>
/// One value of <c>dhcp_option</c> after its quotes are taken away: a character inside quotes stands for itself and separates nothing.
/// </summary>
internal readonly ref struct QuotedText(ReadOnlySpan<char> text, ReadOnlySpan<bool> quoted)
{
    internal ReadOnlySpan<char> Text { get; } = text;

    internal ReadOnlySpan<bool> Quoted { get; } = quoted;

    internal bool IsEmpty => Text.IsEmpty;

    /// <summary>True when any of it was quoted: such a value is text, whatever it looks like.</summary>
    internal bool IsQuoted => Quoted.Contains(true);

    internal int IndexOf(char separator)
    {
        for (int i = 0; i < Text.Length; i++)
        {
            if (Text[i] == separator && !Quoted[i]) return i;
        }
        return -1;
    }

    internal QuotedText Slice(Range range) => new(Text[range], Quoted[range]);

    /// <summary>Blanks at the ends that were not quoted are no part of it.</summary>
    internal QuotedText Trim()
    {
        int start = 0, end = Text.Length;
        while (start < end && Text[start] == ' ' && !Quoted[start]) start++;
        while (end > start && Text[end - 1] == ' ' && !Quoted[end - 1]) end--;
        return Slice(start..end);
    }

    /// <summary>Takes double quotes away, and backslashes inside them. False when one is left open.</summary>
    internal static bool TryRead(string value, out string text, out bool[] quoted)
    {
        var plain = new System.Text.StringBuilder(value.Length);
        quoted = new bool[value.Length];
        bool inside = false;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '"')
            {
                inside = !inside;
                continue;
            }
            if (inside && c == '\\' && i + 1 < value.Length)
            {
                c = value[++i] switch { 't' => '\t', 'n' => '\n', 'b' => '\b', 'r' => '\r', 'e' => '\x1b', char other => other };
            }
            quoted[plain.Length] = inside;
            plain.Append(c);
        }
        text = plain.ToString();
        Array.Resize(ref quoted, text.Length);
        return !inside;
    }
}

/// <summary>
/// dnsmasq's <c>dhcp-option</c>: <c>[tag:a,tag:!b,][vendor:x,|encap:n,|vi-encap:n,]CODE|option:NAME[,value…]</c>. A word that is none of these is a
/// tag. Values become the octets that go out; 0.0.0.0 among addresses is the router.
/// </summary>
internal sealed class OptionParser(TagNames tags, Ipv4Address router)
{
    private const int MaxOption = 255;

    /// <summary>What the server writes by itself, by rules of its own.</summary>
    private static ReadOnlySpan<byte> Internal => [0, 50, 51, 52, 53, 54, 55, 57, 61, 81, 82, 118];

    /// <summary>Why the last value was refused, with the cure; empty when it was taken.</summary>
    internal string Complaint { get; private set; } = "";

    /// <summary>True when the last value is for DHCPv6, which is not ours.</summary>
    internal bool IsForIpv6 { get; private set; }

    /// <summary>One value; null when it cannot be used.</summary>
    /// <param name="value">As it stands in the configuration.</param>
    /// <param name="condition">What must hold besides the tags in the value.</param>
    /// <param name="force">Whether it is sent unasked.</param>
    internal Dhcpv4OptionRule? Read(string value, TagCondition condition, bool force)
    {
        (Complaint, IsForIpv6) = ("", false);
        if (!QuotedText.TryRead(value, out string text, out bool[] quoted)) return Refuse("has an open quote; close it with \"");
        var rest = new QuotedText(text, quoted);
        var container = Dhcpv4Container.None;
        byte[] vendor = [];
        uint outer = 0;
        while (true)
        {
            QuotedText word = Next(ref rest, out bool more);
            ReadOnlySpan<char> name = word.Text;
            if (name.StartsWith("option6:"))
            {
                IsForIpv6 = true;
                return null;
            }
            if (IsNumber(name) || name.StartsWith("option:"))
            {
                return Rule(name, rest, more, new Form(condition, force, container, vendor, outer));
            }
            if (name.StartsWith("vendor:")) (container, vendor) = (Dhcpv4Container.Vendor, Octets(name[7..]));
            else if (name.StartsWith("vi-encap:") && uint.TryParse(name[9..], out outer)) container = Dhcpv4Container.Enterprise;
            else if (name.StartsWith("encap:") && byte.TryParse(name[6..], out byte code))
            {
                (container, outer) = (Dhcpv4Container.Encapsulated, code);
            }
            else if (name.Contains(':') && !name.StartsWith("tag:") && !name.StartsWith("net:") && !name.StartsWith("set:"))
            {
                return Refuse($"begins with '{UciParser.Show(name.ToString())}'; known are tag:, vendor:, encap:, vi-encap:, option: and a number");
            }
            else condition = tags.And(condition, name);
            if (!more) return Refuse("names no option; write its number or option:NAME, as in '6,192.168.1.1'");
        }
    }

    /// <summary>What stands before the code.</summary>
    private readonly record struct Form(TagCondition Condition, bool Force, Dhcpv4Container Container, byte[] Vendor, uint Outer);

    private Dhcpv4OptionRule? Rule(ReadOnlySpan<char> name, QuotedText value, bool hasValue, Form form)
    {
        byte code;
        if (name.StartsWith("option:"))
        {
            if (!OptionNames.TryFind(name[7..], out code))
                return Refuse($"has an unknown option name '{UciParser.Show(name[7..].ToString())}'; use the option's number");
        }
        else if (!byte.TryParse(name, out code)) return Refuse("has an option number above 255");
        bool contained = form.Container != Dhcpv4Container.None;
        if (!contained && (Internal.Contains(code) || (code == MaxOption && !name.StartsWith("option:"))))
            return Refuse($"is for option {code}, which the server writes by itself; remove it");
        byte[]? octets = hasValue && !value.IsEmpty ? Encode(code, value, contained) : [];
        if (octets is null) return null;
        int most = form.Container switch { Dhcpv4Container.None => 255, Dhcpv4Container.Enterprise => 248, _ => 252 };
        if (octets.Length > most) return Refuse($"is {octets.Length} octets long; at most {most} fit");
        return new Dhcpv4OptionRule
        {
            Code = code,
            Value = octets,
            Condition = form.Condition,
            Force = form.Force,
            Container = form.Container,
            Vendor = form.Vendor,
            Outer = form.Outer,
        };
    }

    /// <summary>The octets of a value; null with a complaint.</summary>
    internal byte[]? Encode(byte code, QuotedText value, bool contained)
    {
        OptionForm form = contained ? OptionForm.Any : OptionNames.FormOf(code);
        ReadOnlySpan<char> text = value.Text;
        if (form == OptionForm.Addresses && Addresses(value, out byte[]? list, plain: true, router)) return list;
        if (form == OptionForm.Addresses) return Wrong("needs IPv4 addresses with commas between, as in '6,192.168.1.1'");
        if (form == OptionForm.Domains) return Domains(value, false);
        if (form == OptionForm.Text || value.IsQuoted) return code == Dhcpv4OptionCode.SipServer && !contained ? Domains(value, true) : Octets(text);
        if (text.Contains(':') && TryHex(text, out byte[] hex)) return hex;
        if (TryDecimal(text, form, out byte[] number)) return number;
        if (form is OptionForm.Number1 or OptionForm.Number2 or OptionForm.Number4) return Wrong("needs a number");
        // Inside other options 0.0.0.0 has the meaning the vendor gave it.
        if (Addresses(value, out byte[]? addresses, plain: false, contained ? default : router))
        {
            return code == Dhcpv4OptionCode.SipServer && !contained ? [1, .. addresses!] : addresses;
        }
        return code == Dhcpv4OptionCode.SipServer && !contained ? Domains(value, true) : Octets(text);
    }

    /// <summary>
    /// Addresses and, where not <paramref name="plain"/>, address blocks in the form of RFC 3442: length, then the octets that count. 0.0.0.0
    /// is the router, unless there are blocks: there it is written as it is.
    /// </summary>
    private static bool Addresses(QuotedText value, out byte[]? octets, bool plain, Ipv4Address router)
    {
        var list = new List<byte>();
        octets = null;
        bool blocks = !plain && value.IndexOf('/') >= 0;
        Span<byte> four = stackalloc byte[4];
        while (true)
        {
            QuotedText word = Next(ref value, out bool more);
            ReadOnlySpan<char> text = word.Text;
            int slash = text.IndexOf('/');
            int length = 32;
            bool isBlock = slash >= 0 && !plain && int.TryParse(text[(slash + 1)..], System.Globalization.NumberStyles.None, null, out length);
            if (slash >= 0 && (!isBlock || length > 32)) return false;
            if (!Ipv4Address.TryParse(slash < 0 ? text : text[..slash], out Ipv4Address address)) return false;
            if (address.IsAny && !blocks) address = router;
            address.Write(four);
            if (slash >= 0)
            {
                list.Add((byte)length);
                list.AddRange(four[..((length + 7) / 8)]);
            }
            else list.AddRange(four);
            if (!more) break;
        }
        octets = [.. list];
        return true;
    }

    private byte[]? Domains(QuotedText value, bool sip)
    {
        var names = new List<string>();
        while (true)
        {
            QuotedText word = Next(ref value, out bool more);
            names.Add(word.Text.ToString());
            if (!more) break;
        }
        if (!DomainSearchList.TryEncode(names, out byte[] octets))
            return Wrong("needs domain names with commas between, as in '119,lan,home.example'");
        return sip ? [0, .. octets] : octets;
    }

    /// <summary>Octets in hexadecimal with colons between; a group of more digits is as many octets.</summary>
    internal static bool TryHex(ReadOnlySpan<char> text, out byte[] octets)
    {
        var list = new List<byte>();
        octets = [];
        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> group = text[range];
            if (group.IsEmpty) return false;
            for (int i = 0; i < group.Length; i += 2 - (i == 0 ? group.Length % 2 : 0))
            {
                int digits = i == 0 && group.Length % 2 == 1 ? 1 : 2;
                if (!byte.TryParse(group.Slice(i, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte octet)) return false;
                list.Add(octet);
            }
        }
        octets = [.. list];
        return true;
    }

    /// <summary>A number, most significant octet first: as long as the option's, as b, s or i behind it says, or as short as it can be.</summary>
    private static bool TryDecimal(ReadOnlySpan<char> text, OptionForm form, out byte[] octets)
    {
        int length = form switch { OptionForm.Number1 => 1, OptionForm.Number2 => 2, OptionForm.Number4 => 4, _ => 0 };
        octets = [];
        if (!text.IsEmpty && text[^1] is 'b' or 's' or 'i')
        {
            length = text[^1] switch { 'b' => 1, 's' => 2, _ => 4 };
            text = text[..^1];
        }
        if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out long number)) return false;
        if (number is < int.MinValue or > uint.MaxValue) return false;
        uint bits = (uint)number;
        if (length == 0) length = bits > 0xffff ? 4 : bits > 0xff ? 2 : 1;
        octets = new byte[length];
        for (int i = 0; i < length; i++) octets[i] = (byte)(bits >> (8 * (length - 1 - i)));
        return true;
    }

    private static QuotedText Next(ref QuotedText rest, out bool more)
    {
        int comma = rest.IndexOf(',');
        more = comma >= 0;
        QuotedText word = more ? rest.Slice(..comma) : rest;
        rest = more ? rest.Slice((comma + 1)..) : rest.Slice(rest.Text.Length..);
        return word.Trim();
    }

    /// <summary>Text as octets, in UTF-8.</summary>
    internal static byte[] Octets(ReadOnlySpan<char> text) => System.Text.Encoding.UTF8.GetBytes(text.ToString());

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private Dhcpv4OptionRule? Refuse(string why)
    {
        Complaint = why;
        return null;
    }

    private byte[]? Wrong(string why)
    {
        Complaint = why;
        return null;
    }
}
