using Dwirm.Daemon.Loop;
using Dwirm.Wire;

namespace Dwirm.Daemon.Keys;

/// <summary>
/// The secret that the router shares with one device, and what was seen of its use. The secret goes to the key file and the device, nowhere else.
/// </summary>
/// <param name="secretId">Names the secret on the wire.</param>
/// <param name="mac">The device; nobody else may use the secret.</param>
/// <param name="secret">128 bits.</param>
/// <param name="createdUnixSeconds">When it was made.</param>
internal sealed class DeviceKey(uint secretId, MacAddress mac, byte[] secret, long createdUnixSeconds)
{
    /// <summary>Names the secret on the wire.</summary>
    public uint SecretId { get; } = secretId;

    /// <summary>The device.</summary>
    public MacAddress Mac { get; } = mac;

    /// <summary>The secret.</summary>
    public byte[] Secret { get; } = secret;

    /// <summary>When it was made, Unix seconds.</summary>
    public long CreatedUnixSeconds { get; } = createdUnixSeconds;

    /// <summary>Replay counter of the last message that was proven; only a greater one is new.</summary>
    public ulong LastCounter { get; set; }

    /// <summary>The store does not know the counter: it was lost, and old messages cannot be told from new ones by it.</summary>
    public bool CounterIsLost { get; set; }

    /// <summary>When a message was last proven with it, Unix milliseconds; 0 for never.</summary>
    public long LastUsedUnixMs { get; set; }

    /// <summary>Limits how often codes are computed for this MAC, which anybody can send.</summary>
    internal TokenBucket Checks;

    /// <summary>Limits how many proven messages are taken: each costs a write to flash.</summary>
    internal TokenBucket Taken;

    /// <summary>True once the device has shown that it has the key.</summary>
    public bool IsInUse => LastUsedUnixMs != 0;

    /// <summary>Name of the device's replay counter in the store.</summary>
    public string CounterName => "auth-" + SecretId.ToString("x8", null);

    /// <summary>Name of the time of its last use in the store.</summary>
    public string UsedName => "used-" + SecretId.ToString("x8", null);
}
