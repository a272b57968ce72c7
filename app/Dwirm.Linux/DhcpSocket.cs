using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>
/// A UDP socket on one network device, for a DHCP server (port 67) or client (port 68). The kernel reassembles fragments on receiving and
/// fragments on sending, so datagrams may be longer than the MTU. Receiving and sending go in batches and allocate nothing.
/// </summary>
public sealed unsafe class DhcpSocket : IDisposable
{
    private const int KernelBuffer = 1 << 20;

    private readonly FileDescriptor _fd;
    private readonly SendRing _ring = new();

    private DhcpSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Datagrams that could not be sent since the socket was opened.</summary>
    public long Dropped { get; private set; }

    /// <summary>Opens a non-blocking socket that sees and sends nothing on any other device.</summary>
    /// <param name="device">Name of the network device; it must exist, it need have no address.</param>
    /// <param name="port">Local port.</param>
    /// <exception cref="LinuxException">No such device, the port is taken, or no permission.</exception>
    public static DhcpSocket Open(string device, ushort port)
    {
        FileDescriptor fd = SocketOptions.Open("DHCP socket", SysSocket.AF_INET, SysSocket.SOCK_DGRAM | SysSocket.SOCK_NONBLOCK, 0);
        SocketOptions.BindToDevice(fd, device);
        SocketOptions.Set(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, 1, "SO_REUSEADDR");
        SocketOptions.Set(fd, SysSocket.SOL_SOCKET, SysSocket.SO_BROADCAST, 1, "SO_BROADCAST");
        SocketOptions.Set(fd, NetinetIn.IPPROTO_IP, NetinetIn.IP_PKTINFO, 1, "IP_PKTINFO");
        // A device on the link cannot answer with "fragmentation needed": never set Don't Fragment.
        SocketOptions.Set(fd, NetinetIn.IPPROTO_IP, NetinetIn.IP_MTU_DISCOVER, NetinetIn.IP_PMTUDISC_DONT, "IP_MTU_DISCOVER");
        SocketOptions.SetBuffers(fd, KernelBuffer, KernelBuffer);
        var address = new InetAddress { sin_family = SysSocket.AF_INET, sin_port = NetworkOrder.Swap(port) };
        if (SysSocket.bind(fd, &address, (uint)sizeof(InetAddress)) != 0) throw new LinuxException($"bind UDP port {port} on {device}", Errno.Last);
        return new DhcpSocket(fd);
    }

    /// <summary>Takes what waits, at most <see cref="ReceiveBatch.Capacity"/> datagrams.</summary>
    /// <returns>Datagrams received, 0 when none waits, or -errno.</returns>
    public int Receive(ReceiveBatch batch) => batch.Fill(_fd);

    /// <summary>Copies a datagram into the send ring; a full ring is flushed first.</summary>
    /// <param name="destination">Destination address, host order; 0xFFFFFFFF broadcasts on the device.</param>
    /// <param name="port">Destination port.</param>
    /// <param name="payload">At most <see cref="ReceiveBatch.DatagramSize"/> octets; a longer one is dropped and counted.</param>
    /// <param name="source">Source address, host order; 0 leaves the choice to the kernel.</param>
    public void Queue(uint destination, ushort port, ReadOnlySpan<byte> payload, uint source = 0)
    {
        if (_ring.IsFull) _ = Flush();
        if (!_ring.TryAdd(destination, port, payload, source)) Dropped++;
    }

    /// <summary>Sends what was queued. A datagram the kernel refuses is dropped and counted, the others go out.</summary>
    /// <returns>0, or the first positive error number.</returns>
    public int Flush()
    {
        int errno = _ring.Send(_fd, out int dropped);
        Dropped += dropped;
        return errno;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fd.Dispose();
        _ring.Dispose();
    }
}
