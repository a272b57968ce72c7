using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// How a message that is written is to be authenticated: by nothing (the default), by a shared secret (RFC 3118), or by what belongs to the
/// forcerenew nonce (RFC 6704). Put the option while the message is written, and complete it when it is.
/// </summary>
public readonly ref struct Dhcpv4Signature
{
    private readonly ReadOnlySpan<byte> _key;
    private readonly ulong _counter;
    private readonly uint _secretId;
    private readonly AuthenticationForm _form;

    private Dhcpv4Signature(AuthenticationForm form, ulong counter, uint secretId, ReadOnlySpan<byte> key)
    {
        (_form, _counter, _secretId) = (form, counter, secretId);
        _key = key;
    }

    /// <summary>True when nothing is put.</summary>
    public bool IsNone => _form == AuthenticationForm.Absent;

    /// <summary>Delayed authentication: secret id and a code made with the key (RFC 3118 section 5.2).</summary>
    public static Dhcpv4Signature Delayed(ulong counter, uint secretId, ReadOnlySpan<byte> key) => new(AuthenticationForm.Delayed, counter, secretId, key);

    /// <summary>Asks a server for delayed authentication, in a DISCOVER or INFORM (RFC 3118 section 5.5.1).</summary>
    public static Dhcpv4Signature Request(ulong counter) => new(AuthenticationForm.Request, counter, 0, default);

    /// <summary>Hands the client its nonce, in an ACK (RFC 6704 section 3.1.3).</summary>
    public static Dhcpv4Signature Nonce(ulong counter, ReadOnlySpan<byte> nonce) => new(AuthenticationForm.Nonce, counter, 0, nonce);

    /// <summary>A code made with the client's nonce, in a FORCERENEW.</summary>
    public static Dhcpv4Signature NonceCode(ulong counter, ReadOnlySpan<byte> nonce) => new(AuthenticationForm.NonceCode, counter, 0, nonce);

    /// <summary>Puts option 90 with room for the code.</summary>
    public void Put(ref Dhcpv4Writer writer)
    {
        if (IsNone) return;
        bool delayed = _form is AuthenticationForm.Delayed or AuthenticationForm.Request;
        int length = _form switch
        {
            AuthenticationForm.Request => Dhcpv4Authentication.RequestLength,
            AuthenticationForm.Delayed => Dhcpv4Authentication.DelayedLength,
            _ => Dhcpv4Authentication.NonceLength,
        };
        Span<byte> value = writer.Reserve(Dhcpv4OptionCode.Authentication, length);
        if (value.IsEmpty) return;
        value.Clear();
        value[0] = delayed ? Dhcpv4Authentication.DelayedProtocol : Dhcpv4Authentication.NonceProtocol;
        value[1] = Dhcpv4Authentication.HmacMd5Algorithm;
        BinaryPrimitives.WriteUInt64BigEndian(value[3..], _counter);
        Span<byte> information = value[Dhcpv4Authentication.RequestLength..];
        if (_form == AuthenticationForm.Delayed) BinaryPrimitives.WriteUInt32BigEndian(information, _secretId);
        if (delayed) return;
        information[0] = _form == AuthenticationForm.Nonce ? Dhcpv4Authentication.NonceType : Dhcpv4Authentication.NonceCodeType;
        if (_form == AuthenticationForm.Nonce) _key.CopyTo(information[1..]);
    }

    /// <summary>Puts the code into the finished message. False when that cannot be done: relay information found room in file or sname only.</summary>
    public bool Complete(Span<byte> message) =>
        _form is not (AuthenticationForm.Delayed or AuthenticationForm.NonceCode) || Dhcpv4Authentication.TrySign(message, _key);
}
