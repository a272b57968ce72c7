using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Dwirm.Policy;

/// <summary>Writes grants as JSON. Ports are <c>88-99/tcp,udp</c>, forwards <c>88-99:8088-8099/tcp</c>.</summary>
internal static class GrantJson
{
    /// <summary>Version of the format; another one is not read.</summary>
    internal const int Version = 1;

    internal static string Write(Grant grant)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, Version);
            json.WriteBoolean("fullAccess"u8, grant.FullAccess);
            json.WriteStartArray("services"u8);
            foreach (GrantedService service in grant.Services) Write(json, service);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static bool TryRead(string text, [NotNullWhen(true)] out Grant? grant) => GrantReader.TryRead(text, out grant);

    internal static string Text(Transports transports) => transports switch
    {
        Transports.Tcp => "tcp",
        Transports.Udp => "udp",
        _ => "tcp,udp",
    };

    private static void Write(Utf8JsonWriter json, GrantedService service)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, service.Id);
        json.WriteString("direction"u8, service.Direction == ServiceDirection.Provide ? "provide"u8 : "consume"u8);
        json.WriteString("category"u8, service.Category);
        json.WriteNumber("rate"u8, service.Rate.BitsPerSecond);
        json.WriteString("schedule"u8, service.Schedule.ToString());
        // A zone code may come from the site's own table, so what it meant is kept with it.
        if (service.Schedule.OffsetMinutes != 0) json.WriteNumber("offset"u8, service.Schedule.OffsetMinutes);
        json.WriteStartArray("ports"u8);
        foreach (GrantedPorts ports in service.Ports) json.WriteStringValue($"{ports.Range}/{Text(ports.Transports)}");
        json.WriteEndArray();
        json.WriteStartArray("forwards"u8);
        foreach (GrantedForward forward in service.Forwards)
        {
            json.WriteStringValue($"{forward.Internal}:{forward.External}/{Text(forward.Transports)}");
        }
        json.WriteEndArray();
        if (service.Reach == ServiceReach.House) json.WriteString("reach"u8, "house"u8);
        json.WriteStartArray("sources"u8);
        foreach (GrantedHost source in service.Sources) json.WriteStringValue(source.Name);
        json.WriteEndArray();
        json.WriteStartArray("endpoints"u8);
        foreach (GrantedEndpoint endpoint in service.Endpoints) Write(json, endpoint);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GrantedEndpoint endpoint)
    {
        json.WriteStartObject();
        json.WriteString("host"u8, endpoint.Host.Name);
        json.WriteString("ports"u8, $"{endpoint.Range}/{Text(endpoint.Transports)}");
        if (endpoint.LocalAllowed) json.WriteBoolean("local"u8, true);
        json.WriteEndObject();
    }
}
