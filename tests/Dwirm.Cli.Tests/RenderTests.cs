using System;
using System.Collections.Generic;
using Dwirm.Cli.Commands;
using Dwirm.Cli.Output;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

public sealed class RenderTests
{
    [Fact]
    public void A_device_is_a_card()
    {
        const string expected = """
            cam (02:00:00:00:00:01)
              description  Example Brand Security Camera
              state        amended since 2026-01-01 01:00:00 (2 min): with changes
              decided by   cameras stream at home, never from outside
              address      192.168.1.101 on lan, lease until 2026-01-01 13:00:00 (11 h 58 min)
              client id    01020000000001
              request      not authenticated: anybody on the network could have sent it

              provides Video Stream: amended, open now
                rule         cameras stream at home, never from outside
                because      port forward 88-99:8088-8099 is left to the owner
                ports        88-99
                forward      none
                rate         2 Mbit/s
                schedule     all day
                usage        1.25 MB in 1 packet, 0 dropped

              uses Firmware Update: accepted, closed now
                to           https://update.example.com/prod
                             198.51.100.7:8888
                rate         5 Mbit/s
                schedule     02:00-04:59
                next change  opens at 2026-01-01 03:00:00, in 1 h 58 min
                usage        none yet

            A port forward waits for your decision:
              dwirm approve 02:00:00:00:00:01
              dwirm deny 02:00:00:00:00:01

            """;

        Assert.Equal(expected, DeviceCommands.Render(new Session().Context, Documents.Camera()));
    }

    [Fact]
    public void A_device_shows_what_it_was_refused()
    {
        var device = new DeviceDto
        {
            Mac = Documents.CameraMac,
            State = "quarantined",
            Violations =
            [
                new() { Kind = "violation", Direction = "out", Address = "203.0.113.80", Protocol = "tcp", Port = 80, Count = 3, LastUnixMs = Session.NewYear },
                new() { Kind = "violation", Direction = "in", Address = "192.168.1.50", Protocol = "icmp", Count = 1, LastUnixMs = Session.NewYear + 60_000 },
                new() { Kind = "spoof", Direction = "out", Address = "10.0.0.1", Protocol = "udp", Port = 53, Count = 2, LastUnixMs = Session.NewYear + 110_000 },
            ],
        };

        Assert.EndsWith("""
              was refused:
                2 min        to 203.0.113.80 tcp 80, 3 packets
                1 min        192.168.1.50 to its icmp
                10 s         used 10.0.0.1, not its own (udp 53), 2 packets

            """, DeviceCommands.Render(new Session().Context, device));
    }

    [Fact]
    public void Counters_are_a_row_for_each_service()
    {
        using var daemon = new FakeDaemon();
        var session = new Session();
        daemon.Answers("counters", Documents.List(
            new CountersDto
            {
                Mac = Documents.CameraMac,
                Hostname = "cam",
                Queries = 7,
                Violations = 2,
                Spoofed = 1,
                Services =
                [
                    new() { Direction = "provide", Category = "Video Stream", Packets = 10, Bytes = 12_345, Dropped = 4 },
                    new() { Direction = "consume", Category = "Firmware Update" },
                ],
            },
            new CountersDto { Mac = "02:00:00:00:00:02" }));

        Assert.Equal(0, session.Run("counters", Documents.CameraMac, "--run-dir", daemon.RunDirectory));
        Assert.Equal($$"""{"method":"counters","mac":"{{Documents.CameraMac}}"}""", Assert.Single(daemon.Requests));
        Assert.Equal("""
            device  MAC                service                packets    octets  dropped  names  refused  spoofed
            cam     02:00:00:00:00:01  provides Video Stream       10  12.34 kB        4      7        2        1
            cam     02:00:00:00:00:01  uses Firmware Update         0       0 B        0      -        -        -
            -       02:00:00:00:00:02  -                            -         -        -      0        0        0

            """, session.Output.Printed);
    }

