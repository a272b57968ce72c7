namespace Dwirm.Policy.Profiles;

/// <summary>What the site sets about reading profiles: limits and time zones.</summary>
/// <remarks>A document over a limit is refused as a whole, before anything is done with it.</remarks>
public sealed record ProfileGrammar
{
    /// <summary>The values of the specification.</summary>
    public static ProfileGrammar Default { get; } = new();

    /// <summary>Greatest document, octets.</summary>
    public int MaxOctets { get; init; } = 8192;

    /// <summary>Greatest nesting of objects and arrays, at most 31; Endpoints are at depth 5.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary>Categories of Provide and Consume together.</summary>
    public int MaxCategories { get; init; } = 32;

    /// <summary>Endpoints of one category.</summary>
    public int MaxEndpoints { get; init; } = 64;

    /// <summary>Port ranges of one list.</summary>
    public int MaxRanges { get; init; } = 64;

    /// <summary>Octets of one string, key or value, unescaped.</summary>
    public int MaxStringOctets { get; init; } = 512;

    /// <summary>Zone codes that Schedule may use.</summary>
    public ZoneTable Zones { get; init; } = ZoneTable.Default;
}
