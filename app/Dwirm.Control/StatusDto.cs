using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>The daemon at a glance.</summary>
public sealed record StatusDto : IControlDto<StatusDto>
{
    /// <summary>Version of the daemon.</summary>
    public string Version { get; set; } = "";

    /// <summary>Its process.</summary>
    public int Pid { get; set; }

    /// <summary>Seconds since it started.</summary>
    public long UptimeSeconds { get; set; }

    /// <summary>Resident memory in KiB.</summary>
    public long ResidentKiB { get; set; }

    /// <summary>Networks whose DHCP is ours.</summary>
    public IReadOnlyList<NetworkStatusDto> Networks { get; set; } = [];

    /// <summary>Devices by state, in the order of the states.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Devices { get; set; } = [];

    /// <summary>Bound leases.</summary>
    public long Leases { get; set; }

    /// <summary>The clock.</summary>
    public ClockStatusDto Clock { get; set; } = new();

    /// <summary>The store.</summary>
    public StoreStatusDto Store { get; set; } = new();

    /// <summary>What the kernel enforces.</summary>
    public EnforcementStatusDto Enforcement { get; set; } = new();

    /// <summary>Faults of the configuration that was last read, <c>FILE:LINE: message</c>; with any, the one before it is still in force.</summary>
    public IReadOnlyList<string> Faults { get; set; } = [];

    /// <summary>Counters by name.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, Version);
        writer.WriteNumber("pid"u8, Pid);
        writer.WriteNumber("uptimeSeconds"u8, UptimeSeconds);
        writer.WriteNumber("residentKiB"u8, ResidentKiB);
        writer.WritePropertyName("networks"u8);
        ControlCodec.WriteList(writer, Networks);
        WriteNumbers(writer, "devices"u8, Devices);
        writer.WriteNumber("leases"u8, Leases);
        writer.WritePropertyName("clock"u8);
        Clock.Write(writer);
        writer.WritePropertyName("store"u8);
        Store.Write(writer);
        writer.WritePropertyName("enforcement"u8);
        Enforcement.Write(writer);
        RawJson.WriteTexts(writer, "faults"u8, Faults);
        WriteNumbers(writer, "counters"u8, Counters);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static StatusDto Read(ref DocumentReader json)
    {
        var status = new StatusDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("version"u8)) status.Version = json.Text();
            else if (json.Named("pid"u8)) status.Pid = json.Count();
            else if (json.Named("uptimeSeconds"u8)) status.UptimeSeconds = json.Number();
            else if (json.Named("residentKiB"u8)) status.ResidentKiB = json.Number();
            else if (json.Named("networks"u8)) status.Networks = json.List<NetworkStatusDto>();
            else if (json.Named("devices"u8)) status.Devices = json.Numbers();
            else if (json.Named("leases"u8)) status.Leases = json.Number();
            else if (json.Named("clock"u8)) status.Clock = ClockStatusDto.Read(ref json);
            else if (json.Named("store"u8)) status.Store = StoreStatusDto.Read(ref json);
            else if (json.Named("enforcement"u8)) status.Enforcement = EnforcementStatusDto.Read(ref json);
            else if (json.Named("faults"u8)) status.Faults = json.Texts();
            else if (json.Named("counters"u8)) status.Counters = json.Numbers();
            else json.Skip();
        }
        return status;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<KeyValuePair<string, long>> numbers)
    {
        writer.WriteStartObject(name);
        foreach ((string key, long value) in numbers) writer.WriteNumber(key, value);
        writer.WriteEndObject();
    }
}

/// <summary>One network of ours.</summary>
public sealed record NetworkStatusDto : IControlDto<NetworkStatusDto>
{
    /// <summary>Logical name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Linux network device.</summary>
    public string Device { get; set; } = "";

    /// <summary>The router's address on it with prefix length, <c>192.168.1.1/24</c>; empty while it has none.</summary>
    public string Address { get; set; } = "";

    /// <summary>For devices without a profile: <c>open</c>, <c>quarantine</c> or <c>isolate</c>.</summary>
    public string Posture { get; set; } = "";

