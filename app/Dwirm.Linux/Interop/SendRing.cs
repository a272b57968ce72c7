using System;
using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>Datagrams waiting for one sendmmsg(2), in memory outside the garbage-collected heap.</summary>
internal sealed unsafe class SendRing : IDisposable
{
    private const int Capacity = 32;
    private const int ControlSize = 64;

    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly InetAddress* _destinations;
    private readonly byte* _controls;
    private byte* _data;
    private int _count;

    public SendRing()
    {
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        _destinations = (InetAddress*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(InetAddress));
        _controls = (byte*)NativeMemory.AllocZeroed(Capacity, ControlSize);
        _data = (byte*)NativeMemory.Alloc(Capacity, ReceiveBatch.DatagramSize);
    }

    ~SendRing() => Free();

    public bool IsFull => _count == Capacity;

    /// <summary>Copies a datagram in; false when the ring is full or the datagram too long.</summary>
    public bool TryAdd(uint destination, ushort port, ReadOnlySpan<byte> payload, uint source)
    {
        ObjectDisposedException.ThrowIf(_data == null, this);
        if (IsFull || payload.Length > ReceiveBatch.DatagramSize) return false;
        int i = _count++;
        byte* data = _data + i * ReceiveBatch.DatagramSize;
        payload.CopyTo(new Span<byte>(data, ReceiveBatch.DatagramSize));
        _vectors[i] = new IoVector { iov_base = data, iov_len = (nuint)payload.Length };
        _destinations[i] = new InetAddress { sin_family = SysSocket.AF_INET, sin_port = NetworkOrder.Swap(port), sin_addr = NetworkOrder.Swap(destination) };
        _messages[i] = new MultiMessage
        {
            msg_hdr = new MessageHeader { msg_name = &_destinations[i], msg_namelen = (uint)sizeof(InetAddress), msg_iov = &_vectors[i], msg_iovlen = 1 },
        };
        if (source != 0) SetSource(ref _messages[i].msg_hdr, _controls + i * ControlSize, source);
        return true;
    }

    /// <summary>Sends everything and empties the ring.</summary>
    /// <returns>0, or the first positive error number.</returns>
    public int Send(FileDescriptor fd, out int dropped)
    {
        int first = 0, done = 0;
        dropped = 0;
        while (done < _count)
        {
            int sent;
            while (Errno.Interrupted(sent = SysSocket.sendmmsg(fd, _messages + done, (uint)(_count - done), SysSocket.MSG_NOSIGNAL)))
            {
            }
            if (sent > 0)
            {
                done += sent;
                continue;
            }
            // The error belongs to the first message not sent. Clients repeat what is lost, so nothing waits for room.
            if (first == 0) first = sent < 0 ? Errno.Last : Errno.EIO;
            dropped++;
            done++;
        }
        _count = 0;
        return first;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static void SetSource(ref MessageHeader header, byte* control, uint source)
    {
        *(ControlHeader*)control = new ControlHeader
        {
            cmsg_len = (nuint)(sizeof(ControlHeader) + sizeof(PacketInfo)),
            cmsg_level = NetinetIn.IPPROTO_IP,
            cmsg_type = NetinetIn.IP_PKTINFO,
        };
        *(PacketInfo*)(control + sizeof(ControlHeader)) = new PacketInfo { ipi_spec_dst = NetworkOrder.Swap(source) };
        header.msg_control = control;
        header.msg_controllen = (nuint)ControlMessages.Space(sizeof(PacketInfo));
    }

    private void Free()
    {
        if (_data == null) return;
        NativeMemory.Free(_data);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_destinations);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
        _data = null;
    }
}
