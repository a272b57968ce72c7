namespace Dwirm.Daemon;

/// <summary>The program's name and version, as every place that prints it does.</summary>
public static class ProgramVersion
{
    /// <summary>Semantic version, the DwirmVersion of the build.</summary>
    public const string Number = Dwirm.Control.ProductVersion.Text;

    /// <summary><c>dwirm 0.1.0</c>.</summary>
    public const string Text = "dwirm " + Number;
}
