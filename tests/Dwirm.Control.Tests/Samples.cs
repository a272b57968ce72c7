using System;
using System.Collections.Generic;
using System.Text;

namespace Dwirm.Control.Tests;

/// <summary>One document of each type with every value set, and how to read it.</summary>
internal static class Samples
{
    private const long At = 1_767_225_600_000;

    private static readonly ServiceDto Service = new()
    {
        Direction = "consume",
        Category = "Firmware \"Update\" ü \u0001",
        Decision = "pending",
        Rule = "r",
        Active = true,
        NextChangeUnixMs = At,
        Ports = "1-2",
        PortForward = "1:2",
        Endpoints = ["a", ""],
        RateBitsPerSecond = 1_000_000_000_000,
        Schedule = "All Day",
        Packets = long.MaxValue,
        Bytes = 3,
        Dropped = 4,
        Reasons = ["why"],
    };

    private static readonly ControlsDto Controls = new()
    {
        Open = true,
        NextChangeUnixMs = At,
        DownBitsPerSecond = 1,
        UpBitsPerSecond = 2,
        Schedule = "07:00-21:00L",
        QuotaBytes = 3,
        UsedBytes = 4,
        Paused = true,
        Blocked = true,
    };

    private static readonly NetworkStatusDto Network = new() { Name = "lan", Device = "br-lan", Address = "192.168.1.1/24", Posture = "open", Serving = true };

    private static readonly ViolationDto Refused = new()
    {
        Kind = "spoof",
        Direction = "out",
        Address = "10.0.0.1",
        Protocol = "tcp",
        Port = 80,
        Count = 3,
        FirstUnixMs = At,
        LastUnixMs = At + 1000,
    };

    private static readonly SeenDto Seen = new()
    {
        Direction = "consume",
        Name = "a.example",
        Address = "203.0.113.1",
        Protocol = "tcp",
        Port = 443,
        Category = "HTTP",
        Sightings = 2,
        LastUnixMs = At,
    };

    private static readonly UsageDto Used = new() { Direction = "consume", Category = "c", Packets = 1, Bytes = 2, Dropped = 3 };

    /// <summary>Type name → its bytes, and a reader that writes back what it read; null when it is refused.</summary>
    public static IReadOnlyDictionary<string, (byte[] Document, Func<byte[], byte[]?> Again)> All { get; } =
        new Dictionary<string, (byte[] Document, Func<byte[], byte[]?> Again)>(StringComparer.Ordinal)
        {
            ["request"] = Of(new ControlRequest
            {
                Method = "approve",
                Mac = "02:00:00:00:00:01",
                Json = """{"a":[1,{"b":null}]}""",
                Once = true,
                UntilUnixMs = At,
                Follow = true,
                Limit = 5,
                Format = "nft",
                Value = "5Mbps",
                Up = "1Mbps",
                Clear = true,
            }),
            ["key"] = Of(new KeyDto { Mac = "m", SecretId = "0000000a", Secret = "00", CreatedUnixMs = At, LastUsedUnixMs = At }),
            ["device"] = Of(new DeviceDto
            {
                Mac = "m",
                ClientId = "c",
                Network = "n",
                Ip = "i",
                Ip6 = ["fe80::1"],
                Hostname = "h",
                Description = "d",
                State = "granted",
                SinceUnixMs = At,
                LeaseExpiresUnixMs = At + 1000,
                Authenticated = true,
                Requested = """{"x":1}""",
                Granted = "{}",
                Services = [Service, new()],
                DecidedBy = "owner",
                ForwardAsked = true,
                UntilUnixMs = At + 2000,
                Violations = [Refused],
                Controls = Controls,
                Assigned = true,
            }),
            ["controls"] = Of(Controls),
            ["violation"] = Of(Refused),
            ["counters"] = Of(new CountersDto
            {
                Mac = "m",
                Hostname = "h",
                Description = "d",
                State = "granted",
                Queries = 1,
                Violations = 2,
                Spoofed = 3,
                Services = [Used],
            }),
            ["usage"] = Of(Used),
            ["finding"] = Of(new FindingDto { Level = "FAIL", What = "w", Detail = "d", Cure = "c" }),
            ["service"] = Of(Service),
            ["seen"] = Of(Seen),
            ["suggestion"] = Of(new SuggestionDto
            {
                Mac = "m",
                Observing = true,
                SinceUnixMs = At,
                UntilUnixMs = At + 1000,
                Missed = 1,
                Omitted = 2,
                Seen = [Seen, new()],
                Profile = """{"IoT Profile":{}}""",
            }),
            ["lease"] = Of(new LeaseDto { Network = "n", Ip = "i", Mac = "m", ClientId = "c", Hostname = "h", State = "bound", ExpiresUnixMs = At }),
            ["grant"] = Of(new GrantDto
            {
                Mac = "m",
                Network = "n",
                Ip = "i",
                Hostname = "h",
                Description = "d",
                State = "granted",
                SinceUnixMs = At,
                UntilUnixMs = At,
                DecidedBy = "b",
                Generation = 0xffffff,
                Services = [Service],
            }),
            ["pending"] = Of(new PendingDto
            {
                Mac = "m",
                ClientId = "c",
                Network = "n",
                Ip = "i",
                Hostname = "h",
                Description = "d",
                SinceUnixMs = At,
                Authenticated = true,
                ForwardOnly = true,
                Requested = "{}",
                Services = [Service],
            }),
            ["event"] = Of(new EventDto { AtUnixMs = At, Mac = "m", Kind = "k", By = "b", Detail = "d", Before = "was", After = "is" }),
            ["error"] = Of(new ErrorDto { Error = "e", Code = 2 }),
            ["outcome"] = Of(new OutcomeDto { Mac = "m", State = "s", Message = "t" }),
            ["text"] = Of(new TextDto { Text = "a\nb" }),
            ["status"] = Of(new StatusDto
            {
                Version = "0.1.0",
                Pid = 1,
                UptimeSeconds = 2,
                ResidentKiB = 3,
                Networks = [Network],
                Devices = [new("new", 1), new("granted", 2)],
                Leases = 4,
                Clock = new() { Synchronised = true, Trusted = true, Trust = "ntp" },
                Store = new() { Path = "p", StartedEmpty = true, LastError = "e" },
                Enforcement = new() { Inet = true, Bridge = true, Htb = true, LastError = "l", Notes = ["n"] },
                Faults = ["f"],
                Counters = [new("c", 5)],
            }),
            ["plan"] = Of(new PlanDto
            {
                Networks = [Network],
                Uplinks = [new() { Name = "wan", Device = "eth1", Addresses = ["203.0.113.2"] }],
                Devices =
                [
                    new()
                    {
                        Mac = "m", Device = "d", Posture = "managed", Addresses = ["a"],
                        Services =
                        [
                            new()
                            {
                                Sid = 257, Direction = "provide", Category = "c", Active = true, RateBitsPerSecond = 1, Ports = ["tcp/1"], Sources = ["s"],
                                Forwards = ["f"], Endpoints = ["e"],
                            },
                        ],
                    },
                ],
            }),
        };

    private static (byte[] Document, Func<byte[], byte[]?> Again) Of<T>(T value) where T : IControlDto<T> => (
        ControlCodec.ToBytes(value),
        document => ControlCodec.TryRead(document, out T read, out _) ? ControlCodec.ToBytes(read) : null);

    public static string Text(string type) => Encoding.UTF8.GetString(All[type].Document);
}
