using Dwirm.Cli.Commands;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

[Trait("Requirement", "DWIRM-30")]
public sealed class HostileTextTests
{
    [Theory]
    [InlineData("plain äöü 日本 😀 <b> `id` $(id)", "plain äöü 日本 😀 <b> `id` $(id)")]
    [InlineData("\x1b[31m", @"\x1b[31m")]
    [InlineData("a\r\nb\tc", @"a\x0d\x0ab\x09c")]
    [InlineData("\0\a\b\x7f", @"\x00\x07\x08\x7f")]
    [InlineData("\u0085\u009b5n\u009f", @"\x85\x9b5n\x9f")]
    [InlineData("\u202eexe\u2066\u200f\u061c", @"\u202eexe\u2066\u200f\u061c")]
    [InlineData("\u2028\u2029\u200b\ufeff\u00ad", @"\u2028\u2029\u200b\ufeff\xad")]
    [InlineData("\U000e0041", @"\udb40\udc41")]
    [InlineData("\ue000\uffff", @"\ue000\uffff")]
    public void What_could_steer_a_terminal_is_shown_as_an_escape(string text, string expected) => Assert.Equal(expected, SafeText.Line(text));

    [Fact]
    public void Half_a_character_is_shown_as_an_escape()
    {
        Assert.Equal(@"\ud83dx", SafeText.Line("\ud83dx"));
        Assert.Equal(@"x\ud83d", SafeText.Line("x\ud83d"));
        Assert.Equal(@"x\ude00", SafeText.Line("x\ude00"));
        Assert.Equal("😀", SafeText.Line("\ud83d\ude00"));
    }

    [Fact]
    public void Scripts_keep_their_lines_and_nothing_else() => Assert.Equal("a\n\tb\\x1b\\x0d", SafeText.Lines("a\n\tb\x1b\r"));

    [Fact]
    public void Cut_text_keeps_whole_characters()
    {
        Assert.Equal("日…", TextWidth.Cut("日本語", 4));
        Assert.Equal("😀…", TextWidth.Cut("😀😀", 3));
        Assert.Equal("", TextWidth.Cut("abc", 0));
        Assert.Equal("abc", TextWidth.Cut("abc", 3));
    }

    [Fact]
    public void A_hostile_device_stays_on_its_row_and_its_card()
    {
        DeviceDto device = Documents.Hostile();
        string card = DeviceCommands.Render(new Session().Context, device);

        AssertTame(card);
        Assert.Contains(@"x\x0d\x0a02:00:00:00:00:01 (02:00:00:00:00:66)", card);
        Assert.Contains(@"\x1b]0;owned\x07\x1b[31mred\x9b5n \u202egnp.exe\u2028<script>`id`", card);
        Assert.Contains(@"provides Video\x1b[8m\x0aStream: waits for your decision", card);
        // No line begins with what only we may say.
        Assert.DoesNotContain(card.Split('\n'), line => line.StartsWith(Documents.CameraMac, System.StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("devices")]
    [InlineData("leases")]
    [InlineData("grants")]
    [InlineData("pending")]
    [InlineData("events")]
    [InlineData("plan")]
    [InlineData("plan --nft")]
    [InlineData("status")]
    [InlineData("approve 02:00:00:00:00:66")]
    [InlineData("device 02:00:00:00:00:66")]
    public void No_command_prints_what_could_steer_a_terminal(string line)
    {
        const string evil = "\x1b[2J\u009b\u202e\r";
        ServiceDto service = Documents.Hostile().Services[0];
        using FakeDaemon daemon = new FakeDaemon()
            .Answers("devices", Documents.List(Documents.Hostile()))
            .Answers("device", Documents.Text(Documents.Hostile()))
            .Answers("leases", Documents.List(new LeaseDto { Hostname = evil, ClientId = evil, Mac = evil, Ip = evil, Network = evil, State = evil }))
            .Answers("grants", Documents.List(new GrantDto { Hostname = evil, Mac = evil, Ip = "x", Services = [service] }))
            .Answers("pending", Documents.List(new PendingDto { Hostname = evil, Mac = evil, Ip = evil, Network = evil, Services = [service] }))
            .Answers("events", Documents.List(new EventDto { Kind = evil, By = evil, Detail = evil, Mac = evil }))
            .Answers("plan", line.Contains("nft")
                ? Documents.Text(new TextDto { Text = evil })
                : Documents.Text(new PlanDto { Devices = [new PlanDeviceDto { Mac = evil, Services = [new PlanServiceDto { Category = evil, Ports = [evil] }] }] }))
            .Answers("status", Documents.Text(new StatusDto { Version = evil, Faults = [evil], Store = new StoreStatusDto { Path = evil }, Counters = [new(evil, 1)] }))
            .Answers("approve", Documents.Text(new OutcomeDto { Mac = evil, State = evil, Message = evil }));
        foreach (int columns in (int[])[0, 60])
        {
            var session = new Session(columns);
            Assert.Equal(0, session.Run([.. line.Split(' '), "--run-dir", daemon.RunDirectory]));
            Assert.NotEqual("", session.Output.Printed);
            AssertTame(session.Output.Printed);
        }
    }

    [Fact]
    public void The_daemon_s_complaints_are_cleaned_too()
    {
        using FakeDaemon daemon = new FakeDaemon().Answers("status", Documents.Text(new ErrorDto { Error = "no\x1b[2J" }));
        var session = new Session();

        Assert.Equal(1, session.Run("status", "--run-dir", daemon.RunDirectory));
        Assert.Equal("dwirm: no\\x1b[2J\n", session.Output.Complaints);
    }

    private static void AssertTame(string printed) =>
        Assert.DoesNotContain(printed, c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u2028'));
}
