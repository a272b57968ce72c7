using Dwirm.Cli.Commands;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

/// <summary>Controls and history as people read them.</summary>
public sealed class ControlRenderTests
{
    [Theory]
    [InlineData(true, "controls     open until 2026-01-01 22:00:00: 5 Mbit/s to it, 1 Mbit/s from it, open 07:00-20:59L, 1.5 GB of 2 GB used today\n")]
    [InlineData(false, "controls     closed until 2026-01-01 22:00:00: 5 Mbit/s to it, 1 Mbit/s from it, open 07:00-20:59L, 1.5 GB of 2 GB used today, paused\n")]
    public void Controls_stand_on_the_card(bool open, string expected)
    {
        DeviceDto device = Documents.Camera();
        device.Controls = new ControlsDto
        {
            Open = open,
            Paused = !open,
            NextChangeUnixMs = Session.NewYear + 21 * 3_600_000,
            DownBitsPerSecond = 5_000_000,
            UpBitsPerSecond = 1_000_000,
            Schedule = "07:00-20:59L",
            QuotaBytes = 2_000_000_000,
            UsedBytes = 1_500_000_000,
        };
        Assert.Contains(expected, DeviceCommands.Render(new Session().Context, device));
    }

    [Theory]
    [InlineData("", "", "why", "owner: why")]
    [InlineData("pending", "granted", "", "owner: pending -> granted")]
    [InlineData("none", "5Mbps down", "5Mbps down", "owner: none -> 5Mbps down")]
    [InlineData("pending", "granted", "for this lease", "owner: for this lease: pending -> granted")]
    public void An_event_says_what_held_before_and_since(string before, string after, string detail, string expected)
    {
        var entry = new EventDto { AtUnixMs = Session.NewYear, Mac = "m", Kind = "k", By = "owner", Detail = detail, Before = before, After = after };
        Assert.EndsWith(expected + "\n", EventCommand.Line(new Session().Context, entry));
    }
}
