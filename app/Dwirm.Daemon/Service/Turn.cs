using Dwirm.Daemon.Loop;
using Dwirm.Store;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// The effects of one turn of the loop, made true in a fixed order: record, then enforce, then reply. One fsync and one kernel transaction
/// serve every packet of the turn.
/// </summary>
public sealed class Turn
{
    private const long RetryMs = 1000;
    private const int MaxUnrecorded = 256;
    private readonly IGrantStore _store;
    private readonly EnforcementService _enforcement;
    private readonly Deadlines _deadlines;
    private readonly Deadline _retry;
    private readonly Log _log;

    /// <summary>The turn of one daemon; reused for its whole life.</summary>
    public Turn(IGrantStore store, EnforcementService enforcement, Deadlines deadlines, Log log)
    {
        (_store, _enforcement, _deadlines, _log) = (store, enforcement, deadlines, log);
        _retry = new Deadline(static _ => { });
    }

    /// <summary>What is to be recorded.</summary>
    public StoreBatch Batch { get; } = new();

    /// <summary>What is to be said once it is true.</summary>
    public PendingReplies Replies { get; } = new();

    /// <summary>Why the store does not work, or null while it does.</summary>
    public string? StoreFault { get; private set; }

    /// <summary>True when so much waits for a store that does not work that no more is taken on: clients ask again.</summary>
    public bool IsChoked => StoreFault is not null && Batch.Changes.Count > MaxUnrecorded;

    /// <summary>Ends the turn.</summary>
    public void Commit(Instant now)
    {
        if (!Record())
        {
            // Nothing that was not recorded is said or opened; clients ask again, and the next turn tries again. What is taken away ends
            // all the same, and at the start what was recorded before is enforced.
            Replies.Discard();
            _deadlines.Set(_retry, now.MonotonicMs + RetryMs);
            _enforcement.Commit(now);
            return;
        }
        bool kernelAgrees = _enforcement.Commit(now);
        if (!Replies.IsEmpty) Replies.Send(kernelAgrees);
    }

    private bool Record()
    {
        if (Batch.IsEmpty) return true;
        try
        {
            _store.Write(Batch);
        }
        catch (StoreException e)
        {
            if (StoreFault is null) _log.Error($"cannot record decisions and leases, so none are given out: {e.Message}");
            StoreFault = e.Message;
            return false;
        }
        _enforcement.Recorded(Batch);
        Batch.Clear();
        if (StoreFault is null) return true;
        _log.Info("the store works again");
        StoreFault = null;
        _enforcement.MarkDirty();
        return true;
    }
}
