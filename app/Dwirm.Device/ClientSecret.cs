using System;
using System.Globalization;
using System.Text;
using Dwirm.Linux;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device;

/// <summary>
/// The secret shared with the router, from the file that <c>dwirm key add</c> prints: a line <c>ID:SECRET</c> in hexadecimal, and remarks behind
/// <c>#</c>. Beside it, in FILE.counter, is how far replay counters have gone, ours and the router's.
/// </summary>
/// <param name="id">Names the secret on the wire.</param>
/// <param name="octets">The secret.</param>
internal sealed class ClientSecret(uint id, byte[] octets)
{
    private const int LongestFile = 1024, OwnerOnly = 0x180;
    private string _counterPath = "";

    /// <summary>Names the secret on the wire.</summary>
    public uint Id => id;

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>Ceiling of our own counters: all above were never used.</summary>
    public ulong Ceiling { get; private set; }

    /// <summary>The router's counter that was accepted last.</summary>
    public ulong RouterCounter { get; private set; }

    /// <summary>Reads both files; the counters' may be missing.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="secret">What it holds.</param>
    /// <param name="error">What is wrong, as a sentence.</param>
    public static bool TryRead(string path, out ClientSecret? secret, out string error)
    {
        secret = null;
        error = "";
        Span<byte> text = stackalloc byte[LongestFile];
        int length = Files.ReadStart(path, text);
        if (length < 0) error = $"{path} cannot be read: {Errno.Describe(-length)}";
        else if (!TryParse(Encoding.ASCII.GetString(text[..length]), out secret))
            error = $"{path} holds no key: a line ID:SECRET of 8 and 32 hexadecimal digits is needed";
        if (secret is null) return false;
        secret._counterPath = path + ".counter";
        length = Files.ReadStart(secret._counterPath, text);
        string[] counters = Encoding.ASCII.GetString(text[..Math.Max(length, 0)]).Trim().Split(' ');
        if (counters.Length == 2 && TryHex(counters[0], out ulong ceiling) && TryHex(counters[1], out ulong router))
            (secret.Ceiling, secret.RouterCounter) = (ceiling, router);
        else if (length is > 0 or (< 0 and not -Errno.ENOENT))
            error = $"{secret._counterPath} cannot be read; remove it if the router takes this key's messages anyway";
        return error.Length == 0;
    }

    /// <summary>Keeps the counters for the next run.</summary>
    /// <returns>0, or the error number.</returns>
    public int Save(ulong ceiling, ulong routerCounter)
    {
        (Ceiling, RouterCounter) = (ceiling, routerCounter);
        if (_counterPath.Length == 0) return 0;
        return Files.TryWriteAtomic(_counterPath, Encoding.ASCII.GetBytes($"{ceiling:x16} {routerCounter:x16}\n"), OwnerOnly, sync: true);
    }

    /// <summary>Reads the text of a key file.</summary>
    internal static bool TryParse(string text, out ClientSecret? secret)
    {
        secret = null;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (secret is not null || colon != 8 || line.Length != colon + 1 + 2 * Dhcpv4Authentication.KeySize) return false;
            if (!TryHex(line[..colon], out ulong id)) return false;
            foreach (char c in line.AsSpan(colon + 1))
                if (!char.IsAsciiHexDigit(c)) return false;
            secret = new ClientSecret((uint)id, Convert.FromHexString(line.AsSpan(colon + 1)));
        }
        return secret is not null;
    }

    private static bool TryHex(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
