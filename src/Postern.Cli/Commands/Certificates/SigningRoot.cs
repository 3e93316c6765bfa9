using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>A root as <see cref="RootArguments"/> name it: its certificate, and what signs and records.</summary>
internal sealed class SigningRoot(RootFiles root, KeyFiles files, InventoryFile inventory, PassphraseSource passphrases)
{
    public RootCertificate Certificate { get; } = root.LoadRoot();

    public KeyFiles Files => files;

    public InventoryFile Inventory => inventory;

    /// <summary>Opens the inventory, which must be there.</summary>
    public OpenInventory OpenInventory() => inventory.Open(Certificate);

    /// <summary>Opens the key; asks for its passphrase if nobody gave it.</summary>
    public RootKey LoadKey() => root.LoadKey(Certificate, passphrases);
}
