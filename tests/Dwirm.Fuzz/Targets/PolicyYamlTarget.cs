using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Rules;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads a file as policy and as category registry: it is either taken, or refused with faults that name a line of it.</summary>
public sealed class PolicyYamlTarget : IFuzzTarget
{
    private readonly List<ConfigFault> _faults = [];

    /// <inheritdoc/>
    public string Name => "policy-yaml";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        _faults.Clear();
        SitePolicy? policy = PolicyYaml.Parse("policy.yaml", input, _faults);
        Check(input, policy is not null);
        _faults.Clear();
        CategoryRegistry? registry = CategoriesYaml.Parse("categories.yaml", input, _faults);
        Check(input, registry is not null);
        if (registry is not null) FuzzException.Unless(registry.Find("HTTP")!.Ports!.ToString() == "80,443", "HTTP keeps its ports");
    }

    private void Check(ReadOnlySpan<byte> input, bool taken)
    {
        FuzzException.Unless(taken == (_faults.Count == 0), "a file is taken exactly when it has no fault");
        int lines = input.Count((byte)'\n') + input.Count((byte)'\r') + 2;
        foreach (ConfigFault fault in _faults)
        {
            // YAML 1.1 counts NEL, LS and PS as line ends too, so only an upper bound by octets is certain.
            FuzzException.Unless(fault.Line >= 0 && fault.Line <= lines + input.Length, $"line {fault.Line} is in the file");
            FuzzException.Unless(fault.Message.Length > 0 && fault.Message.AsSpan().IndexOfAny('\r', '\n') < 0, "a message is one line");
        }
    }
}
