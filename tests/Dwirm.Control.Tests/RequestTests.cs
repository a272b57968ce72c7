using System.Text;

namespace Dwirm.Control.Tests;

public sealed class RequestTests
{
    [Theory]
    [InlineData("""{"method":"status","untill":"2026-01-01T00:00:00Z"}""", ControlFaultKind.UnknownParameter)]
    [InlineData("""{"method":"status","Once":true}""", ControlFaultKind.UnknownParameter)]
    [InlineData("{}", ControlFaultKind.NoMethod)]
    [InlineData("""{"method":""}""", ControlFaultKind.NoMethod)]
    [InlineData("""{"method":null}""", ControlFaultKind.NoMethod)]
    [InlineData("""{"method":7}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","once":"yes"}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","limit":-1}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","limit":1.5}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","limit":3000000000}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","until":"tomorrow"}""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x","until":1767225600}""", ControlFaultKind.WrongType)]
    [InlineData("""["method"]""", ControlFaultKind.WrongType)]
    [InlineData("""{"method":"x"}{"method":"y"}""", ControlFaultKind.Malformed)]
    [InlineData("""{"method":"\ud800"}""", ControlFaultKind.Malformed)]
    [InlineData("""{"\ud800":"x"}""", ControlFaultKind.Malformed)]
    [InlineData("""{"method":"x",}""", ControlFaultKind.Malformed)]
    [InlineData("""{method:"x"}""", ControlFaultKind.Malformed)]
    [InlineData("", ControlFaultKind.Malformed)]
    public void A_faulty_request_is_refused_with_its_kind(string line, ControlFaultKind expected)
    {
        Assert.False(ControlCodec.TryRead(Encoding.UTF8.GetBytes(line), out ControlRequest _, out ControlFault fault));

        Assert.Equal(expected, fault.Kind);
        Assert.InRange(fault.Offset, 0, line.Length);
        Assert.NotEqual("", fault.Describe());
    }

    [Fact]
    public void Nesting_without_end_is_a_fault()
    {
        string deep = "{\"method\":\"approve\",\"json\":" + new string('[', 5000) + new string(']', 5000) + "}";

        Assert.False(ControlCodec.TryRead(Encoding.UTF8.GetBytes(deep), out ControlRequest _, out ControlFault fault));
        Assert.Equal(ControlFaultKind.Malformed, fault.Kind);
    }

    [Fact]
    public void An_amendment_is_handed_on_as_the_text_it_is()
    {
        Assert.True(ControlCodec.TryRead("""{"json": {"IoT Profile" : { "a":"\u00e9", "n":1.0e2 }} ,"method":"approve"}"""u8, out ControlRequest request, out _));

        Assert.Equal("""{"IoT Profile" : { "a":"\u00e9", "n":1.0e2 }}""", request.Json);
    }

    [Fact]
    public void A_request_is_one_line_whatever_the_amendment_looks_like()
    {
        byte[] line = ControlCodec.ToBytes(new ControlRequest { Method = "approve", Json = "{\n\t\"a b\" : \"c\\n \\\" d\"\r\n}" });

        Assert.Equal("""{"method":"approve","json":{"a b":"c\n \" d"}}""", Encoding.UTF8.GetString(line));
    }

    [Fact]
    public void Only_what_was_asked_for_is_sent() =>
        Assert.Equal("""{"method":"status"}""", Encoding.UTF8.GetString(ControlCodec.ToBytes(new ControlRequest { Method = ControlMethods.Status })));

    [Fact]
    public void A_line_is_taken_only_when_it_is_whole()
    {
        Assert.False(ControlProtocol.TryTakeLine("{\"method\""u8, out _));
        Assert.True(ControlProtocol.TryTakeLine("ab\ncd\n"u8, out System.ReadOnlySpan<byte> line));
        Assert.Equal("ab"u8, line);
        Assert.True(ControlProtocol.TryTakeLine("\n"u8, out line));
        Assert.Equal(0, line.Length);
    }

    [Fact]
    public void The_socket_lies_in_the_run_directory()
    {
        Assert.Equal("/var/run/dwirm/control.sock", ControlProtocol.SocketPath("/var/run/dwirm"));
        Assert.Equal("/var/run/dwirm/control.sock", ControlProtocol.SocketPath("/var/run/dwirm/"));
    }

    [Fact]
    public void Errors_are_told_from_answers_by_their_first_octets()
    {
        Assert.True(ErrorDto.IsError(ControlCodec.ToBytes(new ErrorDto { Error = "x" })));
        Assert.False(ErrorDto.IsError(ControlCodec.ToBytes(new DeviceDto())));
        Assert.False(ErrorDto.IsError("[{\"error\":1}]"u8));
    }
}
