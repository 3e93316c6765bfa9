using Postern.Authority.Enrolment;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>A certificate's successor: a new key, asked for with the old one. The key's owner is the caller.</summary>
internal sealed record Renewal(ServerKey Key, ServerCertificate Certificate)
{
    /// <summary>Makes the key and asks.</summary>
    public static async Task<Renewal> RunAsync(
        EnrolmentClient client, ServerCertificate former, ServerKey formerKey, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A key must not end before its certificate.
        double days = Math.Ceiling((formerKey.ValidTo - formerKey.ValidFrom).TotalDays);
        ServerKey key = ServerKey.Generate(former.Suite, former.Issuer, TimeSpan.FromDays(Math.Clamp(days, 1, ServerKey.MaxValidityDays)), clock);
        try
        {
            RenewalRequest renewal = RenewalRequest.Create(former, formerKey, SignedRequest.Create(key, clock), clock);
            return new Renewal(key, await client.RenewAsync(renewal, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
