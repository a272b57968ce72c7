using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Which processes have a UDP port, by way of /proc.</summary>
public static unsafe class PortHolders
{
    private const int LargestTable = 256 * 1024;

    /// <summary>Name and id of each process that holds a socket bound to the port, on whichever address; those that may not be looked into are left out.</summary>
    /// <param name="port">UDP port.</param>
    public static List<(string Name, int Pid)> Of(ushort port)
    {
        List<(string Name, int Pid)> holders = [];
        byte[] table = new byte[LargestTable];
        int length = Files.ReadStart("/proc/self/net/udp", table);
        List<string> sockets = length <= 0 ? [] : Sockets(Encoding.ASCII.GetString(table, 0, length), port);
        if (sockets.Count == 0) return holders;
        Span<byte> name = stackalloc byte[64];
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(directory.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || !Holds(directory, sockets)) continue;
            int got = Files.ReadStart(directory + "/comm", name);
            holders.Add((got > 0 ? Encoding.ASCII.GetString(name[..got]).TrimEnd('\n') : "?", pid));
        }
        return holders;
    }

    /// <summary>The sockets of a port as links in /proc name them, from the text of /proc/net/udp.</summary>
    internal static List<string> Sockets(string table, ushort port)
    {
        List<string> sockets = [];
        string wanted = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string line in table.Split('\n'))
        {
            // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 10 && fields[1].EndsWith(wanted, StringComparison.Ordinal)) sockets.Add($"socket:[{fields[9]}]");
        }
        return sockets;
    }

    private static bool Holds(string process, List<string> sockets)
    {
        try
        {
            foreach (string descriptor in Directory.GetFiles(process + "/fd"))
            {
                if (sockets.Contains(Target(descriptor))) return true;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to somebody else.
        }
        return false;
    }

    private static string Target(string link)
    {
        Span<byte> target = stackalloc byte[64];
        fixed (byte* name = CString.From(link))
        fixed (byte* start = target)
        {
            nint length = Unistd.readlink(name, start, (nuint)target.Length);
            return length <= 0 ? "" : Encoding.ASCII.GetString(target[..(int)length]);
        }
    }
}
