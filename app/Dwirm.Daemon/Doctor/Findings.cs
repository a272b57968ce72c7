using System.Collections.Generic;
using Dwirm.Control;

namespace Dwirm.Daemon.Doctor;

/// <summary>What an examination found, in its order.</summary>
internal sealed class Findings
{
    private readonly List<FindingDto> _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<FindingDto> All => _all;

    /// <summary>It is there.</summary>
    public void Ok(string what, string detail = "") => _all.Add(new FindingDto { Level = "ok", What = what, Detail = detail });

    /// <summary>It can be done without, or should be known.</summary>
    public void Warn(string what, string detail, string cure) => _all.Add(new FindingDto { Level = "warn", What = what, Detail = detail, Cure = cure });

    /// <summary>It is missing, and what was promised cannot be kept.</summary>
    public void Fail(string what, string detail, string cure) => _all.Add(new FindingDto { Level = "FAIL", What = what, Detail = detail, Cure = cure });
}
