using System.Reflection;
using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>Looks at private fields, for tests that secrets are erased.</summary>
internal static class Inside
{
    public static object? Field(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner);

    public static SecretBytes Secret(object owner, string name) => (SecretBytes)Field(owner, name)!;

    /// <summary>The memory itself, which stays to be looked at after the secret was disposed of.</summary>
    public static byte[] Bytes(SecretBytes secret) => (byte[])Field(secret, "_bytes")!;
}
