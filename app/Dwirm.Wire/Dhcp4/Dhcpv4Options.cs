using System;

namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// Walks the option instances of a message in RFC 3396 aggregate order: options field, then file, then sname where option 52 says that they
/// carry options. It shows instances as they stand, without concatenation. Allocates nothing.
/// </summary>
public ref struct Dhcpv4Options
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly ReadOnlySpan<byte> _sname;
    private ReadOnlySpan<byte> _rest;
    private int _field;

    internal Dhcpv4Options(ReadOnlySpan<byte> options, ReadOnlySpan<byte> file, ReadOnlySpan<byte> sname)
    {
        _rest = options;
        _file = file;
        _sname = sname;
    }

    /// <summary>Code of the present instance.</summary>
    public byte Code { get; private set; }

    /// <summary>Octets of the present instance, 0 to 255 of them.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>What ended the walk: <see cref="ParseFault.None"/> at the regular end.</summary>
    public ParseFault Fault { get; private set; }

    /// <summary>Itself, so that foreach works.</summary>
    public readonly Dhcpv4Options GetEnumerator() => this;

    /// <summary>The present instance.</summary>
    public readonly Dhcpv4Option Current => new(Code, Value);

    /// <summary>
    /// Steps to the next instance. False at the end and at a fault. A field that ends without option 255 is taken as ended: its instances are
    /// whole, and clients that leave the octet out exist.
    /// </summary>
    public bool MoveNext()
    {
        while (true)
        {
            int pads = 0;
            while (pads < _rest.Length && _rest[pads] == Dhcpv4OptionCode.Pad) pads++;
            _rest = _rest[pads..];
            if (_rest.IsEmpty || _rest[0] == Dhcpv4OptionCode.End)
            {
                if (!NextField()) return false;
                continue;
            }
            if (_rest.Length < 2 || _rest[1] > _rest.Length - 2)
            {
                Fault = ParseFault.OptionOverrun;
                _rest = default;
                _field = 2;
                return false;
            }
            Code = _rest[0];
            Value = _rest.Slice(2, _rest[1]);
            _rest = _rest[(2 + _rest[1])..];
            return true;
        }
    }

    private bool NextField()
    {
        _rest = default;
        if (_field >= 2) return false;
        _rest = ++_field == 1 ? _file : _sname;
        return true;
    }
}

/// <summary>One option instance as it stands in a message.</summary>
/// <param name="code">Its code.</param>
/// <param name="value">Its octets.</param>
public readonly ref struct Dhcpv4Option(byte code, ReadOnlySpan<byte> value)
{
    /// <summary>Its code.</summary>
    public byte Code { get; } = code;

    /// <summary>Its octets; valid as long as the received buffer is.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}
