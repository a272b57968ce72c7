using System;
using System.Text;
using Dwirm.Cli.Output;

namespace Dwirm.Cli.Tests;

/// <summary>Keeps what a command writes.</summary>
internal sealed class RecordedOutput : IOutput
{
    private readonly StringBuilder _out = new(), _error = new();

    public int Columns { get; init; }

    public string Printed => _out.ToString();

    public string Complaints => _error.ToString();

    public void Out(ReadOnlySpan<char> text) => _out.Append(text);

    // One char per octet, so that what passes through unchanged can be compared octet by octet.
    public void Out(ReadOnlySpan<byte> octets) => _out.Append(Encoding.Latin1.GetString(octets));

    public void Error(ReadOnlySpan<char> text) => _error.Append(text);
}
