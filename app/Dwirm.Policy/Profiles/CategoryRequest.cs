using System.Collections.Generic;

namespace Dwirm.Policy.Profiles;

/// <summary>One element of <c>Endpoints</c>.</summary>
/// <param name="Text">As the device wrote it, cleaned of control characters.</param>
/// <param name="Name">The endpoint; null when it is faulty and so never granted.</param>
/// <param name="Fault">Why it is null.</param>
public sealed record EndpointRequest(string Text, EndpointName? Name, OptionFault Fault);

/// <summary>One category a device asks for. A value is null when the option is absent or faulty: ask <see cref="StateOf"/> which.</summary>
public sealed class CategoryRequest
{
    private const int Options = 6;

    private readonly OptionState[] _states = new OptionState[Options];
    private readonly OptionFault[] _faults = new OptionFault[Options];
    private readonly string?[] _texts = new string?[Options];

    internal CategoryRequest(ServiceDirection direction, string name) => (Direction, Name) = (direction, name);

    /// <summary>Under Provide or under Consume.</summary>
    public ServiceDirection Direction { get; }

    /// <summary>Category name without blanks at the ends, a final colon, or control characters; compare without case.</summary>
    public string Name { get; }

    /// <summary>Ports of the service; the empty set when given as <c>""</c>.</summary>
    public PortSet? Ports { get; private set; }

    /// <summary>The forward asked for; null also when given as <c>""</c>.</summary>
    public PortForward? PortFwd { get; private set; }

    /// <summary>The rate asked for; null also when given as <c>""</c>.</summary>
    public BitRate? Rate { get; private set; }

    /// <summary>The window asked for; null also when given as <c>""</c>.</summary>
    public DailyWindow? Schedule { get; private set; }

    /// <summary>Protocol hints; no hints when given as <c>""</c>.</summary>
    public Hints? Hints { get; private set; }

    /// <summary>Endpoints in order, faulty ones among them; the empty list when given as <c>[]</c>.</summary>
    public IReadOnlyList<EndpointRequest>? Endpoints { get; private set; }

    /// <summary>Whether the option was given, and whether it is understood. Endpoints are faulty only as a whole; its elements have faults of their own.</summary>
    public OptionState StateOf(ProfileOption option) => _states[(int)option];

    /// <summary>Why the option is faulty.</summary>
    public OptionFault FaultOf(ProfileOption option) => _faults[(int)option];

    /// <summary>The option's text as the device wrote it, cleaned of control characters; null when absent, not text, or Endpoints.</summary>
    public string? TextOf(ProfileOption option) => _texts[(int)option];

    /// <summary>Reads the text of an option that is not Endpoints.</summary>
    internal void Read(ProfileOption option, string text, ProfileGrammar grammar)
    {
        _texts[(int)option] = PlainText.Clean(text);
        OptionFault fault = OptionFault.None;
        bool blank = PortSet.Trim(text).IsEmpty;
        switch (option)
        {
            case ProfileOption.Ports:
                if (PortSet.TryParse(text, out PortSet ports, out fault, grammar.MaxRanges)) Ports = ports;
                break;
            case ProfileOption.PortFwd:
                if (PortForward.TryParse(text, out PortForward? forward, out fault, grammar.MaxRanges)) PortFwd = forward;
                break;
            case ProfileOption.Rate when !blank:
                if (BitRate.TryParse(text, out BitRate rate, out fault)) Rate = rate;
                break;
            case ProfileOption.Schedule when !blank:
                if (DailyWindow.TryParse(text, grammar.Zones, out DailyWindow window, out fault)) Schedule = window;
                break;
            case ProfileOption.Hints:
                Hints = Hints.Parse(text);
                break;
        }
        Settle(option, blank, fault);
    }

    /// <summary>Takes the elements of Endpoints.</summary>
    internal void Read(List<string> endpoints)
    {
        var requests = new EndpointRequest[endpoints.Count];
        for (int i = 0; i < requests.Length; i++)
        {
            string text = PlainText.Clean(endpoints[i]);
            bool understood = EndpointName.TryParse(endpoints[i], out EndpointName? name, out OptionFault fault);
            requests[i] = new EndpointRequest(text, understood ? name : null, fault);
        }
        Endpoints = requests;
        Settle(ProfileOption.Endpoints, requests.Length == 0, OptionFault.None);
    }

    /// <summary>Notes that an option was given in a form that cannot be read.</summary>
    internal void Refuse(ProfileOption option, OptionFault fault) => Settle(option, false, fault);

    private void Settle(ProfileOption option, bool blank, OptionFault fault)
    {
        _faults[(int)option] = fault;
        _states[(int)option] = fault != OptionFault.None ? OptionState.Faulty : blank ? OptionState.Blank : OptionState.Valid;
    }
}
