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

    /// <summary>The memory of all secrets that an object holds in its own fields, and of those in the keys and ciphers that it holds.</summary>
    public static List<byte[]> SecretMemory(object owner)
    {
        List<byte[]> found = [];
        for (Type? type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                object? value = field.GetValue(owner);
                if (value is SecretBytes secret) found.Add(Bytes(secret));
                else if (value is RcsCipher) found.Add((byte[])Field(value, "_secrets")!);
                else if (value is Channels.ChannelKeys or Channels.DirectionKeys) found.AddRange(SecretMemory(value));
            }
        }

        return found;
    }

    public static SecretBytes Secret(object owner, string name) => (SecretBytes)Field(owner, name)!;

    /// <summary>The memory itself, which stays to be looked at after the secret was disposed of.</summary>
    public static byte[] Bytes(SecretBytes secret) => (byte[])Field(secret, "_bytes")!;
}
