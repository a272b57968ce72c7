using System;
using System.Buffers.Binary;

namespace Dwirm.Linux.Interop;

/// <summary>Sockets that serve both families on one device: IPv4 peers are ::ffff:0:0/96 to them (RFC 3493 section 3.7).</summary>
internal static unsafe class Inet6Sockets
{
    /// <summary>Opens a non-blocking socket of both families and binds it to a port on one device.</summary>
    public static FileDescriptor Open(string what, int type, string device, ushort port)
    {
        FileDescriptor fd = SocketOptions.Open(what, SysSocket.AF_INET6, type | SysSocket.SOCK_NONBLOCK, 0);
        try
        {
            SocketOptions.BindToDevice(fd, device);
            SocketOptions.Set(fd, NetinetIn.IPPROTO_IPV6, NetinetIn.IPV6_V6ONLY, 0, "IPV6_V6ONLY");
            if (type == SysSocket.SOCK_STREAM) SocketOptions.Set(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, 1, "SO_REUSEADDR");
            var address = new Inet6Address { sin6_family = SysSocket.AF_INET6, sin6_port = NetworkOrder.Swap(port) };
            if (SysSocket.bind(fd, &address, (uint)sizeof(Inet6Address)) == 0) return fd;
            throw new LinuxException($"bind {what} {port} on {device}", Errno.Last);
        }
        catch (LinuxException)
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>The port a socket is bound to.</summary>
    public static ushort PortOf(FileDescriptor fd)
    {
        Inet6Address address;
        uint length = (uint)sizeof(Inet6Address);
        return SysSocket.getsockname(fd, &address, &length) == 0 ? NetworkOrder.Swap(address.sin6_port) : (ushort)0;
    }

    public static UInt128 Read(byte* address) => BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(address, 16));

    public static void Write(byte* address, UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(address, 16), value);
}