    private static PendingDto Waiting() => new()
    {
        Mac = Documents.CameraMac,
        Network = "lan",
        Ip = "192.168.1.101",
        Description = "Example Brand Security Camera",
        SinceUnixMs = Session.NewYear,
        Requested = """
            {"IoT Profile":{"Description":"x","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"88-99:8088-8099","Rate":"2Mbps","Hints":""}},
            "Consume":{"Telemetry":{"Endpoints":["https://t.example","198.51.100.7"],"Weight":{"a":[1]}},"Update":{},"Spy":"odd"}}}
            """,
        Services =
        [
            new ServiceDto { Direction = "provide", Category = "Video Stream", Decision = "pending", Rule = "cameras", Reasons = ["opens the home"] },
            new ServiceDto { Direction = "consume", Category = "Telemetry", Decision = "pending" },
            new ServiceDto { Direction = "consume", Category = "Update", Decision = "accepted", Rule = "updates" },
            new ServiceDto { Direction = "consume", Category = "Spy", Decision = "denied" },
        ],
    };

    [Fact]
    public void What_waits_says_what_is_asked_why_and_which_command_decides()
    {
        const string expected = """
            Example Brand Security Camera (02:00:00:00:00:01, 192.168.1.101) on lan
              waits    2 min; not authenticated
              asks     to provide Video Stream: Ports 88-99, PortFwd 88-99:8088-8099, Rate 2Mbps
                why      the rule "cameras" leaves it to you
                         opens the home
              asks     to use Telemetry: Endpoints https://t.example 198.51.100.7, Weight {"a":[1]}
                why      no rule of the policy decides it
              asks     to use Update
                why      the rule "updates" would grant it; it waits for the rest
              asks     to use Spy
                why      nothing to decide: the policy denies it
              until    you decide, only DHCP, DNS and NTP of the router
              decide   dwirm approve 02:00:00:00:00:01
                       dwirm deny 02:00:00:00:00:01
                       dwirm approve 02:00:00:00:00:01 --amend FILE   to grant less than asked
                       dwirm approve 02:00:00:00:00:01 --category NAME   to grant one of them

            """;

        Assert.Equal(expected, PendingCommand.Render(new Session().Context, Waiting()));
    }

