using System;

namespace Dwirm.Linux.Interop;

/// <summary>The few socket calls every kind of socket makes, with their errors turned into exceptions: all of them happen at start-up.</summary>
internal static unsafe class SocketOptions
{
    /// <summary>Opens a close-on-exec socket.</summary>
    public static FileDescriptor Open(string what, int domain, int type, int protocol) =>
        FileDescriptor.From(SysSocket.socket(domain, type | SysSocket.SOCK_CLOEXEC, protocol)).OrThrow(what);

    /// <summary>Sets an integer option; false when the kernel refuses.</summary>
    public static bool TrySet(FileDescriptor fd, int level, int name, int value) =>
        SysSocket.setsockopt(fd, level, name, &value, sizeof(int)) == 0;

    /// <summary>Sets an integer option.</summary>
    public static void Set(FileDescriptor fd, int level, int name, int value, string what)
    {
        if (!TrySet(fd, level, name, value)) throw new LinuxException(what, Errno.Last);
    }

    /// <summary>Asks for socket buffers beyond the system's limit where we may, up to the limit otherwise.</summary>
    public static void SetBuffers(FileDescriptor fd, int receive, int send)
    {
        if (!TrySet(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUFFORCE, receive)) TrySet(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUF, receive);
        if (!TrySet(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUFFORCE, send)) TrySet(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF, send);
    }

    /// <summary>Binds the socket to one network device, so that it neither sees nor sends anything on another.</summary>
    public static void BindToDevice(FileDescriptor fd, string device)
    {
        Span<byte> name = stackalloc byte[NetIf.IFNAMSIZ];
        InterfaceName.Write(device, name);
        fixed (byte* pointer = name)
        {
            if (SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_BINDTODEVICE, pointer, NetIf.IFNAMSIZ) != 0)
                throw new LinuxException($"bind to device {device}", Errno.Last);
        }
    }
}
