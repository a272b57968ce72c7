using System;

namespace Dwirm.Linux.Interop;

/// <summary>
/// Says which C header declares the constants of a class, or the struct that a type mirrors. The tests turn this into a C program
/// of static assertions, so a wrong value or offset is found by the compiler of the target and not on a router.
/// </summary>
/// <param name="headers">Headers to include, separated by blanks, in order.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class CHeaderAttribute(string headers) : Attribute
{
    /// <summary>Headers to include, separated by blanks, in order.</summary>
    public string Headers { get; } = headers;

    /// <summary>For a struct: its C name, such as <c>struct epoll_event</c>.</summary>
    public string Struct { get; set; } = "";

    /// <summary>A preprocessor condition under which the declaration applies; empty means always.</summary>
    public string When { get; set; } = "";
}
