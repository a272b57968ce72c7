using System;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// The table's own questions: as many at once as do not get in the way of the devices', and by TCP where UDP does not hold the answer.
/// </summary>
internal sealed class NameInquiries(Upstream upstream) : IInquirer
{
    /// <summary>Most questions of ours on their way.</summary>
    public const int MaxOutstanding = 64;

    private readonly byte[] _query = new byte[DnsQuery.MaxEmptyMessage];
    private int _outstanding;

    /// <summary>Who takes the answers.</summary>
    public NameTable? Names { get; set; }

    /// <summary>Asks; see <see cref="NameTable.Query"/>.</summary>
    public bool Ask(string name, ushort type, Instant now)
    {
        if (_outstanding >= MaxOutstanding || upstream.Rent(this) is not { } inquiry) return false;
        // A name that cannot be asked about is as good as one nobody answers.
        bool isName = DnsMessage.TryWriteQuery(name, type, 0, _query, out int length);
        if (isName && upstream.Ask(inquiry, _query.AsSpan(0, length), now)) _outstanding++;
        else upstream.Return(inquiry);
        return true;
    }

    /// <inheritdoc/>
    public void Answered(Inquiry inquiry, Span<byte> message, Instant now)
    {
        if (DnsMessage.TryParse(message, out DnsMessage read))
        {
            if (read.IsTruncated && AskAgain(inquiry, now)) return;
            // What there is of a cut answer is true all the same.
            Names?.Take(read, now);
        }
        Unanswered(inquiry, now);
    }

    /// <inheritdoc/>
    public void Unanswered(Inquiry inquiry, Instant now)
    {
        _outstanding--;
        upstream.Return(inquiry);
    }

    private bool AskAgain(Inquiry inquiry, Instant now)
    {
        int length = DnsQuery.WriteQuery(inquiry.Question, _query);
        return upstream.AskByStream(inquiry, _query.AsSpan(0, length), now);
    }
}
