using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qsmp.Duplex;

namespace Postern.Qsmp;

/// <summary>A DUPLEX peer that others connect to; <see cref="QsmpDuplexPeer.Listen"/> starts one. (QSMP §3)</summary>
public sealed class QsmpDuplexListener : ChannelServer
{
    private QsmpDuplexListener(ChannelListener listener)
        : base(listener)
    {
    }

    internal static QsmpDuplexListener Start(EndPoint endPoint, QsmpDuplexListenOptions options, ChannelHandler handler) =>
        new(ChannelListener.Start(endPoint, CreateProtocol(options, servesMany: true), options, handler, "Postern.Qsmp.DuplexListener"));

    internal static ListenerProtocol CreateProtocol(QsmpDuplexListenOptions options, bool servesMany)
    {
        DuplexTrust trust = options.CreateTrust();
        return options.CreateProtocol(
            settings => new DuplexListenerHandshake(trust, options.CreateHandshakeClock(), RandomSource.System) { Settings = settings },
            [trust.Suite],
            servesMany,
            QsmpProtocol.HasKeyExchange(trust.Suite));
    }
}
