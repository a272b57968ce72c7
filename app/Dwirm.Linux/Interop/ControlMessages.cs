namespace Dwirm.Linux.Interop;

/// <summary>Walks ancillary data (cmsg(3)): header, data, each aligned to the size of a pointer.</summary>
internal unsafe ref struct ControlMessages(byte* start, nuint length)
{
    private byte* _next = start;
    private readonly byte* _end = start + length;

    /// <summary>Octets that a control message with this much data takes.</summary>
    public static int Space(int data) => sizeof(ControlHeader) + ((data + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1));

    /// <summary>Takes the next message; false at the end, or when what follows is no whole message.</summary>
    public bool Next(out ControlHeader header, out byte* data, out int dataLength)
    {
        header = default;
        data = null;
        dataLength = 0;
        if (_end - _next < sizeof(ControlHeader)) return false;
        header = *(ControlHeader*)_next;
        if (header.cmsg_len < (nuint)sizeof(ControlHeader) || header.cmsg_len > (nuint)(_end - _next)) return false;
        data = _next + sizeof(ControlHeader);
        dataLength = (int)header.cmsg_len - sizeof(ControlHeader);
        _next += Space(dataLength);
        return true;
    }
}
