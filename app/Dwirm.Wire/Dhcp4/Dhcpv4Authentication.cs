using System;
using System.Buffers.Binary;
using Dwirm.Wire.Crypto;

namespace Dwirm.Wire.Dhcp4;

/// <summary>What option 90 of a message is.</summary>
public enum AuthenticationForm : byte
{
    /// <summary>There is none.</summary>
    Absent = 0,

    /// <summary>Broken or ambiguous: a wrong length, several instances, or where nothing can be said about what was authenticated.</summary>
    Malformed,

    /// <summary>A protocol, algorithm or replay detection method that is not spoken here; the clear-text tokens of protocol 0 are among them.</summary>
    Foreign,

    /// <summary>Delayed authentication without a code: the client asks for it (RFC 3118 section 5.5.1).</summary>
    Request,

    /// <summary>Delayed authentication with secret id and code (RFC 3118 section 5.2).</summary>
    Delayed,

    /// <summary>The forcerenew nonce itself, in an ACK (RFC 6704 section 3.1.3, type 1).</summary>
    Nonce,

    /// <summary>A code made with the nonce, in a FORCERENEW (RFC 6704 section 3.1.3, type 2).</summary>
    NonceCode,
}

/// <summary>
/// Option 90 as it stands in a received message (RFC 3118 section 2; RFC 6704 section 3.1.3).
/// <code>
///    0                   1                   2                   3
///    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///   +---------------+---------------+---------------+---------------+
///   |   code (90)   |    length     |   protocol    |   algorithm   |
///   +---------------+---------------+---------------+---------------+
///   |  RDM (0)      |      replay detection, 64 bits                |
///   +---------------+                                               +
///   |                                                               |
///   |               +-----------------------------------------------+
///   |               |  protocol 1: secret id (4), HMAC-MD5 (16)      |
///   |               |  protocol 3: type (1), nonce or HMAC-MD5 (16)  |
///   +---------------+-----------------------------------------------+
/// </code>
/// </summary>
public readonly struct Dhcpv4Authentication
{
    /// <summary>Octets of a shared secret and of a nonce: 128 bits.</summary>
    public const int KeySize = 16;

    internal const int RequestLength = 11, DelayedLength = RequestLength + SecretIdSize + HmacMd5.Size, NonceLength = RequestLength + 1 + KeySize;
    internal const byte DelayedProtocol = 1, NonceProtocol = 3, HmacMd5Algorithm = 1, NonceType = 1, NonceCodeType = 2;
    private const int SecretIdSize = 4, MostPadding = 64;

    /// <summary>What it is; the other members mean something for the last four forms only.</summary>
    public AuthenticationForm Form { get; private init; }

    /// <summary>The replay counter: grows with every message of its sender.</summary>
    public ulong Counter { get; private init; }

    /// <summary>Which secret was used; only of <see cref="AuthenticationForm.Delayed"/>.</summary>
    public uint SecretId { get; private init; }

    /// <summary>Where code or nonce stands in the datagram.</summary>
    internal int CodeOffset { get; private init; }

    /// <summary>Finds and reads option 90 of a message. It may stand in file or sname; a second instance makes it malformed.</summary>
    public static Dhcpv4Authentication Read(in Dhcpv4Packet packet)
    {
        var found = new Dhcpv4Authentication();
        bool relayElsewhere = false;
        int relays = 0;
        foreach (Dhcpv4Option option in packet.Options)
        {
            if (option.Code == Dhcpv4OptionCode.RelayAgentInformation)
            {
                relays++;
                relayElsewhere |= OffsetOf(packet.Datagram, option.Value) < Dhcpv4Layout.OptionsOffset;
            }
            if (option.Code != Dhcpv4OptionCode.Authentication) continue;
            if (found.Form != AuthenticationForm.Absent) return Malformed;
            found = Read(option.Value, OffsetOf(packet.Datagram, option.Value));
        }
        // A relay appends one option to the options field, and never an empty one; anything else is nobody's to check.
        return found.Form != AuthenticationForm.Absent && (relayElsewhere || relays > 1) ? Malformed : found;
    }

    /// <summary>
    /// True when the message's code was made with the key (RFC 3118 section 5.3): computed over the whole message with hops, giaddr and the code
    /// itself zero and without option 82. The comparison takes the same time wherever codes differ.
    /// </summary>
    /// <remarks>
    /// RFC 3118 does not say what becomes of the padding behind the options when a relay inserts option 82. Relays use it up, keep it, or pad
    /// anew to 300 octets, so with that option there all three are tried. The padding says nothing, so nothing is given away.
    /// </remarks>
    /// <param name="packet">The message that this was read from.</param>
    /// <param name="key">The shared secret, or the nonce.</param>
    public bool IsMadeWith(in Dhcpv4Packet packet, ReadOnlySpan<byte> key)
    {
        if (Form is not (AuthenticationForm.Delayed or AuthenticationForm.NonceCode)) return false;
        ReadOnlySpan<byte> datagram = packet.Datagram;
        ReadOnlySpan<byte> given = datagram.Slice(CodeOffset, HmacMd5.Size);
        HmacMd5 begun = Digest(datagram, CodeOffset, key, out int length);
        bool matches = Ends(begun, 0, given);
        if (length == datagram.Length) return matches;
        matches |= Ends(begun, datagram.Length - length, given);
        return matches | Ends(begun, Math.Max(0, Dhcpv4Layout.MinimumLength - length), given);
    }

    /// <summary>Copies the nonce of <see cref="AuthenticationForm.Nonce"/> out of its message.</summary>
    public void CopyNonce(in Dhcpv4Packet packet, Span<byte> nonce) => packet.Datagram.Slice(CodeOffset, KeySize).CopyTo(nonce);

    /// <summary>Computes the code of a message that was just written, and puts it into its option 90.</summary>
    /// <param name="message">The whole message, with an option 90 that <see cref="Dhcpv4Signature.Put"/> wrote.</param>
    /// <param name="key">The shared secret, or the nonce.</param>
    internal static bool TrySign(Span<byte> message, ReadOnlySpan<byte> key)
    {
        if (!Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out _)) return false;
        Dhcpv4Authentication option = Read(packet);
        if (option.Form is not (AuthenticationForm.Delayed or AuthenticationForm.NonceCode)) return false;
        HmacMd5 code = Digest(message, option.CodeOffset, key, out _);
        code.Finish(message.Slice(option.CodeOffset, HmacMd5.Size));
        return true;
    }

    private static Dhcpv4Authentication Malformed => new() { Form = AuthenticationForm.Malformed };

    private static Dhcpv4Authentication Read(ReadOnlySpan<byte> value, int offset)
    {
        if (value.Length < RequestLength) return Malformed;
        AuthenticationForm form = (value[0], value.Length) switch
        {
            (DelayedProtocol or NonceProtocol, _) when value[1] != HmacMd5Algorithm || value[2] != 0 => AuthenticationForm.Foreign,
            (DelayedProtocol, RequestLength) => AuthenticationForm.Request,
            (DelayedProtocol, DelayedLength) => AuthenticationForm.Delayed,
            (NonceProtocol, NonceLength) when value[RequestLength] == NonceType => AuthenticationForm.Nonce,
            (NonceProtocol, NonceLength) when value[RequestLength] == NonceCodeType => AuthenticationForm.NonceCode,
            (DelayedProtocol or NonceProtocol, _) => AuthenticationForm.Malformed,
            _ => AuthenticationForm.Foreign,
        };
        return new Dhcpv4Authentication
        {
            Form = form,
            Counter = BinaryPrimitives.ReadUInt64BigEndian(value[3..]),
            SecretId = form == AuthenticationForm.Delayed ? BinaryPrimitives.ReadUInt32BigEndian(value[RequestLength..]) : 0,
            CodeOffset = offset + value.Length - KeySize,
        };
    }

    private static int OffsetOf(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> part) => datagram.Overlaps(part, out int offset) ? offset : 0;

    /// <summary>Everything of the message that the code covers, in order; <paramref name="length"/> is how many octets that was.</summary>
    private static HmacMd5 Digest(ReadOnlySpan<byte> datagram, int codeOffset, ReadOnlySpan<byte> key, out int length)
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0];
        var code = new HmacMd5(key);
        code.Update(datagram[..Dhcpv4Layout.Hops]);
        code.Update(zeros[..1]);
        code.Update(datagram[Dhcpv4Layout.Xid..Dhcpv4Layout.Giaddr]);
        code.Update(zeros);
        int at = Dhcpv4Layout.Chaddr, left = 0;
        var walk = new Dhcpv4Options(datagram[Dhcpv4Layout.OptionsOffset..], default, default);
        while (walk.MoveNext())
        {
            if (walk.Code != Dhcpv4OptionCode.RelayAgentInformation || walk.Value.IsEmpty) continue;
            int start = OffsetOf(datagram, walk.Value) - 2;
            Add(ref code, datagram, at, start, codeOffset);
            at = start + 2 + walk.Value.Length;
            left += 2 + walk.Value.Length;
        }
        Add(ref code, datagram, at, datagram.Length, codeOffset);
        length = datagram.Length - left;
        return code;
    }

    /// <summary>Adds a stretch of the message, with the code's own octets as zeros.</summary>
    private static void Add(ref HmacMd5 code, ReadOnlySpan<byte> datagram, int from, int to, int codeOffset)
    {
        if (codeOffset < from || codeOffset >= to)
        {
            code.Update(datagram[from..to]);
            return;
        }
        Span<byte> zeros = stackalloc byte[HmacMd5.Size];
        zeros.Clear();
        code.Update(datagram[from..codeOffset]);
        code.Update(zeros);
        code.Update(datagram[(codeOffset + HmacMd5.Size)..to]);
    }

    private static bool Ends(HmacMd5 code, int padding, ReadOnlySpan<byte> given)
    {
        Span<byte> zeros = stackalloc byte[MostPadding];
        zeros.Clear();
        for (; padding > 0; padding -= Math.Min(padding, MostPadding)) code.Update(zeros[..Math.Min(padding, MostPadding)]);
        Span<byte> expected = stackalloc byte[HmacMd5.Size];
        code.Finish(expected);
        return HmacMd5.Matches(expected, given);
    }
}
