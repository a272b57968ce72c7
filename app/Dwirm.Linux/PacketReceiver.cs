using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>
/// Receives UDP to one port below the kernel's IP layer, so that a client hears its server before it has an address. A filter in the kernel
/// lets nothing else through; headers and checksums are verified and fragments put together here.
/// </summary>
public sealed unsafe class PacketReceiver : IDisposable
{
    private const int KernelBuffer = 1 << 20;
    private const int ControlSize = 64;

    // A flood of useless packets may not keep the loop from its other work; epoll reports what is left.
    private const int PacketsPerCall = 64;

    private readonly FileDescriptor _fd;
    private readonly ushort _port;
    private readonly int _index;
    private readonly byte[] _packet = new byte[ushort.MaxValue + 1];
    private readonly FragmentTable _fragments = new();

    private PacketReceiver(FileDescriptor fd, ushort port, int index)
    {
        _fd = fd;
        _port = port;
        _index = index;
    }

    /// <summary>For epoll.</summary>
    public SafeHandle Handle => _fd;

    /// <summary>Packets refused since the socket was opened: damaged headers, wrong checksums, impossible lengths.</summary>
    public long Malformed { get; private set; }

    /// <summary>Opens a non-blocking socket.</summary>
    /// <param name="device">Name of the network device.</param>
    /// <param name="port">UDP destination port to listen for.</param>
    /// <exception cref="LinuxException">No such device, or no permission.</exception>
    public static PacketReceiver Open(string device, ushort port)
    {
        int index = NetworkDevice.IndexOf(device);
        // Protocol 0 until the filter stands: not one packet gets in before it.
        FileDescriptor fd = SocketOptions.Open("packet socket", SysSocket.AF_PACKET, SysSocket.SOCK_DGRAM | SysSocket.SOCK_NONBLOCK, 0);
        AttachFilter(fd, port);
        SocketOptions.Set(fd, LinuxIfPacket.SOL_PACKET, LinuxIfPacket.PACKET_AUXDATA, 1, "PACKET_AUXDATA");
        SocketOptions.SetBuffers(fd, KernelBuffer, KernelBuffer);
        var address = new LinkAddress
        {
            sll_family = SysSocket.AF_PACKET,
            sll_protocol = NetworkOrder.Swap((ushort)LinuxIfPacket.ETH_P_IP),
            sll_ifindex = index,
        };
        if (SysSocket.bind(fd, &address, (uint)sizeof(LinkAddress)) != 0) throw new LinuxException($"packet socket on {device}", Errno.Last);
        return new PacketReceiver(fd, port, index);
    }

    /// <summary>Takes the next good datagram that waits.</summary>
    /// <param name="datagram">Valid until the next call.</param>
    /// <returns>1 with a datagram, 0 when none waits or only useless packets came, or -errno.</returns>
    public int Receive(out ReceivedDatagram datagram)
    {
        datagram = default;
        for (int i = 0; i < PacketsPerCall; i++)
        {
            int length = ReceivePacket(out bool checksumReady, out bool forUs);
            if (length <= 0) return length == -Errno.EAGAIN ? 0 : length;
            if (!forUs) continue;
            if (TryTakeDatagram(_packet.AsSpan(0, length), checksumReady, out datagram)) return 1;
        }
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private bool TryTakeDatagram(ReadOnlySpan<byte> packet, bool checksumReady, out ReceivedDatagram datagram)
    {
        datagram = default;
        if (!UdpFrame.TrySplitIpv4(packet, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> udp))
        {
            Malformed++;
            return false;
        }
        if (UdpFrame.IsFragment(header) && !_fragments.Add(header, udp, out udp)) return false;
        if (!UdpFrame.TryReadUdp(header, udp, checksumReady, out ReadOnlySpan<byte> payload))
        {
            Malformed++;
            return false;
        }
        // Later fragments carry no port, so the kernel's filter passes those of all datagrams.
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != _port) return false;
        datagram = new ReceivedDatagram(
            payload, BinaryPrimitives.ReadUInt32BigEndian(header[12..]), BinaryPrimitives.ReadUInt16BigEndian(udp),
            BinaryPrimitives.ReadUInt32BigEndian(header[16..]), localAddress: 0, _index, truncated: false);
        return true;
    }

