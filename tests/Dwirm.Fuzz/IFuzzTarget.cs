using System;

namespace Dwirm.Fuzz;

/// <summary>
/// Something that takes octets from strangers. Every class of this assembly that implements it, with a constructor without parameters, is run;
/// its seeds are the files of corpus/NAME.
/// </summary>
public interface IFuzzTarget
{
    /// <summary>Name on the command line and of the corpus folder.</summary>
    string Name { get; }

    /// <summary>Takes one input. Any exception is a finding; throw <see cref="FuzzException"/> for a broken promise that is none by itself.</summary>
    void Run(ReadOnlySpan<byte> input);
}

/// <summary>A target noticed that a promise does not hold.</summary>
public sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Throws unless the promise holds.</summary>
    public static void Unless(bool holds, string promise)
    {
        if (!holds) throw new FuzzException(promise);
    }
}
