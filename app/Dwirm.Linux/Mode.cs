namespace Dwirm.Linux;

/// <summary>Permission bits by name: C# has no octal numbers.</summary>
public static class Mode
{
    /// <summary>0600: the owner reads and writes.</summary>
    public const int OwnerOnly = 0x180;

    /// <summary>0644: everybody reads, the owner writes.</summary>
    public const int WorldReadable = 0x1a4;
}
