using System;

namespace Dwirm.Linux.Interop;

/// <summary>Addresses of unix sockets.</summary>
internal static unsafe class UnixSockets
{
    /// <summary>The address of a path, which with its NUL must fit 108 octets.</summary>
    public static UnixAddress Address(string path, out uint length)
    {
        var address = new UnixAddress { sun_family = SysSocket.AF_UNIX };
        byte[] name = CString.From(path);
        if (name.Length < 2 || name.Length > UnixAddress.PathCapacity) throw new LinuxException($"unix socket {path}", Errno.EINVAL);
        name.CopyTo(new Span<byte>(address.sun_path, UnixAddress.PathCapacity));
        length = (uint)(sizeof(ushort) + name.Length);
        return address;
    }
}
