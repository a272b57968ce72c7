using System;
using System.IO;
using System.Text;
using Dwirm.Linux;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Device;

/// <summary>From the command line to the exit code.</summary>
internal static class DeviceProgram
{
    private const int Done = 0, Failed = 1, WrongUsage = 2;
    private const int EthernetMtu = 1500;

    public static int Run(string[] arguments)
    {
        if (!DeviceOptions.TryParse(arguments, out DeviceOptions options, out string error))
        {
            StandardStreams.Error($"dwirm-device: {error}\nTry 'dwirm-device --help'.\n");
            return WrongUsage;
        }
        if (options.Help)
        {
            StandardStreams.Out(Usage.Text);
            return Done;
        }
        if (options.Version)
        {
            StandardStreams.Out($"dwirm-device {ProductVersion.Text}\n");
            return Done;
        }
        ClientSecret? secret = null;
        if (options.KeyPath is { } keyPath && !ClientSecret.TryRead(keyPath, out secret, out error))
        {
            StandardStreams.Error($"dwirm-device: {error}\n");
            return WrongUsage;
        }
        if (!TryReadProfile(options.ProfilePath, out IotProfile? profile, out error))
        {
            StandardStreams.Error($"dwirm-device: {error}\n");
            return WrongUsage;
        }
        try
        {
            return Run(options, profile, secret);
        }
        catch (LinuxException e)
        {
            StandardStreams.Error($"dwirm-device: {e.Message}\n");
            return Failed;
        }
    }

    private static int Run(DeviceOptions options, IotProfile? profile, ClientSecret? secret)
    {
        ClientIdentity identity = Identify(options, profile);
        IReport report = options.Json ? new JsonReport(StandardStreams.Out) : new TextReport(profile);
        using var loop = new DeviceLoop(options.Interface, options.Apply, Clock.BootTimeMs);
        var terms = new ClientTerms(options.Hold, options.TimeoutSeconds * 1000L, Release: !options.NoRelease);
        var authentication = new ClientAuthentication(secret, Clock.RealTimeMs, errno =>
            StandardStreams.Error($"dwirm-device: {options.KeyPath}.counter cannot be written; counters may go back: {Errno.Describe(errno)}\n"));
        return loop.Run(new DeviceClient(identity, terms, authentication, loop, report, RandomBytes.NextUInt32));
    }

    private static ClientIdentity Identify(DeviceOptions options, IotProfile? profile)
    {
        Span<byte> octets = stackalloc byte[MacAddress.Size];
        NetworkDevice.MacOf(options.Interface, octets);
        return new ClientIdentity
        {
            Mac = MacAddress.Read(octets),
            // RFC 2132 section 9.14: the hardware type, then the address.
            ClientId = options.ClientId ?? [1, .. octets],
            HostName = options.HostName,
            Profile = profile is null ? [] : Encoding.UTF8.GetBytes(profile.CanonicalJson),
            Mode = options.Mode,
            MaximumMessageSize = (ushort)Math.Clamp(NetworkDevice.MtuOf(options.Interface), EthernetMtu, ushort.MaxValue),
            MessageTypeClient = options.MessageTypeClient,
            MessageTypeServer = options.MessageTypeServer,
            ProfileOption = options.ProfileOption,
        };
    }

    /// <summary>Reads and checks the profile: a maker learns of a fault here, not from a router that keeps silent.</summary>
    internal static bool TryReadProfile(string? path, out IotProfile? profile, out string error)
    {
        profile = null;
        error = "";
        if (path is null) return true;
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path} cannot be read: {Errno.Describe(e)}";
            return false;
        }
        if (IotProfile.TryParse(text, out profile, out ProfileFault fault)) return true;
        error = $"{path}: {fault.Describe()}";
        return false;
    }
}