    [Fact]
    public void When_only_a_forward_waits_the_rest_is_left_out()
    {
        PendingDto pending = Waiting();
        pending.ForwardOnly = true;
        pending.Services[0].Decision = "amended";
        const string expected = """
            Example Brand Security Camera (02:00:00:00:00:01, 192.168.1.101) on lan
              waits    2 min; not authenticated
              asks     to provide Video Stream: Ports 88-99, PortFwd 88-99:8088-8099, Rate 2Mbps
                why      a port forward opens it to the outside, which the policy leaves to you; the rest is granted
                         opens the home
              until    you decide, everything but the port forward is granted
              decide   dwirm approve 02:00:00:00:00:01
                       dwirm deny 02:00:00:00:00:01
                       dwirm approve 02:00:00:00:00:01 --amend FILE   to grant less than asked

            """;

        Assert.Equal(expected, PendingCommand.Render(new Session().Context, pending));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"IoT Profile\":7}")]
    [InlineData("{\"IoT Profile\":{\"Provide\":[1]}}")]
    [InlineData("{\"IoT Profile\":{\"Provide\":{\"Video Stream\":")]
    public void A_profile_of_another_shape_asks_for_nothing(string? profile)
    {
        PendingDto pending = Waiting();
        pending.Requested = profile;

        Assert.Contains("  asks     to provide Video Stream\n", PendingCommand.Render(new Session().Context, pending));
    }

    [Fact]
    public void A_device_that_waits_shows_what_it_asks_and_claims_no_values()
    {
        PendingDto waiting = Waiting();
        var device = new DeviceDto { Mac = Documents.CameraMac, State = "pending", Requested = waiting.Requested, Services = waiting.Services };

        string card = DeviceCommands.Render(new Session().Context, device);

        Assert.Contains("provides Video Stream: waits for your decision", card);
        Assert.Contains("    asks         Ports 88-99, PortFwd 88-99:8088-8099, Rate 2Mbps\n", card);
        Assert.DoesNotContain("line rate", card);
        Assert.DoesNotContain("ports        none", card);
    }

    [Fact]
    public void Under_full_access_no_service_has_limits_of_its_own()
    {
        var service = new ServiceDto { Direction = "provide", Category = "Video Stream", Decision = "accepted", Active = true, Reasons = ["full access covers it"] };
        var device = new DeviceDto { Mac = Documents.CameraMac, State = "full-access", Services = [service] };

        string card = DeviceCommands.Render(new Session().Context, device);

        Assert.Contains("provides Video Stream: accepted, open now\n    because      full access covers it\n", card);
        Assert.DoesNotContain("ports ", card);
        Assert.DoesNotContain("rate ", card);
    }

    [Theory]
    [InlineData("quarantined", "", "quarantined  owner\n")]
    [InlineData("asked", "Camera", "asked        owner: Camera\n")]
    public void An_event_that_is_followed_is_one_line(string kind, string detail, string end)
    {
        var entry = new EventDto { Mac = Documents.CameraMac, Kind = kind, By = "owner", Detail = detail };

        Assert.EndsWith($"  {Documents.CameraMac}  {end}", EventCommand.Line(new Session().Context, entry));
    }

    [Fact]
    public void A_healthy_status_has_no_warnings()
    {
        const string expected = """
            dwirm 0.1.0 runs as process 4711 for 3 d 5 h in 6.34 MB of memory

            network  device  address         devices without a profile           DHCP
            lan      br-lan  192.168.1.1/24  open: whatever the firewall allows  served

            devices      11: 3 new, 8 granted
            leases       11
            clock        synchronised, schedules are followed
            store        /etc/dwirm/state/dwirm.db
            enforcement  routed traffic, bridged traffic, rates
            counter      discover 12

            """;

        Assert.Equal(expected, StatusCommand.Render(Documents.Status(), 0));
        Assert.Empty(StatusCommand.Warnings(Documents.Status()));
    }

    public static TheoryData<Action<StatusDto>, string> Troubles => new()
    {
        { status => status.Clock.Trusted = false, "the clock is not trusted" },
        { status => status.Enforcement.Bridge = false, "the bridge table is missing" },
        { status => status.Enforcement.Inet = false, "the routed table is missing" },
        { status => status.Enforcement.Htb = false, "the kernel has no HTB: rates are not enforced" },
        { status => status.Enforcement.LastError = "NEWRULE: EINVAL", "the kernel's last refusal: NEWRULE: EINVAL" },
        { status => status.Enforcement.Notes = ["no bridge-nf"], "no bridge-nf" },
        { status => status.Store.StartedEmpty = true, "the store started empty" },
        { status => status.Store.LastError = "disk full", "the store's last fault: disk full" },
        { status => status.Faults = ["configuration not taken over: /etc/config/dwirm:3: no"], "configuration not taken over: /etc/config/dwirm:3: no" },
        { status => status.Networks[0].Serving = false, "DHCP of network lan is not served" },
    };

    [Theory]
    [MemberData(nameof(Troubles), DisableDiscoveryEnumeration = true)]
    public void Each_trouble_is_one_warning(Action<StatusDto> trouble, string expected)
    {
        StatusDto status = Documents.Status();
        trouble(status);

        Assert.StartsWith(expected, Assert.Single(StatusCommand.Warnings(status)));
        Assert.Contains("WARNING: " + expected, StatusCommand.Render(status, 0));
    }

    [Fact]
    public void The_status_points_to_what_waits()
    {
        StatusDto status = Documents.Status();
        status.Devices = [new("pending", 1)];
        Assert.EndsWith("1 device waits for your decision: dwirm pending\n", StatusCommand.Render(status, 0));
        status.Devices = [new("pending", 2)];
        Assert.EndsWith("2 devices wait for your decision: dwirm pending\n", StatusCommand.Render(status, 0));
    }

    [Fact]
    public void A_plan_lists_what_the_kernel_lets_through()
    {
        var plan = new PlanDto
        {
            Networks = [new NetworkStatusDto { Name = "lan", Device = "br-lan", Address = "192.168.1.1/24", Posture = "open" }],
            Uplinks = [new PlanUplinkDto { Name = "wan", Device = "eth1", Addresses = ["203.0.113.2"] }],
            Devices =
            [
                new PlanDeviceDto
                {
                    Mac = Documents.CameraMac, Device = "br-lan", Posture = "managed", Addresses = ["192.168.1.101"],
                    Services =
                    [
                        new PlanServiceDto
                        {
                            Sid = 257, Direction = "provide", Category = "Video Stream", Active = true, RateBitsPerSecond = 2_000_000,
                            Ports = ["tcp/88-99"], Sources = ["192.168.1.0/24"], Forwards = ["tcp/8088-8099 -> 88-99"],
                        },
                        new PlanServiceDto { Sid = 258, Direction = "consume", Category = "Update", Endpoints = ["tcp/443 198.51.100.7/32", "udp/53 0.0.0.0/0"] },
                    ],
                },
            ],
        };
        const string expected = """
            network  device  router's address  devices without a profile
            lan      br-lan  192.168.1.1/24    open

            outside  device  addresses
            wan      eth1    203.0.113.2

            02:00:00:00:00:01 on br-lan: managed, 192.168.1.101
               id  may      category      now          rate  lets through
              257  provide  Video Stream  open     2 Mbit/s  tcp/88-99 from 192.168.1.0/24 forward tcp/8088-8099 -> 88-99
              258  use      Update        closed  line rate  tcp/443 198.51.100.7/32, udp/53 0.0.0.0/0

            """;

        Assert.Equal(expected, PlanCommand.Render(plan, 0));
    }

    [Fact]
    public void Tables_align_whatever_the_script()
    {
        var table = new Table(new("a"), new("number", Right: true), new("c"));
        table.Add("日本", "7", "x");
        table.Add("e\u0301", "1234567", "");

        Assert.Equal("a      number  c\n日本        7  x\ne\u0301     1234567  -\n", table.Render(0));
    }

    [Fact]
    public void Only_a_terminal_cuts_and_only_what_may_be_cut()
    {
        var table = new Table(new("MAC"), new("text", Flexible: true));
        table.Add(Documents.CameraMac, new string('y', 100));

        Assert.Equal(17 + 2 + 100, table.Render(0).Split('\n')[1].Length);
        Assert.Equal(Documents.CameraMac + "  " + new string('y', 10) + "…", table.Render(30).Split('\n')[1]);
        Assert.Equal("02:00:00:…", table.Render(10).Split('\n')[1]);
    }

    [Theory]
    [InlineData(0, "line rate")]
    [InlineData(500, "500 bit/s")]
    [InlineData(15_000, "15 kbit/s")]
    [InlineData(1_500_000, "1.5 Mbit/s")]
    [InlineData(1_259_999, "1.25 Mbit/s")]
    [InlineData(2_000_000, "2 Mbit/s")]
    [InlineData(1_050_000_000, "1.05 Gbit/s")]
    [InlineData(1_000_000_000_000, "1000 Gbit/s")]
    public void Rates_are_read_at_a_glance(long bits, string expected) => Assert.Equal(expected, Units.Rate(bits));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(42_999, "42 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(43_080_000, "11 h 58 min")]
    [InlineData(7_200_000, "2 h")]
    [InlineData(86_400_000, "1 d")]
    [InlineData(273_600_000, "3 d 4 h")]
    public void Durations_have_at_most_two_units(long milliseconds, string expected) => Assert.Equal(expected, Units.Duration(milliseconds));

    [Fact]
    public void Empty_numbers_are_no_noise()
    {
        Assert.Equal("0 B", Units.Octets(0));
        Assert.Equal("999 B", Units.Octets(999));
        Assert.Equal("1 kB", Units.Octets(1000));
        Assert.Equal(new List<string> { "1 packet", "0 packets" }, [Units.Count(1, "packet"), Units.Count(0, "packet")]);
    }
}
