using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Postern.Authority.Service;
using Postern.Cryptography;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Renewing;

/// <summary>
/// Renews a server's certificate in time. The successor is verified, written in the place of certificate and key, which go to <c>.former</c> files, and
/// served beside the old one until that ends.
/// </summary>
internal sealed class CertificateRenewer : IAsyncDisposable
{
    /// <summary>What the files of the certificate before are called.</summary>
    public const string FormerSuffix = ".former";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly RenewalPlan _plan;
    private readonly RollingIdentities _identities;
    private readonly ILogger _logger;
    private readonly Task _running;

    private CertificateRenewer(RenewalPlan plan, RollingIdentities identities, ILogger logger)
    {
        _plan = plan;
        _identities = identities;
        _logger = logger;
        _running = RunAsync();
    }

    /// <summary>Begins to watch the first identity's certificate.</summary>
    public static CertificateRenewer Start(RenewalPlan plan, RollingIdentities identities, ILogger logger) => new(plan, identities, logger);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            ServerCertificate current = _identities[0].Certificate;
            while (true)
            {
                await WaitUntilAsync(_plan.DueDate(current, RandomNumberGenerator.GetInt32(1000) / 1000.0));
                current = await RenewUntilDoneAsync(current);
                // Whatever the dates say: a service that issues for a moment must not be asked all the time.
                await Task.Delay(LongestWait, _plan.Clock, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    // In steps, for the clock may be set meanwhile.
    private async Task WaitUntilAsync(DateTimeOffset due)
    {
        while (due - _plan.Clock.GetUtcNow() is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest < LongestWait ? rest : LongestWait, _plan.Clock, _stop.Token);
        }
    }

    private async Task<ServerCertificate> RenewUntilDoneAsync(ServerCertificate current)
    {
        for (TimeSpan wait = FirstRetry; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                ServerCertificate next = await RenewAsync();
                _logger.Renewed(current.SerialNumber, next.SerialNumber, next.ValidTo);
                return next;
            }
            catch (Exception exception) when (exception is RefusedException or HttpRequestException or IOException or FormatException
                or UnauthorizedAccessException or CommandException or ArgumentException or TaskCanceledException)
            {
                _stop.Token.ThrowIfCancellationRequested();
                _logger.NotRenewed(exception, current.SerialNumber, current.ValidTo);
            }

            // Many servers may have lost the same service.
            await Task.Delay(wait * (0.75 + (RandomNumberGenerator.GetInt32(500) / 1000.0)), _plan.Clock, _stop.Token);
        }
    }

    private async Task<ServerCertificate> RenewAsync()
    {
        ServerCertificate former = ServerCertificate.Parse(await File.ReadAllBytesAsync(_plan.CertificatePath, _stop.Token));
        using SecretBytes formerKeyFile = ReadKey();
        using ServerKey formerKey = ServerKey.Parse(formerKeyFile.Span);
        using EnrolmentClient client = await _plan.ConnectAsync(_stop.Token);
        Renewal renewal = await Renewal.RunAsync(client, former, formerKey, _plan.Clock, _stop.Token);
        ServerIdentity identity = ServerIdentity.Create(_plan.Root, renewal.Certificate, renewal.Key, _plan.Policy);
        using SecretBytes keyFile = renewal.Key.ToSecretBytes();
        AtomicFile.WritePair(_plan.KeyPath + FormerSuffix, formerKeyFile.Span, _plan.CertificatePath + FormerSuffix, former.ToBytes(), overwrite: true);
        AtomicFile.WritePair(_plan.KeyPath, keyFile.Span, _plan.CertificatePath, renewal.Certificate.ToBytes(), overwrite: true);
        _identities.Add(identity);
        return renewal.Certificate;
    }

    private SecretBytes ReadKey()
    {
        byte[] data = File.ReadAllBytes(_plan.KeyPath);
        SecretBytes key = new(data);
        CryptographicOperations.ZeroMemory(data);
        return key;
    }
}
