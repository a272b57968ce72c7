using System;
using System.Text;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon;

/// <summary>Lines for the operator: what is normal on standard output, what needs eyes on standard error, as procd sorts them. logd adds the time.</summary>
public sealed class Log
{
    private const int PacketLinesPerSecond = 2, PacketLinesBurst = 20, MaxLineLength = 512;
    private TokenBucket _packetLines;
    private long _suppressed;

    /// <summary>Something the owner expects.</summary>
    public void Info(string message) => StandardStreams.Out(Line("", message));

    /// <summary>Something the owner should know.</summary>
    public void Warning(string message) => StandardStreams.Error(Line("warning: ", message));

    /// <summary>Something that does not work.</summary>
    public void Error(string message) => StandardStreams.Error(Line("error: ", message));

    /// <summary>A line a device can cause at will: rate limited, with a count of what was left out.</summary>
    public bool AllowsPacketLine(Instant now)
    {
        if (!_packetLines.TryTake(now.MonotonicMs, PacketLinesPerSecond, PacketLinesBurst))
        {
            _suppressed++;
            return false;
        }
        if (_suppressed > 0)
        {
            Info($"{_suppressed} lines about packets left out");
            _suppressed = 0;
        }
        return true;
    }

    private static string Line(string severity, string message)
    {
        var line = new StringBuilder("dwirm: ", 128).Append(severity);
        foreach (char c in message.AsSpan(0, Math.Min(message.Length, MaxLineLength))) line.Append(char.IsControl(c) ? '?' : c);
        return line.Append('\n').ToString();
    }
}
