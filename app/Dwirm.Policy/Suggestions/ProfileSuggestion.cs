using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Policy.Suggestions;

/// <summary>
/// A profile that allows what a device was seen using and nothing else, within the limits of the grammar: what was seen most comes first.
/// </summary>
public sealed class ProfileSuggestion
{
    private const string Description = "Suggested from what was seen";
    private readonly List<Group> _groups = [];
    private int _observed;

    private ProfileSuggestion()
    {
    }

    /// <summary>The profile; null when there is nothing to suggest.</summary>
    public string? Json { get; private set; }

    /// <summary>The category of each flow, in the order they were given; empty for one that found no room.</summary>
    public string[] Categories { get; private init; } = [];

    /// <summary>How many found no room.</summary>
    public int Omitted { get; private set; }

    /// <summary>Makes a suggestion.</summary>
    /// <param name="flows">What was seen.</param>
    /// <param name="registry">A category of it is proposed where it, and no other one, stands for the port; web ports are HTTP.</param>
    /// <param name="grammar">Limits of the document.</param>
    public static ProfileSuggestion Of(IReadOnlyList<ObservedFlow> flows, CategoryRegistry registry, ProfileGrammar grammar)
    {
        int[] order = new int[flows.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (one, other) =>
        {
            int most = flows[other].Sightings.CompareTo(flows[one].Sightings);
            return most != 0 ? most : one.CompareTo(other);
        });
        for (int count = order.Length; ; count -= Math.Max(1, count / 8))
        {
            var suggestion = new ProfileSuggestion { Categories = new string[flows.Count], Omitted = flows.Count };
            Array.Fill(suggestion.Categories, "");
            foreach (int i in order.AsSpan(0, Math.Max(count, 0))) suggestion.Take(flows[i], i, registry, grammar);
            if (count <= 0 || suggestion._groups.Count == 0) return suggestion;
            byte[] json = suggestion.Write();
            if (json.Length > grammar.MaxOctets) continue;
            suggestion.Json = Encoding.UTF8.GetString(json);
            return suggestion;
        }
    }

    /// <summary>The category that stands for a port: HTTP for web ports, else the only one that names it; null for none or several.</summary>
    public static string? CategoryOf(ushort port, Transports transport, CategoryRegistry registry)
    {
        if (transport == Transports.Tcp && (port is 80 or 443)) return CategoryRegistry.Http;
        string? found = null;
        foreach (CategoryDefinition row in registry.Rows)
        {
            if (row.Ports?.Contains(port) != true || !Speaks(row, port, transport)) continue;
            if (found is not null) return null;
            found = row.Name;
        }
        return found;
    }

    private static bool Speaks(CategoryDefinition row, ushort port, Transports transport)
    {
        if (row.Hints is null) return true;
        for (int i = 0; i < row.Ports!.Ranges.Count; i++)
        {
            if (row.Ports.Ranges[i].Contains(port)) return (row.Hints.TransportsFor(i, row.Ports.Ranges.Count) & transport) != 0;
        }
        return false;
    }

    private void Take(ObservedFlow flow, int index, CategoryRegistry registry, ProfileGrammar grammar)
    {
        string? category = CategoryOf(flow.Port, flow.Transport, registry);
        // Hints are a category's as a whole: what speaks the other transport gets a category of its own.
        Group? group = _groups.Find(one => one.Is(flow, category)) ?? (category is null ? null : _groups.Find(one => one.Is(flow, null)));
        if (group is null)
        {
            if (_groups.Count >= grammar.MaxCategories) return;
            bool taken = category is not null && _groups.Exists(one => one.Direction == flow.Direction && one.Category == category);
            bool registered = category is not null && !taken;
            group = new Group(flow.Direction, registered ? category! : $"Observed {++_observed}", registered, flow.Transport, flow.Port);
            _groups.Add(group);
        }
        if (!group.Add(flow, grammar)) return;
        Categories[index] = group.Category;
        Omitted--;
    }

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("IoT Profile"u8);
            json.WriteString("Description"u8, Description);
            Write(json, "Provide"u8, ServiceDirection.Provide);
            Write(json, "Consume"u8, ServiceDirection.Consume);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, ReadOnlySpan<byte> key, ServiceDirection direction)
    {
        if (!_groups.Exists(group => group.Direction == direction)) return;
        json.WriteStartObject(key);
        foreach (Group group in _groups)
        {
            if (group.Direction == direction) group.Write(json);
        }
        json.WriteEndObject();
    }

    /// <summary>A category in the making.</summary>
    private sealed class Group(ServiceDirection direction, string category, bool registered, Transports transport, ushort port)
    {
        private readonly List<string> _ports = [], _endpoints = [];

        public ServiceDirection Direction => direction;

        public string Category => category;

        /// <summary>True when a flow belongs here: under the registry's name, or, without one, by its port.</summary>
        public bool Is(ObservedFlow flow, string? name) =>
            direction == flow.Direction && transport == flow.Transport
            && (registered ? category == name : name is null && port == flow.Port);

        public bool Add(ObservedFlow flow, ProfileGrammar grammar)
        {
            bool consumes = direction == ServiceDirection.Consume;
            string text = consumes ? Endpoint(flow) : flow.Port.ToString();
            List<string> list = consumes ? _endpoints : _ports;
            if (list.Contains(text)) return true;
            if (list.Count >= (consumes ? grammar.MaxEndpoints : grammar.MaxRanges)) return false;
            list.Add(text);
            return true;
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject(category);
            if (direction == ServiceDirection.Provide)
            {
                json.WriteString("Ports"u8, string.Join(',', _ports));
            }
            else
            {
                json.WriteStartArray("Endpoints"u8);
                foreach (string endpoint in _endpoints) json.WriteStringValue(endpoint);
                json.WriteEndArray();
            }
            json.WriteString("Hints"u8, transport == Transports.Tcp ? "TCP"u8 : "UDP"u8);
            json.WriteEndObject();
        }

        private string Endpoint(ObservedFlow flow)
        {
            // A name that leads into the house would not be granted what the owner did not see: the address is what can be approved.
            bool inside = flow.Peer.AsIpv4 is { } literal ? AddressSpace.IsSpecial(literal) : AddressSpace.IsSpecial(flow.Peer);
            string host = inside ? "" : flow.Name;
            if (host.Length == 0) host = flow.Peer.AsIpv4 is { } v4 ? v4.ToString() : $"[{flow.Peer}]";
            return (flow.Port, transport) switch
            {
                (80, Transports.Tcp) => "http://" + host,
                (443, Transports.Tcp) => "https://" + host,
                _ => $"{host}:{flow.Port}",
            };
        }
    }
}
