namespace Postern.Cli.Commands.Transfers;

/// <summary>Sizes for people.</summary>
internal static class SizeText
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    public static string Of(double bytes)
    {
        if (bytes < 1024) return $"{bytes:0} bytes";
        int unit = -1;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return $"{bytes:0.0} {Units[unit]}";
    }
}
