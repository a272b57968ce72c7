using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Wire;

namespace Dwirm.Store.Tests;

internal static class Samples
{
    internal static Lease Lease(uint host, long expiresMs = 10_000_000, LeaseState state = LeaseState.Bound) => new()
    {
        Network = "lan",
        Address = new Ipv4Address(0xc0a80100 + host),
        Mac = Mac(host),
        ClientId = "01020000000001",
        Hostname = "cam",
        State = state,
        ExpiresMs = expiresMs,
    };

    internal static MacAddress Mac(uint host) => new(0x020000000000UL + host);

    internal static DeviceRecord Device(uint host) => new() { Mac = Mac(host), Network = "lan" };

    /// <summary>Every member away from its default, and every text awkward.</summary>
    internal static DeviceRecord FullDevice => new()
    {
        Mac = new MacAddress(0xffffffffffff),
        ClientId = "ff00",
        Network = "gäste",
        Hostname = "c-1",
        State = DeviceState.FullAccess,
        RequestedJson = "{\"IoT Profile\":{\"Description\":\"é 🎥 ' \\u0000\"}}",
        AnswerJson = "",
        GrantJson = new string('x', 70_000),
        Verdict = OwnerVerdict.FullAccess,
        AmendmentJson = "{}",
        VerdictUntilUnixMs = long.MaxValue,
        DecidedBy = "owner; DROP TABLE device; --",
        Generation = 0xffffff,
        Slot = 4093,
        Authenticated = true,
        FirstSeenUnixMs = -1,
        SinceUnixMs = 1_790_000_000_123,
        VendorClass = "udhcp 1.36.1 ü",
        Controls = new DeviceControls { DownBitsPerSecond = 5_000_000, UpBitsPerSecond = 1, QuotaBytes = 2, PausedUntilUnixMs = DeviceControls.UntilResumed, Blocked = true },
        Assigned = true,
        OwnRequestJson = "{\"IoT Profile\":{}}",
        OwnVerdict = OwnerVerdict.Revoke,
        OwnAmendmentJson = "{ }",
        GoneUnixMs = 1_790_000_000_456,
    };

    internal static HistoryEntry Entry(uint host, string detail) => new(1_790_000_000_000, Mac(host), "asked", "device", detail, "new", "pending: Video Stream");
}
