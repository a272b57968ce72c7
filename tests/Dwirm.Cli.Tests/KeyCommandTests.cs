using System;
using System.IO;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

/// <summary>What is told of keys, and where.</summary>
[Trait("Requirement", "DHC-08")]
public sealed class KeyCommandTests : IDisposable
{
    private const string Secret = "000102030405060708090a0b0c0d0e0f", Mac = "02:00:00:00:00:01";
    private readonly FakeDaemon _daemon = new();
    private readonly Session _session = new();

    public KeyCommandTests() => _daemon.Answers("key-add", Documents.Text(new KeyDto { Mac = Mac, SecretId = "0000000a", Secret = Secret, CreatedUnixMs = Session.NewYear }));

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void A_new_key_is_printed_as_the_file_that_a_device_takes()
    {
        Assert.Equal(0, Run("key", "add", Mac));
        Assert.Equal($"# Key of {Mac}, for dwirm-device --key FILE. The router does not tell it again.\n0000000a:{Secret}\n", _session.Output.Printed);
    }

    [Fact]
    public void Or_alone_for_other_clients()
    {
        Assert.Equal(0, Run("key", "add", Mac, "--hex"));
        Assert.Equal(Secret + "\n", _session.Output.Printed);
    }

    [Fact]
    public void Or_in_a_file_for_the_owner_only_and_not_on_the_terminal()
    {
        string file = Path.Combine(_daemon.RunDirectory, "camera.key");
        Assert.Equal(0, Run("key", "add", Mac, "--file", file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.EndsWith($"\n0000000a:{Secret}\n", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, _session.Output.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_cannot_be_written_is_taken_back()
    {
        _daemon.Answers("key-remove", Documents.Text(new OutcomeDto { Mac = Mac, Message = "done" }));
        Assert.Equal(1, Run("key", "add", Mac, "--file", "/nowhere/at/all"));
        Assert.Contains("no key was made", _session.Output.Complaints, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, _session.Output.Printed + _session.Output.Complaints, StringComparison.Ordinal);
        Assert.Equal($$"""{"method":"key-remove","mac":"{{Mac}}"}""", _daemon.Requests[^1]);
    }

    [Fact]
    public void Keys_are_listed_without_secrets()
    {
        _daemon.Answers("key-list", $$"""[{"mac":"{{Mac}}","secretId":"0000000a","created":"2026-01-01T00:00:00Z","lastUsed":null}]""");
        Assert.Equal(0, Run("key", "list"));
        Assert.Equal("""
            MAC                secret id  made                 last used
            02:00:00:00:00:01  0000000a   2026-01-01 01:00:00  never

            """, _session.Output.Printed);
    }

    private int Run(params string[] words) => _session.Run([.. words, "--run-dir", _daemon.RunDirectory]);
}
