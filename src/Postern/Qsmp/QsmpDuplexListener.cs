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
        new(ChannelListener.Start(endPoint, CreateProtocol(options), options, handler, "Postern.Qsmp.DuplexListener"));

    internal static ListenerProtocol CreateProtocol(QsmpDuplexListenOptions options)
    {
        DuplexTrust trust = options.CreateTrust();
        return new ListenerProtocol
        {
            CreateHandshake = () => new DuplexListenerHandshake(trust, options.CreateHandshakeClock(), RandomSource.System) { OnlyCode = options.OnlyCode },
            TooManyConnectionsCode = (byte)QsmpErrorCode.TooManyHosts,
            Context = options.CreateContext(mayRatchet: true, QsmpProtocol.HasKeyExchange(trust.Suite)),
        };
    }
}
