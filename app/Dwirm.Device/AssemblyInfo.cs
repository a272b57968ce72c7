using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Dwirm.Device.Tests")]
