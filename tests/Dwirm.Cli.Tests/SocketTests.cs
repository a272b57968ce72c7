using System;
using System.IO;
using System.Linq;
using System.Text;
using Dwirm.Control;

namespace Dwirm.Cli.Tests;

public sealed class SocketTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();
    private readonly Session _session = new();

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData("devices")]
    [InlineData("leases")]
    [InlineData("grants")]
    [InlineData("pending")]
    [InlineData("events")]
    public void Json_is_the_daemon_s_document_and_a_line_feed(string method)
    {
        // Spelling that no writer of ours would choose, longer than one read, with what looks like an error inside.
        string document = "[ {\"error\":\"\\\"}]\", \"x\" : 1.50},\t" + string.Join(",", Enumerable.Repeat("{\"y\":[]}", 20_000)) + "]";
        _daemon.Answers(method, document);

        Assert.Equal(0, Run(method, "--json"));
        Assert.Equal(document + "\n", _session.Output.Printed);
        Assert.Equal("", _session.Output.Complaints);
    }

    [Fact]
    public void A_document_that_ends_its_line_itself_gets_no_second_one()
    {
        _daemon.Answers("status", "{}\n");

        Assert.Equal(0, Run("status", "--json"));
        Assert.Equal("{}\n", _session.Output.Printed);
    }

    [Theory]
    [InlineData("[{\"mac\":\"02:", 3)]
    [InlineData("[{}", 3)]
    [InlineData("", 3)]
    public void A_document_that_breaks_off_is_no_success(string document, int expected)
    {
        _daemon.Answers("devices", document);

        Assert.Equal(expected, Run("devices", "--json"));
        Assert.Contains("broke its answer off", _session.Output.Complaints);
        Assert.NotEqual(0, Run("devices"));
    }

    [Theory]
    [InlineData("{\"devices\":3}")]
    [InlineData("[{\"mac\":7}]")]
    [InlineData("[{}] x")]
    [InlineData("\xff")]
    public void An_answer_of_another_kind_is_said_to_be_one(string document)
    {
        _daemon.Answers("devices", document);

        Assert.Equal(1, Run("devices"));
        Assert.Contains("cannot be read", _session.Output.Complaints);
        Assert.Equal("", _session.Output.Printed);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(0, 1)]
    [InlineData(77, 1)]
    public void The_daemon_s_refusal_is_the_reason_on_standard_error(int code, int expected)
    {
        _daemon.Answers("deny", Documents.Text(new ErrorDto { Error = "no device 02:00:00:00:00:ff", Code = code }));

        foreach (string[] more in (string[][])[[], ["--json"]])
        {
            Assert.Equal(expected, Run(["deny", "02:00:00:00:00:ff", .. more]));
            Assert.StartsWith("dwirm: no device 02:00:00:00:00:ff\n", _session.Output.Complaints);
        }
        Assert.Equal("", _session.Output.Printed);
    }

    [Fact]
    public void Without_a_daemon_it_says_which_socket_and_how_to_start_one()
    {
        string directory = Path.Combine(_daemon.RunDirectory, "nothing");

        Assert.Equal(3, _session.Run("status", "--run-dir", directory));
        Assert.Contains($"{directory}/control.sock: there is no such socket", _session.Output.Complaints);
        Assert.Contains("Start it with `dwirm daemon`", _session.Output.Complaints);
        Assert.Equal("", _session.Output.Printed);
    }

    [Fact]
    public void A_socket_that_a_dead_daemon_left_is_told_apart()
    {
        string path = Path.Combine(_daemon.RunDirectory, "left");
        Directory.CreateDirectory(path);
        using (var left = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(path, "bound.sock")));
            File.Move(Path.Combine(path, "bound.sock"), Path.Combine(path, "control.sock"));
        }

        Assert.Equal(3, _session.Run("status", "--run-dir", path));
        Assert.Contains("nobody listens on it", _session.Output.Complaints);
    }

    [Fact]
    public void A_path_that_no_socket_can_have_is_refused() =>
        Assert.Equal(1, _session.Run("status", "--run-dir", "/" + new string('x', 200)));

    [Theory]
    [InlineData("status", """{"method":"status"}""")]
    [InlineData("leases", """{"method":"leases"}""")]
    [InlineData("device 02-00-00-00-00-0A", """{"method":"device","mac":"02:00:00:00:00:0a"}""")]
    [InlineData("device 02000000000A", """{"method":"device","mac":"02:00:00:00:00:0a"}""")]
    [InlineData("deny 2:0:0:0:0:1", """{"method":"deny","mac":"02:00:00:00:00:01"}""")]
    [InlineData("revoke 02:00:00:00:00:01", """{"method":"revoke","mac":"02:00:00:00:00:01"}""")]
    [InlineData("forget 02:00:00:00:00:01", """{"method":"forget","mac":"02:00:00:00:00:01"}""")]
    [InlineData("approve 02:00:00:00:00:01 --once", """{"method":"approve","mac":"02:00:00:00:00:01","once":true}""")]
    [InlineData("limit 02:00:00:00:00:01 5Mbps", """{"method":"limit","mac":"02:00:00:00:00:01","value":"5Mbps"}""")]
    [InlineData("limit 02:00:00:00:00:01 5Mbps --up 1Mbps", """{"method":"limit","mac":"02:00:00:00:00:01","value":"5Mbps","up":"1Mbps"}""")]
    [InlineData("limit 02:00:00:00:00:01 --clear", """{"method":"limit","mac":"02:00:00:00:00:01","value":"none"}""")]
    [InlineData("pause 02:00:00:00:00:01", """{"method":"pause","mac":"02:00:00:00:00:01"}""")]
    [InlineData("pause 02:00:00:00:00:01 --for 1d2h", """{"method":"pause","mac":"02:00:00:00:00:01","until":"2026-01-02T02:02:00Z"}""")]
    [InlineData("resume 02:00:00:00:00:01", """{"method":"resume","mac":"02:00:00:00:00:01"}""")]
    [InlineData("schedule 02:00:00:00:00:01 07:00-21:00L", """{"method":"schedule","mac":"02:00:00:00:00:01","value":"07:00-21:00L"}""")]
    [InlineData("quota 02:00:00:00:00:01 2GB/day", """{"method":"quota","mac":"02:00:00:00:00:01","value":"2GB/day"}""")]
    [InlineData("quota 02:00:00:00:00:01 none", """{"method":"quota","mac":"02:00:00:00:00:01","value":"none"}""")]
    [InlineData("block 02:00:00:00:00:01", """{"method":"block","mac":"02:00:00:00:00:01"}""")]
    [InlineData("block 02:00:00:00:00:01 --clear", """{"method":"block","mac":"02:00:00:00:00:01","clear":true}""")]
    [InlineData("assign 02:00:00:00:00:01 camera", """{"method":"assign","mac":"02:00:00:00:00:01","value":"camera"}""")]
    [InlineData("observe 02:00:00:00:00:01 --for 2h", """{"method":"observe","mac":"02:00:00:00:00:01","until":"2026-01-01T02:02:00Z"}""")]
    [InlineData("observe 02:00:00:00:00:01 --stop", """{"method":"observe","mac":"02:00:00:00:00:01","clear":true}""")]
    [InlineData("assign 02:00:00:00:00:01 --clear", """{"method":"assign","mac":"02:00:00:00:00:01","value":"none"}""")]
    [InlineData("approve 02:00:00:00:00:01 --category Printing", """{"method":"approve","mac":"02:00:00:00:00:01","value":"Printing"}""")]
    [InlineData("policy explain 02:00:00:00:00:01", """{"method":"explain","mac":"02:00:00:00:00:01"}""")]
    [InlineData("full-access 02:00:00:00:00:01", """{"method":"full-access","mac":"02:00:00:00:00:01"}""")]
    [InlineData("full-access 02:00:00:00:00:01 --until 1d2h", """{"method":"full-access","mac":"02:00:00:00:00:01","until":"2026-01-02T02:02:00Z"}""")]
    [InlineData("full-access 02:00:00:00:00:01 --until 01:00", """{"method":"full-access","mac":"02:00:00:00:00:01","until":"2026-01-02T00:00:00Z"}""")]
    [InlineData("full-access 02:00:00:00:00:01 --until 2026-01-31T18:30Z", """{"method":"full-access","mac":"02:00:00:00:00:01","until":"2026-01-31T18:30:00Z"}""")]
    [InlineData("key add 2:0:0:0:0:1", """{"method":"key-add","mac":"02:00:00:00:00:01"}""")]
    [InlineData("key list", """{"method":"key-list"}""")]
    [InlineData("key remove 02:00:00:00:00:01 --json", """{"method":"key-remove","mac":"02:00:00:00:00:01"}""")]
    [InlineData("plan", """{"method":"plan","format":"json"}""")]
    [InlineData("plan --nft", """{"method":"plan","format":"nft"}""")]
    [InlineData("plan 02:00:00:00:00:01 --json", """{"method":"plan","mac":"02:00:00:00:00:01","format":"json"}""")]
    [InlineData("events -n 7", """{"method":"events","limit":7}""")]
    [InlineData("events 02:00:00:00:00:01 -f", """{"method":"events","mac":"02:00:00:00:00:01","follow":true}""")]
    public void Each_command_asks_for_itself(string line, string request)
    {
        _ = Run(line.Split(' '));

        Assert.Equal(request, Assert.Single(_daemon.Requests));
    }

    [Theory]
    [InlineData("full-access 02:00:00:00:00:01 --until yesterday")]
    [InlineData("full-access 02:00:00:00:00:01 --until 2025-12-31T23:59Z")]
    [InlineData("full-access 02:00:00:00:00:01 --until 0h")]
    [InlineData("full-access 02:00:00:00:00:01 --until 2")]
    [InlineData("full-access 02:00:00:00:00:01 --until 25:00")]
    [InlineData("full-access 02:00:00:00:00:01 --until 999999999999d")]
    [InlineData("limit 02:00:00:00:00:01")]
    [InlineData("quota 02:00:00:00:00:01 2GB --clear")]
    [InlineData("pause 02:00:00:00:00:01 --for ever")]
    [InlineData("events -n many")]
    [InlineData("events -n -1")]
    [InlineData("plan --nft --json")]
    public void A_value_that_is_not_understood_is_never_sent(string line)
    {
        Assert.Equal(2, Run(line.Split(' ')));
        Assert.Empty(_daemon.Requests);
    }

    [Theory]
    [InlineData("cam")]
    [InlineData("CAM")]
    [InlineData("192.168.1.101")]
    public void A_device_may_be_called_by_its_name_or_address(string name)
    {
        _daemon.Answers("devices", Documents.List(Documents.Camera(), Documents.Hostile())).Answers("deny", Documents.Text(
            new OutcomeDto { Mac = Documents.CameraMac, State = "quarantined", Message = "nothing is granted any more" }));

        Assert.Equal(0, Run("deny", name));
        Assert.Equal("""{"method":"deny","mac":"02:00:00:00:00:01"}""", _daemon.Requests[^1]);
        Assert.Equal("02:00:00:00:00:01 is now quarantined: nothing is granted any more\n", _session.Output.Printed);
    }

    [Fact]
    public void A_name_that_two_devices_have_decides_nothing()
    {
        DeviceDto twin = Documents.Hostile();
        twin.Hostname = "CAM";
        _daemon.Answers("devices", Documents.List(Documents.Camera(), twin));

        Assert.Equal(2, Run("approve", "cam"));
        Assert.Contains("cam may be 02:00:00:00:00:01, 02:00:00:00:00:66", _session.Output.Complaints);
        Assert.Equal(2, Run("approve", "nobody"));
        Assert.Contains("nobody is no MAC address, and no device has it", _session.Output.Complaints);
        Assert.DoesNotContain(_daemon.Requests, request => request.Contains("approve"));
    }

    [Fact]
    public void An_amendment_is_read_minified_and_sent()
    {
        string file = Path.Combine(_daemon.RunDirectory, "amend.json");
        File.WriteAllText(file, "\uFEFF{ \"IoT Profile\":\r\n { \"Description\" : \"a  b ü\" } }\n");
        _daemon.Answers("approve", Documents.Text(new OutcomeDto { Mac = Documents.CameraMac, State = "amended" }));

        Assert.Equal(0, Run("approve", Documents.CameraMac, "--amend", file));
        Assert.Equal(
            """{"method":"approve","mac":"02:00:00:00:00:01","json":{"IoT Profile":{"Description":"a  b ü"}}}""",
            Assert.Single(_daemon.Requests));
    }

    [Fact]
    public void A_profile_to_assign_is_read_from_its_file()
    {
        string file = Path.Combine(_daemon.RunDirectory, "profile");
        File.WriteAllText(file, """{ "IoT Profile": {} }""");
        _daemon.Answers("assign", Documents.Text(new OutcomeDto { Mac = Documents.CameraMac, State = "granted" }));
        Assert.Equal(0, Run("assign", Documents.CameraMac, file));
        Assert.Equal("""{"method":"assign","mac":"02:00:00:00:00:01","json":{"IoT Profile":{}}}""", Assert.Single(_daemon.Requests));
        _daemon.Answers("explain", Documents.Text(Documents.Camera()));
        Assert.Equal(0, Run("policy", "explain", file, "--network", "iot"));
        Assert.Equal("""{"method":"explain","json":{"IoT Profile":{}},"value":"iot"}""", _daemon.Requests[^1]);
        Assert.Contains("because      port forward 88-99:8088-8099 is left to the owner", _session.Output.Printed);
        Assert.Equal(1, Run("assign", Documents.CameraMac, file + ".json"));
        Assert.Contains("No such file", _session.Output.Complaints);
    }

    [Fact]
    public void A_suggestion_is_a_profile_on_standard_output_and_the_rest_beside_it()
    {
        const string Profile = """{"IoT Profile":{"Consume":{"HTTP":{"Endpoints":["https://a.example"],"Hints":"TCP"}}}}""";
        SeenDto literal = new() { Direction = "consume", Address = "203.0.113.9", Protocol = "udp", Port = 5000, Category = "Observed 1", Sightings = 1 };
        SeenDto named = literal with { Name = "a.example", Protocol = "tcp", Port = 443, Category = "HTTP", Sightings = 3 };
        var suggestion = new SuggestionDto { Mac = Documents.CameraMac, Seen = [named, literal], Profile = Profile, Missed = 4, Omitted = 1 };
        _daemon.Answers("suggest", Documents.Text(suggestion));
        Assert.Equal(0, Run("suggest", Documents.CameraMac));
        Assert.Equal(Profile + "\n", _session.Output.Printed);
        Assert.Contains("out   a.example      443/tcp   HTTP           3\n", _session.Output.Complaints);
        Assert.Contains("out   203.0.113.9 *  5000/udp  Observed 1     1\n* no name known", _session.Output.Complaints);
        Assert.Contains("1 of these found no room", _session.Output.Complaints);
        Assert.Contains("4 times more was seen", _session.Output.Complaints);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("--json", 1)]
    public void Nothing_seen_is_nothing_to_assign(string option, int exit)
    {
        var suggestion = new SuggestionDto { Mac = Documents.CameraMac, Observing = true, UntilUnixMs = Session.Now + 3_600_000 };
        _daemon.Answers("suggest", Documents.Text(suggestion));
        Assert.Equal(exit, option.Length == 0 ? Run("suggest", Documents.CameraMac) : Run("suggest", Documents.CameraMac, option));
        Assert.Equal("", _session.Output.Printed);
        Assert.Contains("nothing was seen yet", _session.Output.Complaints);
    }

    [Theory]
    [InlineData("[]", "is no JSON profile")]
    [InlineData("{\"a\":", "is no JSON profile")]
    [InlineData("{} {}", "is no JSON profile")]
    [InlineData("", "is no JSON profile")]
    [InlineData(null, "No such file or directory")]
    public void A_faulty_amendment_is_never_sent(string? content, string expected)
    {
        string file = Path.Combine(_daemon.RunDirectory, "faulty.json");
        if (content is not null) File.WriteAllText(file, content);

        Assert.Equal(1, Run("approve", Documents.CameraMac, "--amend", file));
        Assert.Contains(expected, _session.Output.Complaints);
        Assert.Empty(_daemon.Requests);
    }

    [Fact]
    public void An_amendment_may_have_8_KiB_and_no_octet_more()
    {
        string file = Path.Combine(_daemon.RunDirectory, "big.json");
        _daemon.Answers("approve", "{}");
        File.WriteAllText(file, "{\"a\":\"" + new string('x', 8192 - 8) + "\"}");
        Assert.Equal(0, Run("approve", Documents.CameraMac, "--amend", file));
        File.WriteAllText(file, "{\"a\":\"" + new string('x', 8192 - 7) + "\"}");
        Assert.Equal(1, Run("approve", Documents.CameraMac, "--amend", file));
        Assert.Contains("longer than 8192 octets", _session.Output.Complaints);
        Assert.Single(_daemon.Requests);
    }

    [Fact]
    public void Events_are_followed_line_by_line_until_the_daemon_stops()
    {
        var first = new EventDto { AtUnixMs = Session.NewYear, Mac = Documents.CameraMac, Kind = "asked", By = "device", Detail = "a profile" };
        EventDto second = first with { Kind = "granted", By = "owner", Detail = new string('d', 5000) };
        _daemon.Answers("events", Documents.Text(first) + "\n" + Documents.Text(second) + "\n");

        Assert.Equal(3, Run("events", "--follow"));
        string[] lines = _session.Output.Printed.Split('\n');
        Assert.Equal("2026-01-01 01:00:00  02:00:00:00:00:01  asked        device: a profile", lines[0]);
        Assert.EndsWith("ddd", lines[1]);
        Assert.Contains("the daemon stopped", _session.Output.Complaints);
    }

    [Fact]
    public void Followed_json_is_passed_on_line_by_line()
    {
        _daemon.Answers("events", "{\"a\":1}\n{ \"b\":2 }\n");

        Assert.Equal(3, Run("events", "-f", "--json"));
        Assert.Equal("{\"a\":1}\n{ \"b\":2 }\n", _session.Output.Printed);
    }

    [Theory]
    [InlineData("{\"error\":\"no more listeners\",\"code\":1}\n", "no more listeners")]
    [InlineData("{\"error\":\"no more listeners\",\"code\":1}", "no more listeners")]
    [InlineData("[]\n", "cannot be read")]
    public void Following_ends_with_what_the_daemon_refuses(string answer, string expected)
    {
        _daemon.Answers("events", answer);

        Assert.Equal(1, Run("events", "-f"));
        Assert.Contains(expected, _session.Output.Complaints);
    }

    [Fact]
    public void Tables_are_printed_from_the_socket()
    {
        _daemon.Answers("devices", Documents.List(Documents.Camera()));

        Assert.Equal(0, Run("devices"));
        Assert.Equal(
            "MAC                address        name  description                    state    services     lease        network\n"
            + "02:00:00:00:00:01  192.168.1.101  cam   Example Brand Security Camera  amended  1 of 2 open  11 h 58 min  lan\n",
            _session.Output.Printed);
    }

    [Fact]
    public void Grants_are_a_row_for_each_service()
    {
        _daemon.Answers("grants", Documents.List(
            new GrantDto { Mac = Documents.CameraMac, Ip = "192.168.1.101", Hostname = "cam", State = "amended", Services = Documents.Camera().Services },
            new GrantDto { Mac = "02:00:00:00:00:02", Description = "Phone", Ip = "192.168.1.2", State = "full-access", UntilUnixMs = Session.Now + 3_600_000 }));

        Assert.Equal(0, Run("grants"));
        Assert.Equal(
            "device  MAC                may       category         now          rate  schedule     forward  ports and endpoints\n"
            + "cam     02:00:00:00:00:01  provide   Video Stream     open     2 Mbit/s  all day      -        88-99\n"
            + "cam     02:00:00:00:00:01  use       Firmware Update  closed   5 Mbit/s  02:00-04:59  -        https://update.example.com/prod 198.51.100.7:8888\n"
            + "Phone   02:00:00:00:00:02  anything  Full Access      open    line rate  for 1 h      -        -\n",
            _session.Output.Printed);
    }

    [Theory]
    [InlineData("devices", "no device has been seen yet\n")]
    [InlineData("leases", "there is no lease\n")]
    [InlineData("grants", "nothing is granted\n")]
    [InlineData("pending", "nothing waits for a decision\n")]
    [InlineData("events", "nothing has happened yet\n")]
    public void Nothing_is_said_in_words(string command, string expected)
    {
        _daemon.Answers(command, "[]");

        Assert.Equal(0, Run(command));
        Assert.Equal(expected, _session.Output.Printed);
    }

    [Fact]
    public void An_nft_script_is_printed_as_it_is()
    {
        const string script = "table inet dwirm {\n\tchain forward { }\n}\n";
        _daemon.Answers("plan", Documents.Text(new TextDto { Text = script }));

        Assert.Equal(0, Run("plan", "--nft"));
        Assert.Equal(script, _session.Output.Printed);
    }

    [Fact]
    public void An_answer_that_is_too_long_for_a_table_is_refused_and_still_passed_on_as_json()
    {
        string document = "[\"" + new string('x', ControlProtocol.MaxReplyOctets) + "\"]";
        _daemon.Answers("devices", document);

        Assert.Equal(1, Run("devices"));
        Assert.Contains("too long for a table", _session.Output.Complaints);
        Assert.Equal(0, Run("devices", "--json"));
        Assert.Equal(Encoding.UTF8.GetByteCount(document) + 1, _session.Output.Printed.Length);
    }

    private int Run(params ReadOnlySpan<string> words) => _session.Run([.. words, "--run-dir", _daemon.RunDirectory]);
}
