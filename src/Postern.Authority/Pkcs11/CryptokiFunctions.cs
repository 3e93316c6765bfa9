using System.Runtime.InteropServices;

namespace Postern.Authority.Pkcs11;

/// <summary>
/// The functions of a PKCS#11 module that are needed here, from the list that C_GetFunctionList gives (PKCS#11 v2.40, pkcs11f.h has
/// their order). What is not CKR_OK is an exception.
/// </summary>
internal sealed unsafe class CryptokiFunctions
{
    private readonly nint* _table;

    private CryptokiFunctions(nint* table) => _table = table;

    /// <summary>Loads a module. It stays loaded until the process ends: some leave threads and exit handlers behind.</summary>
    public static CryptokiFunctions Load(string path)
    {
        nint library = NativeLibrary.Load(path);
        var getList = (delegate* unmanaged[Cdecl]<nint*, CULong>)NativeLibrary.GetExport(library, "C_GetFunctionList");
        nint list = 0;
        Check(getList(&list), "C_GetFunctionList");
        // CK_VERSION, two bytes, is before the pointers; Windows packs structures, the others align them.
        return new CryptokiFunctions((nint*)(list + (OperatingSystem.IsWindows() ? 2 : sizeof(nint))));
    }

    /// <summary>Without locking of the module's own: a process has one thread that uses it.</summary>
    public void Initialize() => Check(((delegate* unmanaged[Cdecl]<void*, CULong>)_table[0])(null), "C_Initialize");

    /// <summary>What it returns does not matter any more.</summary>
    public void Finalise() => _ = ((delegate* unmanaged[Cdecl]<void*, CULong>)_table[1])(null);

    /// <summary>The slots that have a token.</summary>
    public nuint[] GetSlots()
    {
        var getSlotList = (delegate* unmanaged[Cdecl]<byte, CULong*, CULong*, CULong>)_table[4];
        CULong count;
        Check(getSlotList(1, null, &count), "C_GetSlotList");
        CULong[] slots = new CULong[checked((int)count.Value)];
        fixed (CULong* first = slots) Check(getSlotList(1, first, &count), "C_GetSlotList");
        return [.. slots.Take((int)count.Value).Select(slot => slot.Value)];
    }

    public Token GetToken(nuint slot)
    {
        byte* info = stackalloc byte[Token.InfoSize];
        Check(((delegate* unmanaged[Cdecl]<CULong, byte*, CULong>)_table[6])(new CULong(slot), info), "C_GetTokenInfo");
        return Token.Parse(slot, new ReadOnlySpan<byte>(info, Token.InfoSize));
    }

    public CULong OpenSession(nuint slot, bool isReadWrite)
    {
        const uint ReadWrite = 2, Serial = 4;
        CULong session;
        Check(
            ((delegate* unmanaged[Cdecl]<CULong, CULong, void*, void*, CULong*, CULong>)_table[12])(
                new CULong(slot), new CULong(isReadWrite ? ReadWrite | Serial : Serial), null, null, &session),
            "C_OpenSession");
        return session;
    }

    public void CloseSession(CULong session) => _ = ((delegate* unmanaged[Cdecl]<CULong, CULong>)_table[13])(session);

    public void Login(CULong session, ReadOnlySpan<byte> pin)
    {
        const uint User = 1;
        fixed (byte* first = pin)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, CULong>)_table[18])(
                    session, new CULong(User), first, new CULong((nuint)pin.Length)),
                "C_Login");
        }
    }

    public void GetAttributes(CULong session, CULong handle, AttributeTemplate template)
    {
        fixed (CkAttribute* first = template.Attributes)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, CULong, CkAttribute*, CULong, CULong>)_table[24])(
                    session, handle, first, new CULong((nuint)template.Attributes.Length)),
                "C_GetAttributeValue");
        }

        GC.KeepAlive(template);
    }

    /// <summary>The first objects that have these attributes, as many as there is room for.</summary>
    public int FindObjects(CULong session, AttributeTemplate template, Span<CULong> handles)
    {
        fixed (CkAttribute* first = template.Attributes)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, CkAttribute*, CULong, CULong>)_table[26])(session, first, new CULong((nuint)template.Attributes.Length)),
                "C_FindObjectsInit");
        }

        GC.KeepAlive(template);
        CULong count;
        fixed (CULong* first = handles)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, CULong*, CULong, CULong*, CULong>)_table[27])(session, first, new CULong((nuint)handles.Length), &count),
                "C_FindObjects");
        }

        Check(((delegate* unmanaged[Cdecl]<CULong, CULong>)_table[28])(session), "C_FindObjectsFinal");
        return (int)count.Value;
    }

    public CULong GenerateKey(CULong session, uint mechanism, AttributeTemplate template)
    {
        CkMechanism generation = new() { Mechanism = new CULong(mechanism) };
        CULong key;
        fixed (CkAttribute* first = template.Attributes)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, CkMechanism*, CkAttribute*, CULong, CULong*, CULong>)_table[58])(
                    session, &generation, first, new CULong((nuint)template.Attributes.Length), &key),
                "C_GenerateKey");
        }

        GC.KeepAlive(template);
        return key;
    }

    /// <summary>Returns how many bytes came out.</summary>
    public int Encrypt(CULong session, CkMechanism* mechanism, CULong key, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Begin(29, "C_EncryptInit", session, mechanism, key);
        return Run(30, "C_Encrypt", session, input, output);
    }

    /// <summary>Returns how many bytes came out.</summary>
    public int Decrypt(CULong session, CkMechanism* mechanism, CULong key, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Begin(33, "C_DecryptInit", session, mechanism, key);
        return Run(34, "C_Decrypt", session, input, output);
    }

    private void Begin(int function, string name, CULong session, CkMechanism* mechanism, CULong key) =>
        Check(((delegate* unmanaged[Cdecl]<CULong, CkMechanism*, CULong, CULong>)_table[function])(session, mechanism, key), name);

    private int Run(int function, string name, CULong session, ReadOnlySpan<byte> input, Span<byte> output)
    {
        CULong length = new((nuint)output.Length);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong>)_table[function])(
                    session, from, new CULong((nuint)input.Length), to, &length),
                name);
        }

        return checked((int)length.Value);
    }

    private static void Check(CULong result, string function)
    {
        CkResult code = (CkResult)(uint)result.Value;
        if (code != CkResult.Ok) throw TokenException.Of(code, function);
    }
}
