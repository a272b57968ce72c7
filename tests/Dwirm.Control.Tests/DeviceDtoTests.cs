using System.Collections.Generic;
using System.Text;

namespace Dwirm.Control.Tests;

public sealed class DeviceDtoTests
{
    private const long NewYear = 1_767_225_600_000;

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void Writes_the_promised_document_letter_by_letter()
    {
        var device = new DeviceDto
        {
            Mac = "02:00:00:00:00:01",
            ClientId = "01020000000001",
            Network = "lan",
            Ip = "192.168.1.101",
            Hostname = "cam",
            Description = "Example Brand Security Camera",
            State = "granted",
            SinceUnixMs = NewYear,
            LeaseExpiresUnixMs = NewYear + 12 * 3_600_000,
            Requested = """{"IoT Profile":{}}""",
            Granted = """{"IoT Profile":{}}""",
            Services =
            [
                new ServiceDto
                {
                    Direction = "provide",
                    Category = "Video Stream",
                    Decision = "amended",
                    Rule = "cameras stream at home, never from outside",
                    Active = true,
                    Ports = "88-99",
                    RateBitsPerSecond = 2_000_000,
                    Schedule = "00:00-23:59",
                },
            ],
        };
        string expected = Encoding.UTF8.GetString(RawJson.Minify(Encoding.UTF8.GetBytes(ArchitectureSample.Device)));

        Assert.Equal(expected, Encoding.UTF8.GetString(ControlCodec.ToBytes(device)));
        Assert.Equal("[" + expected + "]", Encoding.UTF8.GetString(ControlCodec.ToBytes<DeviceDto>(new List<DeviceDto> { device })));
    }

    [Fact]
    public void Reads_the_promised_document_back()
    {
        Assert.True(ControlCodec.TryRead(Encoding.UTF8.GetBytes(ArchitectureSample.Device), out DeviceDto device, out ControlFault fault), fault.Describe());

        Assert.Equal("02:00:00:00:00:01", device.Mac);
        Assert.Equal(NewYear, device.SinceUnixMs);
        Assert.Equal("""{"IoT Profile":{}}""", device.Requested);
        ServiceDto service = Assert.Single(device.Services);
        Assert.Equal("Video Stream", service.Category);
        Assert.Equal(2_000_000, service.RateBitsPerSecond);
        Assert.Equal(0, service.NextChangeUnixMs);
        Assert.True(service.Active);
    }

    [Fact]
    public void Optional_values_are_written_only_when_there_are_any()
    {
        var device = new DeviceDto { DecidedBy = "owner", ForwardAsked = true, UntilUnixMs = NewYear, Services = [new ServiceDto { Endpoints = ["a"], Reasons = ["b"] }] };

        string text = Encoding.UTF8.GetString(ControlCodec.ToBytes(device));

        Assert.EndsWith("""],"decidedBy":"owner","forwardAsked":true,"until":"2026-01-01T00:00:00Z"}""", text);
        Assert.Contains("""
            "endpoints":["a"]
            """, text);
        Assert.Contains("""
            "reasons":["b"]
            """, text);
    }
}
