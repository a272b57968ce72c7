using System;
using System.Collections.Generic;
using System.Text;

namespace Dwirm.Policy.Profiles;

/// <summary>What is answered to one category of a request. Null leaves an option as it was asked, <c>""</c> refuses it.</summary>
/// <remarks>
/// An option the request does not have is added behind the others when it is given a text here, even a blank one, so that a device learns
/// what became of a default; an option that was faulty is answered blank unless it is given a text here.
/// </remarks>
public sealed record AnswerService
{
    /// <summary>Direction of the category.</summary>
    public required ServiceDirection Direction { get; init; }

    /// <summary>Name of the category, as in <see cref="CategoryRequest.Name"/>.</summary>
    public required string Category { get; init; }

    /// <summary>True to answer every option blank.</summary>
    public bool Refused { get; init; }

    /// <summary>Ports granted.</summary>
    public string? Ports { get; init; }

    /// <summary>Forward granted.</summary>
    public string? PortFwd { get; init; }

    /// <summary>Rate granted.</summary>
    public string? Rate { get; init; }

    /// <summary>Window granted.</summary>
    public string? Schedule { get; init; }

    /// <summary>Hints that are followed.</summary>
    public string? Hints { get; init; }

    /// <summary>Endpoints granted, as they were written; the empty list refuses them.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }

    internal string? TextOf(ProfileOption option) => option switch
    {
        ProfileOption.Ports => Ports,
        ProfileOption.PortFwd => PortFwd,
        ProfileOption.Rate => Rate,
        ProfileOption.Schedule => Schedule,
        ProfileOption.Hints => Hints,
        _ => null,
    };
}

/// <summary>Writes the answers of a router (DWIRM-22): minified UTF-8 without a byte order mark.</summary>
public static class ProfileAnswer
{
    /// <summary>See <see cref="AmendedJson"/>.</summary>
    public static byte[] Amended(IotProfile request, IReadOnlyList<AnswerService> services, bool echoUnknown = true) =>
        Encoding.UTF8.GetBytes(AmendedJson(request, services, echoUnknown));

    /// <summary>The request again, with what policy changed: same shape, same key order, refused options <c>""</c> or <c>[]</c>.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="services">One entry for each category; a category without one is refused.</param>
    /// <param name="echoUnknown">False to leave out what we do not know, when the answer has to get shorter.</param>
    public static string AmendedJson(IotProfile request, IReadOnlyList<AnswerService> services, bool echoUnknown = true)
    {
        var writer = new AnswerWriter(request, services);
        foreach (ProfileMember member in request.Members)
        {
            if (echoUnknown || member.Kind != MemberKind.Unknown) writer.Write(member);
        }
        return writer.Finish();
    }

    /// <summary>See <see cref="StatusJson"/>.</summary>
    public static byte[] Status(string? description, bool accept) => Encoding.UTF8.GetBytes(StatusJson(description, accept));

    /// <summary>The blanket answer: <c>{"IoT Profile":{"Description":"…","Status":"Deny"}}</c>, Status exactly Accept or Deny (DWIRM-06).</summary>
    public static string StatusJson(string? description, bool accept)
    {
        var json = new StringBuilder("{\"IoT Profile\":{");
        if (description is not null)
        {
            json.Append("\"Description\":");
            JsonText.AppendQuoted(json, description);
            json.Append(',');
        }
        return json.Append("\"Status\":\"").Append(accept ? "Accept" : "Deny").Append("\"}}").ToString();
    }
}

/// <summary>Writes a document member by member, closing objects as the level falls.</summary>
internal sealed class AnswerWriter
{
    private const int CategoryDepth = 4;

    private readonly IotProfile _request;
    private readonly IReadOnlyList<AnswerService> _services;
    private readonly StringBuilder _json = new("{");
    private int _depth = 1;
    private bool _first = true;
    private CategoryRequest? _category;
    private AnswerService? _answer;

    public AnswerWriter(IotProfile request, IReadOnlyList<AnswerService> services) => (_request, _services) = (request, services);

