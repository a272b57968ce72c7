using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy;
using Dwirm.TestKit;
using Dwirm.Wire;
using static Dwirm.Daemon.Tests.Keys.KeyedDevice;

namespace Dwirm.Daemon.Tests.Keys;

/// <summary>Keys and their file.</summary>
[Trait("Requirement", "DHC-08")]
public sealed class KeyTests : IDisposable
{
    private readonly KeyedDevice _camera = new();

    private TestRouter Router => _camera.Router;

    public void Dispose() => _camera.Dispose();

    [Fact]
    public void A_key_is_of_128_bits_in_a_file_for_the_owner_only_and_survives_a_restart()
    {
        Assert.Equal(16, _camera.Key.Secret.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Router.KeyPath));
        Router.RestartKeys();
        DeviceKey again = Assert.Single(Router.State.Authenticator.Keys.All);
        Assert.Equal((_camera.Key.SecretId, Camera, _camera.Key.CreatedUnixSeconds), (again.SecretId, again.Mac, again.CreatedUnixSeconds));
        Assert.Equal(_camera.Key.Secret, again.Secret);
        Assert.False(again.CounterIsLost);
    }

    [Fact]
    public void No_two_devices_share_a_key_and_none_has_two()
    {
        Assert.Contains("has a key", Router.State.KeyCommands.Add(Camera, Router.Now, out _), StringComparison.Ordinal);
        for (ulong i = 2; i < 100; i++) Assert.Null(Router.State.KeyCommands.Add(new MacAddress(i), Router.Now, out _));
        Assert.Equal(99, Router.State.Authenticator.Keys.All.Select(key => Convert.ToHexString(key.Secret)).Distinct().Count());
        Assert.Equal(99, Router.State.Authenticator.Keys.All.Select(key => key.SecretId).Distinct().Count());
    }

    [Theory]
    [InlineData("00000002 02:00:00:00:00:02 000102030405060708090a0b0c0d0e0f 5", "same secret")]
    [InlineData("00000001 02:00:00:00:00:02 100102030405060708090a0b0c0d0e0f 5", "same secret id")]
    [InlineData("00000002 02:00:00:00:00:01 100102030405060708090a0b0c0d0e0f 5", "has a key already")]
    [InlineData("2 02:00:00:00:00:02 100102030405060708090a0b0c0d0e0f 5", "eight hexadecimal digits")]
    [InlineData("00000002 02:00:00:00:00 100102030405060708090a0b0c0d0e0f 5", "no MAC")]
    [InlineData("00000002 02:00:00:00:00:02 100102030405060708090a0b0c0d0e 5", "32 hexadecimal digits")]
    [InlineData("00000002 02:00:00:00:00:02 xx0102030405060708090a0b0c0d0e0f 5", "32 hexadecimal digits")]
    [InlineData("00000002 02:00:00:00:00:02 100102030405060708090a0b0c0d0e0f", "needed")]
    [InlineData("00000002 02:00:00:00:00:02 100102030405060708090a0b0c0d0e0f -1", "no time")]
    public void A_faulty_line_is_named_without_its_secret_and_not_used(string line, string why)
    {
        const string first = "00000001 02:00:00:00:00:01 000102030405060708090a0b0c0d0e0f 5\n";
        File.WriteAllText(Router.KeyPath, "# remark\n" + first + line + "\n");
        File.SetUnixFileMode(Router.KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var faults = new List<ConfigFault>();
        DeviceKey key = Assert.Single(KeyFile.Read(Router.KeyPath, faults));
        Assert.Equal(1u, key.SecretId);
        ConfigFault fault = Assert.Single(faults);
        Assert.Equal(3, fault.Line);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0102030405060708", fault.ToString(), StringComparison.Ordinal);
        Router.RestartKeys();
        Assert.Contains("mend the file", Router.State.KeyCommands.Add(new MacAddress(9), Router.Now, out _), StringComparison.Ordinal);
        Assert.Contains("mend the file", Router.State.KeyCommands.Remove(Camera, Router.Now), StringComparison.Ordinal);
        Assert.Contains(line, File.ReadAllText(Router.KeyPath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_others_can_read_is_closed_and_said()
    {
        File.SetUnixFileMode(Router.KeyPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var faults = new List<ConfigFault>();
        Assert.Single(KeyFile.Read(Router.KeyPath, faults));
        Assert.Contains("made anew", Assert.Single(faults).Message, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Router.KeyPath));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void With_its_key_goes_what_a_device_had_by_proof()
    {
        Router.Receive(_camera.SignedProfile());
        Router.Lease(Camera);
        Assert.True(_camera.HasFullAccess);
        Assert.Null(Router.State.KeyCommands.Remove(Camera, Router.Now));
        Router.Commit();
        Assert.False(_camera.HasFullAccess);
        Assert.True(Router.Device(Camera).Record is { Authenticated: false, State: DeviceState.Pending });
        Assert.DoesNotContain(Router.Store.Counters.Keys, name => name == _camera.Key.CounterName);
        Assert.Empty(Router.State.Authenticator.Keys.All);
        Router.RestartKeys();
        Assert.Empty(Router.State.Authenticator.Keys.All);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void A_key_that_is_missing_from_the_file_proves_nothing_after_the_restart()
    {
        Router.Receive(_camera.SignedProfile());
        Router.Lease(Camera);
        File.Delete(Router.KeyPath);
        Router.RestartKeys();
        Assert.False(_camera.HasFullAccess);
        Assert.False(Router.Device(Camera).Record.Authenticated);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void An_approval_stays_when_the_same_request_is_proven_later()
    {
        using var late = new KeyedDevice(withKey: false);
        late.Router.Receive(Dhcpv4Builder.DwirmClient(Camera, """{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000"}}}}"""));
        Assert.Null(late.Router.Owner.Approve(Camera, null, false, late.Router.Now));
        late.AddKey();
        late.Router.Wait(1000);
        late.Router.Receive(late.SignedProfile("""{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000"}}}}"""));
        Assert.True(late.Router.Device(Camera).Record is { Authenticated: true, Verdict: OwnerVerdict.Approve, State: DeviceState.Granted });
    }
}
