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

    /// <summary>All secrets that an object holds in its own fields, and those in the keys and ciphers that it holds.</summary>
    public static List<HeldSecret> Secrets(object owner)
    {
        List<HeldSecret> found = [];
        for (Type? type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                object? value = field.GetValue(owner);
                if (value is SecretBytes secret) found.Add(new HeldSecret(secret));
                else if (value is RcsCipher cipher) found.Add(new HeldSecret(cipher));
                else if (value is Channels.ChannelKeys or Channels.DirectionKeys) found.AddRange(Secrets(value));
            }
        }

        return found;
    }

    public static SecretBytes Secret(object owner, string name) => (SecretBytes)Field(owner, name)!;
}
