using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux.Tests;

/// <summary>The C compiler says whether our structs and constants are the system's: every one of them, found by reflection.</summary>
public class LayoutTests
{
    private static readonly (Type Type, CHeaderAttribute Header)[] Declared =
        [.. typeof(Epoll).Assembly.GetTypes().Select(t => (t, t.GetCustomAttribute<CHeaderAttribute>()!)).Where(p => p.Item2 is not null)];

    // glibc on this machine's architecture; musl as OpenWrt has it; ARM64 where the cross compiler is installed.
    public static TheoryData<string> Compilers()
    {
        var compilers = new TheoryData<string> { "gcc" };
        foreach (string other in new[] { "musl-gcc", "aarch64-linux-gnu-gcc" })
            if (Tool.Exists(other)) compilers.Add(other);
        return compilers;
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public void EveryStructAndConstantIsTheSystems(string compiler)
    {
        string program = CProgram(out int assertions);
        Assert.True(assertions > 200, $"only {assertions} assertions were found by reflection");
        Compile(compiler, program);
    }

    [Fact]
    public void AWrongOffsetIsFound()
    {
        string program = CProgram(out _).Replace("offsetof(struct msghdr, msg_flags) == ", "offsetof(struct msghdr, msg_flags) == 1", StringComparison.Ordinal);
        Assert.Contains("msg_flags", Assert.Throws<InvalidOperationException>(() => Compile("gcc", program)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryStructThatGoesToTheKernelNamesItsHeader()
    {
        IEnumerable<Type> structs = typeof(CHeaderAttribute).Assembly.GetTypes()
            .Where(t => t.IsValueType && !t.IsEnum && t.Namespace == typeof(CHeaderAttribute).Namespace && !t.IsNested && !t.IsByRefLike);
        Assert.All(structs, t => Assert.True(t.GetCustomAttribute<CHeaderAttribute>() is { Struct: not "" }, $"{t.Name} names no C struct"));
    }

    private static string CProgram(out int assertions)
    {
        // Where glibc and the kernel have size_t, musl declares 32 bits and names the rest padding: the same octets on little-endian.
        var text = new StringBuilder("""
            #define _GNU_SOURCE
            #include <stddef.h>
            #define EQUAL(declared, ours) ((declared) == (ours))
            #ifdef __GLIBC__
            #define SIZE_OK(declared, ours) ((declared) == (ours))
            #else
            #define SIZE_OK(declared, ours) ((declared) == (ours) || ((declared) == 4 && (ours) == sizeof(size_t)))
            #endif

            """);
        foreach (string header in Declared.SelectMany(d => d.Header.Headers.Split(' ')).Distinct()) text.Append($"#include <{header}>\n");
        assertions = 0;
        foreach ((Type type, CHeaderAttribute header) in Declared)
        {
            if (header.When.Length > 0) text.Append($"#if {header.When}\n");
            assertions += header.Struct.Length > 0 ? AppendStruct(text, type, header.Struct) : AppendConstants(text, type);
            if (header.When.Length > 0) text.Append("#endif\n");
        }
        return text.ToString();
    }

    private static int AppendConstants(StringBuilder text, Type type)
    {
        int count = 0;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral))
        {
            text.Append($"_Static_assert((long long)({field.Name}) == {Convert.ToInt64(field.GetRawConstantValue())}LL, \"{type.Name}.{field.Name}\");\n");
            count++;
        }
        return count;
    }

    private static int AppendStruct(StringBuilder text, Type type, string name)
    {
        int count = 1;
        text.Append($"_Static_assert(sizeof({name}) == {SizeOf(type)}, \"sizeof {type.Name}\");\n");
        // A leading underscore marks what C reserves and nobody names.
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.Name[0] != '_'))
        {
            string check = field.FieldType == typeof(nuint) ? "SIZE_OK" : "EQUAL";
            string label = $"{type.Name}.{field.Name}";
            text.Append($"_Static_assert(offsetof({name}, {field.Name}) == {Marshal.OffsetOf(type, field.Name)}, \"{label}\");\n");
            text.Append($"_Static_assert({check}(sizeof((({name}*)0)->{field.Name}), {SizeOf(field.FieldType)}), \"size of {label}\");\n");
            count += 2;
        }
        return count;
    }

    private static int SizeOf(Type type) => type.IsPointer
        ? IntPtr.Size
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static void Compile(string compiler, string program)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["layout.c"], program);
        // musl ships no kernel headers; those of the system are the same for every libc.
        string[] kernel = compiler == "musl-gcc" ? ["-idirafter", "/usr/include", "-idirafter", $"/usr/include/{MultiArch}"] : [];
        Tool.Run(compiler, ["-std=c11", "-fsyntax-only", "-Wall", "-Werror", .. kernel, directory["layout.c"]]);
    }

    private static string MultiArch => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
}
