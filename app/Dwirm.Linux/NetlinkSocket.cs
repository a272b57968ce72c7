using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Netlink families we speak.</summary>
[CHeader("sys/socket.h linux/netlink.h")]
public static class NetlinkProtocol
{
    /// <summary>Links, addresses, routes, traffic control.</summary>
    public const int NETLINK_ROUTE = 0;

    /// <summary>nftables and conntrack.</summary>
    public const int NETLINK_NETFILTER = 12;
}

/// <summary>
/// A netlink socket to the kernel, with extended and capped acknowledgements and strict checking of dump requests where the kernel has them.
/// Messages that do not come from the kernel are never handed out.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    private const int ReceiveBuffer = 2 << 20;
    private const int SendBuffer = 4 << 20;
    private const int ReceiveTimeoutSeconds = 5;

    // What the kernel adds to a datagram's octets when it compares them with the buffer.
    private const int SendMargin = 4096;

    private readonly FileDescriptor _fd;
    private int _sendBuffer = SendBuffer;

    private NetlinkSocket(FileDescriptor fd, uint portId)
    {
        _fd = fd;
        PortId = portId;
    }

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Our address on the netlink bus, which the kernel puts into its answers.</summary>
    public uint PortId { get; }

    /// <summary>Opens and binds a socket.</summary>
    /// <param name="protocol">A <see cref="NetlinkProtocol"/>.</param>
    /// <param name="groups">Multicast groups to hear, as the old 32-bit mask (<c>RTMGRP_*</c>).</param>
    /// <exception cref="LinuxException">The kernel has no such family, or refused.</exception>
    public static NetlinkSocket Open(int protocol, uint groups = 0)
    {
        FileDescriptor fd = SocketOptions.Open("netlink socket", SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, protocol);
        SocketOptions.SetBuffers(fd, ReceiveBuffer, SendBuffer);
        // Each came with a newer kernel than the one before; without them only error texts and checks are missing.
        SocketOptions.TrySet(fd, LinuxNetlink.SOL_NETLINK, LinuxNetlink.NETLINK_CAP_ACK, 1);
        SocketOptions.TrySet(fd, LinuxNetlink.SOL_NETLINK, LinuxNetlink.NETLINK_EXT_ACK, 1);
        SocketOptions.TrySet(fd, LinuxNetlink.SOL_NETLINK, LinuxNetlink.NETLINK_GET_STRICT_CHK, 1);
        var timeout = new TimeValue { tv_sec = ReceiveTimeoutSeconds };
        if (SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, &timeout, (uint)sizeof(TimeValue)) != 0)
            throw new LinuxException("netlink SO_RCVTIMEO", Errno.Last);

        var address = new NetlinkAddress { nl_family = SysSocket.AF_NETLINK, nl_groups = groups };
        uint length = (uint)sizeof(NetlinkAddress);
        if (SysSocket.bind(fd, &address, length) != 0) throw new LinuxException("netlink bind", Errno.Last);
        if (SysSocket.getsockname(fd, &address, &length) != 0) throw new LinuxException("netlink getsockname", Errno.Last);
        return new NetlinkSocket(fd, address.nl_pid);
    }

    /// <summary>Sends one datagram, which may hold several messages (a batch), to the kernel.</summary>
    /// <returns>Octets sent, or -errno.</returns>
    public int Send(ReadOnlySpan<byte> messages)
    {
        // One datagram is one transaction however large it is.
        if (messages.Length + SendMargin > _sendBuffer && SocketOptions.TrySet(_fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUFFORCE, messages.Length + SendMargin))
            _sendBuffer = messages.Length + SendMargin;
        var kernel = new NetlinkAddress { nl_family = SysSocket.AF_NETLINK };
        fixed (byte* data = messages)
        {
            nint sent;
            while (Errno.Interrupted(sent = SysSocket.sendto(_fd, data, (nuint)messages.Length, SysSocket.MSG_NOSIGNAL, &kernel, (uint)sizeof(NetlinkAddress))))
            {
            }
            return sent < 0 ? -Errno.Last : (int)sent;
        }
    }

    /// <summary>Waits, at most five seconds, for a datagram.</summary>
    /// <param name="destination">Should hold 32 KiB, the most the kernel puts into one datagram of a dump.</param>
    /// <returns>Octets received; -EAGAIN when nothing came in time, -EMSGSIZE when it did not fit and is lost, -ENOBUFS when messages were lost, or another -errno.</returns>
    public int Receive(Span<byte> destination) => Receive(destination, 0);

    /// <summary>Takes a datagram if one waits.</summary>
    /// <returns>As <see cref="Receive(Span{byte})"/>; -EAGAIN when none waits.</returns>
    public int TryReceive(Span<byte> destination) => Receive(destination, SysSocket.MSG_DONTWAIT);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private int Receive(Span<byte> destination, int flags)
    {
        fixed (byte* data = destination)
        {
            while (true)
            {
                NetlinkAddress from = default;
                uint length = (uint)sizeof(NetlinkAddress);
                nint got;
                while (Errno.Interrupted(got = SysSocket.recvfrom(_fd, data, (nuint)destination.Length, flags | SysSocket.MSG_TRUNC, &from, &length)))
                {
                }
                if (got < 0) return -Errno.Last;
                // Any local process may send to our port; only port 0 is the kernel.
                if (from.nl_pid != 0) continue;
                return got > destination.Length ? -Errno.EMSGSIZE : (int)got;
            }
        }
    }
}
