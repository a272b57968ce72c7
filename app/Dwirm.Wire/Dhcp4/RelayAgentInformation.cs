using System;

namespace Dwirm.Wire.Dhcp4;

/// <summary>The inside of option 82 (RFC 3046 section 2.0): sub-options of code, length and value.</summary>
public static class RelayAgentInformation
{
    /// <summary>Agent circuit id (RFC 3046 section 3.1).</summary>
    public const byte CircuitId = 1;

    /// <summary>Agent remote id (RFC 3046 section 3.2).</summary>
    public const byte RemoteId = 2;

    /// <summary>Link selection: an address of the client's link (RFC 3527).</summary>
    public const byte LinkSelection = 5;

    /// <summary>Subscriber id (RFC 3993).</summary>
    public const byte SubscriberId = 6;

    /// <summary>Server identifier override: what the client is to take for its server (RFC 5107).</summary>
    public const byte ServerOverride = 11;

    /// <summary>The first sub-option of a code. False when it is absent, or stands behind one that is cut off.</summary>
    /// <param name="information">The value of option 82.</param>
    /// <param name="code">Code of the sub-option.</param>
    /// <param name="value">Its octets, in place.</param>
    public static bool TryFind(ReadOnlySpan<byte> information, byte code, out ReadOnlySpan<byte> value)
    {
        while (information.Length >= 2 && information[1] <= information.Length - 2)
        {
            value = information.Slice(2, information[1]);
            if (information[0] == code) return true;
            information = information[(2 + value.Length)..];
        }
        value = default;
        return false;
    }
}
