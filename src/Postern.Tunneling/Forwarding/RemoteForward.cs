using System.Net;

namespace Postern.Tunneling;

/// <summary>An address that the server listens on, and where its connections lead to on this side.</summary>
/// <param name="Listen">Address on the server, as <c>127.0.0.1:9000</c> or <c>unix:/run/app.sock</c>; port 0 lets the server choose.</param>
/// <param name="Target">Where each connection is led to: an <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> or a UNIX socket.</param>
public sealed record RemoteForward(string Listen, EndPoint Target);
