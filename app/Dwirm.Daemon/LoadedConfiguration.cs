using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Rules;

namespace Dwirm.Daemon;

/// <summary>Everything that is configured, read as a whole: either all of it is right, or none of it is taken.</summary>
/// <param name="Uci">The UCI packages.</param>
/// <param name="Policy">Site policy over the category registry.</param>
internal sealed record LoadedConfiguration(DaemonConfig Uci, PolicyEngine Policy)
{
    /// <summary>Reads all files the options name.</summary>
    /// <returns>Null when there is any fault; each is in <paramref name="faults"/>.</returns>
    public static LoadedConfiguration? Read(DaemonOptions options, List<ConfigFault> faults)
    {
        DaemonConfig? uci = DaemonConfig.Read(options.UciDir, faults);
        CategoryRegistry? categories = CategoriesYaml.Read(options.CategoriesPath, options.CategoriesDirectory, faults);
        SitePolicy? policy = PolicyYaml.Read(options.PolicyPath, faults);
        return uci is null || categories is null || policy is null || faults.Count > 0
            ? null
            : new LoadedConfiguration(uci, new PolicyEngine(policy, categories));
    }
}
