using System;
using System.Runtime.InteropServices;
using System.Text;
using Dwirm.Linux;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <summary>Takes one message of a dump.</summary>
internal delegate void MessageHandler(in NetlinkMessage message);

/// <summary>One conversation with one kernel subsystem: requests with rising sequence numbers, their answers, and what went wrong as a value.</summary>
internal sealed class NetlinkChannel(NetlinkSocket socket) : IDisposable
{
    private const int TryAgain = 11, NoMemory = 12, Interrupted = 4, NoBuffers = 105;

    private readonly byte[] _receive = new byte[32 * 1024];
    private readonly NativeBuffer _aside = new();
    private uint _sequence = 1;
    private bool _lost;

    /// <summary>What the next <see cref="Transact"/> or <see cref="Dump"/> sends.</summary>
    public NetlinkWriter Writer { get; } = new(8192);

    /// <summary>Our address on the netlink bus.</summary>
    public uint PortId => socket.PortId;

    public uint NextSequence() => ++_sequence == 0 ? ++_sequence : _sequence;

    /// <summary>
    /// Keeps what <see cref="Writer"/> holds, whole messages, outside the collector's heap; the next <see cref="Transact"/> sends it in front of the rest.
    /// </summary>
    public void SetAside()
    {
        _lost = _lost || !_aside.TryAppend(Writer.Written);
        Writer.Clear(keep: 1 << 17);
    }

    /// <summary>Sends what <see cref="Writer"/> holds and reads the answers.</summary>
    /// <param name="operation">What it is, for the error.</param>
    /// <param name="first">Sequence number of the first message.</param>
    /// <param name="acknowledged">Sequence number of the message that asks for an acknowledgement.</param>
    /// <param name="take">Takes messages that come before the acknowledgement.</param>
    /// <returns>The first error the kernel reported, or null.</returns>
    public NetlinkError? Transact(string operation, uint first, uint acknowledged, MessageHandler? take = null)
    {
        int sent = SendAll();
        if (sent < 0) return new NetlinkError(operation, -sent);
        NetlinkError? error = null;
        bool done = false;
        // The kernel works on a request before the send returns, so that all its answers are there already.
        while (true)
        {
            int length = socket.TryReceive(_receive);
            if (length == -TryAgain) break;
            if (length == -NoBuffers) continue;
            if (length < 0) return error ?? new NetlinkError(operation, -length);
            var reader = new NetlinkReader(_receive.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message))
            {
                // The answer to a request that was given up earlier is not ours.
                if (message.Sequence - first > acknowledged - first) continue;
                if (!message.TryGetAck(out NetlinkAck ack)) take?.Invoke(message);
                else if (ack.Errno != 0) error ??= new NetlinkError(operation, ack.Errno, Encoding.ASCII.GetString(ack.Text), ack.Offset);
                else if (message.Sequence == acknowledged) done = true;
            }
        }
        return error ?? (done ? null : new NetlinkError(operation, NetlinkError.NoAnswer));
    }

    /// <summary>Sends what <see cref="Writer"/> holds, requests that each ask for an acknowledgement, and reports those that were refused.</summary>
    /// <param name="operation">What it is, for the error.</param>
    /// <param name="first">Sequence number of the first request; the others follow one by one.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="refused">Takes the number of a request, from 0, and why it was refused.</param>
    public void TransactEach(string operation, uint first, int count, Action<int, NetlinkError> refused)
    {
        int sent = socket.Send(Writer.Written);
        Writer.Clear();
        int answered = 0;
        while (sent >= 0 && answered < count)
        {
            int length = socket.TryReceive(_receive);
            if (length == -NoBuffers) continue;
            if (length < 0) break;
            var reader = new NetlinkReader(_receive.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message))
            {
                uint number = message.Sequence - first;
                if (number >= (uint)count || !message.TryGetAck(out NetlinkAck ack)) continue;
                answered++;
                if (ack.Errno != 0) refused((int)number, new NetlinkError(operation, ack.Errno, Encoding.ASCII.GetString(ack.Text), ack.Offset));
            }
        }
        for (int i = 0; sent < 0 && i < count; i++) refused(i, new NetlinkError(operation, -sent));
    }

    /// <summary>Sends the one request <see cref="Writer"/> holds and hands every message of the answer on, up to the end.</summary>
    /// <returns>Null when the answer was complete.</returns>
    public NetlinkError? Dump(string operation, uint sequence, MessageHandler take)
    {
        int sent = socket.Send(Writer.Written);
        Writer.Clear();
        if (sent < 0) return new NetlinkError(operation, -sent);
        bool disturbed = false;
        while (true)
        {
            int length = socket.Receive(_receive);
            if (length < 0) return new NetlinkError(operation, -length);
            var reader = new NetlinkReader(_receive.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message))
            {
                if (message.Sequence != sequence) continue;
                disturbed |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                if (message.Type == NetlinkMessageType.Done) return End(operation, message, disturbed);
                if (message.TryGetAck(out NetlinkAck ack))
                    return ack.Errno == 0 ? null : new NetlinkError(operation, ack.Errno, Encoding.ASCII.GetString(ack.Text), ack.Offset);
                take(message);
                // A request for one object is answered by one message without an end.
                if ((message.Flags & NetlinkFlags.Multi) == 0) return null;
            }
            if (reader.Malformed) return new NetlinkError(operation, NetlinkError.NoAnswer, "malformed answer");
        }
    }

    private int SendAll()
    {
        if (_aside.Length > 0 || _lost) SetAside();
        int sent = _lost ? -NoMemory : socket.Send(_aside.Length > 0 ? _aside.Written : Writer.Written);
        Writer.Clear();
        _aside.Clear();
        _lost = false;
        return sent;
    }

    // The end carries what made the kernel stop, 0 when there was no more.
    private static NetlinkError? End(string operation, in NetlinkMessage message, bool disturbed)
    {
        int fault = message.Payload.Length >= 4 ? -MemoryMarshal.Read<int>(message.Payload) : 0;
        if (fault > 0) return new NetlinkError(operation, fault);
        return disturbed ? new NetlinkError(operation, Interrupted) : null;
    }

    public void Dispose()
    {
        _aside.Dispose();
        socket.Dispose();
    }
}
