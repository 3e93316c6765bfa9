using System.Collections.Concurrent;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Tests.Support;

/// <summary>A root and a server for tests, made once for each suite from fixed randomness. Valid for all of 2026.</summary>
internal sealed class TestAuthority
{
    // Lazy: else tests beside each other would each make it, and some signatures are slow.
    private static readonly ConcurrentDictionary<Suite, Lazy<TestAuthority>> Cache = new();

    private readonly byte[] _rootKey;
    private readonly byte[] _serverKey;

    private TestAuthority(Suite suite)
    {
        FakeClock clock = FakeClock.At("2026-01-01");
        SeededRandom random = new(suite.Id);
        using RootKey rootKey = RootKey.Generate(suite, "test root", TimeSpan.FromDays(365), clock, random);
        using ServerKey serverKey = ServerKey.Generate(suite, "test server", TimeSpan.FromDays(365), clock, random);
        Root = rootKey.CreateCertificate(random);
        Request = serverKey.CreateRequest();
        Certificate = rootKey.SignCertificate(Request, null, clock, random);
        _rootKey = rootKey.ToSecretBytes().Span.ToArray();
        _serverKey = serverKey.ToSecretBytes().Span.ToArray();
    }

    public RootCertificate Root { get; }

    public ServerCertificate Request { get; }

    public ServerCertificate Certificate { get; }

    public RootKey RootKey => RootKey.Parse(_rootKey);

    public ServerKey ServerKey => ServerKey.Parse(_serverKey);

    public static TestAuthority For(Suite suite) => Cache.GetOrAdd(suite, static suite => new(() => new TestAuthority(suite))).Value;

    public static VerificationPolicy PolicyAt(TimeProvider clock) => new() { Clock = clock };

    public VerifiedServer Verified(TimeProvider clock) => Root.Verify(Certificate, PolicyAt(clock));

    public ServerIdentity Identity(TimeProvider clock) => ServerIdentity.Create(Root, Certificate, ServerKey, PolicyAt(clock));
}
