using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Dwirm.Policy.Profiles;

/// <summary>The verdict a router gives on a request in full.</summary>
public enum AnswerStatus : byte
{
    /// <summary>None was given.</summary>
    None,

    /// <summary>Granted in full.</summary>
    Accept,

    /// <summary>Refused in full.</summary>
    Deny,
}

/// <summary>An IoT Profile: what a device offers and what it needs. Immutable, bounded, and safe to show to people.</summary>
public sealed class IotProfile
{
    internal IotProfile(
        string canonical, ProfileMember[] members, string? description, CategoryRequest[] categories, AnswerStatus status, bool lenient)
    {
        CanonicalJson = canonical;
        Members = members;
        Description = description;
        Categories = categories;
        Status = status;
        Lenient = lenient;
    }

    /// <summary>What the device says it is, cleaned of control characters; null when it does not say.</summary>
    public string? Description { get; }

    /// <summary>Everything under Provide and Consume, in the order of the document.</summary>
    public IReadOnlyList<CategoryRequest> Categories { get; }

    /// <summary>The blanket verdict of an answer; always none in what a device sent (DWIRM-06).</summary>
    public AnswerStatus Status { get; }

    /// <summary>True when the document had to be repaired to be understood, which is worth a line in the log.</summary>
    public bool Lenient { get; }

    /// <summary>
    /// The document as minified JSON: the device's key order and its values as written, known keys in the draft's spelling, repairs applied,
    /// without Status. Two requests are the same when this is the same.
    /// </summary>
    public string CanonicalJson { get; }

    /// <summary>Where each member of the document stands in <see cref="CanonicalJson"/>, in order.</summary>
    internal ProfileMember[] Members { get; }

    /// <summary>Reads what a device sent, by the rules of <see cref="ProfileGrammar.Default"/>. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out IotProfile? profile, out ProfileFault fault) =>
        TryParse(utf8, ProfileGrammar.Default, out profile, out fault);

    /// <summary>Reads what a device sent. Never throws.</summary>
    /// <param name="utf8">The document, of any content and length.</param>
    /// <param name="grammar">Limits and zones.</param>
    /// <param name="profile">The profile, with at least one category; null on failure.</param>
    /// <param name="fault">Why it failed.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, ProfileGrammar grammar, [NotNullWhen(true)] out IotProfile? profile, out ProfileFault fault) =>
        ProfileReader.TryRead(utf8, grammar, isAnswer: false, out profile, out fault);

    /// <summary>Reads what a router answered: Status counts, and there need not be a category. Never throws.</summary>
    public static bool TryParseAnswer(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out IotProfile? profile, out ProfileFault fault) =>
        ProfileReader.TryRead(utf8, ProfileGrammar.Default, isAnswer: true, out profile, out fault);

    /// <summary>The category with this direction and name, case ignored; null when the profile has none.</summary>
    public CategoryRequest? Find(ServiceDirection direction, string name)
    {
        foreach (CategoryRequest category in Categories)
        {
            if (category.Direction == direction && string.Equals(category.Name, name, StringComparison.OrdinalIgnoreCase)) return category;
        }
        return null;
    }
}

/// <summary>What a member of the document is.</summary>
internal enum MemberKind : byte
{
    /// <summary>An object whose members follow at the next level: IoT Profile, Provide, Consume.</summary>
    Container,

    /// <summary>A category: a container with a number.</summary>
    Category,

    /// <summary>Description.</summary>
    Description,

    /// <summary>An option of the category before it.</summary>
    Option,

    /// <summary>Anything else, kept for the echo.</summary>
    Unknown,
}

/// <summary>One member of the document as a part of the canonical text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Level">1 for members of the document, 2 of the profile, 3 for categories, 4 for options.</param>
/// <param name="Option">Which option.</param>
/// <param name="Category">Index of the category.</param>
/// <param name="Start">Where its quoted key starts in the canonical text.</param>
/// <param name="ValueStart">Where its value starts, behind the colon.</param>
/// <param name="End">Where its value ends; of a container only <paramref name="ValueStart"/> counts.</param>
internal readonly record struct ProfileMember(MemberKind Kind, byte Level, ProfileOption Option, int Category, int Start, int ValueStart, int End);
