using System;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

/// <summary>Lists: what has to be seen in them, and how long they may be.</summary>
public sealed class ListTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();
    private readonly Session _session = new();

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData(true, false, false, "amended ")]
    [InlineData(false, true, true, "amended, blocked ")]
    [InlineData(false, true, false, "amended, paused ")]
    [InlineData(false, false, false, "amended, closed ")]
    public void A_list_shows_who_is_cut_off(bool open, bool paused, bool blocked, string expected)
    {
        DeviceDto device = Documents.Camera();
        device.Controls = new ControlsDto { Open = open, Paused = paused, Blocked = blocked };
        _daemon.Answers("devices", Documents.List(device));

        Assert.Equal(0, Run("devices"));
        Assert.Contains(expected, _session.Output.Printed);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("100001")]
    [InlineData("x")]
    public void A_number_of_events_that_cannot_be_is_not_sent(string limit)
    {
        Assert.Equal(2, Run("events", "-n", limit));
        Assert.Empty(_daemon.Requests);
    }

    private int Run(params ReadOnlySpan<string> words) => _session.Run([.. words, "--run-dir", _daemon.RunDirectory]);
}
