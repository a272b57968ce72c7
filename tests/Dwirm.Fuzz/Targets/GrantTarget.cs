using System;
using System.Text;
using Dwirm.Policy;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads the text of a grant as a store might give it back: what is taken is written and read again as the same.</summary>
public sealed class GrantTarget : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "grant";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        if (!Grant.TryParse(Encoding.UTF8.GetString(input), out Grant? grant)) return;
        string text = grant!.ToJson();
        FuzzException.Unless(Grant.TryParse(text, out Grant? again), "what was written can be read");
        FuzzException.Unless(again!.ToJson() == text, "what was read is the same");
        FuzzException.Unless(!grant.FullAccess || grant.Services.Count == 0, "full access has no services");
        foreach (GrantedService service in grant.Services)
        {
            FuzzException.Unless(service.Rate.IsLine || service.Id <= Grant.MaxRatedServices, "a service with a rate has a class");
            FuzzException.Unless(service.Category.Length > 0 || service.Id > 0, "a service has a number");
        }
    }
}
