using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// A view of a received DHCPv4 message (RFC 2131 section 2; layout in <see cref="Dhcpv4Layout"/>). Every length and the whole option structure
/// are checked once, in <see cref="TryParse"/>; after that no accessor can fail. Unknown options and message types are kept. Allocates nothing.
/// </summary>
public readonly ref struct Dhcpv4Packet
{
    /// <summary>More instances than this are refused: a message is walked several times, and the sender chooses how long.</summary>
    public const int MaximumOptions = 512;

    private readonly ReadOnlySpan<byte> _datagram;
    private readonly ReadOnlySpan<byte> _file;
    private readonly ReadOnlySpan<byte> _sname;

    private Dhcpv4Packet(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> file, ReadOnlySpan<byte> sname, byte messageType)
    {
        _datagram = datagram;
        _file = file;
        _sname = sname;
        MessageType = messageType;
    }

    /// <summary>1 from a client, 2 from a server; nothing else is let in.</summary>
    public byte Op => _datagram[0];

    /// <summary>htype: 1 is Ethernet.</summary>
    public byte HardwareType => _datagram[1];

    /// <summary>hlen: octets of chaddr that mean something, 0 to 16.</summary>
    public byte HardwareLength => _datagram[2];

    /// <summary>Relays passed.</summary>
    public byte Hops => _datagram[3];

    /// <summary>Transaction id.</summary>
    public uint Xid => BinaryPrimitives.ReadUInt32BigEndian(_datagram[Dhcpv4Layout.Xid..]);

    /// <summary>Seconds since the client began.</summary>
    public ushort Secs => BinaryPrimitives.ReadUInt16BigEndian(_datagram[Dhcpv4Layout.Secs..]);

    /// <summary>Flags; only the broadcast bit is defined.</summary>
    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_datagram[Dhcpv4Layout.Flags..]);

    /// <summary>True when the client cannot take unicast before it is configured (RFC 2131 section 4.1).</summary>
    public bool BroadcastFlag => (Flags & Dhcpv4Layout.BroadcastFlag) != 0;

    /// <summary>The address the client has and answers ARP for, or 0.</summary>
    public Ipv4Address Ciaddr => Ipv4Address.Read(_datagram[Dhcpv4Layout.Ciaddr..]);

    /// <summary>"Your" address, in messages from a server.</summary>
    public Ipv4Address Yiaddr => Ipv4Address.Read(_datagram[Dhcpv4Layout.Yiaddr..]);

    /// <summary>Next server of a boot, in messages from a server.</summary>
    public Ipv4Address Siaddr => Ipv4Address.Read(_datagram[Dhcpv4Layout.Siaddr..]);

    /// <summary>The relay's address, or 0.</summary>
    public Ipv4Address Giaddr => Ipv4Address.Read(_datagram[Dhcpv4Layout.Giaddr..]);

    /// <summary>The first six octets of chaddr; a MAC address only when htype is 1 and hlen is 6 (<see cref="HasEthernetAddress"/>).</summary>
    public MacAddress Chaddr => MacAddress.Read(_datagram[Dhcpv4Layout.Chaddr..]);

    /// <summary>True when chaddr is an Ethernet address.</summary>
    public bool HasEthernetAddress => HardwareType == Dhcpv4Layout.Ethernet && HardwareLength == MacAddress.Size;

    /// <summary>All sixteen octets of chaddr.</summary>
    public ReadOnlySpan<byte> ChaddrBytes => _datagram.Slice(Dhcpv4Layout.Chaddr, Dhcpv4Layout.ChaddrSize);

    /// <summary>Option 53, or 0 for a BOOTP message.</summary>
    public byte MessageType { get; }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Datagram => _datagram;

    /// <summary>UDP payload in octets.</summary>
    public int DatagramLength => _datagram.Length;

    /// <summary>The option instances in aggregate order, without concatenation.</summary>
    public Dhcpv4Options Options => new(_datagram[Dhcpv4Layout.OptionsOffset..], _file, _sname);

    /// <summary>
    /// Checks <paramref name="datagram"/> (a UDP payload) and gives a view of it. False with a fault when the structure is broken: too short, no
    /// magic cookie, an option that overruns its field, an impossible overload, or a wrong length of an option this program reads itself.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out Dhcpv4Packet packet, out ParseFault fault)
    {
        packet = default;
        fault = CheckFixedPart(datagram);
        if (fault != ParseFault.None) return false;

        byte overload = FindOverload(datagram[Dhcpv4Layout.OptionsOffset..], out fault);
        if (fault != ParseFault.None) return false;
        ReadOnlySpan<byte> file = (overload & 1) != 0 ? datagram.Slice(Dhcpv4Layout.File, Dhcpv4Layout.FileSize) : default;
        ReadOnlySpan<byte> sname = (overload & 2) != 0 ? datagram.Slice(Dhcpv4Layout.Sname, Dhcpv4Layout.SnameSize) : default;

        fault = CheckOptions(new Dhcpv4Options(datagram[Dhcpv4Layout.OptionsOffset..], file, sname), out byte messageType);
        if (fault != ParseFault.None) return false;
        packet = new Dhcpv4Packet(datagram, file, sname, messageType);
        return true;
    }

    /// <summary>The same message read as another type: a DHCPDWIRMCLIENT goes on as a DISCOVER (implicit_discover).</summary>
    public Dhcpv4Packet As(byte messageType) => new(_datagram, _file, _sname, messageType);

    /// <summary>True when at least one instance of the option is there, whatever its length.</summary>
    public bool HasOption(byte code) => OptionLength(code) >= 0;

    /// <summary>Octets of the option over all its instances, or -1 when it is absent.</summary>
    public int OptionLength(byte code)
    {
        int length = -1;
        foreach (Dhcpv4Option option in Options)
        {
            if (option.Code == code) length = (length < 0 ? 0 : length) + option.Value.Length;
        }
        return length;
    }

    /// <summary>
    /// The value of an option. A single instance is returned where it stands; several are concatenated into <paramref name="scratch"/> in
    /// aggregate order (RFC 3396 section 7). False when the option is absent or <paramref name="scratch"/> is too small for the concatenation.
    /// </summary>
    public bool TryGetOption(byte code, Span<byte> scratch, out ReadOnlySpan<byte> value)
    {
        value = default;
        int found = 0, length = 0;
        foreach (Dhcpv4Option option in Options)
        {
            if (option.Code != code) continue;
            if (found++ == 0)
            {
                value = option.Value;
                continue;
            }
            if (found == 2 && !Append(scratch, ref length, value)) return Missing(out value);
            if (!Append(scratch, ref length, option.Value)) return Missing(out value);
        }
        if (found > 1) value = scratch[..length];
        return found > 0;
    }

    /// <summary>An option of exactly four octets as an address. False when it is absent.</summary>
    public bool TryGetAddress(byte code, out Ipv4Address address)
    {
        Span<byte> scratch = stackalloc byte[4];
        bool found = TryGetOption(code, scratch, out ReadOnlySpan<byte> value) && value.Length == 4;
        address = found ? Ipv4Address.Read(value) : default;
        return found;
    }

    /// <summary>An option of exactly two octets as a number. False when it is absent.</summary>
    public bool TryGetU16(byte code, out ushort number)
    {
        Span<byte> scratch = stackalloc byte[2];
        bool found = TryGetOption(code, scratch, out ReadOnlySpan<byte> value) && value.Length == 2;
        number = found ? BinaryPrimitives.ReadUInt16BigEndian(value) : (ushort)0;
        return found;
    }

    /// <summary>An option of exactly four octets as a number. False when it is absent.</summary>
    public bool TryGetU32(byte code, out uint number)
    {
        bool found = TryGetAddress(code, out Ipv4Address address);
        number = address.Value;
        return found;
    }

    /// <summary>True when the client's parameter request list (option 55) names the code.</summary>
    public bool Requests(byte code) => Lists(Dhcpv4OptionCode.ParameterRequestList, code);

    /// <summary>True when the client takes a forcerenew nonce for HMAC-MD5 (option 145, RFC 6704 section 3.1.1).</summary>
    public bool TakesNonce => Lists(Dhcpv4OptionCode.ForceRenewNonceCapable, Dhcpv4Authentication.HmacMd5Algorithm);

    /// <summary>The longest UDP payload this client is known to take, as <see cref="Dhcpv4Layout.PayloadLimit"/> says.</summary>
    public int PayloadLimit =>
        Dhcpv4Layout.PayloadLimit(TryGetU16(Dhcpv4OptionCode.MaximumMessageSize, out ushort size) ? size : 0, DatagramLength);

    private bool Lists(byte option, byte octet)
    {
        foreach (Dhcpv4Option instance in Options)
        {
            if (instance.Code == option && instance.Value.Contains(octet)) return true;
        }
        return false;
    }

    private static ParseFault CheckFixedPart(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < Dhcpv4Layout.OptionsOffset) return ParseFault.Truncated;
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[Dhcpv4Layout.Cookie..]) != Dhcpv4Layout.MagicCookie) return ParseFault.BadCookie;
        if (datagram[0] is not (Dhcpv4Layout.BootRequest or Dhcpv4Layout.BootReply)) return ParseFault.BadField;
        return datagram[2] > Dhcpv4Layout.ChaddrSize ? ParseFault.BadHardwareLength : ParseFault.None;
    }

    /// <summary>Option 52 counts in the options field only: inside file or sname it would have to be read before it is known (RFC 2132 9.3).</summary>
    private static byte FindOverload(ReadOnlySpan<byte> optionsField, out ParseFault fault)
    {
        byte overload = 0;
        var walk = new Dhcpv4Options(optionsField, default, default);
        while (walk.MoveNext())
        {
            if (walk.Code != Dhcpv4OptionCode.Overload) continue;
            if (walk.Value.Length != 1 || overload != 0 || walk.Value[0] is < 1 or > 3)
            {
                fault = ParseFault.BadOverload;
                return 0;
            }
            overload = walk.Value[0];
        }
        fault = walk.Fault;
        return overload;
    }

    private static ParseFault CheckOptions(Dhcpv4Options walk, out byte messageType)
    {
        int count = 0, type = -1, requested = -1, leaseTime = -1, server = -1, size = -1;
        messageType = 0;
        while (walk.MoveNext())
        {
            if (++count > MaximumOptions) return ParseFault.TooManyOptions;
            int length = walk.Value.Length;
            switch (walk.Code)
            {
                case Dhcpv4OptionCode.MessageType:
                    if (length > 0) messageType = walk.Value[0];
                    Add(ref type, length);
                    break;
                case Dhcpv4OptionCode.RequestedAddress: Add(ref requested, length); break;
                case Dhcpv4OptionCode.LeaseTime: Add(ref leaseTime, length); break;
                case Dhcpv4OptionCode.ServerIdentifier: Add(ref server, length); break;
                case Dhcpv4OptionCode.MaximumMessageSize: Add(ref size, length); break;
                default: break;
            }
        }
        if (walk.Fault != ParseFault.None) return walk.Fault;
        bool lengthsHold = type is -1 or 1 && requested is -1 or 4 && leaseTime is -1 or 4 && server is -1 or 4 && size is -1 or 2;
        return lengthsHold && !(type == 1 && messageType == 0) ? ParseFault.None : ParseFault.OptionLength;

        static void Add(ref int total, int length) => total = (total < 0 ? 0 : total) + length;
    }

    private static bool Append(Span<byte> scratch, ref int length, ReadOnlySpan<byte> piece)
    {
        if (piece.Length > scratch.Length - length) return false;
        piece.CopyTo(scratch[length..]);
        length += piece.Length;
        return true;
    }

    private static bool Missing(out ReadOnlySpan<byte> value)
    {
        value = default;
        return false;
    }
}
