namespace Dwirm.Policy.Profiles;

/// <summary>Why a whole document is refused (DWIRM-04).</summary>
public enum ProfileFaultKind : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Nothing but white space.</summary>
    Empty,

    /// <summary>More octets than a document may have.</summary>
    TooLong,

    /// <summary>Not valid UTF-8.</summary>
    NotUtf8,

    /// <summary>A NUL character, plain or escaped.</summary>
    NulCharacter,

    /// <summary>Not JSON, and none of the forms that are repaired.</summary>
    Malformed,

    /// <summary>The text ends inside an object, an array or a string.</summary>
    Truncated,

    /// <summary>Nested too deeply.</summary>
    TooDeep,

    /// <summary>A key or value with too many octets.</summary>
    StringTooLong,

    /// <summary>A key stands twice in one object.</summary>
    DuplicateKey,

    /// <summary>No <c>IoT Profile</c> key.</summary>
    NoProfile,

    /// <summary>Something that has to be an object is not one.</summary>
    NotAnObject,

    /// <summary>A category without a name.</summary>
    NoCategoryName,

    /// <summary>Neither Provide nor Consume holds a category.</summary>
    NoCategories,

    /// <summary>More categories than a profile may have.</summary>
    TooManyCategories,

    /// <summary>More endpoints than a category may have.</summary>
    TooManyEndpoints,

    /// <summary>More port ranges than a list may have.</summary>
    TooManyRanges,

    /// <summary>An answer whose Status is neither <c>Accept</c> nor <c>Deny</c> exactly.</summary>
    BadStatus,
}

/// <summary>What is wrong with a document, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="Offset">Octets from the start of the text the device sent to the place where it was noticed.</param>
public readonly record struct ProfileFault(ProfileFaultKind Kind, int Offset)
{
    /// <summary>One sentence for whoever makes the device.</summary>
    public string Describe() => Kind switch
    {
        ProfileFaultKind.None => "no fault",
        ProfileFaultKind.Empty => "the profile is empty",
        ProfileFaultKind.TooLong => $"the profile is longer than {Offset} octets",
        _ => $"octet {Offset}: {Text(Kind)}",
    };

    private static string Text(ProfileFaultKind kind) => kind switch
    {
        ProfileFaultKind.NotUtf8 => "the text is not valid UTF-8",
        ProfileFaultKind.NulCharacter => "the text has a NUL character; send it without a terminator",
        ProfileFaultKind.Malformed => "this is not JSON; look for a missing comma or quote, or a comma before a closing brace",
        ProfileFaultKind.Truncated => "the text ends too early; an object, array or string is not closed",
        ProfileFaultKind.TooDeep => "objects and arrays are nested too deeply",
        ProfileFaultKind.StringTooLong => "a key or value is too long; 512 octets are allowed unless the router is set otherwise",
        ProfileFaultKind.DuplicateKey => "this key stands twice in its object; each may be given once (upper and lower case are the same)",
        ProfileFaultKind.NoProfile => "the document has no \"IoT Profile\" object at its top",
        ProfileFaultKind.NotAnObject => "an object in braces is expected here: the document, IoT Profile, Provide, Consume and each category are objects",
        ProfileFaultKind.NoCategoryName => "a category has no name",
        ProfileFaultKind.NoCategories => "the profile asks for nothing; put at least one category under Provide or Consume",
        ProfileFaultKind.TooManyCategories => "the profile has too many categories; 32 are allowed unless the router is set otherwise",
        ProfileFaultKind.TooManyEndpoints => "the category has too many Endpoints; 64 are allowed unless the router is set otherwise",
        ProfileFaultKind.TooManyRanges => "the port list has too many ranges; 64 are allowed unless the router is set otherwise",
        ProfileFaultKind.BadStatus => "Status is neither Accept nor Deny",
        _ => "unknown fault",
    };
}
