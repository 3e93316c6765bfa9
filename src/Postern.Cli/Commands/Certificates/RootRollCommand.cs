using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root roll</c>: a new root that follows the old one.</summary>
internal static class RootRollCommand
{
    public const string TransitionName = "root_transition.qrt";

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> keyPath = RootOptions.Key();
        Option<string?> inventory = RootOptions.Inventory();
        Option<string> name = CommonOptions.Name("new root's");
        name.Required = false;
        Option<Suite> suite = SuiteOption.Qstp();
        suite.DefaultValueFactory = null;
        suite.Description += " Default: the old root's.";
        Option<int?> days = CommonOptions.Days($"{NewRootFiles.StandardDays}", RootKey.MaxValidityDays);
        Option<string?> newCertificate = new("--new-root-cert") { Description = "A new root that is there already: its certificate.", HelpName = "FILE" };
        Option<string?> newKey = new("--new-root-key") { Description = "Its secret key.", HelpName = "FILE" };
        Option<string> folder = new("--out", "-o") { Description = "Folder of the new files; it is made if it is not there.", HelpName = "DIR", Required = true };
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<string?> newPassphraseFile = new("--new-passphrase-file") { Description = "File whose first line is the new key's passphrase. Default: that of the old one; if that key is in clear, so is the new one.", HelpName = "FILE" };
        Option<bool> noPassphrase = CommonOptions.NoPassphrase();
        TokenOptions token = new();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "roll",
            $"Make a root that follows the old one, record it in the inventory, and sign the transition ({TransitionName}) that clients take it from.",
            """
            Both roots are then trusted at once: servers get a second key and certificate under the new root and serve under both, clients run
            'postern root accept' and trust both. The old root's certificates are renewed and revoked with its own key until they have
            ended. If it breaks off after the new root's files are there, give them with --new-root-cert and --new-root-key.

            Examples:
              postern root roll --root-cert root/root_public_cert.qrr --root-key root/root_secret_key.qsk --name "Example root 2" --out root2
              postern root roll --new-root-cert root2/root_public_cert.qrr --new-root-key root2/root_secret_key.qsk --out root2
            """)
        {
            rootPath, keyPath, inventory, name, suite, days, newCertificate, newKey, folder, passphraseFile, newPassphraseFile, noPassphrase, force, json,
        };
        token.AddTo(command);
        command.Validators.Add(result => Check(result, name, newCertificate, newKey, [suite, days, noPassphrase]));
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string transitionPath = OutputFiles.In(target, TransitionName);
            OutputFiles.ExpectAbsent(result.GetValue(force), transitionPath);
            string rootCertificatePath = result.GetRequiredValue(rootPath);
            KeyFiles files = new(terminal);
            RootFiles rootFiles = new(terminal.Clock, files, rootCertificatePath, result.GetRequiredValue(keyPath)) { Tokens = token.Read(result, terminal) };
            RootCertificate root = rootFiles.LoadRoot();
            using OpenInventory? opened = new InventoryFile(terminal, rootCertificatePath, result.GetValue(inventory)).TryOpen(root);
            PassphraseSource passphrases = new(terminal, result.GetValue(passphraseFile));
            PassphraseSource newPassphrases = new(terminal, result.GetValue(newPassphraseFile) ?? result.GetValue(passphraseFile));
            using RootKey key = rootFiles.LoadKey(root, passphrases);
            bool isProtected = !result.GetValue(noPassphrase) && (newPassphrases.IsGiven || files.WasProtected(result.GetRequiredValue(keyPath)));
            NewRootFiles newFiles = new(terminal, files, newPassphrases);
            (RootCertificate successor, RootKey successorKey) = result.GetValue(newCertificate) is { } existing
                ? newFiles.Load(existing, result.GetValue(newKey)!)
                : newFiles.Create(
                    target, result.GetValue(name)!, result.GetValue(suite) ?? root.Suite, result.GetValue(days), isProtected, result.GetValue(force));
            using (successorKey)
            {
                RootTransition transition = key.SignTransition(successor, terminal.Clock);
                // A fault while signing must not leave this machine.
                root.Verify(transition, RootFiles.Policy with { Clock = terminal.Clock });
                if (opened?.Inventory.HasRoot(successor) == false) opened.Inventory.AddRoot(successor, successorKey, key);
                OutputFiles.MakeFolder(target);
                OutputFiles.WritePublic(terminal, transitionPath, transition.ToBytes(), result.GetValue(force));
            }

            FileReport report = FileReport.Of(successor, OutputFiles.In(target, RootCreateCommand.CertificateName), terminal.Clock);
            if (result.GetValue(newCertificate) is { } given) report = report with { Path = given };
            if (result.GetValue(json)) terminal.WriteJson(new { Root = report, Transition = transitionPath, IsRecorded = opened is not null });
            else terminal.WriteLines([.. report.Lines(), transitionPath]);
            if (!isProtected && !result.GetValue(noPassphrase) && result.GetValue(newKey) is null) terminal.WriteHint("The new key is in clear, as the old one is: 'postern root protect' puts it under a passphrase.");
            if (opened is null) terminal.WriteWarning("not recorded: the old root has no inventory. 'postern root init' begins one.");
            else terminal.WriteHint($"Both roots share the inventory: give --inventory {opened.Store.Name} with the new one.");
            terminal.WriteHint($"Next: {transitionPath} goes to servers and clients, who take the new root with 'postern root accept' and trust both.");
            return ExitCode.Success;
        });
        return command;
    }

    private static void Check(CommandResult result, Option name, Option newCertificate, Option newKey, IReadOnlyList<Option> onlyNew)
    {
        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        if (IsGiven(newCertificate) != IsGiven(newKey)) result.AddError("--new-root-cert and --new-root-key belong together.");
        if (IsGiven(newCertificate) == IsGiven(name)) result.AddError("Say --name for a new root, or --new-root-cert and --new-root-key for one that is there.");
        foreach (Option option in onlyNew)
        {
            if (IsGiven(newCertificate) && IsGiven(option)) result.AddError($"{option.Name} means nothing with --new-root-cert.");
        }
    }
}
