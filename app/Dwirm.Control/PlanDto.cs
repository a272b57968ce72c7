using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>What the kernel is to enforce at this moment, as data.</summary>
public sealed record PlanDto : IControlDto<PlanDto>
{
    /// <summary>Networks whose DHCP is ours; address is the router's with prefix length.</summary>
    public IReadOnlyList<NetworkStatusDto> Networks { get; set; } = [];

    /// <summary>The outside.</summary>
    public IReadOnlyList<PlanUplinkDto> Uplinks { get; set; } = [];

    /// <summary>Every known device.</summary>
    public IReadOnlyList<PlanDeviceDto> Devices { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("networks"u8);
        ControlCodec.WriteList(writer, Networks);
        writer.WritePropertyName("uplinks"u8);
        ControlCodec.WriteList(writer, Uplinks);
        writer.WritePropertyName("devices"u8);
        ControlCodec.WriteList(writer, Devices);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static PlanDto Read(ref DocumentReader json)
    {
        var plan = new PlanDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("networks"u8)) plan.Networks = json.List<NetworkStatusDto>();
            else if (json.Named("uplinks"u8)) plan.Uplinks = json.List<PlanUplinkDto>();
            else if (json.Named("devices"u8)) plan.Devices = json.List<PlanDeviceDto>();
            else json.Skip();
        }
        return plan;
    }
}

/// <summary>An interface to the outside.</summary>
public sealed record PlanUplinkDto : IControlDto<PlanUplinkDto>
{
    /// <summary>Logical name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Linux network device.</summary>
    public string Device { get; set; } = "";

    /// <summary>Addresses that port forwards listen on.</summary>
    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, Name);
        writer.WriteString("device"u8, Device);
        RawJson.WriteTexts(writer, "addresses"u8, Addresses);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static PlanUplinkDto Read(ref DocumentReader json)
    {
        var uplink = new PlanUplinkDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("name"u8)) uplink.Name = json.Text();
            else if (json.Named("device"u8)) uplink.Device = json.Text();
            else if (json.Named("addresses"u8)) uplink.Addresses = json.Texts();
            else json.Skip();
        }
        return uplink;
    }
}

/// <summary>One device of the plan.</summary>
public sealed record PlanDeviceDto : IControlDto<PlanDeviceDto>
{
    /// <summary>Hardware address.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Linux device of its network.</summary>
    public string Device { get; set; } = "";

    /// <summary><c>managed</c> or <c>full-access</c>.</summary>
    public string Posture { get; set; } = "";

    /// <summary>Its own addresses, IPv4 first.</summary>
    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>Its services.</summary>
    public IReadOnlyList<PlanServiceDto> Services { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("device"u8, Device);
        writer.WriteString("posture"u8, Posture);
        RawJson.WriteTexts(writer, "addresses"u8, Addresses);
        writer.WritePropertyName("services"u8);
        ControlCodec.WriteList(writer, Services);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static PlanDeviceDto Read(ref DocumentReader json)
    {
        var device = new PlanDeviceDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) device.Mac = json.Text();
            else if (json.Named("device"u8)) device.Device = json.Text();
            else if (json.Named("posture"u8)) device.Posture = json.Text();
            else if (json.Named("addresses"u8)) device.Addresses = json.Texts();
            else if (json.Named("services"u8)) device.Services = json.List<PlanServiceDto>();
            else json.Skip();
        }
        return device;
    }
}

/// <summary>One service of the plan, with names already resolved.</summary>
public sealed record PlanServiceDto : IControlDto<PlanServiceDto>
{
    /// <summary>Service id in the kernel: generation * 256 + number.</summary>
    public long Sid { get; set; }

    /// <summary><c>provide</c> or <c>consume</c>.</summary>
    public string Direction { get; set; } = "";

    /// <summary>Category name.</summary>
    public string Category { get; set; } = "";

    /// <summary>True while it is let through.</summary>
    public bool Active { get; set; }

    /// <summary>Greatest throughput, bits per second; 0 for line rate.</summary>
    public long RateBitsPerSecond { get; set; }

    /// <summary>Ports peers may open: <c>tcp/88-99</c>.</summary>
    public IReadOnlyList<string> Ports { get; set; } = [];

    /// <summary>Prefixes that may connect; empty for every peer of the network.</summary>
    public IReadOnlyList<string> Sources { get; set; } = [];

    /// <summary>Forwards, outside to inside: <c>tcp/8088-8099 -> 88-99</c>.</summary>
    public IReadOnlyList<string> Forwards { get; set; } = [];

    /// <summary>Destinations: <c>tcp/443 203.0.113.5/32</c>.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sid"u8, Sid);
        writer.WriteString("direction"u8, Direction);
        writer.WriteString("category"u8, Category);
        writer.WriteBoolean("active"u8, Active);
        writer.WriteNumber("rateBitsPerSecond"u8, RateBitsPerSecond);
        RawJson.WriteTexts(writer, "ports"u8, Ports);
        RawJson.WriteTexts(writer, "sources"u8, Sources);
        RawJson.WriteTexts(writer, "forwards"u8, Forwards);
        RawJson.WriteTexts(writer, "endpoints"u8, Endpoints);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static PlanServiceDto Read(ref DocumentReader json)
    {
        var service = new PlanServiceDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("sid"u8)) service.Sid = json.Number();
            else if (json.Named("direction"u8)) service.Direction = json.Text();
            else if (json.Named("category"u8)) service.Category = json.Text();
            else if (json.Named("active"u8)) service.Active = json.Flag();
            else if (json.Named("rateBitsPerSecond"u8)) service.RateBitsPerSecond = json.Number();
            else if (json.Named("ports"u8)) service.Ports = json.Texts();
            else if (json.Named("sources"u8)) service.Sources = json.Texts();
            else if (json.Named("forwards"u8)) service.Forwards = json.Texts();
            else if (json.Named("endpoints"u8)) service.Endpoints = json.Texts();
            else json.Skip();
        }
        return service;
    }
}
