using System;
using System.Collections.Generic;

namespace Dwirm.Policy.Profiles;

/// <summary>Protocol names of a service. They select TCP or UDP for its ports and never widen anything (DWIRM-15).</summary>
public sealed class Hints
{
    private readonly string[] _names;

    private Hints(string[] names) => _names = names;

    /// <summary>No hint: TCP and UDP.</summary>
    public static Hints None { get; } = new([]);

    /// <summary>Upper-case names in the order they were written, known or not, cleaned of control characters.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The transports of all hints together; both when there is none, or one is not known.</summary>
    public Transports Transports
    {
        get
        {
            Transports all = Transports.None;
            foreach (string name in _names) all |= TransportsOf(name);
            return all == Transports.None ? Transports.Both : all;
        }
    }

    /// <summary>Splits a comma separated list; empty elements count for nothing. Every text is acceptable.</summary>
    public static Hints Parse(string text)
    {
        var names = new List<string>();
        foreach (Range part in text.AsSpan().Split(','))
        {
            string name = PlainText.Clean(text[part]).ToUpperInvariant();
            if (name.Length > 0) names.Add(name);
        }
        return names.Count == 0 ? None : new Hints(names.ToArray());
    }

    /// <summary>
    /// The transports for one range of a port list: its own hint when there are as many hints as ranges, else those of all hints together.
    /// </summary>
    /// <param name="rangeIndex">Which range, from 0.</param>
    /// <param name="rangeCount">How many ranges the service's <c>Ports</c> has as the device wrote it.</param>
    public Transports TransportsFor(int rangeIndex, int rangeCount) =>
        rangeCount == _names.Length && (uint)rangeIndex < (uint)rangeCount ? TransportsOf(_names[rangeIndex]) : Transports;

    /// <summary>The transports of one protocol name in upper case; both when it is not known.</summary>
    public static Transports TransportsOf(string name) => name switch
    {
        "HTTP" or "HTTPS" or "SSH" or "SFTP" or "FTP" or "TELNET" or "MQTT" or "MQTTS" or "ONVIF" or "AMQP" or "IPP" or "TCP" => Transports.Tcp,
        "NTP" or "COAP" or "COAPS" or "MDNS" or "SSDP" or "SNMP" or "SYSLOG" or "TFTP" or "RTP" or "QUIC" or "UDP" => Transports.Udp,
        _ => Transports.Both, // DNS, RTSP, SIP, STUN by the table; everything else because a hint must not cut off what it does not know
    };

    /// <summary><c>HTTP, HTTPS, SSH</c>.</summary>
    public override string ToString() => string.Join(", ", _names);
}
