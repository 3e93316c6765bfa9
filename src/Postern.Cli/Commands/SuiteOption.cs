using System.CommandLine;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Commands;

/// <summary>The option <c>--suite</c> wherever a key or a certificate is made.</summary>
internal static class SuiteOption
{
    /// <summary>For keys of QSTP.</summary>
    public static Option<Suite> Qstp() => Create("QSTP", QstpSuites.All, QstpSuites.Default, QsmpSuites.All);

    /// <summary>For keys of QSMP.</summary>
    public static Option<Suite> Qsmp() => Create("QSMP", QsmpSuites.All, QsmpSuites.Default, QstpSuites.All);

    private static Option<Suite> Create(string protocol, IReadOnlyList<Suite> suites, Suite standard, IReadOnlyList<Suite> others) => new Option<Suite>("--suite")
    {
        Description = "Configuration set: its number, its name, or a level such as level5, which is the first set of that level. Both ends need the same. "
            + "'postern suites' lists them.",
        HelpName = "SET",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            Suite? suite = suites.FirstOrDefault(suite =>
                text == $"{suite.Id}" || Same(text, $"level{suite.SecurityLevel}") || Same(text, suite.Name));
            if (suite is null) result.AddError($"There is no configuration set '{text}' of {protocol}: {Advice(text, suites, others)}");
            return suite;
        },
    }.Offering([.. suites.Select(suite => $"level{suite.SecurityLevel}").Distinct(StringComparer.Ordinal), .. suites.Select(suite => suite.Name)]);

    private static string Advice(string text, IReadOnlyList<Suite> suites, IReadOnlyList<Suite> others) =>
        others.FirstOrDefault(other => Same(text, other.Name)) is { } other
        && suites.FirstOrDefault(suite => suite.Signature == other.Signature && suite.Kem == other.Kem) is { } same
            ? $"that is the other protocol's; the set with the same algorithms is {same}."
            : "'postern suites' lists them.";

    private static bool Same(string text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
