using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>A datagram in a <see cref="ReceiveBatch"/>; valid until the batch is filled again.</summary>
public readonly ref struct ReceivedDatagram
{
    internal ReceivedDatagram(ReadOnlySpan<byte> data, uint sourceAddress, ushort sourcePort, uint destinationAddress, uint localAddress, int interfaceIndex, bool truncated)
    {
        Data = data;
        SourceAddress = sourceAddress;
        SourcePort = sourcePort;
        DestinationAddress = destinationAddress;
        LocalAddress = localAddress;
        InterfaceIndex = interfaceIndex;
        Truncated = truncated;
    }

    /// <summary>The UDP payload.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Sender, host order.</summary>
    public uint SourceAddress { get; }

    /// <summary>Sender's port.</summary>
    public ushort SourcePort { get; }

    /// <summary>Destination in the IP header, host order: ours, or a broadcast address.</summary>
    public uint DestinationAddress { get; }

    /// <summary>The local address the kernel would answer from, host order.</summary>
    public uint LocalAddress { get; }

    /// <summary>The device it came in by.</summary>
    public int InterfaceIndex { get; }

    /// <summary>True when the datagram was longer than <see cref="ReceiveBatch.DatagramSize"/>: what is in <see cref="Data"/> is only its beginning.</summary>
    public bool Truncated { get; }
}

/// <summary>Buffers for one recvmmsg(2), outside the garbage-collected heap; pages no datagram ever reached cost no memory. One batch serves all sockets in turn.</summary>
public sealed unsafe class ReceiveBatch : IDisposable
{
    /// <summary>The most datagrams of one call.</summary>
    public const int Capacity = 32;

    /// <summary>The longest datagram, octets.</summary>
    public const int DatagramSize = 16 * 1024;

    private const int ControlSize = 64;

    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly InetAddress* _sources;
    private readonly byte* _controls;
    private byte* _data;

    /// <summary>Reserves the buffers.</summary>
    public ReceiveBatch()
    {
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        _sources = (InetAddress*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(InetAddress));
        _controls = (byte*)NativeMemory.AllocZeroed(Capacity, ControlSize);
        _data = (byte*)NativeMemory.Alloc(Capacity, DatagramSize);
    }

    /// <summary>Frees the buffers of a batch nobody disposed of.</summary>
    ~ReceiveBatch() => Free();

    /// <summary>How many datagrams the last receive brought.</summary>
    public int Count { get; private set; }

    /// <summary>A datagram of the last receive.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ReceivedDatagram this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            ref MultiMessage message = ref _messages[index];
            PacketInfo info = FindPacketInfo(message.msg_hdr);
            return new ReceivedDatagram(
                new ReadOnlySpan<byte>(_data + index * DatagramSize, (int)message.msg_len),
                NetworkOrder.Swap(_sources[index].sin_addr), NetworkOrder.Swap(_sources[index].sin_port),
                NetworkOrder.Swap(info.ipi_addr), NetworkOrder.Swap(info.ipi_spec_dst), info.ipi_ifindex,
                (message.msg_hdr.msg_flags & SysSocket.MSG_TRUNC) != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills the batch from a socket without waiting.</summary>
    /// <returns>Datagrams received, 0 when none waits, or -errno.</returns>
    internal int Fill(FileDescriptor fd)
    {
        ObjectDisposedException.ThrowIf(_data == null, this);
        Count = 0;
        Prepare();
        int got;
        while (Errno.Interrupted(got = SysSocket.recvmmsg(fd, _messages, Capacity, SysSocket.MSG_DONTWAIT, null)))
        {
        }
        if (got < 0) return Errno.Last == Errno.EAGAIN ? 0 : -Errno.Last;
        return Count = got;
    }

    // The kernel overwrites lengths and flags of every message it fills.
    private void Prepare()
    {
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i] = new IoVector { iov_base = _data + i * DatagramSize, iov_len = DatagramSize };
            _messages[i] = new MultiMessage
            {
                msg_hdr = new MessageHeader
                {
                    msg_name = &_sources[i],
                    msg_namelen = (uint)sizeof(InetAddress),
                    msg_iov = &_vectors[i],
                    msg_iovlen = 1,
                    msg_control = _controls + i * ControlSize,
                    msg_controllen = ControlSize,
                },
            };
        }
    }

    private static PacketInfo FindPacketInfo(in MessageHeader header)
    {
        var walk = new ControlMessages((byte*)header.msg_control, header.msg_controllen);
        while (walk.Next(out ControlHeader message, out byte* data, out int length))
            if (message.cmsg_level == NetinetIn.IPPROTO_IP && message.cmsg_type == NetinetIn.IP_PKTINFO && length >= sizeof(PacketInfo))
                return *(PacketInfo*)data;
        return default;
    }

    private void Free()
    {
        if (_data == null) return;
        NativeMemory.Free(_data);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_sources);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
        _data = null;
        Count = 0;
    }
}
