namespace Postern.Qsmp;

/// <summary>The two protocols of QSMP. They share keys, sets and packets; nothing of one is understood by the other. (QSMP §1.1)</summary>
public enum QsmpMode
{
    /// <summary>QSMS: one-way trust. The client holds the server's public key and stays anonymous.</summary>
    Simplex = 1,

    /// <summary>QSMD: both peers hold keys and each other's public key; two KEM secrets and 512-bit strength.</summary>
    Duplex = 2,
}
