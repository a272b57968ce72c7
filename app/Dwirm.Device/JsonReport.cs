using System;
using System.Buffers;
using System.Text.Json;

namespace Dwirm.Device;

/// <summary>One JSON document a line, for programs.</summary>
/// <param name="write">Takes a whole line at a time.</param>
internal sealed class JsonReport(Action<ReadOnlySpan<byte>> write) : IReport
{
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    public bool Authenticated { private get; set; }

    public void Sent(string name, int octets) => Write("sent", json =>
    {
        json.WriteString("message", name);
        json.WriteNumber("octets", octets);
    });

    public void Answer(ReadOnlySpan<byte> profile, bool solicited, string carrier, long elapsedMs)
    {
        byte[] oneLine = OneLine(profile);
        Write("answer", json =>
        {
            json.WriteBoolean("solicited", solicited);
            json.WriteString("message", carrier);
            json.WritePropertyName("profile");
            json.WriteRawValue(oneLine, skipInputValidation: true);
            json.WriteNumber("ms", elapsedMs);
            json.WriteBoolean("authenticated", Authenticated);
        });
    }

    public void Unreadable(string carrier, string reason) => Write("unreadable", json =>
    {
        json.WriteString("message", carrier);
        json.WriteString("reason", reason);
    });

    public void Offer(LeaseFacts offer) => Write("offer", json => WriteLease(json, offer));

    public void Bound(LeaseFacts lease, bool renewed) => Write(renewed ? "renewed" : "bound", json => WriteLease(json, lease));

    public void Nak(string message) => Write("nak", json => json.WriteString("text", message));

    public void Expired(LeaseFacts lease) => Write("expired", json => json.WriteString("ip", lease.Address.ToString()));

    public void Released(LeaseFacts lease) => Write("released", json => json.WriteString("ip", lease.Address.ToString()));

    public void Refused(string carrier, string reason) => Write("refused", json =>
    {
        json.WriteString("message", carrier);
        json.WriteString("reason", reason);
    });

    public void ForcedToRenew() => Write("forcerenew", json => json.WriteBoolean("authenticated", Authenticated));

    public void TimedOut(string waitedFor) => Write("timeout", json => json.WriteString("waitedFor", waitedFor));

    // JSON allows line breaks only between tokens; inside a string they would have been refused. So dropping them changes nothing.
    internal static byte[] OneLine(ReadOnlySpan<byte> json)
    {
        byte[] line = new byte[json.Length];
        int length = 0;
        foreach (byte octet in json)
            if (octet >= (byte)' ') line[length++] = octet;
        return line[..length];
    }

    private void WriteLease(Utf8JsonWriter json, LeaseFacts lease)
    {
        json.WriteString("ip", lease.Address.ToString());
        json.WriteNumber("prefixLength", lease.PrefixLength);
        json.WriteString("server", lease.Server.ToString());
        if (lease.Router is { } router) json.WriteString("router", router.ToString());
        else json.WriteNull("router");
        json.WriteStartArray("dns");
        foreach (Dwirm.Wire.Ipv4Address server in lease.Dns) json.WriteStringValue(server.ToString());
        json.WriteEndArray();
        json.WriteNumber("leaseSeconds", lease.Seconds);
        json.WriteBoolean("authenticated", Authenticated);
    }

    private void Write(string name, Action<Utf8JsonWriter> body)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            body(json);
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
        write(_line.WrittenSpan);
    }
}
