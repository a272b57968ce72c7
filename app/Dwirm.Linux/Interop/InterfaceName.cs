using System;
using System.Text;

namespace Dwirm.Linux.Interop;

/// <summary>Names of network devices as the kernel wants them.</summary>
internal static class InterfaceName
{
    /// <summary>Writes the name, zero padded, into a buffer of <see cref="NetIf.IFNAMSIZ"/> octets; the last octet stays zero.</summary>
    public static void Write(string device, Span<byte> destination)
    {
        destination.Clear();
        if (device.Length == 0 || Encoding.UTF8.GetByteCount(device) >= NetIf.IFNAMSIZ)
            throw new LinuxException($"network device {device}", Errno.ENODEV);
        Encoding.UTF8.GetBytes(device, destination);
    }
}
