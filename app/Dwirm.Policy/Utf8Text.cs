using System;
using System.Text;

namespace Dwirm.Policy;

/// <summary>Text that is kept for long and read seldom, in half the memory of a string.</summary>
internal readonly struct Utf8Text : IEquatable<Utf8Text>
{
    private readonly byte[]? _octets;

    /// <summary>Takes a text; null is no text, which is not the same as an empty one.</summary>
    public Utf8Text(string? text) => _octets = text is null ? null : Encoding.UTF8.GetBytes(text);

    /// <summary>False for no text.</summary>
    public bool IsThere => _octets is not null;

    /// <summary>The text, made anew; null for none.</summary>
    public string? Text => _octets is null ? null : Encoding.UTF8.GetString(_octets);

    /// <summary>Its octets; empty for none.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <inheritdoc/>
    public bool Equals(Utf8Text other) => IsThere == other.IsThere && Octets.SequenceEqual(other.Octets);

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is Utf8Text text && Equals(text);

    /// <inheritdoc/>
    public override int GetHashCode() => Octets.Length;
}
