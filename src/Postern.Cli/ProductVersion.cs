using System.Reflection;

namespace Postern.Cli;

/// <summary>The version of the command, without the commit that it was built from.</summary>
internal static class ProductVersion
{
    /// <summary>Such as 1.0.0-rc.1.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
