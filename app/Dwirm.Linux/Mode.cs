namespace Dwirm.Linux;

/// <summary>Permission bits by name: C# has no octal numbers.</summary>
public static class Mode
{
    /// <summary>0600: the owner reads and writes.</summary>
    public const int OwnerOnly = 0x180;

    /// <summary>0644: everybody reads, the owner writes.</summary>
    public const int WorldReadable = 0x1a4;

    /// <summary>0700: a directory of the owner.</summary>
    public const int OwnerDirectory = 0x1c0;

    /// <summary>0755: a directory everybody may enter.</summary>
    public const int WorldDirectory = 0x1ed;
}
