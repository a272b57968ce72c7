using System;
using System.Collections.Generic;
using Dwirm.Policy;

namespace Dwirm.Daemon.Service;

/// <summary>Passes history lines to whoever follows them.</summary>
public sealed class EventHub
{
    private readonly List<Action<HistoryEntry>> _followers = [];

    /// <summary>Adds a follower.</summary>
    public void Follow(Action<HistoryEntry> follower) => _followers.Add(follower);

    /// <summary>Removes a follower.</summary>
    public void Unfollow(Action<HistoryEntry> follower) => _followers.Remove(follower);

    /// <summary>Tells every follower; one may remove itself while it is told.</summary>
    public void Publish(HistoryEntry entry)
    {
        for (int i = _followers.Count - 1; i >= 0; i--) _followers[i](entry);
    }
}
