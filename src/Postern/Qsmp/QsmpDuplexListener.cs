using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qsmp.Duplex;

namespace Postern.Qsmp;

/// <summary>A DUPLEX peer that others connect to; <see cref="QsmpDuplexPeer.Listen"/> starts one. (QSMP §3)</summary>
public sealed class QsmpDuplexListener : ChannelServer
{
    private ReplayCache _replays;

    private QsmpDuplexListener(ChannelListener listener, ReplayCache replays)
        : base(listener) => _replays = replays;

    internal static QsmpDuplexListener Start(EndPoint endPoint, QsmpDuplexListenOptions options, ChannelHandler handler)
    {
        DuplexTrust trust = options.CreateTrust();
        return new QsmpDuplexListener(
            ChannelListener.Start(endPoint, CreateProtocol(options, trust, servesMany: true), options, handler, "Postern.Qsmp.DuplexListener"), trust.Replays);
    }

    /// <summary>
    /// Answers new connections by these options from now on, limits included. Connections that are there go on, and keep what they were made with: the former keys
    /// may be disposed of when the task has ended. One caller at a time.
    /// </summary>
    /// <param name="options">All of them; those that were given before count no more. The loggers stay what they are.</param>
    /// <returns>Ends when no connection uses the former options.</returns>
    /// <exception cref="InvalidOperationException">It is drained or disposed of.</exception>
    public Task Update(QsmpDuplexListenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DuplexTrust trust = options.CreateTrust(_replays);
        _replays = trust.Replays;
        return Update(CreateProtocol(options, trust, servesMany: true), options);
    }

    internal static ListenerProtocol CreateProtocol(QsmpDuplexListenOptions options, bool servesMany) => CreateProtocol(options, options.CreateTrust(), servesMany);

    private static ListenerProtocol CreateProtocol(QsmpDuplexListenOptions options, DuplexTrust trust, bool servesMany) => options.CreateProtocol(
        settings => new DuplexListenerHandshake(trust, options.CreateHandshakeClock(), RandomSource.System) { Settings = settings },
        [trust.Suite],
        servesMany,
        QsmpProtocol.HasKeyExchange(trust.Suite));
}
