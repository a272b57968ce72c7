using System;
using System.Runtime.InteropServices;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux;

/// <summary>The file operations a router needs: all or nothing.</summary>
public static unsafe class Files
{
    /// <summary>Replaces a file as a whole: a reader, or a power cut, finds the old content or the new one, never a part.</summary>
    /// <param name="path">The file; PATH.new beside it is used on the way.</param>
    /// <param name="content">All octets.</param>
    /// <param name="mode">Permission bits, such as 0x180 (0600).</param>
    /// <param name="sync">True when the content must survive a power cut: costs a write to flash.</param>
    /// <exception cref="LinuxException">Nothing was changed.</exception>
    public static void WriteAtomic(string path, ReadOnlySpan<byte> content, int mode, bool sync)
    {
        int errno = TryWriteAtomic(path, content, mode, sync);
        if (errno != 0) throw new LinuxException($"write {path}", errno);
    }

    /// <summary>As <see cref="WriteAtomic"/>, for a running program that goes on when the disk is full.</summary>
    /// <returns>0, or the positive error number; nothing was changed then.</returns>
    public static int TryWriteAtomic(string path, ReadOnlySpan<byte> content, int mode, bool sync)
    {
        fixed (byte* target = CString.From(path))
        fixed (byte* temporary = CString.From(path + ".new"))
        {
            _ = Unistd.unlink(temporary);
            int errno = WriteNew(temporary, content, (uint)mode, sync);
            if (errno == 0 && Unistd.rename(temporary, target) != 0) errno = Errno.Last;
            if (errno != 0) _ = Unistd.unlink(temporary);
            else if (sync) errno = SyncDirectory(path);
            return errno;
        }
    }

    /// <summary>Removes a file; one that does not exist is fine.</summary>
    /// <returns>0, or the positive error number.</returns>
    public static int Delete(string path)
    {
        fixed (byte* name = CString.From(path)) return Unistd.unlink(name) == 0 || Errno.Last == Errno.ENOENT ? 0 : Errno.Last;
    }

    /// <summary>Takes an exclusive lock on a file, which is made when it does not exist. The lock ends when the handle is closed or the process ends.</summary>
    /// <returns>Null when another process holds the lock.</returns>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static SafeHandle? TryLock(string path)
    {
        fixed (byte* name = CString.From(path))
        {
            FileDescriptor fd = FileDescriptor.From(Unistd.open(name, Unistd.O_RDWR | Unistd.O_CREAT | Unistd.O_CLOEXEC, Mode.OwnerOnly)).OrThrow($"open {path}");
            int result;
            while (Errno.Interrupted(result = Unistd.flock(fd, Unistd.LOCK_EX | Unistd.LOCK_NB)))
            {
            }
            if (result == 0) return fd;
            int errno = Errno.Last;
            fd.Dispose();
            // EWOULDBLOCK and EAGAIN are one number on Linux.
            return errno == Errno.EAGAIN ? null : throw new LinuxException($"lock {path}", errno);
        }
    }

    /// <summary>Reads a file of known shape, or its beginning, without allocating for its content.</summary>
    /// <returns>Octets read, fewer than the buffer holds at the end of the file; -errno on failure.</returns>
    public static int ReadStart(string path, Span<byte> destination)
    {
        fixed (byte* name = CString.From(path))
        fixed (byte* start = destination)
        {
            using FileDescriptor fd = FileDescriptor.From(Unistd.open(name, Unistd.O_RDONLY | Unistd.O_CLOEXEC, 0));
            if (fd.IsInvalid) return -Errno.Last;
            int total = 0;
            while (total < destination.Length)
            {
                nint read;
                while (Errno.Interrupted(read = Unistd.read(fd, start + total, (nuint)(destination.Length - total))))
                {
                }
                if (read < 0) return -Errno.Last;
                if (read == 0) break;
                total += (int)read;
            }
            return total;
        }
    }

    private static int WriteNew(byte* path, ReadOnlySpan<byte> content, uint mode, bool sync)
    {
        using FileDescriptor fd = FileDescriptor.From(Unistd.open(path, Unistd.O_WRONLY | Unistd.O_CREAT | Unistd.O_EXCL | Unistd.O_CLOEXEC, mode));
        if (fd.IsInvalid) return Errno.Last;
        // The umask of whoever started us has no say in who may read this.
        if (Unistd.fchmod(fd, mode) != 0) return Errno.Last;
        fixed (byte* start = content)
        {
            for (int done = 0; done < content.Length;)
            {
                nint written;
                while (Errno.Interrupted(written = Unistd.write(fd, start + done, (nuint)(content.Length - done))))
                {
                }
                if (written <= 0) return written < 0 ? Errno.Last : Errno.EIO;
                done += (int)written;
            }
        }
        return sync ? Sync(fd) : 0;
    }

    private static int SyncDirectory(string path)
    {
        int slash = path.LastIndexOf('/');
        fixed (byte* name = CString.From(slash < 0 ? "." : slash == 0 ? "/" : path[..slash]))
        {
            using FileDescriptor fd = FileDescriptor.From(Unistd.open(name, Unistd.O_RDONLY | Unistd.O_CLOEXEC, 0));
            return fd.IsInvalid ? Errno.Last : Sync(fd);
        }
    }

    private static int Sync(FileDescriptor fd)
    {
        int result;
        while (Errno.Interrupted(result = Unistd.fsync(fd)))
        {
        }
        return result == 0 ? 0 : Errno.Last;
    }
}
