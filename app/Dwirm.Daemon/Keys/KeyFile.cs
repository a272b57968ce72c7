using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Keys;

/// <summary>
/// The file of the device keys, one a line: secret id, MAC, secret, and when it was made, Unix seconds. Lines that begin with <c>#</c> are
/// remarks. Mode 0600, replaced as a whole.
/// </summary>
internal static class KeyFile
{
    /// <summary>Name of the file inside the state directory.</summary>
    public const string FileName = "keys";

    /// <summary>Most keys: each costs memory, and a walk when one is added.</summary>
    public const int MaxKeys = 4096;

    private const int OwnerOnly = 0x180, MaxLineLength = 128;

    /// <summary>Reads the file. Lines that cannot be believed are left out and named; a missing file is an empty one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Receives one fault a line. No fault ever quotes the line: it may hold a secret.</param>
    public static List<DeviceKey> Read(string path, List<ConfigFault> faults)
    {
        var keys = new List<DeviceKey>();
        try
        {
            if (!File.Exists(path)) return keys;
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
            if ((File.GetUnixFileMode(path) & Others) != 0)
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                const string Open = "others than root could read or write it; that was ended, but keys that were seen must be made anew";
                faults.Add(new ConfigFault(path, 0, Open));
            }
            if (new FileInfo(path).Length > MaxKeys * MaxLineLength)
            {
                faults.Add(new ConfigFault(path, 0, "is too long for a file of keys"));
                return keys;
            }
            int number = 0;
            foreach (string line in File.ReadAllText(path).Split('\n'))
            {
                number++;
                if (line.Length == 0 || line[0] == '#') continue;
                string fault = Take(line, keys);
                if (fault.Length > 0) faults.Add(new ConfigFault(path, number, fault));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault(path, 0, $"cannot be read: {Errno.Describe(e)}"));
        }
        return keys;
    }

    /// <summary>Replaces the file.</summary>
    /// <returns>0, or the error number; nothing was changed then.</returns>
    public static int Write(string path, Dictionary<MacAddress, DeviceKey>.ValueCollection keys)
    {
        var text = new StringBuilder("# Device keys of dwirm: secret id, MAC, secret, made. Whoever reads a secret can pass for its device.\n");
        foreach (DeviceKey key in keys)
        {
            text.Append(key.SecretId.ToString("x8", CultureInfo.InvariantCulture)).Append(' ').Append(key.Mac.ToString()).Append(' ')
                .Append(Convert.ToHexStringLower(key.Secret)).Append(' ').Append(key.CreatedUnixSeconds).Append('\n');
        }
        byte[] content = Encoding.ASCII.GetBytes(text.ToString());
        int errno = Files.TryWriteAtomic(path, content, OwnerOnly, sync: true);
        content.AsSpan().Clear();
        return errno;
    }

    /// <summary>Takes one line; what is wrong with it, or empty. Of two that claim one id, device or secret the first stays.</summary>
    private static string Take(string line, List<DeviceKey> keys)
    {
        string[] words = line.Split(' ');
        if (words.Length != 4 || line.Length > MaxLineLength) return "is no key: secret id, MAC, secret and time are needed";
        if (words[0].Length != 8 || !uint.TryParse(words[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint id))
        {
            return "the secret id is not eight hexadecimal digits";
        }
        if (!MacAddress.TryParse(words[1], out MacAddress mac)) return "the second word is no MAC address";
        if (!TryParseSecret(words[2], out byte[] secret)) return $"the secret is not {2 * Dhcpv4Authentication.KeySize} hexadecimal digits";
        if (!long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out long created))
        {
            return "the last word is no time in Unix seconds";
        }
        foreach (DeviceKey other in keys)
        {
            if (other.SecretId == id) return "another line has the same secret id; this one is not used";
            if (other.Mac == mac) return $"{mac} has a key already; this one is not used";
            if (!other.Secret.AsSpan().SequenceEqual(secret)) continue;
            return $"{mac} has the same secret as another device; this one is not used, give it a key of its own";
        }
        if (keys.Count == MaxKeys) return $"there are more than {MaxKeys} keys";
        keys.Add(new DeviceKey(id, mac, secret, created));
        return "";
    }

    private static bool TryParseSecret(string text, out byte[] secret)
    {
        secret = [];
        if (text.Length != 2 * Dhcpv4Authentication.KeySize) return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }
        secret = Convert.FromHexString(text);
        return true;
    }
}
