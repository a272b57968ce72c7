using System;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>The replies of one turn, kept until what they say is recorded and enforced. Preallocated; what does not fit is dropped and counted, the client asks again.</summary>
public sealed class PendingReplies
{
    private const int MaxReplies = 192, ArenaSize = 128 * 1024, LongestReply = 16 * 1024;
    private readonly byte[] _arena = new byte[ArenaSize];
    private readonly Reply[] _replies = new Reply[MaxReplies];
    private int _count, _used;

    /// <summary>Replies lost because the turn had too many, or because what they said could not be made true.</summary>
    public long Dropped { get; private set; }

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>True when the turn has no room for a reply of any length.</summary>
    public bool IsFull => _count == MaxReplies || ArenaSize - _used < LongestReply;

    /// <summary>Where the next reply may be written; empty when the queue is full.</summary>
    public Span<byte> Buffer => _count == MaxReplies ? [] : _arena.AsSpan(_used);

    /// <summary>Queues what was just written to the front of <see cref="Buffer"/>.</summary>
    /// <param name="port">The network it leaves by.</param>
    /// <param name="length">Octets written.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="mac">The client, for sending without ARP.</param>
    /// <param name="needsKernel">True when it tells of something the kernel must enforce first.</param>
    public void Add(INetworkPort port, int length, in Dhcpv4Destination destination, MacAddress mac, bool needsKernel)
    {
        _replies[_count++] = new Reply(port, _used, length, destination, mac, needsKernel);
        _used += length;
    }

    /// <summary>Sends everything in order and empties the queue.</summary>
    /// <param name="kernelAgrees">False when enforcement failed: replies that depend on it are dropped, ordinary DHCP goes on.</param>
    public void Send(bool kernelAgrees)
    {
        for (int i = 0; i < _count; i++)
        {
            ref readonly Reply reply = ref _replies[i];
            if (reply.NeedsKernel && !kernelAgrees) Dropped++;
            else reply.Port.Transmit(reply.Destination, reply.Mac, _arena.AsSpan(reply.Offset, reply.Length));
        }
        for (int i = 0; i < _count; i++) _replies[i].Port.Flush();
        Array.Clear(_replies, 0, _count);
        (_count, _used) = (0, 0);
    }

    /// <summary>Drops everything: it could not be recorded, so it must not be said.</summary>
    public void Discard()
    {
        Dropped += _count;
        Array.Clear(_replies, 0, _count);
        (_count, _used) = (0, 0);
    }

    private readonly record struct Reply(
        INetworkPort Port, int Offset, int Length, Dhcpv4Destination Destination, MacAddress Mac, bool NeedsKernel);
}
