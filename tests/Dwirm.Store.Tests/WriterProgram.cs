using System;
using System.Globalization;
using System.IO;
using Dwirm.Dhcp;
using Dwirm.Policy;

namespace Dwirm.Store.Tests;

/// <summary>The program inside the test project: it is run as a child, to be killed in the middle or to run out of disk.</summary>
public static class WriterProgram
{
    internal const uint RowsPerBatch = 16;

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["write", string stateDir]:
                return WriteForEver(stateDir);
            case ["fill", string mount]:
                return Fill(mount);
            default:
                Console.Error.WriteLine("usage: write STATE-DIR | fill SMALL-FILE-SYSTEM");
                return 2;
        }
    }

    /// <summary>Batch n gives every row the mark n. Its number is printed once the store has acknowledged it.</summary>
    private static int WriteForEver(string stateDir)
    {
        using IGrantStore store = SqliteGrantStore.Open(stateDir, StateDirectory.Now, Console.Error.WriteLine, out _);
        var batch = new StoreBatch();
        for (uint n = store.Load().Generation + 1; ; n++)
        {
            batch.Clear();
            Mark(batch, n);
            store.Write(batch);
            Console.Out.WriteLine(n);
            Console.Out.Flush();
        }
    }

    internal static void Mark(StoreBatch batch, uint n)
    {
        string mark = n.ToString(CultureInfo.InvariantCulture);
        batch.Add(Samples.Entry(0, mark));
        for (uint i = 0; i < RowsPerBatch; i++)
        {
            batch.Put(Samples.Lease(i) with { Hostname = mark }, StateDirectory.Now);
            batch.Put(Samples.Device(i) with { DecidedBy = mark, AnswerJson = new string('x', (int)(n % 3000)) });
        }
        batch.SetGeneration(n);
    }

    /// <summary>The number of the batch that the store holds, whole; anything else is an error.</summary>
    internal static uint WholeBatch(IGrantStore store)
    {
        StoreContents contents = store.Load();
        uint n = contents.Generation;
        if (n == 0)
        {
            if (contents.Leases.Count + contents.Devices.Count + store.History(1, null).Count != 0) throw new InvalidDataException("rows without a batch");
            return 0;
        }
        string mark = n.ToString(CultureInfo.InvariantCulture);
        bool whole = contents.Leases.Count == RowsPerBatch && contents.Devices.Count == RowsPerBatch && store.History(1, null)[0].Detail == mark;
        foreach (Lease lease in contents.Leases) whole &= lease.Hostname == mark;
        foreach (DeviceRecord device in contents.Devices) whole &= device.DecidedBy == mark && device.AnswerJson!.Length == n % 3000;
        return whole ? n : throw new InvalidDataException($"half of batch {mark}");
    }

    /// <summary>Writes until the file system is full, frees some of it, and writes again. Prints ok, or what was wrong.</summary>
    private static int Fill(string mount)
    {
        string ballast = Path.Combine(mount, "ballast"), stateDir = Path.Combine(mount, "state");
        File.WriteAllBytes(ballast, new byte[300_000]);
        uint acknowledged = 0;
        var batch = new StoreBatch();
        using (IGrantStore store = SqliteGrantStore.Open(stateDir, StateDirectory.Now, Console.Error.WriteLine, out _))
        {
            bool TryWrite()
            {
                batch.Clear();
                batch.Put(Samples.Device(acknowledged + 1) with { GrantJson = new string('g', 20_000) });
                batch.SetGeneration(acknowledged + 1);
                try
                {
                    store.Write(batch);
                    acknowledged++;
                    return true;
                }
                catch (StoreException e) when (e.IsFull)
                {
                    return false;
                }
            }
            while (TryWrite()) { }
            if (TryWrite()) return Wrong("a second write found room where the first had none");
            if (store.Load().Generation != acknowledged) return Wrong("a refused batch left its mark");
            File.Delete(ballast);
            if (!TryWrite()) return Wrong("still full after space was freed");
        }
        using (IGrantStore store = SqliteGrantStore.Open(stateDir, StateDirectory.Now, Console.Error.WriteLine, out bool startedEmpty))
        {
            StoreContents contents = store.Load();
            if (startedEmpty || contents.Generation != acknowledged || contents.Devices.Count != acknowledged) return Wrong("records are missing");
        }
        Console.Out.WriteLine(acknowledged > 5 ? "ok" : "the file system was too small to say anything");
        return 0;
    }

    private static int Wrong(string what)
    {
        Console.Out.WriteLine(what);
        return 1;
    }
}
