using System;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Output;
using Dwirm.Control;
using Dwirm.Daemon;
using Dwirm.Linux;

namespace Dwirm.Cli.Client;

/// <summary>Asks the daemon. What goes wrong is said on standard error here, and comes back as an exit code.</summary>
internal sealed class DaemonClient(CommandContext context, string runDirectory)
{
    private const int PieceSize = 32 * 1024;

    /// <summary>The client of a command that takes <c>--run-dir</c>.</summary>
    public static DaemonClient For(CommandContext context, Invocation invocation) =>
        new(context, invocation.Value("--run-dir", new DaemonOptions().RunDir));

    /// <summary>Asks, and takes the whole answer into memory.</summary>
    /// <param name="request">The question.</param>
    /// <param name="document">The answer, when the exit code is 0.</param>
    public int Fetch(ControlRequest request, out ReadOnlyMemory<byte> document)
    {
        document = default;
        int exit = Open(request, out UnixConnection? opened);
        if (opened is null) return exit;
        using UnixConnection connection = opened;
        byte[] buffer = new byte[PieceSize];
        int length = 0;
        while (true)
        {
            int got = connection.Read(buffer.AsSpan(length));
            if (got < 0) return BrokenOff(got);
            if (got == 0) break;
            length += got;
            if (length < buffer.Length) continue;
            if (length >= ControlProtocol.MaxReplyOctets) return Fail("the answer is too long for a table; --json passes any length on");
            Array.Resize(ref buffer, Math.Min(length * 2, ControlProtocol.MaxReplyOctets));
        }
        document = buffer.AsMemory(0, length);
        if (length == 0) return BrokenOff(0);
        return ErrorDto.IsError(document.Span) ? Refused(document.Span) : ExitCode.Done;
    }

    /// <summary>Asks, and reads the answer as one document.</summary>
    public int Fetch<T>(ControlRequest request, out T? value) where T : class, IControlDto<T>
    {
        value = null;
        int exit = Fetch(request, out ReadOnlyMemory<byte> document);
        if (exit != ExitCode.Done) return exit;
        if (!ControlCodec.TryRead(document.Span, out T read, out ControlFault fault)) return Unreadable(fault);
        value = read;
        return ExitCode.Done;
    }

    /// <summary>Asks, and reads the answer as an array, one element after the other: no more than one is in memory as values.</summary>
    public int FetchEach<T>(ControlRequest request, Action<T> take) where T : IControlDto<T>
    {
        int exit = Fetch(request, out ReadOnlyMemory<byte> document);
        if (exit != ExitCode.Done) return exit;
        var json = new DocumentReader(document.Span);
        json.BeginArray();
        while (json.NextElement())
        {
            T value = T.Read(ref json);
            if (json.Ok) take(value);
        }
        json.End();
        return json.Ok ? ExitCode.Done : Unreadable(json.Fault);
    }

    /// <summary>Asks, and passes the answer to standard output unchanged, with a line feed behind it.</summary>
    public int PassOn(ControlRequest request)
    {
        int exit = Open(request, out UnixConnection? opened);
        if (opened is null) return exit;
        using UnixConnection connection = opened;
        byte[] buffer = new byte[PieceSize];
        var balance = new JsonBalance();
        bool first = true, lineEnded = false;
        int length = 0;
        while (true)
        {
            int got = connection.Read(buffer.AsSpan(length));
            if (got < 0) return BrokenOff(got);
            length += got;
            // An error must not be taken for data, so its whole text is awaited before anything is printed.
            bool undecided = first && (length < 16 || ErrorDto.IsError(buffer)) && length < buffer.Length;
            if (got > 0 && undecided) continue;
            ReadOnlySpan<byte> piece = buffer.AsSpan(0, length);
            if (first && ErrorDto.IsError(piece)) return Refused(piece);
            balance.Add(piece);
            context.Output.Out(piece);
            if (length > 0) lineEnded = piece[^1] == (byte)'\n';
            (first, length) = (false, 0);
            if (got == 0) break;
        }
        if (!lineEnded && balance.HasBegun) context.Output.Out("\n");
        return balance.IsWhole ? ExitCode.Done : BrokenOff(0);
    }

