using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Loop;

public sealed class DeadlinesTests
{
    private readonly Deadlines deadlines = new();

    [Fact]
    public void NothingSetWaitsForEver() => Assert.Equal(-1, deadlines.TimeoutFrom(5));

    [Fact]
    public void TheEarliestDecidesTheTimeout()
    {
        deadlines.Set(new Deadline(static _ => { }), 300);
        deadlines.Set(new Deadline(static _ => { }), 200);
        Assert.Equal(100, deadlines.TimeoutFrom(100));
        Assert.Equal(0, deadlines.TimeoutFrom(250));
    }

    [Fact]
    public void OneThatSetsItselfForNowRunsInTheNextTurnOnly()
    {
        int runs = 0;
        Deadline self = null!;
        self = new Deadline(now =>
        {
            runs++;
            deadlines.Set(self, now.MonotonicMs);
        });
        deadlines.Set(self, 10);
        deadlines.RunDue(At(10));
        Assert.Equal(1, runs);
        deadlines.RunDue(At(10));
        Assert.Equal(2, runs);
    }

    [Fact]
    public void RandomStepsAgreeWithASortedList()
    {
        var random = new Random(7);
        var all = new Deadline[200];
        var due = new Dictionary<Deadline, long>();
        List<Deadline> ran = [];
        for (int i = 0; i < all.Length; i++)
        {
            Deadline made = null!;
            made = new Deadline(_ => ran.Add(made));
            all[i] = made;
        }
        long now = 0;
        for (int step = 0; step < 20_000; step++)
        {
            Deadline one = all[random.Next(all.Length)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    due[one] = now + random.Next(500);
                    deadlines.Set(one, due[one]);
                    break;
                case 2:
                    due.Remove(one);
                    deadlines.Cancel(one);
                    break;
                default:
                    now += random.Next(60);
                    ran.Clear();
                    deadlines.RunDue(At(now));
                    HashSet<Deadline> expected = [];
                    foreach ((Deadline candidate, long at) in due)
                    {
                        if (at <= now) expected.Add(candidate);
                    }
                    Assert.True(expected.SetEquals(ran));
                    Assert.Equal(expected.Count, ran.Count);
                    foreach (Deadline gone in expected) due.Remove(gone);
                    break;
            }
            Assert.Equal(due.Count, deadlines.Count);
            Assert.Equal(due.ContainsKey(one), one.IsSet);
        }
    }

    private static Instant At(long ms) => new(ms, 0, true);
}