    /// <summary>True while its DHCP socket is open.</summary>
    public bool Serving { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, Name);
        writer.WriteString("device"u8, Device);
        writer.WriteString("address"u8, Address);
        writer.WriteString("posture"u8, Posture);
        writer.WriteBoolean("serving"u8, Serving);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static NetworkStatusDto Read(ref DocumentReader json)
    {
        var network = new NetworkStatusDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("name"u8)) network.Name = json.Text();
            else if (json.Named("device"u8)) network.Device = json.Text();
            else if (json.Named("address"u8)) network.Address = json.Text();
            else if (json.Named("posture"u8)) network.Posture = json.Text();
            else if (json.Named("serving"u8)) network.Serving = json.Flag();
            else json.Skip();
        }
        return network;
    }
}

/// <summary>Whether schedules can be believed.</summary>
public sealed record ClockStatusDto : IControlDto<ClockStatusDto>
{
    /// <summary>True when the kernel says that something disciplines the clock.</summary>
    public bool Synchronised { get; set; }

    /// <summary>True when schedules are followed; while false only all-day services are let through.</summary>
    public bool Trusted { get; set; }

    /// <summary>The setting: <c>ntp</c> or <c>trust</c>.</summary>
    public string Trust { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("synchronised"u8, Synchronised);
        writer.WriteBoolean("trusted"u8, Trusted);
        writer.WriteString("trust"u8, Trust);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static ClockStatusDto Read(ref DocumentReader json)
    {
        var clock = new ClockStatusDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("synchronised"u8)) clock.Synchronised = json.Flag();
            else if (json.Named("trusted"u8)) clock.Trusted = json.Flag();
            else if (json.Named("trust"u8)) clock.Trust = json.Text();
            else json.Skip();
        }
        return clock;
    }
}

/// <summary>Where decisions are kept.</summary>
public sealed record StoreStatusDto : IControlDto<StoreStatusDto>
{
    /// <summary>Its file.</summary>
    public string Path { get; set; } = "";

    /// <summary>True when there was nothing to load: the first start, or a damaged file was set aside.</summary>
    public bool StartedEmpty { get; set; }

    /// <summary>Why the last write failed, or empty.</summary>
    public string LastError { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, Path);
        writer.WriteBoolean("startedEmpty"u8, StartedEmpty);
        writer.WriteString("lastError"u8, LastError);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static StoreStatusDto Read(ref DocumentReader json)
    {
        var store = new StoreStatusDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("path"u8)) store.Path = json.Text();
            else if (json.Named("startedEmpty"u8)) store.StartedEmpty = json.Flag();
            else if (json.Named("lastError"u8)) store.LastError = json.Text();
            else json.Skip();
        }
        return store;
    }
}

/// <summary>What is in the kernel.</summary>
public sealed record EnforcementStatusDto : IControlDto<EnforcementStatusDto>
{
    /// <summary>True when the routed table is in place.</summary>
    public bool Inet { get; set; }

    /// <summary>True when the bridge table is in place; without it devices on one bridge reach each other unfiltered.</summary>
    public bool Bridge { get; set; }

    /// <summary>True when rates can be enforced.</summary>
    public bool Htb { get; set; }

    /// <summary>The kernel's last refusal, or empty.</summary>
    public string LastError { get; set; } = "";

    /// <summary>What this kernel lacks, a line each.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("inet"u8, Inet);
        writer.WriteBoolean("bridge"u8, Bridge);
        writer.WriteBoolean("htb"u8, Htb);
        writer.WriteString("lastError"u8, LastError);
        RawJson.WriteTexts(writer, "notes"u8, Notes);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static EnforcementStatusDto Read(ref DocumentReader json)
    {
        var enforcement = new EnforcementStatusDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("inet"u8)) enforcement.Inet = json.Flag();
            else if (json.Named("bridge"u8)) enforcement.Bridge = json.Flag();
            else if (json.Named("htb"u8)) enforcement.Htb = json.Flag();
            else if (json.Named("lastError"u8)) enforcement.LastError = json.Text();
            else if (json.Named("notes"u8)) enforcement.Notes = json.Texts();
            else json.Skip();
        }
        return enforcement;
    }
}
