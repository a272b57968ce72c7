using System;
using Dwirm.Control;

namespace Dwirm.Cli.Client;

/// <summary>Which device a person means.</summary>
internal static class DeviceReference
{
    /// <summary>Turns a MAC address, or a host name or address that only one device has, into the MAC that the daemon knows.</summary>
    /// <param name="client">Asked for the devices when <paramref name="text"/> is no MAC address.</param>
    /// <param name="text">As the person wrote it.</param>
    /// <param name="mac">Lower-case with colons, when the exit code is 0.</param>
    public static int Resolve(DaemonClient client, string text, out string mac)
    {
        if (TryParseMac(text, out mac)) return ExitCode.Done;
        string found = "", others = "";
        int exit = client.FetchEach<DeviceDto>(new ControlRequest { Method = ControlMethods.Devices }, device =>
        {
            if (!IsMeant(device, text)) return;
            if (found.Length == 0) found = device.Mac;
            else others += ", " + device.Mac;
        });
        if (exit != ExitCode.Done) return exit;
        mac = found;
        if (found.Length > 0 && others.Length == 0) return ExitCode.Done;
        _ = client.Fail(found.Length == 0
            ? $"{text} is no MAC address, and no device has it as host name or address; `dwirm devices` lists them"
            : $"{text} may be {found}{others}; name one of them");
        return ExitCode.Usage;
    }

    /// <summary>Six groups of one or two hexadecimal digits, separated by colons or dashes, or twelve digits in a row.</summary>
    internal static bool TryParseMac(string text, out string mac)
    {
        Span<char> digits = stackalloc char[17];
        mac = "";
        int at = 0, start = 0;
        bool inARow = text.Length == 12;
        for (int group = 0; group < 6; group++)
        {
            int end = start;
            while (end < text.Length && (!inARow || end < start + 2) && char.IsAsciiHexDigit(text[end])) end++;
            if (end - start is not (1 or 2)) return false;
            if (group < 5 && !inARow && (end == text.Length || text[end] is not (':' or '-'))) return false;
            if (group == 5 && end != text.Length) return false;
            digits[at++] = end - start == 1 ? '0' : char.ToLowerInvariant(text[start]);
            digits[at++] = char.ToLowerInvariant(text[end - 1]);
            if (group < 5) digits[at++] = ':';
            start = inARow ? end : end + 1;
        }
        mac = new string(digits);
        return true;
    }

    private static bool IsMeant(DeviceDto device, string text)
    {
        if (device.Ip == text || string.Equals(device.Hostname, text, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (string address in device.Ip6)
        {
            if (string.Equals(address, text, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
