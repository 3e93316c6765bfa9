// The primitives by themselves: a message to the holder of a key, signed by its sender. (Not a protocol: that is what QSTP and QSMP are.)
using System.Security.Cryptography;
using System.Text;
using Postern.Cryptography;

KemAlgorithm kem = KemAlgorithm.MLKem768;
SignatureAlgorithm scheme = SignatureAlgorithm.MLDsa65;

// The receiver's key pair, and the sender's.
byte[] encapsulationKey = new byte[kem.PublicKeySize], decapsulationKey = new byte[kem.SecretKeySize];
kem.GenerateKeyPair(encapsulationKey, decapsulationKey);
byte[] verificationKey = new byte[scheme.VerificationKeySize], signingKey = new byte[scheme.SigningKeySize];
scheme.GenerateKeyPair(verificationKey, signingKey);

// The sender: a secret for the receiver, a key and a nonce from it, the sealed message, a signature over all of it.
byte[] message = Encoding.UTF8.GetBytes("Meet me at the postern gate.");
byte[] ciphertext = new byte[kem.CiphertextSize], secret = new byte[kem.SharedSecretSize];
if (!kem.TryEncapsulate(encapsulationKey, ciphertext, secret)) throw new CryptographicException("The receiver's key is malformed.");
using RcsCipher sealer = CreateCipher(secret);
byte[] sealedMessage = new byte[message.Length + sealer.TagSize];
sealer.Seal(ciphertext, message, sealedMessage);
byte[] signature = new byte[scheme.SignatureSize];
scheme.Sign(signingKey, [.. ciphertext, .. sealedMessage], signature);
Console.WriteLine($"{kem.Name}, {scheme.Name}: {ciphertext.Length + sealedMessage.Length + signature.Length} bytes on the way");

// The receiver: the signature first, then the secret, then the message, which nobody sees unless its tag holds.
if (!scheme.Verify(verificationKey, [.. ciphertext, .. sealedMessage], signature)) throw new CryptographicException("Not from the sender.");
byte[] received = new byte[kem.SharedSecretSize], opened = new byte[message.Length];
kem.Decapsulate(decapsulationKey, ciphertext, received);
using RcsCipher opener = CreateCipher(received);
if (!opener.TryOpen(ciphertext, sealedMessage, opened)) throw new CryptographicException("Altered on the way.");
Console.WriteLine(Encoding.UTF8.GetString(opened));

foreach (byte[] used in (byte[][])[decapsulationKey, signingKey, secret, received]) CryptographicOperations.ZeroMemory(used);

// 32 bytes of key and 32 of nonce, each used once, since the secret is.
static RcsCipher CreateCipher(ReadOnlySpan<byte> secret)
{
    byte[] material = new byte[64];
    Sha3.Shake256([.. "postern sample v1"u8, .. secret], material);
    RcsCipher cipher = new(RcsParameters.Rcs256, material.AsSpan(0, 32), material.AsSpan(32));
    CryptographicOperations.ZeroMemory(material);
    return cipher;
}
