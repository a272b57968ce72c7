using System;
using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Service;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>The methods about device keys. A secret leaves in the answer to <c>key-add</c>, once, and in nothing else.</summary>
internal static class KeyMethods
{
    /// <summary>Makes a key and tells it.</summary>
    public static byte[] Add(DaemonState state, ControlRequest request, Instant now)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return NoMac(request);
        if (state.KeyCommands.Add(mac, now, out DeviceKey? key) is { } refusal) return Error(refusal);
        state.Turn.Commit(now);
        KeyDto document = Document(key!);
        document.Secret = Convert.ToHexStringLower(key!.Secret);
        return ControlCodec.ToBytes(document);
    }

    /// <summary>Every key, without its secret.</summary>
    public static byte[] List(DaemonState state)
    {
        List<KeyDto> keys = [];
        foreach (DeviceKey key in state.Authenticator.Keys.All) keys.Add(Document(key));
        return ControlCodec.ToBytes<KeyDto>(keys);
    }

    /// <summary>Takes a key away.</summary>
    public static byte[] Remove(DaemonState state, ControlRequest request, Instant now)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return NoMac(request);
        if (state.KeyCommands.Remove(mac, now) is { } refusal) return Error(refusal);
        state.Turn.Commit(now);
        return ControlCodec.ToBytes(new OutcomeDto
        {
            Mac = mac.ToString(),
            State = StateNames.Of(state.Devices.Find(mac)?.Record.State ?? Policy.DeviceState.New),
            Message = "the key is taken away, and what was granted by its proof",
        });
    }

    private static KeyDto Document(DeviceKey key) => new()
    {
        Mac = key.Mac.ToString(),
        SecretId = key.SecretId.ToString("x8", null),
        CreatedUnixMs = key.CreatedUnixSeconds * 1000,
        LastUsedUnixMs = key.LastUsedUnixMs,
    };

    private static byte[] NoMac(ControlRequest request) => Error($"'{request.Mac}' is not a MAC address");

    private static byte[] Error(string why) => ControlCodec.ToBytes(new ErrorDto { Error = why });
}
