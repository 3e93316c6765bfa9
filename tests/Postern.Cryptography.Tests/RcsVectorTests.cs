using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>Every vector of RCS, on every implementation that this machine runs.</summary>
public sealed class RcsVectorTests
{
    public static TheoryData<string, string> FilesAndPaths { get; } = MakeFilesAndPaths("", "-reduced", "-qmac");

    /// <summary>Only these files have counters that wrap.</summary>
    public static TheoryData<string, string> CounterFilesAndPaths { get; } = MakeFilesAndPaths("");

    [Theory]
    [InlineData("rcs256.json")]
    [InlineData("rcs512.json")]
    [InlineData("rcs256-reduced.json")]
    [InlineData("rcs512-reduced.json")]
    [InlineData("rcs256-qmac.json")]
    [InlineData("rcs512-qmac.json")]
    public void Key_schedule_equals_every_vector(string file)
    {
        RcsParameters parameters = Parameters(file);
        foreach (JsonElement vector in Section(file, "key_schedule"))
        {
            byte[] roundKeys = new byte[parameters.RoundKeysSize];
            byte[] macKey = new byte[parameters.MacKeySize];
            RcsKeySchedule.Derive(parameters, vector.Bytes("key"), vector.Bytes("info"), roundKeys, macKey);
            Assert.Equal(vector.Number("rounds"), parameters.Rounds);
            Assert.Equal(vector.Text("round_keys"), Convert.ToHexStringLower(roundKeys));
            Assert.Equal(vector.Text("mac_key"), Convert.ToHexStringLower(macKey));
        }
    }

    [Theory]
    [MemberData(nameof(FilesAndPaths))]
    public void Single_packets_equal_every_vector(string file, string path)
    {
        foreach (JsonElement vector in Section(file, "single"))
        {
            byte[] plaintext = Plaintext(vector);
            byte[] output = CheckPacket(file, path, vector, plaintext);
            if (vector.TryGetProperty("output", out JsonElement expected))
            {
                Assert.Equal(expected.GetString(), Convert.ToHexStringLower(output));
                continue;
            }

            byte[] digest = new byte[Sha3.DigestSize256];
            Sha3.HashData256(output.AsSpan(0, plaintext.Length), digest);
            Assert.Equal(vector.Text("ciphertext_sha3_256"), Convert.ToHexStringLower(digest));
            Assert.Equal(vector.Text("ciphertext_first64"), Convert.ToHexStringLower(output.AsSpan(0, 64)));
            Assert.Equal(vector.Text("tag"), Convert.ToHexStringLower(output.AsSpan(plaintext.Length)));
        }
    }

    [Theory]
    [MemberData(nameof(CounterFilesAndPaths))]
    public void Counters_that_are_about_to_wrap_equal_every_vector(string file, string path)
    {
        foreach (JsonElement vector in Section(file, "nonce_carry"))
        {
            byte[] output = CheckPacket(file, path, vector, vector.Bytes("plaintext"));
            Assert.Equal(vector.Text("output"), Convert.ToHexStringLower(output));
        }
    }

    [Theory]
    [MemberData(nameof(FilesAndPaths))]
    public void Sessions_equal_every_vector_in_both_directions(string file, string path)
    {
        foreach (JsonElement session in Section(file, "sessions"))
        {
            using RcsCipher sender = Cipher(file, path, session);
            using RcsCipher receiver = Cipher(file, path, session);
            foreach (JsonElement packet in session.GetProperty("packets").EnumerateArray())
            {
                byte[] plaintext = packet.Bytes("plaintext");
                byte[] output = new byte[plaintext.Length + sender.TagSize];
                sender.Seal(AssociatedData(packet), plaintext, output);
                Assert.Equal(packet.Text("output"), Convert.ToHexStringLower(output));
                Assert.Equal(packet.Text("nonce_after"), Convert.ToHexStringLower(sender.Counter));

                byte[] opened = new byte[plaintext.Length];
                Assert.True(receiver.TryOpen(AssociatedData(packet), output, opened));
                Assert.Equal(plaintext, opened);
                Assert.Equal(packet.Text("nonce_after"), Convert.ToHexStringLower(receiver.Counter));
            }
        }
    }

