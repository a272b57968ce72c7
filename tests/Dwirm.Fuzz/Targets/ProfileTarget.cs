using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using Dwirm.Policy.Profiles;

namespace Dwirm.Fuzz.Targets;

/// <summary>
/// IoT Profiles: whatever is accepted comes back from its canonical form and from its answers, whatever is refused is refused without an
/// exception, and what is called malformed is not JSON to the framework's own parser either.
/// </summary>
internal sealed class ProfileTarget : IFuzzTarget
{
    private static int _exceptions;

    static ProfileTarget() => AppDomain.CurrentDomain.FirstChanceException += Count;

    public string Name => "profile";

    public void Run(ReadOnlySpan<byte> input)
    {
        int before = _exceptions;
        _ = IotProfile.TryParseAnswer(input, out _, out _);
        bool accepted = IotProfile.TryParse(input, out IotProfile? profile, out ProfileFault fault);
        FuzzException.Unless(_exceptions == before, "a document is refused without an exception");
        FuzzException.Unless(accepted == (profile is not null) && accepted == (fault.Kind == ProfileFaultKind.None), "a profile or a fault");
        FuzzException.Unless(fault.Describe().Length > 0, "a fault has a text");
        if (profile is not null) CheckAccepted(profile, input);
        else CheckRefused(fault, input);
    }

    private static void CheckAccepted(IotProfile profile, ReadOnlySpan<byte> input)
    {
        if (!profile.Lenient) FuzzException.Unless(IsJson(input), "what needed no repair is JSON");
        IotProfile again = Again(profile.CanonicalJson);
        FuzzException.Unless(again.CanonicalJson == profile.CanonicalJson, "the canonical form is its own canonical form");
        FuzzException.Unless(again.Categories.Count == profile.Categories.Count, "the canonical form has the same categories");
        for (int i = 0; i < again.Categories.Count; i++)
            FuzzException.Unless(Same(again.Categories[i], profile.Categories[i]), "the canonical form has the same options");
        FuzzException.Unless(PlainText.Clean(profile.CanonicalJson) == profile.CanonicalJson, "the canonical form can be printed");
        CheckAnswers(profile);
    }

    private static void CheckAnswers(IotProfile profile)
    {
        List<AnswerService> all = profile.Categories.Select(c => new AnswerService { Direction = c.Direction, Category = c.Name }).ToList();
        string granted = ProfileAnswer.AmendedJson(profile, all);
        bool faulty = profile.Categories.Any(HasFault);
        if (!faulty) FuzzException.Unless(granted == profile.CanonicalJson, "a full grant is the request");
        IotProfile answer = Again(granted);
        FuzzException.Unless(!answer.Categories.Any(HasFault), "nothing faulty is granted");
        FuzzException.Unless(answer.CanonicalJson == granted, "an answer is canonical");
        IotProfile refused = Again(ProfileAnswer.AmendedJson(profile, [], echoUnknown: false));
        FuzzException.Unless(refused.Categories.All(IsBlank), "a refusal is blank");
        string status = ProfileAnswer.StatusJson(profile.Description, accept: true);
        FuzzException.Unless(IotProfile.TryParseAnswer(Encoding.UTF8.GetBytes(status), out IotProfile? blanket, out _), "a blanket answer can be read");
        FuzzException.Unless(blanket!.Status == AnswerStatus.Accept && blanket.Description == profile.Description, "a blanket answer says what it means");
    }

    private static void CheckRefused(ProfileFault fault, ReadOnlySpan<byte> input)
    {
        FuzzException.Unless(fault.Offset >= 0 && (fault.Offset <= input.Length || fault.Kind == ProfileFaultKind.TooLong), "a fault lies in the document");
        // We are stricter where an escape is half a surrogate pair; a text that starts with a string is taken for one that lacks its braces.
        bool notJson = fault.Kind is ProfileFaultKind.Malformed or ProfileFaultKind.Truncated or ProfileFaultKind.Empty;
        bool stricter = input.IndexOf("\\u"u8) >= 0 || input.TrimStart(" \t\r\n"u8).StartsWith("\""u8);
        if (notJson && !stricter) FuzzException.Unless(!IsJson(input), "what is refused as malformed is no JSON");
    }

    private static bool IsJson(ReadOnlySpan<byte> input)
    {
        var reader = new Utf8JsonReader(input);
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IotProfile Again(string text)
    {
        bool accepted = IotProfile.TryParse(Encoding.UTF8.GetBytes(text), Generous, out IotProfile? profile, out ProfileFault fault);
        FuzzException.Unless(accepted, $"what we write can be read: {fault.Describe()}");
        return profile!;
    }

    // An answer may be longer than a request: a category that was empty is told that it is blank.
    private static readonly ProfileGrammar Generous = ProfileGrammar.Default with { MaxOctets = 16384 };

    private static bool Same(CategoryRequest one, CategoryRequest other) =>
        one.Name == other.Name && one.Direction == other.Direction
        && Enum.GetValues<ProfileOption>().All(o => one.StateOf(o) == other.StateOf(o) && one.FaultOf(o) == other.FaultOf(o) && one.TextOf(o) == other.TextOf(o))
        && Equals(one.Ports, other.Ports) && Equals(one.PortFwd, other.PortFwd) && one.Rate == other.Rate && Equals(one.Schedule, other.Schedule)
        && (one.Endpoints ?? []).SequenceEqual(other.Endpoints ?? []);

    private static bool HasFault(CategoryRequest category) =>
        Enum.GetValues<ProfileOption>().Any(o => category.StateOf(o) == OptionState.Faulty) || (category.Endpoints ?? []).Any(e => e.Name is null);

    private static bool IsBlank(CategoryRequest category) =>
        Enum.GetValues<ProfileOption>().All(o => category.StateOf(o) is OptionState.Absent or OptionState.Blank);

    private static void Count(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is not FuzzException) _exceptions++;
    }
}
