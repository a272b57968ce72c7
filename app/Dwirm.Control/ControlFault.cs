namespace Dwirm.Control;

/// <summary>What is wrong with a document of the control socket.</summary>
public enum ControlFaultKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Not well-formed JSON, not UTF-8, or cut short.</summary>
    Malformed,

    /// <summary>JSON of another kind than this place takes, or a number or time out of range.</summary>
    WrongType,

    /// <summary>More octets than <see cref="ControlProtocol"/> allows.</summary>
    TooLong,

    /// <summary>A request without a method.</summary>
    NoMethod,

    /// <summary>A parameter that requests do not have. Refused, because a misspelt restriction must not widen anything.</summary>
    UnknownParameter,
}

/// <summary>A fault and where it was found.</summary>
/// <param name="Kind">What.</param>
/// <param name="Offset">Octets from the start of the document.</param>
public readonly record struct ControlFault(ControlFaultKind Kind, int Offset)
{
    /// <summary>One line for people.</summary>
    public string Describe() => Kind switch
    {
        ControlFaultKind.None => "no fault",
        ControlFaultKind.TooLong => "longer than allowed",
        ControlFaultKind.NoMethod => "no method named",
        ControlFaultKind.UnknownParameter => $"unknown parameter at octet {Offset}",
        ControlFaultKind.WrongType => $"unexpected kind of value at octet {Offset}",
        _ => $"not well-formed JSON at octet {Offset}",
    };
}
