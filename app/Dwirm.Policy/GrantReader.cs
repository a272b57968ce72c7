using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy;

/// <summary>Reads what <see cref="GrantJson"/> writes. Every doubt makes the whole grant unreadable: half a grant would be another grant.</summary>
internal ref struct GrantReader
{
    private Utf8JsonReader _json;

    private GrantReader(ReadOnlySpan<byte> utf8) => _json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 6 });

    internal static bool TryRead(string text, [NotNullWhen(true)] out Grant? grant)
    {
        grant = null;
        try
        {
            var reader = new GrantReader(Encoding.UTF8.GetBytes(text));
            Grant read = reader.ReadGrant();
            if (IsSound(read)) grant = read;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // The reader's way of saying "no such JSON"; the caller gets false.
        }
        return grant is not null;
    }

    private static bool IsSound(Grant grant)
    {
        if (grant.Services.Count > Grant.MaxServices || (grant.FullAccess && grant.Services.Count > 0)) return false;
        int last = 0;
        foreach (GrantedService service in grant.Services)
        {
            if (service.Id <= last) return false;
            if (!service.Rate.IsLine && service.Id > Grant.MaxRatedServices) return false;
            bool provides = service.Direction == ServiceDirection.Provide;
            if ((provides ? service.Ports.Count : service.Endpoints.Count) == 0) return false;
            last = service.Id;
        }
        return true;
    }

    private Grant ReadGrant()
    {
        Grant grant = Grant.Nothing;
        bool version = false;
        Begin(JsonTokenType.StartObject);
        while (NextKey(out string key))
        {
            switch (key)
            {
                case "v": version = Number() == GrantJson.Version; break;
                case "fullAccess": grant = grant with { FullAccess = Flag() }; break;
                case "services": grant = grant with { Services = ReadServices() }; break;
                default: throw new FormatException();
            }
        }
        if (!version || _json.Read()) throw new FormatException();
        return grant;
    }

    private List<GrantedService> ReadServices()
    {
        var services = new List<GrantedService>();
        Begin(JsonTokenType.StartArray);
        while (Next(JsonTokenType.EndArray)) services.Add(ReadService());
        return services;
    }

    private GrantedService ReadService()
    {
        Require(JsonTokenType.StartObject);
        byte id = 0;
        ServiceDirection? direction = null;
        string category = "", schedule = "";
        long rate = -1, offset = 0;
        ServiceReach reach = ServiceReach.Network;
        var ports = new List<GrantedPorts>();
        var forwards = new List<GrantedForward>();
        var sources = new List<GrantedHost>();
        var endpoints = new List<GrantedEndpoint>();
        while (NextKey(out string key))
        {
            switch (key)
            {
                case "id": id = (byte)Number(1, 255); break;
                case "direction": direction = Direction(Text()); break;
                case "category": category = Text(); break;
                case "rate": rate = Number(0, BitRate.Highest); break;
                case "schedule": schedule = Text(); break;
                case "offset": offset = Number(-1439, 1439); break;
                case "reach": reach = Text() == "house" ? ServiceReach.House : throw new FormatException(); break;
                case "ports": Begin(JsonTokenType.StartArray); while (Next(JsonTokenType.EndArray)) ports.Add(ReadPorts(String())); break;
                case "forwards": Begin(JsonTokenType.StartArray); while (Next(JsonTokenType.EndArray)) forwards.Add(ReadForward(String())); break;
                case "sources": Begin(JsonTokenType.StartArray); while (Next(JsonTokenType.EndArray)) sources.Add(ReadHost(String())); break;
                case "endpoints": Begin(JsonTokenType.StartArray); while (Next(JsonTokenType.EndArray)) endpoints.Add(ReadEndpoint()); break;
                default: throw new FormatException();
            }
        }
        if (id == 0 || rate < 0 || direction is null) throw new FormatException();
        return new GrantedService
        {
            Id = id,
            Direction = direction.Value,
            Category = category,
            Rate = new BitRate(rate),
            Schedule = ReadWindow(schedule, (int)offset),
            Ports = ports,
            Reach = reach,
            Forwards = forwards,
            Sources = sources,
            Endpoints = endpoints,
        };
    }

    private static DailyWindow ReadWindow(string text, int offset)
    {
        ZoneTable zones = ZoneTable.Default;
        if (text.Length > 3 && !text.AsSpan()[^3..].ContainsAnyExceptInRange('A', 'Z')) zones = zones.With(text[^3..], offset);
        return DailyWindow.TryParse(text, zones, out DailyWindow window) ? window : throw new FormatException();
    }

    private static GrantedPorts ReadPorts(string text)
    {
        (string ports, Transports transports) = SplitTransports(text);
        return new GrantedPorts(OneRange(ports), transports);
    }

    private static GrantedForward ReadForward(string text)
    {
        (string ports, Transports transports) = SplitTransports(text);
        if (!PortForward.TryParse(ports, out PortForward? forward) || forward is not { Count: 1 }) throw new FormatException();
        (PortRange inside, PortRange outside) = forward.PairAt(0);
        return new GrantedForward(inside, outside, transports);
    }

    private static GrantedHost ReadHost(string text)
    {
        if (!EndpointName.TryParse(text, out EndpointName? name) || name!.Host != text) throw new FormatException();
        return new GrantedHost(name.Host, name.Literal, name.Literal6);
    }

    private GrantedEndpoint ReadEndpoint()
    {
        Require(JsonTokenType.StartObject);
        GrantedHost? host = null;
        GrantedPorts? ports = null;
        bool local = false;
        while (NextKey(out string key))
        {
            switch (key)
            {
                case "host": host = ReadHost(Text()); break;
                case "ports": ports = ReadPorts(Text()); break;
                case "local": local = Flag(); break;
                default: throw new FormatException();
            }
        }
        if (host is null || ports is null) throw new FormatException();
        return new GrantedEndpoint(host.Value, ports.Value.Range, ports.Value.Transports, local);
    }

    private static PortRange OneRange(string text) =>
        PortSet.TryParse(text, out PortSet ports) && ports.Ranges.Count == 1 ? ports.Ranges[0] : throw new FormatException();

    private static (string Ports, Transports Transports) SplitTransports(string text)
    {
        int slash = text.IndexOf('/');
        if (slash < 0) throw new FormatException();
        Transports transports = text[(slash + 1)..] switch
        {
            "tcp" => Transports.Tcp,
            "udp" => Transports.Udp,
            "tcp,udp" => Transports.Both,
            _ => throw new FormatException(),
        };
        return (text[..slash], transports);
    }

    private static ServiceDirection Direction(string text) => text switch
    {
        "provide" => ServiceDirection.Provide,
        "consume" => ServiceDirection.Consume,
        _ => throw new FormatException(),
    };

    private void Begin(JsonTokenType type)
    {
        if (!_json.Read() || _json.TokenType != type) throw new FormatException();
    }

    private readonly void Require(JsonTokenType type)
    {
        if (_json.TokenType != type) throw new FormatException();
    }

    private bool Next(JsonTokenType end)
    {
        if (!_json.Read()) throw new FormatException();
        return _json.TokenType != end;
    }

    private bool NextKey(out string key)
    {
        key = "";
        if (!Next(JsonTokenType.EndObject)) return false;
        key = _json.GetString()!;
        return true;
    }

    private readonly string String()
    {
        Require(JsonTokenType.String);
        return _json.GetString()!;
    }

    private string Text()
    {
        Begin(JsonTokenType.String);
        return _json.GetString()!;
    }

    private bool Flag()
    {
        if (!_json.Read()) throw new FormatException();
        return _json.GetBoolean();
    }

    private long Number(long low = 0, long high = long.MaxValue)
    {
        Begin(JsonTokenType.Number);
        long value = _json.GetInt64();
        return value >= low && value <= high ? value : throw new FormatException();
    }
}
