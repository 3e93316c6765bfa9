using System.CommandLine;
using System.CommandLine.Completions;

namespace Postern.Cli.Reference;

/// <summary>An option as manual pages and completions show it.</summary>
internal sealed class ReferenceOption(Option option)
{
    /// <summary>The short names first. Not those that only Windows has, nor one that shells take for a pattern.</summary>
    public IReadOnlyList<string> Names { get; } =
    [
        .. option.Aliases.Prepend(option.Name).Distinct(StringComparer.Ordinal).Where(name => name[0] == '-' && name != "-?").OrderBy(name => name.StartsWith("--", StringComparison.Ordinal)),
    ];

    /// <summary>The name that documentation uses.</summary>
    public string LongName => option.Name;

    public string Description => option.Description ?? string.Empty;

    public bool IsRequired => option.Required;

    public bool IsRepeatable => option.Arity.MaximumNumberOfValues > 1;

    /// <summary>What it takes; null for a switch.</summary>
    public ReferenceValue? Value { get; } = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0
        ? null
        : new ReferenceValue(option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant(), [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]);

    /// <summary>What counts without it; null if that is nothing, or depends on something else.</summary>
    public string? Default
    {
        get
        {
            if (Value is null || !option.HasDefaultValue) return null;
            string? text = option.GetDefaultValue()?.ToString();
            return string.IsNullOrEmpty(text) ? null : Value.Words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text;
        }
    }
}