    public void Write(ProfileMember member)
    {
        CloseTo(member.Level);
        Comma();
        _json.Append(_request.CanonicalJson, member.Start, member.ValueStart - member.Start);
        switch (member.Kind)
        {
            case MemberKind.Container:
                Open();
                break;
            case MemberKind.Category:
                Open();
                _category = _request.Categories[member.Category];
                _answer = AnswerTo(_category);
                break;
            case MemberKind.Option:
                AppendOption(member);
                break;
            default:
                AppendRaw(member);
                break;
        }
    }

    public string Finish()
    {
        CloseTo(0);
        return _json.ToString();
    }

    private void Open()
    {
        _json.Append('{');
        _depth++;
        _first = true;
    }

    private void CloseTo(int depth)
    {
        while (_depth > depth)
        {
            if (_depth == CategoryDepth) AppendAdded();
            _json.Append('}');
            _depth--;
            _first = false;
        }
    }

    private void Comma()
    {
        if (!_first) _json.Append(',');
        _first = false;
    }

    private AnswerService? AnswerTo(CategoryRequest category)
    {
        foreach (AnswerService service in _services)
        {
            if (service.Direction != category.Direction || !string.Equals(service.Category, category.Name, StringComparison.OrdinalIgnoreCase)) continue;
            return service.Refused ? null : service;
        }
        return null;
    }

    private void AppendOption(ProfileMember member)
    {
        OptionState state = _category!.StateOf(member.Option);
        if (member.Option == ProfileOption.Endpoints)
        {
            AppendEndpoints(member);
            return;
        }
        string? text = _answer?.TextOf(member.Option);
        bool asAsked = _answer is not null && state != OptionState.Faulty && (text is null || text == _category.TextOf(member.Option));
        if (asAsked) AppendRaw(member);
        else JsonText.AppendQuoted(_json, text ?? "");
    }

    private void AppendEndpoints(ProfileMember member)
    {
        IReadOnlyList<string> granted = [];
        if (_answer is not null) granted = _answer.Endpoints ?? Understood(_category!.Endpoints);
        if (_answer is not null && SameTexts(granted, _category!.Endpoints)) AppendRaw(member);
        else AppendArray(granted);
    }

    // What the request has no key for: said where policy gives it a value, and one blank where a refusal would look like a grant by default.
    private void AppendAdded()
    {
        bool provides = _category!.Direction == ServiceDirection.Provide;
        if (_answer is null)
        {
            if (_category.StateOf(provides ? ProfileOption.Ports : ProfileOption.Endpoints) != OptionState.Absent) return;
            Comma();
            _json.Append(provides ? "\"Ports\":\"\"" : "\"Endpoints\":[]");
            return;
        }
        for (ProfileOption option = ProfileOption.Ports; option < ProfileOption.Endpoints; option++)
        {
            if (_category.StateOf(option) != OptionState.Absent || _answer.TextOf(option) is not { } text) continue;
            Comma();
            _json.Append('"').Append(option.Key()).Append("\":");
            JsonText.AppendQuoted(_json, text);
        }
        if (_category.StateOf(ProfileOption.Endpoints) != OptionState.Absent || _answer.Endpoints is not { } added) return;
        Comma();
        _json.Append("\"Endpoints\":");
        AppendArray(added);
    }

    private void AppendRaw(ProfileMember member) => _json.Append(_request.CanonicalJson, member.ValueStart, member.End - member.ValueStart);

    private void AppendArray(IReadOnlyList<string> texts)
    {
        _json.Append('[');
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0) _json.Append(',');
            JsonText.AppendQuoted(_json, texts[i]);
        }
        _json.Append(']');
    }

    private static List<string> Understood(IReadOnlyList<EndpointRequest>? requests)
    {
        var texts = new List<string>();
        if (requests is null) return texts;
        foreach (EndpointRequest request in requests)
        {
            if (request.Name is not null) texts.Add(request.Text);
        }
        return texts;
    }

    private static bool SameTexts(IReadOnlyList<string> granted, IReadOnlyList<EndpointRequest>? requests)
    {
        if (requests is null || requests.Count != granted.Count) return false;
        for (int i = 0; i < granted.Count; i++)
        {
            if (requests[i].Text != granted[i]) return false;
        }
        return true;
    }
}
