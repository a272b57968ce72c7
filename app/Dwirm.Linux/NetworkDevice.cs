using System;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The few facts of a network device that a packet socket needs; everything else comes by rtnetlink.</summary>
public static unsafe class NetworkDevice
{
    /// <summary>The index of a device.</summary>
    /// <exception cref="LinuxException">No such device.</exception>
    public static int IndexOf(string device)
    {
        Span<byte> name = stackalloc byte[NetIf.IFNAMSIZ];
        InterfaceName.Write(device, name);
        fixed (byte* pointer = name)
        {
            uint index = NetIf.if_nametoindex(pointer);
            return index != 0 ? (int)index : throw new LinuxException($"network device {device}", Errno.Last);
        }
    }

    /// <summary>The MTU of a device in octets.</summary>
    /// <exception cref="LinuxException">No such device.</exception>
    public static int MtuOf(string device)
    {
        int mtu = TryMtuOf(device);
        return mtu > 0 ? mtu : throw new LinuxException($"MTU of {device}", -mtu);
    }

    /// <summary>The MTU of a device in octets, or -errno.</summary>
    public static int TryMtuOf(string device)
    {
        using FileDescriptor fd = AnySocket();
        return TryMtuOf(fd, device);
    }

    /// <summary>The MTU of a device of the network namespace a socket lives in, or -errno.</summary>
    internal static int TryMtuOf(FileDescriptor fd, string device)
    {
        int errno = Ask(fd, device, NetIf.SIOCGIFMTU, out InterfaceRequest request);
        return errno == 0 ? request.ifr_mtu : -errno;
    }

    /// <summary>The Ethernet address of a device.</summary>
    /// <param name="device">Name of the device.</param>
    /// <param name="mac">Six octets are written here.</param>
    /// <exception cref="LinuxException">No such device, or it has no Ethernet address.</exception>
    public static void MacOf(string device, Span<byte> mac)
    {
        using FileDescriptor fd = AnySocket();
        int errno = Ask(fd, device, NetIf.SIOCGIFHWADDR, out InterfaceRequest request);
        // struct sockaddr: the family is the hardware type (ARPHRD_ETHER is 1), the address follows it.
        if (errno == 0 && *(ushort*)request.ifr_hwaddr != 1) errno = Errno.EOPNOTSUPP;
        if (errno != 0) throw new LinuxException($"hardware address of {device}", errno);
        new ReadOnlySpan<byte>(request.ifr_hwaddr + 2, 6).CopyTo(mac);
    }

    private static FileDescriptor AnySocket() => SocketOptions.Open("socket", SysSocket.AF_INET, SysSocket.SOCK_DGRAM, 0);

    private static int Ask(FileDescriptor fd, string device, int what, out InterfaceRequest request)
    {
        request = default;
        fixed (InterfaceRequest* pointer = &request)
        {
            InterfaceName.Write(device, new Span<byte>(pointer->ifr_name, NetIf.IFNAMSIZ));
            return NetIf.ioctl(fd, (nuint)what, pointer) == 0 ? 0 : Errno.Last;
        }
    }
}