    private int ReceivePacket(out bool checksumReady, out bool forUs)
    {
        LinkAddress from = default;
        byte* control = stackalloc byte[ControlSize];
        checksumReady = true;
        fixed (byte* data = _packet)
        {
            var vector = new IoVector { iov_base = data, iov_len = (nuint)_packet.Length };
            var message = new MultiMessage
            {
                msg_hdr = new MessageHeader
                {
                    msg_name = &from,
                    msg_namelen = (uint)sizeof(LinkAddress),
                    msg_iov = &vector,
                    msg_iovlen = 1,
                    msg_control = control,
                    msg_controllen = ControlSize,
                },
            };
            int got;
            while (Errno.Interrupted(got = SysSocket.recvmmsg(_fd, &message, 1, SysSocket.MSG_DONTWAIT, null)))
            {
            }
            // PACKET_OTHERHOST and PACKET_OUTGOING come after these three: seen only in promiscuous mode, or our own.
            forUs = from.sll_pkttype <= LinuxIfPacket.PACKET_MULTICAST;
            if (got < 0) return -Errno.Last;
            var walk = new ControlMessages(control, message.msg_hdr.msg_controllen);
            while (walk.Next(out ControlHeader header, out byte* auxiliary, out int length))
                if (header.cmsg_level == LinuxIfPacket.SOL_PACKET && header.cmsg_type == LinuxIfPacket.PACKET_AUXDATA && length >= sizeof(PacketAuxData))
                    checksumReady = (((PacketAuxData*)auxiliary)->tp_status & LinuxIfPacket.TP_STATUS_CSUMNOTREADY) == 0;
            return (int)message.msg_len;
        }
    }

    // Offsets count from the IP header: a SOCK_DGRAM packet socket hides the link layer's.
    private static void AttachFilter(FileDescriptor fd, ushort port)
    {
        FilterInstruction* program = stackalloc FilterInstruction[]
        {
            Load(LinuxIfPacket.BPF_LD | LinuxIfPacket.BPF_B | LinuxIfPacket.BPF_ABS, 9),                    // 0: protocol
            Jump(LinuxIfPacket.BPF_JEQ, NetinetIn.IPPROTO_UDP, 0, 6),                                       // 1: not UDP: 8
            Load(LinuxIfPacket.BPF_LD | LinuxIfPacket.BPF_H | LinuxIfPacket.BPF_ABS, 6),                    // 2: fragment offset
            Jump(LinuxIfPacket.BPF_JSET, 0x1fff, 3, 0),                                                     // 3: later fragment: 7
            Load(LinuxIfPacket.BPF_LDX | LinuxIfPacket.BPF_B | LinuxIfPacket.BPF_MSH, 0),                   // 4: X = header length
            Load(LinuxIfPacket.BPF_LD | LinuxIfPacket.BPF_H | LinuxIfPacket.BPF_IND, 2),                    // 5: destination port
            Jump(LinuxIfPacket.BPF_JEQ, port, 0, 1),                                                        // 6: another port: 8
            Load(LinuxIfPacket.BPF_RET | LinuxIfPacket.BPF_K, ushort.MaxValue),                             // 7: take
            Load(LinuxIfPacket.BPF_RET | LinuxIfPacket.BPF_K, 0),                                           // 8: drop
        };
        var filter = new FilterProgram { len = 9, filter = program };
        if (SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_ATTACH_FILTER, &filter, (uint)sizeof(FilterProgram)) != 0)
            throw new LinuxException("packet filter", Errno.Last);
    }

    private static FilterInstruction Load(int code, uint k) => new() { code = (ushort)code, k = k };

    private static FilterInstruction Jump(int test, uint k, byte whenTrue, byte whenFalse) =>
        new() { code = (ushort)(LinuxIfPacket.BPF_JMP | test | LinuxIfPacket.BPF_K), k = k, jt = whenTrue, jf = whenFalse };
}
