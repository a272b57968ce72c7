using System;

namespace Dwirm.Linux;

/// <summary>A system call failed where the program cannot go on without it: at start-up, or on disk.</summary>
/// <param name="operation">What was tried, with its object: <c>bind /run/dwirm/control.sock</c>.</param>
/// <param name="errno">The kernel's error number, positive.</param>
public sealed class LinuxException(string operation, int errno) : Exception($"{operation}: {Linux.Errno.Describe(errno)}")
{
    /// <summary>What was tried.</summary>
    public string Operation { get; } = operation;

    /// <summary>The kernel's error number, positive.</summary>
    public int Errno { get; } = errno;
}
