using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.TestKit;

/// <summary>
/// Builds DHCPv4 messages for tests: as a client would, and also as none should. Options stand in the order of the calls; nothing is checked.
/// </summary>
public sealed class Dhcpv4Builder
{
    private readonly byte[] _fixed = new byte[Dhcpv4Layout.OptionsOffset];
    private readonly List<byte> _options = [];
    private bool _end = true;
    private int _padTo;

    /// <summary>A BOOTREQUEST of an Ethernet client with the magic cookie and no options.</summary>
    public Dhcpv4Builder(MacAddress mac, uint xid = 0x01020304)
    {
        _fixed[0] = Dhcpv4Layout.BootRequest;
        _fixed[1] = Dhcpv4Layout.Ethernet;
        _fixed[2] = MacAddress.Size;
        U32(4, xid);
        mac.Write(_fixed.AsSpan(28));
        U32(236, Dhcpv4Layout.MagicCookie);
    }

    /// <summary>A client message of one type.</summary>
    public static Dhcpv4Builder Message(byte type, MacAddress mac, uint xid = 0x01020304) =>
        new Dhcpv4Builder(mac, xid).Option(Dhcpv4OptionCode.MessageType, type);

    /// <summary>DHCPDISCOVER.</summary>
    public static Dhcpv4Builder Discover(MacAddress mac, uint xid = 0x01020304) => Message(Dhcpv4MessageType.Discover, mac, xid);

    /// <summary>DHCPREQUEST in state SELECTING.</summary>
    public static Dhcpv4Builder Select(MacAddress mac, Ipv4Address offered, Ipv4Address server, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Request, mac, xid).Address(Dhcpv4OptionCode.RequestedAddress, offered)
            .Address(Dhcpv4OptionCode.ServerIdentifier, server);

    /// <summary>DHCPREQUEST in state INIT-REBOOT.</summary>
    public static Dhcpv4Builder Reboot(MacAddress mac, Ipv4Address remembered, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Request, mac, xid).Address(Dhcpv4OptionCode.RequestedAddress, remembered);

    /// <summary>DHCPREQUEST in state RENEWING or REBINDING.</summary>
    public static Dhcpv4Builder Renew(MacAddress mac, Ipv4Address held, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Request, mac, xid).Ciaddr(held);

    /// <summary>DHCPRELEASE.</summary>
    public static Dhcpv4Builder Release(MacAddress mac, Ipv4Address held, Ipv4Address server, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Release, mac, xid).Ciaddr(held).Address(Dhcpv4OptionCode.ServerIdentifier, server);

    /// <summary>DHCPDECLINE.</summary>
    public static Dhcpv4Builder Decline(MacAddress mac, Ipv4Address offered, Ipv4Address server, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Decline, mac, xid).Address(Dhcpv4OptionCode.RequestedAddress, offered)
            .Address(Dhcpv4OptionCode.ServerIdentifier, server);

    /// <summary>DHCPINFORM.</summary>
    public static Dhcpv4Builder Inform(MacAddress mac, Ipv4Address own, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.Inform, mac, xid).Ciaddr(own);

    /// <summary>DHCPDWIRMCLIENT with the shipped codes.</summary>
    public static Dhcpv4Builder DwirmClient(MacAddress mac, string profileJson, uint xid = 0x01020304) =>
        Message(Dhcpv4MessageType.DefaultDwirmClient, mac, xid).Long(Dhcpv4OptionCode.DefaultProfile, Encoding.UTF8.GetBytes(profileJson));

    /// <summary>Sets op.</summary>
    public Dhcpv4Builder Op(byte op) => Fixed(0, op);

    /// <summary>Sets htype and hlen.</summary>
    public Dhcpv4Builder Hardware(byte type, byte length)
    {
        Fixed(1, type);
        return Fixed(2, length);
    }

    /// <summary>Sets the broadcast bit.</summary>
    public Dhcpv4Builder Broadcast() => Fixed(10, 0x80);

    /// <summary>Sets ciaddr.</summary>
    public Dhcpv4Builder Ciaddr(Ipv4Address address) => U32(12, address.Value);

    /// <summary>Sets giaddr.</summary>
    public Dhcpv4Builder Giaddr(Ipv4Address address) => U32(24, address.Value);

    /// <summary>Overwrites octets of the fixed part.</summary>
    public Dhcpv4Builder Fixed(int offset, params byte[] octets)
    {
        octets.CopyTo(_fixed, offset);
        return this;
    }

    /// <summary>Adds one option instance.</summary>
    public Dhcpv4Builder Option(byte code, params byte[] value)
    {
        _options.Add(code);
        _options.Add((byte)value.Length);
        _options.AddRange(value);
        return this;
    }

    /// <summary>Adds an option of one address.</summary>
    public Dhcpv4Builder Address(byte code, Ipv4Address address)
    {
        var octets = new byte[4];
        address.Write(octets);
        return Option(code, octets);
    }

    /// <summary>Adds an option of two octets.</summary>
    public Dhcpv4Builder U16(byte code, ushort value) => Option(code, (byte)(value >> 8), (byte)value);

    /// <summary>Adds an option of ASCII text.</summary>
    public Dhcpv4Builder Text(byte code, string text) => Option(code, Encoding.ASCII.GetBytes(text));

    /// <summary>Adds a value as instances of 255 octets and a rest (RFC 3396).</summary>
    public Dhcpv4Builder Long(byte code, byte[] value)
    {
        for (int at = 0; at < value.Length; at += 255) Option(code, value.AsSpan(at, Math.Min(255, value.Length - at)).ToArray());
        return this;
    }

    /// <summary>Adds the profile with the shipped code.</summary>
    public Dhcpv4Builder Profile(string json) => Long(Dhcpv4OptionCode.DefaultProfile, Encoding.UTF8.GetBytes(json));

    /// <summary>Adds the parameter request list.</summary>
    public Dhcpv4Builder Requesting(params byte[] codes) => Option(Dhcpv4OptionCode.ParameterRequestList, codes);

    /// <summary>Adds the client identifier.</summary>
    public Dhcpv4Builder ClientId(params byte[] id) => Option(Dhcpv4OptionCode.ClientIdentifier, id);

    /// <summary>Adds octets to the options field as they are.</summary>
    public Dhcpv4Builder Raw(params byte[] octets)
    {
        _options.AddRange(octets);
        return this;
    }

    /// <summary>Leaves option 255 out.</summary>
    public Dhcpv4Builder WithoutEnd()
    {
        _end = false;
        return this;
    }

    /// <summary>Pads with zeros up to a length in octets.</summary>
    public Dhcpv4Builder PadTo(int length)
    {
        _padTo = length;
        return this;
    }

    /// <summary>The datagram.</summary>
    public byte[] Build()
    {
        var datagram = new List<byte>(_fixed);
        datagram.AddRange(_options);
        if (_end) datagram.Add(Dhcpv4OptionCode.End);
        while (datagram.Count < _padTo) datagram.Add(0);
        return [.. datagram];
    }

    private Dhcpv4Builder U32(int offset, uint value) =>
        Fixed(offset, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value);
}
