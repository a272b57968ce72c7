using System.IO;
using Dwirm.Fuzz;
using Dwirm.Fuzz.Targets;

namespace Dwirm.Dhcp.Tests;

/// <summary>Every file of the fuzz corpus, crashers of the past among them, once more.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string, string> Files()
    {
        var files = new TheoryData<string, string>();
        foreach (string target in new[] { "dhcp4", "server" })
        {
            foreach (string file in Directory.GetFiles(Path.Combine(System.AppContext.BaseDirectory, "corpus", target))) files.Add(target, Path.GetFileName(file));
        }
        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_the_corpus_breaks_no_promise(string target, string file)
    {
        IFuzzTarget run = target == "dhcp4" ? new Dhcp4Target() : new ServerTarget();
        byte[] input = File.ReadAllBytes(Path.Combine(System.AppContext.BaseDirectory, "corpus", target, file));
        Assert.NotEmpty(input);
        Assert.Null(Record.Exception(() => run.Run(input)));
    }
}
