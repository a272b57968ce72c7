using System.Collections.Generic;
using System.Text;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

/// <summary>Documents as the daemon writes them.</summary>
internal static class Documents
{
    public const string CameraMac = "02:00:00:00:00:01";

    public static string Text<T>(T value) where T : IControlDto<T> => Encoding.UTF8.GetString(ControlCodec.ToBytes(value));

    public static string List<T>(params T[] values) where T : IControlDto<T> => Encoding.UTF8.GetString(ControlCodec.ToBytes((IReadOnlyList<T>)values));

    public static DeviceDto Camera() => new()
    {
        Mac = CameraMac,
        ClientId = "01020000000001",
        Network = "lan",
        Ip = "192.168.1.101",
        Hostname = "cam",
        Description = "Example Brand Security Camera",
        State = "amended",
        SinceUnixMs = Session.NewYear,
        LeaseExpiresUnixMs = Session.NewYear + 12 * 3_600_000,
        Requested = """{"IoT Profile":{}}""",
        Granted = """{"IoT Profile":{}}""",
        DecidedBy = "cameras stream at home, never from outside",
        ForwardAsked = true,
        Services =
        [
            new ServiceDto
            {
                Direction = "provide", Category = "Video Stream", Decision = "amended", Rule = "cameras stream at home, never from outside",
                Active = true, Ports = "88-99", RateBitsPerSecond = 2_000_000, Schedule = "00:00-23:59", Packets = 1, Bytes = 1_250_000,
                Reasons = ["port forward 88-99:8088-8099 is left to the owner"],
            },
            new ServiceDto
            {
                Direction = "consume", Category = "Firmware Update", Decision = "accepted", Endpoints = ["https://update.example.com/prod", "198.51.100.7:8888"],
                RateBitsPerSecond = 5_000_000, Schedule = "02:00-04:59", NextChangeUnixMs = Session.NewYear + 2 * 3_600_000,
            },
        ],
    };

    /// <summary>Everything that a device may choose, chosen to deceive.</summary>
    public static DeviceDto Hostile() => new()
    {
        Mac = "02:00:00:00:00:66",
        Network = "lan",
        Ip = "192.168.1.66",
        Hostname = "x\r\n02:00:00:00:00:01",
        Description = "\x1b]0;owned\a\x1b[31mred\u009b5n \u202egnp.exe\u2028<script>`id`",
        State = "pending",
        SinceUnixMs = Session.NewYear,
        Requested = "{}",
        Services = [new ServiceDto { Direction = "provide", Category = "Video\x1b[8m\nStream", Decision = "pending", Ports = "1\x7f", Endpoints = ["a\tb"], Reasons = ["\x1b[A"] }],
    };

    public static StatusDto Status() => new()
    {
        Version = "0.1.0",
        Pid = 4711,
        UptimeSeconds = 277_500,
        ResidentKiB = 6_200,
        Networks = [new NetworkStatusDto { Name = "lan", Device = "br-lan", Address = "192.168.1.1/24", Posture = "open", Serving = true }],
        Devices = [new("new", 3), new("pending", 0), new("granted", 8)],
        Leases = 11,
        Clock = new ClockStatusDto { Synchronised = true, Trusted = true, Trust = "ntp" },
        Store = new StoreStatusDto { Path = "/etc/dwirm/state/dwirm.db" },
        Enforcement = new EnforcementStatusDto { Inet = true, Bridge = true, Htb = true },
        Counters = [new("discover", 12), new("malformed", 0)],
    };
}
