using System;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Dwirm.Control.Tests;

public sealed class RoundTripTests
{
    public static TheoryData<string> Types => [.. Samples.All.Keys];

    [Fact]
    public void Every_document_type_has_a_sample()
    {
        int types = typeof(ControlCodec).Assembly.GetExportedTypes().Count(type => type is { IsClass: true, IsAbstract: false }
            && type.GetInterfaces().Any(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IControlDto<>)));
        string[] inside = ["network", "clock", "store", "enforcement", "uplink", "plan device", "plan service"];

        Assert.Equal(types, Samples.All.Count + inside.Length);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_written_reads_back_the_same(string type)
    {
        (byte[] document, Func<byte[], byte[]?> again) = Samples.All[type];

        Assert.Equal(Encoding.UTF8.GetString(document), Encoding.UTF8.GetString(again(document)!));
        using JsonDocument _ = JsonDocument.Parse(document);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_value_of_a_sample_is_set(string type)
    {
        // A value that is left out of Write, or of Read, would else be missed by the comparison above.
        using JsonDocument document = JsonDocument.Parse(Samples.All[type].Document);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            Assert.False(property.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False, property.Name);
            Assert.False(property.Value.ValueKind == JsonValueKind.String && property.Value.GetString()!.Length == 0, property.Name);
            Assert.False(property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == 0, property.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_document_cut_short_anywhere_is_a_fault(string type)
    {
        (byte[] document, Func<byte[], byte[]?> again) = Samples.All[type];

        for (int length = 0; length < document.Length; length++) Assert.Null(again(document[..length]));
        Assert.Null(again([.. document, (byte)'x']));
        Assert.NotNull(again([.. document, (byte)'\n', (byte)' ']));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_octet_in_any_place_is_read_or_refused_and_never_thrown(string type)
    {
        (byte[] document, Func<byte[], byte[]?> again) = Samples.All[type];
        foreach (byte octet in "\"\\}0,"u8.ToArray().Append((byte)0xff))
        {
            for (int at = 0; at < document.Length; at++)
            {
                byte[] changed = [.. document];
                changed[at] = octet;
                if (again(changed) is { } read) Assert.NotNull(again(read));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Values_of_another_kind_are_faults(string type)
    {
        (_, Func<byte[], byte[]?> again) = Samples.All[type];
        foreach (string document in (string[])["[]", "null", "7", "\"x\"", "true", "", " ", "\xff", "{\"mac\":[],\"method\":{},\"text\":1,\"error\":true,\"pid\":\"x\",\"networks\":1,\"direction\":0,\"network\":[],\"at\":1,\"open\":1,\"level\":1}"])
        {
            Assert.Null(again(Encoding.Latin1.GetBytes(document)));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Unknown_names_are_passed_over_in_answers_and_refused_in_requests(string type)
    {
        string more = Samples.Text(type)[..^1] + ",\"later\":{\"x\":[1,2,{}]}}";

        byte[]? read = Samples.All[type].Again(Encoding.UTF8.GetBytes(more));

        Assert.Equal(type == "request" ? null : Samples.Text(type), read is null ? null : Encoding.UTF8.GetString(read));
    }

    [Fact]
    public void Documents_are_ascii_whatever_devices_call_themselves()
    {
        var device = new DeviceDto { Hostname = "é\x1b\u202e\ud800", Requested = "{\"Description\":\"é\u009b\u007f\ud83d\ude00\"}", Services = [new() { Category = "日" }] };

        byte[] document = ControlCodec.ToBytes(device);

        Assert.All(document, octet => Assert.InRange(octet, (byte)0x20, (byte)0x7e));
        Assert.Contains("\"requested\":{\"Description\":\"\\u00e9\\u009b\\u007f\\ud83d\\ude00\"}", Encoding.ASCII.GetString(document));
        Assert.True(ControlCodec.TryRead(document, out DeviceDto read, out _));
        Assert.Equal("é\x1b\u202e\ufffd", read.Hostname);
        Assert.Equal("日", read.Services[0].Category);
    }

    [Fact]
    public void A_profile_that_is_no_json_cannot_break_the_document_around_it()
    {
        byte[] document = ControlCodec.ToBytes(new DeviceDto { Requested = "{\"a\":1},\"state\":\"full-access\"", State = "new" });

        using JsonDocument parsed = JsonDocument.Parse(document);
        Assert.Equal("new", parsed.RootElement.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.String, parsed.RootElement.GetProperty("requested").ValueKind);
    }

    [Fact]
    public void Lists_are_arrays_and_an_empty_one_is_an_array_too()
    {
        Assert.True(ControlCodec.TryReadList("[]"u8, out System.Collections.Generic.IReadOnlyList<LeaseDto> none, out _));
        Assert.Empty(none);
        Assert.Equal("[]", Encoding.ASCII.GetString(ControlCodec.ToBytes(none)));
        Assert.True(ControlCodec.TryReadList("[{\"ip\":\"a\"},{\"ip\":\"b\"}]"u8, out System.Collections.Generic.IReadOnlyList<LeaseDto> two, out _));
        Assert.Equal(["a", "b"], two.Select(lease => lease.Ip));
        Assert.False(ControlCodec.TryReadList("[{}"u8, out System.Collections.Generic.IReadOnlyList<LeaseDto> _, out ControlFault fault));
        Assert.Equal(ControlFaultKind.Malformed, fault.Kind);
    }
}
