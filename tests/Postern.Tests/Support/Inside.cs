using System.Reflection;
using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>Looks at private fields, for tests that secrets are erased.</summary>
internal static class Inside
{
    public static object? Field(object owner, string name)
    {
        for (Type? type = owner.GetType(); type is not null; type = type.BaseType)
        {
            FieldInfo? field = type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            if (field is not null) return field.GetValue(owner);
        }

        throw new ArgumentException($"{owner.GetType()} has no field {name}.", nameof(name));
    }

    public static SecretBytes Secret(object owner, string name) => (SecretBytes)Field(owner, name)!;

    /// <summary>The memory itself, which stays to be looked at after the secret was disposed of.</summary>
    public static byte[] Bytes(SecretBytes secret) => (byte[])Field(secret, "_bytes")!;
}
