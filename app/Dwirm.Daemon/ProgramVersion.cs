namespace Dwirm.Daemon;

/// <summary>The program's name and version, as every place that prints it does.</summary>
public static class ProgramVersion
{
    /// <summary>Semantic version, kept equal to DwirmVersion of the build by a test.</summary>
    public const string Number = "0.1.0";

    /// <summary><c>dwirm 0.1.0</c>.</summary>
    public const string Text = "dwirm " + Number;
}
