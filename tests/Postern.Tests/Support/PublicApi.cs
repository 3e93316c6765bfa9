using System.Reflection;
using System.Text;

namespace Postern.Tests.Support;

/// <summary>An assembly's public types and members as text, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(KindOf(type)).Append(' ').Append(NameOf(type)).Append(BasesOf(type)).Append('\n');
            foreach (string member in type.GetMembers(Declared).Select(member => Describe(type, member)).OfType<string>().Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(NameOf(type)).Append(": ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string KindOf(Type type) =>
        type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : type.IsInterface ? "interface"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static string BasesOf(Type type)
    {
        IEnumerable<Type> bases = type.GetInterfaces().Where(i => i.IsPublic && !type.IsEnum);
        if (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType) bases = bases.Prepend(parent);
        string list = string.Join(", ", bases.Select(NameOf).Order(StringComparer.Ordinal));
        return list.Length > 0 ? " : " + list : string.Empty;
    }

    private static string? Describe(Type type, MemberInfo member) => member switch
    {
        FieldInfo field when IsVisible(field.Attributes) && !field.IsSpecialName => type.IsEnum
            ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue())}"
            : $"{Modifier(field.IsStatic)}{NameOf(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : string.Empty)}",
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors =>
            $"{Modifier(property.GetMethod?.IsStatic ?? false)}{NameOf(property.PropertyType)}{Mark(Nullability.Create(property).ReadState)} {property.Name} {{ {accessors} }}",
        EventInfo e when IsVisible(e.AddMethod!.Attributes) => $"event {NameOf(e.EventHandlerType!)} {e.Name}",
        ConstructorInfo constructor when IsVisible(constructor.Attributes) => $"new({Parameters(constructor)})",
        MethodInfo method when IsVisible(method.Attributes) && !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal) =>
            $"{Modifier(method.IsStatic)}{NameOf(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter).ReadState)} {method.Name}({Parameters(method)})",
        _ => null,
    };

    private static string Accessors(PropertyInfo property)
    {
        List<string> accessors = [];
        if (property.GetMethod is { } getter && IsVisible(getter.Attributes)) accessors.Add("get;");
        if (property.SetMethod is { } setter && IsVisible(setter.Attributes))
        {
            bool init = setter.ReturnParameter.GetRequiredCustomModifiers().Any(type => type.Name == "IsExternalInit");
            accessors.Add(init ? "init;" : "set;");
        }

        return string.Join(' ', accessors);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{NameOf(parameter.ParameterType)}{Mark(Nullability.Create(parameter).WriteState)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : string.Empty)}"));

    // Private-protected and internal members are nobody else's business.
    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Modifier(bool isStatic) => isStatic ? "static " : string.Empty;

    private static string Mark(NullabilityState state) => state == NullabilityState.Nullable ? "?" : string.Empty;

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return NameOf(underlying);
        if (type.IsByRef) return "ref " + NameOf(type.GetElementType()!);
        if (!type.IsGenericType) return type.Namespace?.StartsWith("Postern", StringComparison.Ordinal) ?? false ? type.FullName! : type.Name;
        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
