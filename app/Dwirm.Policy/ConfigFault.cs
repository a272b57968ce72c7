namespace Dwirm.Policy;

/// <summary>One thing wrong with a configuration file: what a person needs to find it and cure it.</summary>
/// <param name="File">The file as it was named to the reader.</param>
/// <param name="Line">The line, counted from 1; 0 when the fault belongs to the file as a whole.</param>
/// <param name="Message">What is wrong and what to do about it, one line without a full stop.</param>
public readonly record struct ConfigFault(string File, int Line, string Message)
{
    /// <summary><c>FILE:LINE: message</c>, or <c>FILE: message</c> for the file as a whole.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
