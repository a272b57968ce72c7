namespace Dwirm.Policy.Profiles;

/// <summary>The six options a category may carry.</summary>
public enum ProfileOption : byte
{
    /// <summary>Ports the service listens on.</summary>
    Ports,

    /// <summary>Forward from the outside: internal ranges, colon, external ranges.</summary>
    PortFwd,

    /// <summary>Greatest throughput.</summary>
    Rate,

    /// <summary>Daily window.</summary>
    Schedule,

    /// <summary>Protocol names.</summary>
    Hints,

    /// <summary>Hosts and URLs; the only array.</summary>
    Endpoints,
}

/// <summary>Whether an option was given, and with what.</summary>
public enum OptionState : byte
{
    /// <summary>Not in the category: defaults fill it (DWIRM-05).</summary>
    Absent,

    /// <summary>Given as <c>""</c> or <c>[]</c>: the device asks for nothing here.</summary>
    Blank,

    /// <summary>Given and understood.</summary>
    Valid,

    /// <summary>Given and not understood: never granted as written, see the fault.</summary>
    Faulty,
}

/// <summary>Why the value of one option is not accepted. The rest of the profile stands.</summary>
public enum OptionFault : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Neither a string nor something that reads as one.</summary>
    WrongType,

    /// <summary>Does not follow the option's grammar.</summary>
    Syntax,

    /// <summary>Longer than a string may be once an array is joined.</summary>
    TooLong,

    /// <summary>A comma with nothing before or after it.</summary>
    EmptyElement,

    /// <summary>Port 0, or above 65535.</summary>
    PortOutOfBounds,

    /// <summary>A range whose low port is above its high port.</summary>
    RangeReversed,

    /// <summary>Two ranges of one list share a port.</summary>
    RangesOverlap,

    /// <summary>More ranges than a list may have.</summary>
    TooManyRanges,

    /// <summary>The two sides of a forward differ in the number of ranges, or in the size of a pair (DWIRM-07).</summary>
    PairMismatch,

    /// <summary>A rate of zero, or less than one bit per second.</summary>
    RateZero,

    /// <summary>A rate above 10^12 bits per second.</summary>
    RateTooHigh,

    /// <summary>Hour above 23 or minute above 59.</summary>
    TimeOutOfBounds,

    /// <summary>A zone code that is not in the table.</summary>
    UnknownZone,

    /// <summary>A zone code that means different offsets in different countries.</summary>
    AmbiguousZone,

    /// <summary>The two times carry different zones, or only the first has one.</summary>
    ZonesDiffer,

    /// <summary>An endpoint with a wildcard: which hosts it means is not defined.</summary>
    Wildcard,

    /// <summary>A URL with a user name or password.</summary>
    UserInfo,

    /// <summary>A host that is neither an address nor a name of letters, digits and hyphens, at most 253 octets.</summary>
    BadHost,
}

/// <summary>Texts for people who make devices.</summary>
public static class OptionFaults
{
    /// <summary>What is wrong and how to write it right, one sentence.</summary>
    public static string Describe(this OptionFault fault) => fault switch
    {
        OptionFault.None => "no fault",
        OptionFault.WrongType => "the value is not a string; write it in quotes (Endpoints: an array of strings)",
        OptionFault.Syntax => "the value does not follow the option's grammar",
        OptionFault.TooLong => "the value is longer than 512 octets",
        OptionFault.EmptyElement => "the list has an empty element; remove the extra comma",
        OptionFault.PortOutOfBounds => "a port is not between 1 and 65535",
        OptionFault.RangeReversed => "a range has its higher port first; write LOW-HIGH",
        OptionFault.RangesOverlap => "two ranges of the list overlap; name each port once",
        OptionFault.TooManyRanges => "the list has more than 64 ranges",
        OptionFault.PairMismatch => "both sides of PortFwd need the same number of ranges, and the ranges must be of equal size pair by pair, as in 88-99:8088-8099",
        OptionFault.RateZero => "the rate is less than one bit per second; leave Rate out to get the default",
        OptionFault.RateTooHigh => "the rate is above 1000Gbps; write Line for no limit",
        OptionFault.TimeOutOfBounds => "a time is not between 00:00 and 23:59",
        OptionFault.UnknownZone => "the time zone is not known; use no suffix for GMT, L for the router's zone, or a code such as EST",
        OptionFault.AmbiguousZone => "the time zone code means different zones in different countries; use GMT or L",
        OptionFault.ZonesDiffer => "both times of a window must carry the same zone; write it once, at the end",
        OptionFault.Wildcard => "wildcards are not allowed; name each host",
        OptionFault.UserInfo => "a user name or password in a URL is not allowed",
        OptionFault.BadHost => "the host is neither an IP address nor a host name of letters, digits and hyphens",
        _ => "unknown fault",
    };

    /// <summary>The option's key exactly as the draft spells it.</summary>
    public static string Key(this ProfileOption option) => option switch
    {
        ProfileOption.Ports => "Ports",
        ProfileOption.PortFwd => "PortFwd",
        ProfileOption.Rate => "Rate",
        ProfileOption.Schedule => "Schedule",
        ProfileOption.Hints => "Hints",
        _ => "Endpoints",
    };
}
