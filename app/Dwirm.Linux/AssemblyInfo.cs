using System.Runtime.CompilerServices;

// Every signature here is blittable: the stub generator has nothing to convert.
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Dwirm.Linux.Tests")]
