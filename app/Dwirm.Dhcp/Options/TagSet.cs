namespace Dwirm.Dhcp.Options;

/// <summary>Tags of a client, by the numbers the configuration gave their names. A value of 16 octets; nothing is allocated.</summary>
public readonly record struct TagSet(ulong Low, ulong High)
{
    /// <summary>How many tags there can be: numbers 0 to 127.</summary>
    public const int Capacity = 128;

    /// <summary>True when no tag is in it.</summary>
    public bool IsEmpty => (Low | High) == 0;

    /// <summary>The set of one tag.</summary>
    /// <param name="number">0 to 127; anything else is the empty set.</param>
    public static TagSet Of(int number) => number switch
    {
        >= 0 and < 64 => new TagSet(1UL << number, 0),
        >= 64 and < Capacity => new TagSet(0, 1UL << (number - 64)),
        _ => default,
    };

    /// <summary>The tags of either.</summary>
    public static TagSet operator |(TagSet left, TagSet right) => new(left.Low | right.Low, left.High | right.High);

    /// <summary>The tags of either.</summary>
    public static TagSet BitwiseOr(TagSet left, TagSet right) => left | right;

    /// <summary>True when every tag of the other is in this one.</summary>
    public bool Contains(in TagSet other) => (other.Low & ~Low) == 0 && (other.High & ~High) == 0;

    /// <summary>True when the two have a tag in common.</summary>
    public bool Meets(in TagSet other) => ((other.Low & Low) | (other.High & High)) != 0;
}

/// <summary>Which clients something is for: those that have all of the one set and none of the other.</summary>
/// <param name="All">Tags the client must have.</param>
/// <param name="None">Tags the client must not have (<c>tag:!x</c>).</param>
public readonly record struct TagCondition(TagSet All, TagSet None)
{
    /// <summary>True when it holds for every client.</summary>
    public bool IsEmpty => All.IsEmpty && None.IsEmpty;

    /// <summary>True when a client with these tags is meant.</summary>
    public bool Holds(in TagSet tags) => tags.Contains(All) && !tags.Meets(None);
}
