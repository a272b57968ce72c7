using System;
using System.Buffers.Binary;

namespace Dwirm.Wire.Dhcp4;

/// <summary>
/// Writes a DHCPv4 message into a buffer whose length is the size limit. What does not fit into the options field goes, when overload is
/// allowed, to file and then to sname (option 52, RFC 2132 section 9.3). Overflow is sticky: later calls do nothing, and
/// <see cref="TryFinish"/> says so, because how much fits depends on the client and is no error. A copy of the writer is a savepoint:
/// assigning it back forgets what was put since. Allocates nothing.
/// </summary>
public ref struct Dhcpv4Writer
{
    private const int OverloadOptionLength = 3;
    private const int EndLength = 1;

    private readonly Span<byte> _buffer;
    private readonly int _optionsEnd;
    private readonly bool _overload;
    private int _options;
    private int _file;
    private int _sname;
    private bool _fileTaken;
    private bool _snameTaken;
    private bool _overflowed;

    /// <summary>A writer over <paramref name="buffer"/>, at least 300 octets of it; less is an overflow from the start.</summary>
    /// <param name="buffer">Where the message goes; its length is the largest UDP payload the message may have.</param>
    /// <param name="allowOverload">Whether options may spill into file and sname. It costs three octets of the options field.</param>
    public Dhcpv4Writer(Span<byte> buffer, bool allowOverload = false)
    {
        _buffer = buffer;
        _overload = allowOverload;
        _options = Dhcpv4Layout.OptionsOffset;
        _optionsEnd = buffer.Length - EndLength - (allowOverload ? OverloadOptionLength : 0);
        _file = Dhcpv4Layout.File;
        _sname = Dhcpv4Layout.Sname;
        _overflowed = buffer.Length < Dhcpv4Layout.MinimumLength;
        if (_overflowed) return;
        buffer[..Dhcpv4Layout.OptionsOffset].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(buffer[Dhcpv4Layout.Cookie..], Dhcpv4Layout.MagicCookie);
    }

    /// <summary>True when something did not fit.</summary>
    public readonly bool Overflowed => _overflowed;

    /// <summary>True when options stand in file or sname.</summary>
    public readonly bool UsesOverload => OverloadsFile || OverloadsSname;

    private readonly bool OverloadsFile => !_fileTaken && _file > Dhcpv4Layout.File;

    private readonly bool OverloadsSname => !_snameTaken && _sname > Dhcpv4Layout.Sname;

    /// <summary>Writes the fixed part. hops and secs stay 0, sname and file stay free for options, or for <see cref="ServerName"/> and <see cref="BootFile"/>.</summary>
    public readonly void Header(byte op, byte hardwareType, byte hardwareLength, uint xid, ushort flags, scoped ReadOnlySpan<byte> chaddr)
    {
        if (_overflowed) return;
        _buffer[0] = op;
        _buffer[1] = hardwareType;
        _buffer[2] = hardwareLength;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Dhcpv4Layout.Xid..], xid);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Dhcpv4Layout.Flags..], flags);
        chaddr[..Math.Min(chaddr.Length, Dhcpv4Layout.ChaddrSize)].CopyTo(_buffer[Dhcpv4Layout.Chaddr..]);
    }

    /// <summary>Writes the four addresses of the fixed part.</summary>
    public readonly void Addresses(Ipv4Address ciaddr, Ipv4Address yiaddr, Ipv4Address siaddr, Ipv4Address giaddr)
    {
        if (_overflowed) return;
        ciaddr.Write(_buffer[Dhcpv4Layout.Ciaddr..]);
        yiaddr.Write(_buffer[Dhcpv4Layout.Yiaddr..]);
        siaddr.Write(_buffer[Dhcpv4Layout.Siaddr..]);
        giaddr.Write(_buffer[Dhcpv4Layout.Giaddr..]);
    }

    /// <summary>Writes the boot file's name, at most 127 octets of it; no option stands in the field then.</summary>
    public void BootFile(scoped ReadOnlySpan<byte> name)
    {
        if (_overflowed) return;
        name[..Math.Min(name.Length, Dhcpv4Layout.FileSize - 1)].CopyTo(_buffer[Dhcpv4Layout.File..]);
        _fileTaken = true;
        _file = Dhcpv4Layout.File + Dhcpv4Layout.FileSize;
    }

    /// <summary>Writes the boot server's name, at most 63 octets of it; no option stands in the field then.</summary>
    public void ServerName(scoped ReadOnlySpan<byte> name)
    {
        if (_overflowed) return;
        name[..Math.Min(name.Length, Dhcpv4Layout.SnameSize - 1)].CopyTo(_buffer[Dhcpv4Layout.Sname..]);
        _snameTaken = true;
        _sname = Dhcpv4Layout.Sname + Dhcpv4Layout.SnameSize;
    }

    /// <summary>Writes secs.</summary>
    public readonly void Secs(ushort seconds)
    {
        if (!_overflowed) BinaryPrimitives.WriteUInt16BigEndian(_buffer[Dhcpv4Layout.Secs..], seconds);
    }

    /// <summary>Writes hops.</summary>
    public readonly void Hops(byte hops)
    {
        if (!_overflowed) _buffer[3] = hops;
    }

    /// <summary>An option of one octet.</summary>
    public void PutU8(byte code, byte value)
    {
        Span<byte> destination = Take(code, 1);
        if (!destination.IsEmpty) destination[0] = value;
    }

    /// <summary>An option of two octets, most significant first.</summary>
    public void PutU16Be(byte code, ushort value)
    {
        Span<byte> destination = Take(code, 2);
        if (!destination.IsEmpty) BinaryPrimitives.WriteUInt16BigEndian(destination, value);
    }

    /// <summary>An option of four octets, most significant first.</summary>
    public void PutU32Be(byte code, uint value)
    {
        Span<byte> destination = Take(code, 4);
        if (!destination.IsEmpty) BinaryPrimitives.WriteUInt32BigEndian(destination, value);
    }

    /// <summary>An option of one address.</summary>
    public void PutAddress(byte code, Ipv4Address value) => PutU32Be(code, value.Value);

    /// <summary>An option in one piece, 0 to 255 octets; a longer one overflows. RFC 3396 section 5 splits ordinary options only with cause.</summary>
    public void Put(byte code, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> destination = Take(code, value.Length);
        if (!destination.IsEmpty) value.CopyTo(destination);
    }

    /// <summary>An option of ASCII text in one piece; a character beyond ASCII becomes '?'.</summary>
    public void PutAscii(byte code, scoped ReadOnlySpan<char> text)
    {
        Span<byte> destination = Take(code, text.Length);
        for (int i = 0; i < destination.Length; i++) destination[i] = text[i] < 0x80 ? (byte)text[i] : (byte)'?';
    }

    /// <summary>Room for an option of <paramref name="length"/> octets, which the caller fills; empty after an overflow.</summary>
    public Span<byte> Reserve(byte code, int length) => Take(code, length);

    /// <summary>
    /// A concatenation-requiring option: split into as many instances as it takes, in sequence, at most 255 octets each, none across the end of a
    /// field (RFC 3396 section 5). An empty value is one empty instance.
    /// </summary>
    public void PutLong(byte code, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) Take(code, 0);
        while (!value.IsEmpty && !_overflowed)
        {
            int room = LargestPiece();
            int piece = Math.Min(Math.Min(room, value.Length), byte.MaxValue);
            if (piece <= 0)
            {
                _overflowed = true;
                return;
            }
            value[..piece].CopyTo(Take(code, piece));
            value = value[piece..];
        }
    }

    /// <summary>
    /// Closes the message: option 52 if it is needed, the end of every used field, zeros up to 300 octets. False when something did not fit; the
    /// buffer then holds nothing to send.
    /// </summary>
    /// <param name="written">Octets to send.</param>
    /// <param name="notCounted">Octets, of the message, that do not count towards the 300: what a relay will take out again.</param>
    public bool TryFinish(out int written, int notCounted = 0)
    {
        written = 0;
        if (_overflowed) return false;
        byte overload = (byte)((OverloadsFile ? 1 : 0) | (OverloadsSname ? 2 : 0));
        if (!_fileTaken) EndField(_file, Dhcpv4Layout.File, Dhcpv4Layout.FileSize);
        if (!_snameTaken) EndField(_sname, Dhcpv4Layout.Sname, Dhcpv4Layout.SnameSize);
        int end = _options;
        if (overload != 0)
        {
            _buffer[end++] = Dhcpv4OptionCode.Overload;
            _buffer[end++] = 1;
            _buffer[end++] = overload;
        }
        _buffer[end++] = Dhcpv4OptionCode.End;
        written = Math.Max(end, Math.Min(Dhcpv4Layout.MinimumLength + notCounted, _buffer.Length));
        _buffer[end..written].Clear();
        return true;
    }

    /// <summary>A field that was written and then given back by a savepoint must not keep what was written: it is cleared in any case.</summary>
    private readonly void EndField(int position, int start, int size)
    {
        _buffer[position..(start + size)].Clear();
        if (position > start) _buffer[position] = Dhcpv4OptionCode.End;
    }

    /// <summary>How many octets of value the first field with room for at least one can take.</summary>
    private readonly int LargestPiece()
    {
        int room = _optionsEnd - _options - 2;
        if (room > 0 || !_overload) return room;
        room = Dhcpv4Layout.File + Dhcpv4Layout.FileSize - EndLength - _file - 2;
        return room > 0 ? room : Dhcpv4Layout.Sname + Dhcpv4Layout.SnameSize - EndLength - _sname - 2;
    }

    /// <summary>Writes code and length into the first field that has room for the whole instance, and gives the place of its value.</summary>
    private Span<byte> Take(byte code, int length)
    {
        if (_overflowed) return default;
        if (length <= byte.MaxValue)
        {
            if (Fits(_options, _optionsEnd, length)) return Begin(ref _options, code, length);
            if (_overload)
            {
                if (Fits(_file, Dhcpv4Layout.File + Dhcpv4Layout.FileSize - EndLength, length)) return Begin(ref _file, code, length);
                if (Fits(_sname, Dhcpv4Layout.Sname + Dhcpv4Layout.SnameSize - EndLength, length)) return Begin(ref _sname, code, length);
            }
        }
        _overflowed = true;
        return default;
    }

    private static bool Fits(int position, int end, int length) => end - position - 2 >= length;

    private readonly Span<byte> Begin(scoped ref int position, byte code, int length)
    {
        _buffer[position] = code;
        _buffer[position + 1] = (byte)length;
        Span<byte> value = _buffer.Slice(position + 2, length);
        position += 2 + length;
        return value;
    }
}
