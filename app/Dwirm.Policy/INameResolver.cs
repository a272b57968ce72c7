using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>What is known at this moment of host names; asking never waits.</summary>
public interface INameResolver
{
    /// <summary>The addresses of <paramref name="host"/> (lower case) that are known now; empty when none are.</summary>
    IReadOnlyList<Ipv4Address> Resolve(string host);

    /// <summary>The IPv6 addresses of <paramref name="host"/> (lower case) that are known now; empty when none are.</summary>
    IReadOnlyList<Ipv6Address> Resolve6(string host);
}