    /// <summary>Asks, and hands on each line of the answer until the daemon ends it.</summary>
    public int Follow(ControlRequest request, Func<ReadOnlyMemory<byte>, bool> takeLine)
    {
        int exit = Open(request, out UnixConnection? opened);
        if (opened is null) return exit;
        using UnixConnection connection = opened;
        byte[] buffer = new byte[PieceSize];
        int length = 0;
        while (true)
        {
            int got = connection.Read(buffer.AsSpan(length));
            if (got < 0) return BrokenOff(got);
            if (got == 0) break;
            length += got;
            int start = 0;
            while (ControlProtocol.TryTakeLine(buffer.AsSpan(start, length - start), out ReadOnlySpan<byte> line))
            {
                if (ErrorDto.IsError(line)) return Refused(line);
                if (line.Length > 0 && !takeLine(buffer.AsMemory(start, line.Length))) return ExitCode.Failed;
                start += line.Length + 1;
            }
            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length) return Fail("the daemon sent a line that is too long");
        }
        if (length > 0 && ErrorDto.IsError(buffer.AsSpan(0, length))) return Refused(buffer.AsSpan(0, length));
        context.Output.Error("dwirm: the daemon stopped\n");
        return ExitCode.Unreachable;
    }

    /// <summary>Says what failed on standard error.</summary>
    public int Fail(string message)
    {
        context.Output.Error($"dwirm: {SafeText.Line(message)}\n");
        return ExitCode.Failed;
    }

    private int Open(ControlRequest request, out UnixConnection? connection)
    {
        string path = ControlProtocol.SocketPath(runDirectory);
        int errno;
        try
        {
            connection = UnixConnection.Connect(path, out errno);
        }
        catch (LinuxException fault)
        {
            // A path that no socket can have.
            connection = null;
            return Fail(fault.Message);
        }
        if (connection is null) return Unreachable(path, errno);
        byte[] question = [.. ControlCodec.ToBytes(request), (byte)'\n'];
        int sent = question.Length > ControlProtocol.MaxRequestOctets ? -1 : connection.Write(question);
        if (sent == question.Length) return ExitCode.Done;
        connection.Dispose();
        connection = null;
        return sent == -1 && question.Length > ControlProtocol.MaxRequestOctets ? Fail("the request is too long") : BrokenOff(sent);
    }

    private int Unreachable(string path, int errno)
    {
        string reason = errno switch
        {
            Errno.ENOENT => "there is no such socket",
            Errno.ECONNREFUSED => "nobody listens on it",
            Errno.EACCES => "it belongs to another user; try as root",
            _ => Errno.Describe(errno),
        };
        context.Output.Error(
            $"dwirm: the daemon cannot be reached at {SafeText.Line(path)}: {reason}\n"
            + "Start it with `dwirm daemon`; --run-dir names the place where a daemon has its socket elsewhere.\n");
        return ExitCode.Unreachable;
    }

    private int BrokenOff(int result)
    {
        string detail = result < 0 ? $" ({Errno.Describe(-result)})" : "";
        context.Output.Error($"dwirm: the daemon broke its answer off{detail}; its log says why\n");
        return ExitCode.Unreachable;
    }

    private int Unreadable(ControlFault fault) =>
        Fail($"the daemon's answer cannot be read ({fault.Describe()}); is it of another version than this program, {ProductVersion.Text}?");

    private int Refused(ReadOnlySpan<byte> document)
    {
        if (!ControlCodec.TryRead(document, out ErrorDto error, out ControlFault fault)) return Unreadable(fault);
        _ = Fail(error.Error);
        return error.Code is ExitCode.Usage ? ExitCode.Usage : ExitCode.Failed;
    }
}
