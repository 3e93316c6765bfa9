using System.CommandLine;
using System.Security.Cryptography;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Keys;

/// <summary><c>postern key trust</c>: takes a peer's public key into the trust folder, or out of it.</summary>
internal static class KeyTrustCommand
{
    private const int FingerprintSize = 32;

    public static Command Create(CommandTerminal terminal)
    {
        Argument<string?> file = new("FILE") { Description = "The peer's public key; - is stdin.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> folder = KeyOptions.TrustFolder();
        Option<string?> fingerprint = Fingerprint();
        Option<bool> yes = new("--yes", "-y") { Description = "Trust it without asking." };
        Option<string?> name = KeyOptions.FileName("Name of the file in the folder, without .qpkey. Default: the key's identity.");
        Option<string?> remove = Remove();
        DetailedCommand command = new(
            "trust",
            "Trust a peer's public key. It is shown first, and at a terminal you are asked.",
            """
            A public key proves nothing about whose it is: compare its fingerprint with what 'postern key show' tells its owner, by another
            channel than the one it came by. --fingerprint does that comparison; the key is refused if it differs.

            Examples:
              postern key trust bob_public_key.qpkey --name bob
              postern key trust --fingerprint 10C34089C64B5D2532CE72EDA67B9294242A87095E75DE128753506274D00A8F --folder /etc/postern/trusted bob_public_key.qpkey
              postern key trust --remove db0d3ff08ffbf96a338d016b22e1c9c7
            """)
        {
            file, folder, fingerprint, yes, name, remove,
        };
        command.Validators.Add(result =>
        {
            bool hasFile = result.GetResult(file) is { Tokens.Count: > 0 };
            if (hasFile == result.GetResult(remove) is { Implicit: false }) result.AddError("Say either FILE or --remove IDENTITY.");
        });
        command.SetAction(result =>
        {
            TrustFolder trusted = TrustFolder.Open(terminal, result.GetValue(folder));
            return result.GetValue(file) is { } path
                ? Add(terminal, trusted, path, result.GetValue(fingerprint), result.GetValue(yes), result.GetValue(name))
                : RemoveFrom(terminal, trusted, result.GetRequiredValue(remove)!);
        });
        return command;
    }

    private static Option<string?> Fingerprint() => new("--fingerprint")
    {
        Description = "The fingerprint that the key must have, 64 hexadecimal digits. Then nothing is asked.",
        HelpName = "HEX",
        CustomParser = result =>
        {
            string digits = string.Concat(result.Tokens[0].Value.Where(c => c is not (':' or ' ')));
            if (digits.Length == 2 * FingerprintSize && digits.All(char.IsAsciiHexDigit)) return digits;
            result.AddError($"--fingerprint is {2 * FingerprintSize} hexadecimal digits.");
            return null;
        },
    };

    private static Option<string?> Remove()
    {
        const int Digits = 32;
        Option<string?> option = new("--remove") { Description = "Trust the key of this identity no longer: its file is deleted.", HelpName = "IDENTITY" };
        option.Validators.Add(result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (text.Length != Digits || !text.All(char.IsAsciiHexDigit)) result.AddError($"--remove is an identity of {Digits} hexadecimal digits, as 'postern key list' shows it.");
        });
        return option;
    }

    private static int Add(CommandTerminal terminal, TrustFolder folder, string path, string? fingerprint, bool isConfirmed, string? name)
    {
        QsmpPublicKey key = new KeyFiles(terminal).LoadQsmpPublicKey(path);
        FileReport report = FileReport.Of(key, path, terminal.Clock);
        foreach (string line in report.Lines()) terminal.WriteHint(line);
        if (report.Validity == "expired") throw new CommandException(ExitCode.Failed, "The key has expired: its owner has to make a new one.");
        if (fingerprint is not null && !IsSame(fingerprint, key.Fingerprint))
        {
            throw new CommandException(ExitCode.Failed, "The fingerprint is another one: this is not the key that was meant, or it was altered.");
        }

        if (FindSame(folder, key) is { } known)
        {
            terminal.WriteHint("It is trusted already.");
            terminal.WriteLine(known);
            return ExitCode.Success;
        }

        if (fingerprint is null && !isConfirmed) Confirm(terminal);
        if (key.Mode == QsmpMode.Simplex) terminal.WriteWarning("this is the key of a SIMPLEX server: a DUPLEX listener will not accept it.");
        terminal.WriteLine(folder.Add(key, name));
        return ExitCode.Success;
    }

    private static bool IsSame(string first, string second) =>
        CryptographicOperations.FixedTimeEquals(Convert.FromHexString(first), Convert.FromHexString(second));

    // The folder's file with this very key. Another key under the same identity is either a mistake or an attempt to take it over.
    private static string? FindSame(TrustFolder folder, QsmpPublicKey key)
    {
        TrustedFile? known = folder.Read().Find(file => file.Key?.KeyIdentity == key.KeyIdentity);
        if (known is null || (known.Key!.Fingerprint == key.Fingerprint && known.Key.Mode == key.Mode)) return known?.Path;
        throw new CommandException(
            ExitCode.File, $"{known.Path} is another key of the same identity. If this one replaces it: 'postern key trust --remove {key.KeyIdentity}' first.");
    }

    private static void Confirm(CommandTerminal terminal)
    {
        if (!terminal.IsInteractive)
        {
            throw new CommandException(ExitCode.Usage, "There is no terminal to ask at: give the --fingerprint that the key must have, or check it and say --yes.");
        }

        if (!terminal.Confirm("Is this the fingerprint that the owner told you? Trust it?")) throw new CommandException(ExitCode.Failed, "Not trusted.");
    }

    private static int RemoveFrom(CommandTerminal terminal, TrustFolder folder, string identity)
    {
        List<TrustedFile> files = folder.Read().FindAll(file => string.Equals(file.Key?.KeyIdentity, identity, StringComparison.OrdinalIgnoreCase));
        if (files.Count == 0) throw new CommandException(ExitCode.Failed, $"There is no key of identity {identity} in {folder.Path}.");
        foreach (TrustedFile file in files)
        {
            File.Delete(file.Path);
            terminal.WriteLine(file.Path);
        }

        terminal.WriteHint("Removed. A listener notices it within a second; connections that are open stay open.");
        return ExitCode.Success;
    }
}
