namespace Dwirm.Wire;

/// <summary>
/// Why bytes from the network were refused. A code nobody knows is no fault: it is kept and passed on. A fault means that the structure
/// itself is broken, so nothing that follows it can be believed.
/// </summary>
public enum ParseFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>Fewer octets than the fixed part of the message needs.</summary>
    Truncated,

    /// <summary>More octets than the message may have.</summary>
    TooLong,

    /// <summary>The magic cookie or version that marks the format is missing (RFC 2131 section 3).</summary>
    BadCookie,

    /// <summary>A fixed field has a value its format does not know, such as op other than 1 and 2.</summary>
    BadField,

    /// <summary>A hardware address longer than the sixteen octets of chaddr.</summary>
    BadHardwareLength,

    /// <summary>The length octet of an option points past the end of its field.</summary>
    OptionOverrun,

    /// <summary>An option whose length its definition forbids, such as a message type of two octets.</summary>
    OptionLength,

    /// <summary>Option 52 with a value other than 1, 2 or 3 (RFC 2132 section 9.3).</summary>
    BadOverload,

    /// <summary>More options than any real message has; the walk is bounded.</summary>
    TooManyOptions,
}
