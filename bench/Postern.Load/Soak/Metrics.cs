using System.Globalization;

namespace Postern.Load.Soak;

/// <summary>A process's answer to <c>/metrics</c>.</summary>
internal sealed class Metrics(string text)
{
    /// <summary>The sum of all series of a name; 0 if there is none.</summary>
    public double Sum(string name)
    {
        double sum = 0;
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || line.Length == name.Length || line[name.Length] is not (' ' or '{')) continue;
            sum += double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
        }

        return sum;
    }
}
