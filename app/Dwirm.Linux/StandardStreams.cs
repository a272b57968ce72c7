using System;
using System.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>Standard output and error, unbuffered, as UTF-8.</summary>
public static unsafe class StandardStreams
{
    /// <summary>True when standard output is a terminal.</summary>
    public static bool OutIsTerminal => Unistd.isatty(Unistd.STDOUT_FILENO) == 1;

    /// <summary>Columns of the terminal that standard output is; 0 when it is none, 80 when it does not tell.</summary>
    public static int OutColumns
    {
        get
        {
            if (!OutIsTerminal) return 0;
            WindowSize size;
            int result = Terminal.ioctl_standard(Unistd.STDOUT_FILENO, Terminal.TIOCGWINSZ, &size);
            return result == 0 && size.ws_col > 0 ? size.ws_col : 80;
        }
    }

    /// <summary>Writes text to standard output, as it is: the caller ends the line.</summary>
    public static void Out(ReadOnlySpan<char> text) => Write(Unistd.STDOUT_FILENO, text);

    /// <summary>Writes octets to standard output.</summary>
    public static void Out(ReadOnlySpan<byte> octets) => Write(Unistd.STDOUT_FILENO, octets);

    /// <summary>Writes text to standard error.</summary>
    public static void Error(ReadOnlySpan<char> text) => Write(Unistd.STDERR_FILENO, text);

    private static void Write(int fd, ReadOnlySpan<char> text)
    {
        // A line leaves in one write, so that lines of several processes do not mix.
        int size = Encoding.UTF8.GetByteCount(text);
        Span<byte> octets = size <= 1024 ? stackalloc byte[1024] : new byte[size];
        Write(fd, octets[..Encoding.UTF8.GetBytes(text, octets)]);
    }

    private static void Write(int fd, ReadOnlySpan<byte> octets)
    {
        fixed (byte* start = octets)
        {
            for (int done = 0; done < octets.Length;)
            {
                nint written;
                while (Errno.Interrupted(written = Unistd.write_standard(fd, start + done, (nuint)(octets.Length - done))))
                {
                }
                // Nobody is left to tell when the stream is closed or full.
                if (written <= 0) return;
                done += (int)written;
            }
        }
    }
}
