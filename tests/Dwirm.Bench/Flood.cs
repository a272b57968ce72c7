using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Dwirm.Bench;

/// <summary>
/// Sends small datagrams as fast as the kernel takes them, 64 with each call (sendmmsg(2)). Made and run on a thread of the namespace it
/// sends from.
/// </summary>
internal sealed unsafe partial class Flood : IDisposable
{
    private const int Batch = 64, PayloadSize = 18; // 60 octets of frame: the smallest there is

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte* _payload = (byte*)NativeMemory.AllocZeroed(PayloadSize);
    private readonly IoVector* _vector = (IoVector*)NativeMemory.AllocZeroed((nuint)sizeof(IoVector));
    private readonly Message* _messages = (Message*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(Message));

    public Flood(string address, ushort port)
    {
        _socket.SendBufferSize = 1 << 20;
        _socket.Connect(new IPEndPoint(IPAddress.Parse(address), port));
        *_vector = new IoVector { Base = _payload, Length = PayloadSize };
        for (int i = 0; i < Batch; i++) _messages[i] = new Message { Vectors = _vector, VectorCount = 1 };
    }

    /// <summary>Sends until the time is over.</summary>
    public Cost Run(TimeSpan duration)
    {
        int handle = (int)_socket.Handle;
        long until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var cost = Cost.Begin();
        do
        {
            // What the queue has no room for is lost and not counted as arrived.
            _ = sendmmsg(handle, _messages, Batch, 0);
        }
        while (Stopwatch.GetTimestamp() < until);
        return cost.End();
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_payload);
        NativeMemory.Free(_vector);
        NativeMemory.Free(_messages);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sendmmsg(int socket, Message* messages, uint count, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    // struct mmsghdr of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        public uint Sent;
    }
}
