using System.Text.Json;
using Postern.Cli;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;
using Postern.Packets;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>What strangers wrote steers no terminal, and no line reads as another one.</summary>
public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("alice\u001b[2J", "alice?[2J")]
    [InlineData("a\r\nb\u0085c\u2028d\u2029e", "a??b?c?d?e")]
    [InlineData("\u202Egpj.exe", "?gpj.exe")]
    [InlineData("a\u2066b\u2069c\u061Cd\uFEFFe", "a?b?c?d?e")]
    [InlineData("a\U000E0041b\U000E007F", "a?b?")] // tags, beyond 16 bits
    [InlineData("Zoë, نامه\u200Cها, 👩\u200D🚀", "Zoë, نامه\u200Cها, 👩\u200D🚀")] // joiners are spelling
    public void Characters_that_steer_are_question_marks(string text, string printed) => Assert.Equal(printed, ForeignText.Printable(text));

    [Fact]
    public async Task An_error_names_a_file_without_turning_the_line_round()
    {
        CommandResult result = await CommandHost.Run("cert", "show", "no\u202Ecrq.qsk");
        Assert.Equal(ExitCode.File, result.ExitCode);
        Assert.Contains("no?crq.qsk", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', result.Error);
    }

    [Fact]
    public void Json_keeps_such_characters_escaped()
    {
        using StringWriter output = new();
        CommandTerminal terminal = new(output, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false);
        terminal.WriteJson(new { Name = "\u202Egpj.exe\U000E0041", Sign = "+'\u001b" });
        Assert.DoesNotContain('\u202E', output.ToString());
        Assert.Contains("\\u202Egpj.exe\\uDB40\\uDC41", output.ToString(), StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.Equal("\u202Egpj.exe\U000E0041", document.RootElement.GetProperty("name").GetString());
        Assert.Equal("+'\u001b", document.RootElement.GetProperty("sign").GetString());
    }
}
