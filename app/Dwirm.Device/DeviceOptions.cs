using System;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>How the device tells its profile.</summary>
internal enum NegotiationMode
{
    /// <summary>In a message of its own, DHCPDWIRMCLIENT, before DHCPDISCOVER.</summary>
    Client,

    /// <summary>As an option of DHCPDISCOVER and DHCPREQUEST.</summary>
    Discover,
}

/// <summary>What the command line asks for.</summary>
internal sealed record DeviceOptions
{
    /// <summary>Seconds after which an attempt without <c>--hold</c> is given up, unless said otherwise.</summary>
    public const int DefaultTimeoutSeconds = 30;

    public string Interface { get; private set; } = "";
    public string? ProfilePath { get; private set; }
    public NegotiationMode Mode { get; private set; }
    public byte[]? ClientId { get; private set; }
    public string? HostName { get; private set; }
    public bool LeaseOnly { get; private set; }
    public bool Hold { get; private set; }
    public bool Json { get; private set; }
    public bool Apply { get; private set; }
    public bool NoRelease { get; private set; }
    public bool Help { get; private set; }
    public bool Version { get; private set; }
    public string? KeyPath { get; private set; }
    public byte MessageTypeClient { get; private set; } = Dhcpv4MessageType.DefaultDwirmClient;
    public byte MessageTypeServer { get; private set; } = Dhcpv4MessageType.DefaultDwirmServer;
    public byte ProfileOption { get; private set; } = Dhcpv4OptionCode.DefaultProfile;

    /// <summary>Seconds until an attempt is given up; 0 = never.</summary>
    public int TimeoutSeconds { get; private set; } = -1;

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="error">What is wrong, as a sentence; empty when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<string> arguments, out DeviceOptions options, out string error)
    {
        options = new DeviceOptions();
        error = "";
        for (int i = 0; i < arguments.Length && error.Length == 0; i++)
        {
            string name = arguments[i];
            string? value = null;
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && name.StartsWith("--", StringComparison.Ordinal)) (name, value) = (name[..equals], name[(equals + 1)..]);
            if (options.TrySetSwitch(name))
            {
                if (value is not null) error = $"{name} takes no value";
                continue;
            }
            if (!TakesValue(name)) error = $"{name} is not known";
            else if (value is null && ++i >= arguments.Length) error = $"{name} needs a value";
            else error = options.Set(name, value ?? arguments[i]);
        }
        if (error.Length == 0 && !options.Help && !options.Version) error = options.Check();
        if (options.TimeoutSeconds < 0) options.TimeoutSeconds = options.Hold ? 0 : DefaultTimeoutSeconds;
        return error.Length == 0;
    }

    private bool TrySetSwitch(string name)
    {
        switch (name)
        {
            case "--lease-only": LeaseOnly = true; return true;
            case "--hold": Hold = true; return true;
            case "--json": Json = true; return true;
            case "--apply": Apply = true; return true;
            case "--no-release": NoRelease = true; return true;
            case "--help" or "-h": Help = true; return true;
            case "--version": Version = true; return true;
            default: return false;
        }
    }

    private static bool TakesValue(string name) => name is "--interface" or "-i" or "--profile" or "--key" or "--mode" or "--client-id" or "--hostname"
        or "--msgtype-client" or "--msgtype-server" or "--profile-option" or "--timeout";

    private string Set(string name, string value)
    {
        switch (name)
        {
            case "--interface" or "-i": Interface = value; return "";
            case "--profile": ProfilePath = value; return "";
            case "--key": KeyPath = value; return "";
            case "--mode": return SetMode(value);
            case "--client-id": return SetClientId(value);
            case "--hostname": return SetHostName(value);
            case "--msgtype-client": return SetNumber(name, value, 1, 255, n => MessageTypeClient = (byte)n);
            case "--msgtype-server": return SetNumber(name, value, 1, 255, n => MessageTypeServer = (byte)n);
            case "--profile-option": return SetNumber(name, value, 224, 254, n => ProfileOption = (byte)n);
            default: return SetNumber(name, value, 0, 1_000_000, n => TimeoutSeconds = n);
        }
    }

    private string SetMode(string value)
    {
        if (value is not ("client" or "discover")) return "--mode is client or discover";
        Mode = value == "client" ? NegotiationMode.Client : NegotiationMode.Discover;
        return "";
    }

    // RFC 2132 section 9.14: a type octet and at least one more; RFC 3396 keeps ordinary options below 256.
    private string SetClientId(string value)
    {
        string hex = value.Replace(":", "", StringComparison.Ordinal);
        if (hex.Length is < 4 or > 510 || hex.Length % 2 != 0) return "--client-id is 2 to 255 octets in hexadecimal";
        foreach (char c in hex)
            if (!char.IsAsciiHexDigit(c)) return "--client-id is 2 to 255 octets in hexadecimal";
        ClientId = Convert.FromHexString(hex);
        return "";
    }

    private string SetHostName(string value)
    {
        const string Rule = "--hostname is 1 to 63 letters, digits and hyphens";
        if (value.Length is 0 or > 63) return Rule;
        foreach (char c in value)
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return Rule;
        HostName = value;
        return "";
    }

    private static string SetNumber(string name, string value, int lowest, int highest, Action<int> set)
    {
        if (!int.TryParse(value, System.Globalization.NumberStyles.None, null, out int number) || number < lowest || number > highest)
            return $"{name} is a number from {lowest} to {highest}";
        set(number);
        return "";
    }

    private string Check()
    {
        if (Interface.Length == 0) return "--interface is needed: the network device to use, such as eth0";
        if (!LeaseOnly && ProfilePath is null) return "--profile is needed: a file with the IoT Profile, or --lease-only for none";
        if (LeaseOnly && ProfilePath is not null) return "--lease-only sends no profile: leave --profile out";
        return MessageTypeClient == MessageTypeServer ? "--msgtype-client and --msgtype-server must differ" : "";
    }
}
