using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>net/if.h and sys/ioctl.h</summary>
[CHeader("net/if.h sys/ioctl.h")]
internal static unsafe partial class NetIf
{
    public const int IFNAMSIZ = 16;
    public const int SIOCGIFMTU = 0x8921;
    public const int SIOCGIFHWADDR = 0x8927;
    public const int IFF_UP = 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial uint if_nametoindex(byte* name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, void* argument);
}

/// <summary>struct ifreq with the two members of its union that we ask for.</summary>
[CHeader("net/if.h", Struct = "struct ifreq")]
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct InterfaceRequest
{
    [FieldOffset(0)] public fixed byte ifr_name[NetIf.IFNAMSIZ];
    [FieldOffset(16)] public int ifr_mtu;
    [FieldOffset(16)] public short ifr_flags;
    [FieldOffset(16)] public fixed byte ifr_hwaddr[16];
}
