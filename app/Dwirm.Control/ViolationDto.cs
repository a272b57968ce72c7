using System.Text.Json;

namespace Dwirm.Control;

/// <summary>Something that was tried and refused.</summary>
public sealed record ViolationDto : IControlDto<ViolationDto>
{
    /// <summary><c>violation</c>: nothing grants it; <c>spoof</c>: the source address is not the device's own.</summary>
    public string Kind { get; set; } = "";

    /// <summary><c>out</c>: the device tried; <c>in</c>: somebody tried to reach it.</summary>
    public string Direction { get; set; } = "";

    /// <summary>The other side; for a spoofed packet the address that was claimed.</summary>
    public string Address { get; set; } = "";

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>icmpv6</c>, <c>arp</c>, or the number of the IP protocol.</summary>
    public string Protocol { get; set; } = "";

    /// <summary>Destination port, 0 for none.</summary>
    public int Port { get; set; }

    /// <summary>Packets known of.</summary>
    public long Count { get; set; }

    /// <summary>The first one known of, Unix milliseconds.</summary>
    public long FirstUnixMs { get; set; }

    /// <summary>The last one known of, Unix milliseconds.</summary>
    public long LastUnixMs { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, Kind);
        writer.WriteString("direction"u8, Direction);
        writer.WriteString("address"u8, Address);
        writer.WriteString("protocol"u8, Protocol);
        writer.WriteNumber("port"u8, Port);
        writer.WriteNumber("count"u8, Count);
        RawJson.WriteTime(writer, "first"u8, FirstUnixMs);
        RawJson.WriteTime(writer, "last"u8, LastUnixMs);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static ViolationDto Read(ref DocumentReader json)
    {
        var violation = new ViolationDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("kind"u8)) violation.Kind = json.Text();
            else if (json.Named("direction"u8)) violation.Direction = json.Text();
            else if (json.Named("address"u8)) violation.Address = json.Text();
            else if (json.Named("protocol"u8)) violation.Protocol = json.Text();
            else if (json.Named("port"u8)) violation.Port = json.Count();
            else if (json.Named("count"u8)) violation.Count = json.Number();
            else if (json.Named("first"u8)) violation.FirstUnixMs = json.Time();
            else if (json.Named("last"u8)) violation.LastUnixMs = json.Time();
            else json.Skip();
        }
        return violation;
    }
}