    [Theory]
    [MemberData(nameof(FilesAndPaths))]
    public void Nothing_is_accepted_after_a_failed_tag(string file, string path)
    {
        foreach (JsonElement vector in Section(file, "failed_tag"))
        {
            using RcsCipher receiver = Cipher(file, path, vector);
            foreach (JsonElement step in vector.GetProperty("steps").EnumerateArray())
            {
                byte[] input = step.Bytes("input");
                byte[] opened = new byte[input.Length - receiver.TagSize];
                bool accepted = receiver.TryOpen(AssociatedData(step), input, opened);
                Assert.Equal(step.GetProperty("accepted").GetBoolean(), accepted);
                Assert.Equal(accepted ? step.Bytes("plaintext") : new byte[opened.Length], opened);
            }
        }
    }

    private static byte[] CheckPacket(string file, string path, JsonElement vector, byte[] plaintext)
    {
        using RcsCipher sender = Cipher(file, path, vector);
        byte[] output = new byte[plaintext.Length + sender.TagSize];
        sender.Seal(AssociatedData(vector), plaintext, output);
        Assert.Equal(vector.Text("nonce_after"), Convert.ToHexStringLower(sender.Counter));

        using RcsCipher receiver = Cipher(file, path, vector);
        byte[] opened = new byte[plaintext.Length];
        Assert.True(receiver.TryOpen(AssociatedData(vector), output, opened));
        Assert.Equal(plaintext, opened);
        return output;
    }

    private static byte[] Plaintext(JsonElement vector)
    {
        if (!vector.TryGetProperty("plaintext_pattern", out JsonElement pattern)) return vector.Bytes("plaintext");
        byte[] plaintext = new byte[pattern.Number("length")];
        for (int i = 0; i < plaintext.Length; i++)
        {
            plaintext[i] = (byte)(((i * pattern.Number("mul")) + pattern.Number("add")) & 0xFF);
        }

        return plaintext;
    }

    private static RcsCipher Cipher(string file, string path, JsonElement vector) =>
        new(Parameters(file), vector.Bytes("key"), vector.Bytes("nonce"), vector.Bytes("info"), Enum.Parse<RijndaelPath>(path));

    private static byte[] AssociatedData(JsonElement packet) =>
        packet.GetProperty("aad").ValueKind == JsonValueKind.Null ? [] : packet.Bytes("aad");

    private static RcsParameters Parameters(string file) => file switch
    {
        "rcs256.json" => RcsParameters.Rcs256,
        "rcs512.json" => RcsParameters.Rcs512,
        "rcs256-reduced.json" => RcsParameters.Rcs256Reduced,
        "rcs512-reduced.json" => RcsParameters.Rcs512Reduced,
        "rcs256-qmac.json" => RcsParameters.Rcs256Qmac,
        "rcs512-qmac.json" => RcsParameters.Rcs512Qmac,
        _ => throw new ArgumentOutOfRangeException(nameof(file), file, "No file of RCS."),
    };

    private static List<JsonElement> Section(string file, string section)
    {
        List<JsonElement> vectors = [.. VectorFile.Read(file).GetProperty(section).EnumerateArray()];
        Assert.NotEmpty(vectors);
        return vectors;
    }

    private static TheoryData<string, string> MakeFilesAndPaths(params string[] options)
    {
        TheoryData<string, string> data = [];
        foreach (RijndaelPath path in Enum.GetValues<RijndaelPath>().Where(RijndaelCounterMode.IsSupported))
        {
            foreach (string option in options)
            {
                data.Add($"rcs256{option}.json", path.ToString());
                data.Add($"rcs512{option}.json", path.ToString());
            }
        }

        return data;
    }
}
