using System;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Dns;

/// <summary>Who hears what became of a question.</summary>
internal interface IInquirer
{
    /// <summary>The resolver's answer to exactly this question, under the id it went out with. It may be changed, and is gone afterwards.</summary>
    void Answered(Inquiry inquiry, Span<byte> message, Instant now);

    /// <summary>There is none, and none is waited for any more.</summary>
    void Unanswered(Inquiry inquiry, Instant now);
}

/// <summary>A question on its way to the resolver. Taken from <see cref="Upstream.Rent"/> and given back; never made per question.</summary>
internal sealed class Inquiry
{
    private readonly byte[] _question = new byte[DnsQuery.MaxQuestion];
    private int _questionLength;

    /// <summary>Who asks.</summary>
    public IInquirer Owner { get; set; } = null!;

    /// <summary>Name, type and class as they were asked for.</summary>
    public ReadOnlySpan<byte> Question
    {
        get => _question.AsSpan(0, _questionLength);
        set
        {
            value.CopyTo(_question);
            _questionLength = value.Length;
        }
    }

    /// <summary>The id it went out with.</summary>
    public ushort UpstreamId { get; set; }

    /// <summary>The socket it went out by; null when by TCP, or when it is not on its way.</summary>
    public object? Channel { get; set; }

    /// <summary>Monotonic milliseconds until which an answer is waited for.</summary>
    public long DueMs { get; set; }

    /// <summary>Neighbours among those that wait, by age; <see cref="Newer"/> also chains what is free.</summary>
    public Inquiry? Older { get; set; }

    /// <inheritdoc cref="Older"/>
    public Inquiry? Newer { get; set; }

    /// <summary>The id the device used.</summary>
    public ushort ClientId { get; set; }

    /// <summary>The flags the device used.</summary>
    public ushort ClientFlags { get; set; }

    /// <summary>The device, or null for a question of our own.</summary>
    public DnsUse? Device { get; set; }

    /// <summary>Where the answer leaves, when it came by UDP.</summary>
    public DnsPort? Port { get; set; }

    /// <summary>Whom it goes to, when it came by UDP.</summary>
    public DatagramPeer Peer { get; set; }

    /// <summary>Where the answer leaves, when it came by TCP; null once that connection is closed.</summary>
    public DnsConnection? Connection { get; set; }

    /// <summary>True when it came by TCP.</summary>
    public bool IsByTcp { get; set; }

    /// <summary>True when it went to the resolver by TCP: an answer that is cut even there is as whole as it gets.</summary>
    public bool WentByStream { get; set; }

    /// <summary>Forgets who asked.</summary>
    public void Clear()
    {
        (Channel, Device, Port, Connection, Older, Newer, IsByTcp, WentByStream) = (null, null, null, null, null, null, false, false);
        Peer = default;
    }
}

/// <summary>Takes an answer.</summary>
internal delegate void DnsAnswerHandler(in DnsMessage message);

/// <summary>What one device did with the forwarder.</summary>
internal sealed class DnsUse
{
    /// <summary>Its rate.</summary>
    public TokenBucket Budget;

    /// <summary>Questions that wait for an answer.</summary>
    public int Outstanding { get; set; }

    /// <summary>Open TCP connections.</summary>
    public int Connections { get; set; }

    /// <summary>Questions taken.</summary>
    public long Queries { get; set; }

    /// <summary>Questions not taken: too many, or malformed.</summary>
    public long Dropped { get; set; }

    /// <summary>Takes every answer to the device while it is observed; null otherwise.</summary>
    public DnsAnswerHandler? Learn { get; init; }

    /// <summary>Questions the resolver did not answer in time.</summary>
    public long Timeouts { get; set; }
}
