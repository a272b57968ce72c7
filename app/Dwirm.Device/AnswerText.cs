using System.Text;
using Dwirm.Policy.Profiles;

namespace Dwirm.Device;

/// <summary>Says in words what a router's answer makes of a request.</summary>
internal static class AnswerText
{
    private static readonly ProfileOption[] Options =
        [ProfileOption.Ports, ProfileOption.PortFwd, ProfileOption.Rate, ProfileOption.Schedule, ProfileOption.Hints, ProfileOption.Endpoints];

    /// <summary>One line for the whole, then one for each category with what differs.</summary>
    public static string Describe(IotProfile? request, IotProfile answer)
    {
        switch (answer.Status)
        {
            case AnswerStatus.Accept: return "  accepted in full\n";
            case AnswerStatus.Deny: return "  denied in full\n";
            default: break;
        }
        var text = new StringBuilder();
        foreach (CategoryRequest granted in answer.Categories)
        {
            text.Append("  ").Append(granted.Direction).Append(' ').Append(granted.Name).Append(": ");
            if (request?.Find(granted.Direction, granted.Name) is { } asked) AppendDifference(text, asked, granted);
            else text.Append("not asked for");
            text.Append('\n');
        }
        return text.ToString();
    }

    private static void AppendDifference(StringBuilder text, CategoryRequest asked, CategoryRequest granted)
    {
        int given = 0, blank = 0, differences = 0, start = text.Length;
        foreach (ProfileOption option in Options)
        {
            if (granted.StateOf(option) == OptionState.Valid) given++;
            if (granted.StateOf(option) == OptionState.Blank) blank++;
            string before = Text(asked, option), after = Text(granted, option);
            if (before == after) continue;
            text.Append(differences++ == 0 ? "" : "; ").Append(option).Append(' ');
            if (after.Length == 0) text.Append("not granted");
            else text.Append(after).Append(before.Length == 0 ? " added" : " instead of ").Append(before);
        }
        // A refused category has a blank option at least; one without any is granted with the router's defaults.
        if (given == 0 && blank > 0)
        {
            text.Length = start;
            text.Append("refused");
        }
        else if (differences == 0) text.Append("as asked");
    }

    private static string Text(CategoryRequest category, ProfileOption option)
    {
        if (option != ProfileOption.Endpoints) return category.TextOf(option) ?? "";
        var list = new StringBuilder();
        foreach (EndpointRequest endpoint in category.Endpoints ?? []) list.Append(list.Length == 0 ? "" : " ").Append(endpoint.Text);
        return list.ToString();
    }
}
