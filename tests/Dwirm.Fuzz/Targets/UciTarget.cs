using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Fuzz.Targets;

/// <summary>
/// The files dwirm, network, dhcp, firewall and system, with form feeds between them. Each is parsed, written in one plain form, and parsed
/// again; then all of them are read as the daemon's configuration.
/// </summary>
public sealed class UciTarget : IFuzzTarget
{
    private const int LongestMessage = 500;

    private static readonly string[] Packages = ["dwirm", "network", "dhcp", "firewall", "system"];

    /// <inheritdoc/>
    public string Name => "uci";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (Range part in input.Split((byte)'\f'))
        {
            if (files.Count == Packages.Length) break;
            byte[] text = input[part].ToArray();
            Reparse(text);
            files[Packages[files.Count]] = text;
        }
        var faults = new List<ConfigFault>();
        DaemonConfig? config = DaemonConfig.Read("/etc/config", path => files.GetValueOrDefault(Path.GetFileName(path)), faults);
        FuzzException.Unless(config is null == faults.Count > 0, "there is a configuration exactly when there is no fault");
        foreach (ConfigFault fault in faults) Check(fault);
        if (config is not null) Check(config);
    }

    private static void Reparse(byte[] text)
    {
        var faults = new List<ConfigFault>();
        UciPackage? first = UciPackage.Parse("f", text, faults);
        FuzzException.Unless(first is null ? faults.Count == 1 : faults.Count == 0, "a file fails with one fault, or not at all");
        if (first is null) return;
        string plain = Write(first);
        UciPackage? second = UciPackage.Parse("f", Encoding.UTF8.GetBytes(plain), faults);
        FuzzException.Unless(second is not null, "what was read can be written and read again");
        FuzzException.Unless(Write(second!) == plain, "what was written comes back");
    }

    private static string Write(UciPackage package)
    {
        var text = new StringBuilder();
        foreach (UciSection section in package.Sections)
        {
            text.Append("config ").Append(Quote(section.Type));
            if (!section.Anonymous) text.Append(' ').Append(Quote(section.Name));
            text.Append('\n');
            foreach (UciOption option in section.Options)
            {
                foreach (string value in option.Values) text.Append(option.IsList ? "list " : "option ").Append(option.Name).Append(' ').Append(Quote(value)).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Quote(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static void Check(ConfigFault fault)
    {
        FuzzException.Unless(fault.File.StartsWith("/etc/config/", StringComparison.Ordinal) && fault.Line >= 0, "a fault says where");
        FuzzException.Unless(fault.Message.Length is > 0 and < LongestMessage, "a message is short");
        foreach (char c in fault.Message) FuzzException.Unless(!char.IsControl(c), "a message is one line of printable text");
    }

    private static void Check(DaemonConfig config)
    {
        FuzzException.Unless(config.MessageTypeClient != config.MessageTypeServer && config.MessageTypeClient > 18 && config.MessageTypeServer > 18, "message types differ from each other and from DHCP's");
        FuzzException.Unless(config.ProfileOption is >= 224 and <= 254, "the profile option is one for private use");
        foreach (ConfigFault warning in config.Warnings) Check(warning);
        foreach ((string _, string device) in config.Uplinks) FuzzException.Unless(device.Length is > 0 and < 16, "a device name fits the kernel");
        foreach (NetworkSettings network in config.Networks)
        {
            Ipv4Prefix prefix = network.Dhcp.RouterPrefix;
            FuzzException.Unless(network.Device.Length is > 0 and < 16, "a device name fits the kernel");
            FuzzException.Unless(network.Dhcp.PoolStart > network.Dhcp.PoolEnd || (prefix.Contains(network.Dhcp.PoolStart) && prefix.Contains(network.Dhcp.PoolEnd)), "a range lies in its network");
            FuzzException.Unless(network.Dhcp.LeaseSeconds >= 120, "no lease is shorter than two minutes");
            foreach (var host in network.Dhcp.Hosts)
            {
                FuzzException.Unless(host.Address is not { } address || (prefix.Contains(address) && address != prefix.Address), "a static lease lies in its network and is not the router's");
            }
        }
    }
}
