using System;
using Dwirm.Wire;

namespace Dwirm.Policy.Profiles;

/// <summary>A host a device expects to contact, from a URL, a bare host, HOST:PORT or an IP address. Only host and port are enforced.</summary>
public sealed record EndpointName
{
    private const int LongestHost = 253;
    private const int LongestLabel = 63;

    private EndpointName()
    {
    }

    /// <summary>Scheme of a URL in lower case, empty when there was none.</summary>
    public string Scheme { get; private init; } = "";

    /// <summary>Host name in lower-case ASCII without the final dot, or the address in its usual spelling.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The address, when the host is an IPv4 address.</summary>
    public Ipv4Address? Literal { get; private init; }

    /// <summary>The address, when the host is an IPv6 address.</summary>
    public Ipv6Address? Literal6 { get; private init; }

    /// <summary>The port: explicit, else the scheme's default; null leaves it to the category's <c>Ports</c>.</summary>
    public int? Port { get; private init; }

    /// <summary>True when <see cref="Port"/> was written, and is not just the scheme's default.</summary>
    public bool PortIsExplicit { get; private init; }

    /// <summary>The transport of the scheme; both when the scheme is not known or there is none, so that hints may choose.</summary>
    public Transports Transports { get; private init; } = Transports.Both;

    /// <summary>True when the host is a name that has to be resolved.</summary>
    public bool IsName => Literal is null && Literal6 is null;

    /// <summary>
    /// True for an address literal that the owner has to approve: private, shared, link-local, loopback, multicast, broadcast or "this network"
    /// (DWIRM-14). The router's own addresses are not known here.
    /// </summary>
    public bool IsSpecialLiteral => Literal is { } v4 ? AddressSpace.IsSpecial(v4) : Literal6 is { } v6 && AddressSpace.IsSpecial(v6);

    /// <summary>True for an address literal that no other host can have: unspecified, loopback, reserved.</summary>
    public bool IsNobodysLiteral => Literal is { } v4 ? AddressSpace.IsNobodys(v4) : Literal6 is { } v6 && AddressSpace.IsNobodys(v6);

    /// <summary>Reads an endpoint.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EndpointName? endpoint) => TryParse(text, out endpoint, out _);

    /// <summary>Reads an endpoint.</summary>
    /// <param name="text">URL, host, HOST:PORT or address; an IPv6 address with a port is in brackets.</param>
    /// <param name="endpoint">The endpoint, null on failure.</param>
    /// <param name="fault">Why it failed.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out EndpointName? endpoint, out OptionFault fault)
    {
        endpoint = null;
        text = PortSet.Trim(text);
        fault = OptionFault.Syntax;
        if (text.IsEmpty || HasForbidden(text)) return false;
        string scheme = "";
        int slashes = text.IndexOf("://");
        if (slashes >= 0)
        {
            if (!IsScheme(text[..slashes])) return false;
            scheme = text[..slashes].ToString().ToLowerInvariant();
            text = text[(slashes + 3)..];
            int path = text.IndexOfAny('/', '?', '#');
            if (path >= 0) text = text[..path];
        }
        // Whatever has a path but no scheme is no URL; it may be an address prefix, and a single address is not what that means.
        else if (text.IndexOfAny('/', '?', '#') >= 0) return false;

        fault = ParseAuthority(text, scheme, out endpoint);
        return fault == OptionFault.None;
    }

    /// <summary>Host, and the port where one is known: <c>update.example.com:443</c>.</summary>
    public override string ToString()
    {
        string host = Literal6 is null ? Host : $"[{Host}]";
        return Port is { } port ? $"{host}:{port}" : host;
    }

    private static OptionFault ParseAuthority(ReadOnlySpan<char> text, string scheme, out EndpointName? endpoint)
    {
        endpoint = null;
        if (text.Contains('@')) return OptionFault.UserInfo;
        if (text.Contains('*')) return OptionFault.Wildcard;
        ReadOnlySpan<char> host = text, portText = default;
        bool hasPort = false, bracketed = text.StartsWith("[");
        if (bracketed)
        {
            int close = text.IndexOf(']');
            if (close < 0) return OptionFault.Syntax;
            host = text[1..close];
            ReadOnlySpan<char> rest = text[(close + 1)..];
            hasPort = rest.StartsWith(":");
            if (!hasPort && !rest.IsEmpty) return OptionFault.Syntax;
            portText = hasPort ? rest[1..] : rest;
        }
        else if (text.Count(':') == 1)
        {
            int colon = text.IndexOf(':');
            hasPort = true;
            host = text[..colon];
            portText = text[(colon + 1)..];
        }
        ushort port = 0;
        OptionFault fault = hasPort ? PortSet.ParsePort(portText, out port) : OptionFault.None;
        if (fault != OptionFault.None) return fault;
        (int defaultPort, Transports transports) = SchemeDefaults(scheme);
        int known = hasPort ? port : defaultPort;
        var parsed = new EndpointName
        {
            Scheme = scheme,
            Port = known == 0 ? null : known,
            PortIsExplicit = hasPort,
            Transports = transports,
        };
        endpoint = WithHost(parsed, host, bracketed);
        return endpoint is null ? OptionFault.BadHost : OptionFault.None;
    }

    private static EndpointName? WithHost(EndpointName endpoint, ReadOnlySpan<char> host, bool bracketed)
    {
        if (bracketed || host.Contains(':'))
        {
            return Ipv6Address.TryParse(host, out Ipv6Address v6) ? endpoint with { Literal6 = v6, Host = v6.ToString() } : null;
        }
        if (Ipv4Address.TryParse(host, out Ipv4Address v4)) return endpoint with { Literal = v4, Host = v4.ToString() };
        return NormaliseHost(host) is { } name ? endpoint with { Host = name } : null;
    }

    // LDH labels of RFC 1123 2.1, 1 to 63 octets. A name whose last label is a number is an address in some old spelling
    // (127.1, 0x7f.1) that resolvers would read as one: refused, so that the check of literals cannot be passed by.
    private static string? NormaliseHost(ReadOnlySpan<char> host)
    {
        if (host.EndsWith(".")) host = host[..^1];
        if (host.IsEmpty || host.Length > LongestHost) return null;
        ReadOnlySpan<char> label = default;
        foreach (Range part in host.Split('.'))
        {
            label = host[part];
            if (label.IsEmpty || label.Length > LongestLabel || label[0] == '-' || label[^1] == '-') return null;
            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return null;
            }
        }
        bool number = !label.ContainsAnyExceptInRange('0', '9') || label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return number ? null : host.ToString().ToLowerInvariant();
    }

    private static (int Port, Transports Transports) SchemeDefaults(string scheme) => scheme switch
    {
        "http" => (80, Transports.Tcp),
        "https" => (443, Transports.Tcp),
        "ftp" => (21, Transports.Tcp),
        "sftp" or "ssh" => (22, Transports.Tcp),
        "mqtt" => (1883, Transports.Tcp),
        "mqtts" => (8883, Transports.Tcp),
        "coap" => (5683, Transports.Udp),
        "coaps" => (5684, Transports.Udp),
        "rtsp" => (554, Transports.Tcp),
        "ntp" => (123, Transports.Udp),
        _ => (0, Transports.Both),
    };

    // RFC 3986 3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0])) return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        }
        return true;
    }

    // Blanks, quotes, backslashes and everything invisible: readers of URLs disagree about them.
    private static bool HasForbidden(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c is ' ' or '"' or '\\' or '<' or '>' or '`' or '^' or '{' or '}' or '|' || char.IsWhiteSpace(c) || PlainText.IsHarmful(c)) return true;
        }
        return false;
    }
}
