using System;

namespace Dwirm.Daemon.Config;

/// <summary>How the value of an option is written.</summary>
internal enum OptionForm : byte
{
    /// <summary>By its look: addresses, a number, hexadecimal octets, or text.</summary>
    Any = 0,

    /// <summary>Addresses.</summary>
    Addresses,

    /// <summary>Text, whatever it looks like.</summary>
    Text,

    /// <summary>A number of one octet.</summary>
    Number1,

    /// <summary>A number of two octets.</summary>
    Number2,

    /// <summary>A number of four octets.</summary>
    Number4,

    /// <summary>Domain names.</summary>
    Domains,
}

/// <summary>The option names dnsmasq knows, with what their values look like. Options without a name are <see cref="OptionForm.Any"/>.</summary>
internal static class OptionNames
{
    private static readonly (string Name, byte Code, OptionForm Form)[] Known =
    [
        ("netmask", 1, OptionForm.Addresses), ("time-offset", 2, OptionForm.Number4), ("router", 3, OptionForm.Addresses),
        ("dns-server", 6, OptionForm.Addresses), ("log-server", 7, OptionForm.Addresses), ("lpr-server", 9, OptionForm.Addresses),
        ("", 12, OptionForm.Text), ("boot-file-size", 13, OptionForm.Number2), ("domain-name", 15, OptionForm.Text),
        ("swap-server", 16, OptionForm.Addresses), ("root-path", 17, OptionForm.Text), ("extension-path", 18, OptionForm.Text),
        ("ip-forward-enable", 19, OptionForm.Number1), ("non-local-source-routing", 20, OptionForm.Number1),
        ("policy-filter", 21, OptionForm.Addresses), ("max-datagram-reassembly", 22, OptionForm.Number2), ("default-ttl", 23, OptionForm.Number1),
        ("mtu", 26, OptionForm.Number2), ("all-subnets-local", 27, OptionForm.Number1), ("", 28, OptionForm.Addresses),
        ("router-discovery", 31, OptionForm.Number1), ("router-solicitation", 32, OptionForm.Addresses), ("static-route", 33, OptionForm.Addresses),
        ("trailer-encapsulation", 34, OptionForm.Number1), ("arp-timeout", 35, OptionForm.Number4), ("ethernet-encap", 36, OptionForm.Number1),
        ("tcp-ttl", 37, OptionForm.Number1), ("tcp-keepalive", 38, OptionForm.Number4), ("nis-domain", 40, OptionForm.Text),
        ("nis-server", 41, OptionForm.Addresses), ("ntp-server", 42, OptionForm.Addresses), ("", 43, OptionForm.Any),
        ("netbios-ns", 44, OptionForm.Addresses), ("netbios-dd", 45, OptionForm.Addresses), ("netbios-nodetype", 46, OptionForm.Number1),
        ("netbios-scope", 47, OptionForm.Any), ("x-windows-fs", 48, OptionForm.Addresses), ("x-windows-dm", 49, OptionForm.Addresses),
        ("T1", 58, OptionForm.Number4), ("T2", 59, OptionForm.Number4), ("vendor-class", 60, OptionForm.Any),
        ("nis+-domain", 64, OptionForm.Text), ("nis+-server", 65, OptionForm.Addresses), ("tftp-server", 66, OptionForm.Text),
        ("bootfile-name", 67, OptionForm.Text), ("mobile-ip-home", 68, OptionForm.Addresses), ("smtp-server", 69, OptionForm.Addresses),
        ("pop3-server", 70, OptionForm.Addresses), ("nntp-server", 71, OptionForm.Addresses), ("irc-server", 74, OptionForm.Addresses),
        ("user-class", 77, OptionForm.Any), ("rapid-commit", 80, OptionForm.Any), ("client-arch", 93, OptionForm.Number2),
        ("client-interface-id", 94, OptionForm.Any), ("client-machine-id", 97, OptionForm.Any), ("posix-timezone", 100, OptionForm.Text),
        ("tzdb-timezone", 101, OptionForm.Text), ("ipv6-only", 108, OptionForm.Number4), ("domain-search", 119, OptionForm.Domains),
        ("sip-server", 120, OptionForm.Any), ("classless-static-route", 121, OptionForm.Any), ("vendor-id-encap", 125, OptionForm.Any),
        ("tftp-server-address", 150, OptionForm.Addresses), ("server-ip-address", 255, OptionForm.Addresses),
    ];

    /// <summary>The code of a name, without regard to case.</summary>
    internal static bool TryFind(ReadOnlySpan<char> name, out byte code)
    {
        foreach ((string known, byte number, _) in Known)
        {
            if (known.Length == 0 || !name.Equals(known, StringComparison.OrdinalIgnoreCase)) continue;
            code = number;
            return true;
        }
        code = 0;
        return false;
    }

    /// <summary>How the value of a code is written.</summary>
    internal static OptionForm FormOf(byte code)
    {
        foreach ((_, byte number, OptionForm form) in Known)
        {
            if (number == code) return form;
        }
        return OptionForm.Any;
    }
}
