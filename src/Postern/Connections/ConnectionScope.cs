using System.Collections;

namespace Postern.Connections;

/// <summary>What the log lines of one connection have in common: its number.</summary>
internal sealed class ConnectionScope(long id) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Name = "ConnectionId";

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => index == 0 ? new(Name, id) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    public override string ToString() => $"{Name}: {id}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
