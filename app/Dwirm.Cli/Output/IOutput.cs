using System;

namespace Dwirm.Cli.Output;

/// <summary>Where commands write.</summary>
internal interface IOutput
{
    /// <summary>Columns of the terminal; 0 when standard output is none, and then nothing is cut.</summary>
    int Columns { get; }

    /// <summary>Writes text to standard output as it is.</summary>
    void Out(ReadOnlySpan<char> text);

    /// <summary>Writes octets to standard output as they are.</summary>
    void Out(ReadOnlySpan<byte> octets);

    /// <summary>Writes text to standard error as it is.</summary>
    void Error(ReadOnlySpan<char> text);
}
