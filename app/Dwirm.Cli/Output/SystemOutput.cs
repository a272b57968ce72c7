using System;
using Dwirm.Linux;

namespace Dwirm.Cli.Output;

/// <summary>The streams of the process.</summary>
internal sealed class SystemOutput : IOutput
{
    /// <inheritdoc/>
    public int Columns { get; } = StandardStreams.OutColumns;

    /// <inheritdoc/>
    public void Out(ReadOnlySpan<char> text) => StandardStreams.Out(text);

    /// <inheritdoc/>
    public void Out(ReadOnlySpan<byte> octets) => StandardStreams.Out(octets);

    /// <inheritdoc/>
    public void Error(ReadOnlySpan<char> text) => StandardStreams.Error(text);
}
