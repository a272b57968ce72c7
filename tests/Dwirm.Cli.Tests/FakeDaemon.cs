using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Dwirm.Cli.Tests;

/// <summary>A server on a real unix socket that answers canned documents, one request per connection, and keeps what it was asked.</summary>
internal sealed class FakeDaemon : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Dictionary<string, byte[]> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Thread _thread;

    public FakeDaemon()
    {
        RunDirectory = Directory.CreateTempSubdirectory("C-dwirm-cli-").FullName;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(RunDirectory, "control.sock")));
        _listener.Listen(8);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public string RunDirectory { get; }

    /// <summary>Requests so far, without their line feeds.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Sets the answer to a method.</summary>
    public FakeDaemon Answers(string method, string document)
    {
        lock (_answers) _answers[method] = Encoding.UTF8.GetBytes(document);
        return this;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        Directory.Delete(RunDirectory, recursive: true);
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                using Socket connection = _listener.Accept();
                TryAnswer(connection);
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void TryAnswer(Socket connection)
    {
        try
        {
            Answer(connection);
        }
        catch (SocketException)
        {
            // The command had enough and left; the next one is served.
        }
    }

    private void Answer(Socket connection)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        do
        {
            int got = connection.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (got == 0) return;
            length += got;
        }
        while (buffer[length - 1] != '\n');
        string request = Encoding.UTF8.GetString(buffer, 0, length - 1);
        _requests.Enqueue(request);
        int start = request.IndexOf("\"method\":\"", StringComparison.Ordinal) + 10;
        string method = request[start..request.IndexOf('"', start)];
        byte[]? document;
        lock (_answers)
        {
            if (!_answers.TryGetValue(method, out document)) document = """{"error":"not asked for by this test","code":1}"""u8.ToArray();
        }
        // In pieces, because a stream promises nothing about where reads end.
        int piece = document.Length > 1_000_000 ? 64 * 1024 : 1000;
        for (int at = 0; at < document.Length; at += piece) connection.Send(document, at, Math.Min(piece, document.Length - at), SocketFlags.None);
    }
}
