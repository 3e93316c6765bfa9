namespace Postern.Cli.Health;

/// <summary>The values of a measurement's attributes, by which series are told apart; with more than four the last is all of them as a text.</summary>
internal readonly record struct AttributeValues(object? First, object? Second, object? Third, object? Fourth)
{
    public static AttributeValues Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(
        Key(tags, 0), Key(tags, 1), Key(tags, 2), tags.Length > 4 ? PrometheusText.Labels(tags) : Key(tags, 3));

    private static object? Key(ReadOnlySpan<KeyValuePair<string, object?>> tags, int index) => index < tags.Length ? tags[index].Value : null;
}
