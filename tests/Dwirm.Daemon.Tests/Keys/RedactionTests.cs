using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Control;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy;
using static Dwirm.Daemon.Tests.Keys.KeyedDevice;

namespace Dwirm.Daemon.Tests.Keys;

/// <summary>A secret leaves the router once, to the owner who had it made.</summary>
[Trait("Requirement", "B8")]
public class RedactionTests
{
    [Fact]
    public void The_secret_is_in_the_answer_to_key_add_and_nowhere_else()
    {
        using var camera = new KeyedDevice(withKey: false);
        TestRouter router = camera.Router;
        List<string> told = [];
        router.State.Events.Follow(entry => told.Add(entry.ToString()));
        var request = new ControlRequest { Method = ControlMethods.KeyAdd, Mac = Camera.ToString() };
        byte[] answer = KeyMethods.Add(router.State, request, router.Now);
        Assert.True(ControlCodec.TryRead(answer, out KeyDto key, out _));
        Assert.Equal(32, key.Secret.Length);
        Assert.Contains(key.Secret, File.ReadAllText(router.KeyPath), StringComparison.Ordinal);

        told.Add(Encoding.UTF8.GetString(KeyMethods.Add(router.State, request, router.Now)));
        told.Add(Encoding.UTF8.GetString(KeyMethods.List(router.State)));
        File.AppendAllText(router.KeyPath, $"0000000b 02:00:00:00:00:02 {key.Secret} 5\n");
        router.RestartKeys();
        foreach (ConfigFault fault in router.State.Authenticator.Keys.Faults) told.Add(fault.ToString());
        DeviceKey held = router.State.Authenticator.Keys.Find(Camera)!;
        told.Add(held + " " + new Proof(ProofKind.Proven, held));
        foreach ((string name, ulong value) in router.Store.Counters) told.Add($"{name} {value:x}");
        foreach ((string name, long value) in router.State.Counters.Snapshot(router.State.Dhcp, router.State.Turn.Replies)) told.Add($"{name} {value}");
        told.Add(Encoding.UTF8.GetString(KeyMethods.Remove(router.State, request, router.Now)));
        Assert.True(told.Count > 6);
        Assert.All(told, text => Assert.DoesNotContain(key.Secret, text, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(told, text => text.Contains(key.SecretId, StringComparison.Ordinal));
    }
}
