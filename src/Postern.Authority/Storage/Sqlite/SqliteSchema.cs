namespace Postern.Authority.Storage;

/// <summary>The tables, and how older files get them. The position of a step is the version that it leads to.</summary>
internal static class SqliteSchema
{
    /// <summary>"Pstn", in the header of every inventory.</summary>
    public const long ApplicationId = 0x5073746E;

    /// <summary>Steps from one version to the next; the first makes an empty file version 1.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Version1, Version2, Version3];

    // The bytes of certificates come last: lists do not read them.
    private const string Version1 =
        """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            details TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL,
            signer TEXT,
            signature BLOB
        ) STRICT;
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        INSERT INTO audit_head VALUES (1, 0, zeroblob(32));
        CREATE TABLE roots (
            serial TEXT PRIMARY KEY,
            entry INTEGER NOT NULL UNIQUE REFERENCES audit (number),
            certificate BLOB NOT NULL
        ) STRICT;
        CREATE TABLE requests (
            serial TEXT PRIMARY KEY,
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE TABLE certificates (
            serial TEXT NOT NULL REFERENCES requests (serial),
            generation INTEGER NOT NULL,
            root TEXT NOT NULL REFERENCES roots (serial),
            name TEXT NOT NULL,
            suite INTEGER NOT NULL,
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL,
            issued_at INTEGER NOT NULL,
            issued_by TEXT NOT NULL,
            replaced_by INTEGER,
            entry INTEGER NOT NULL UNIQUE REFERENCES audit (number),
            certificate BLOB NOT NULL,
            UNIQUE (serial, generation),
            FOREIGN KEY (serial, replaced_by) REFERENCES certificates (serial, generation)
        ) STRICT;
        CREATE TABLE revocations (
            serial TEXT PRIMARY KEY REFERENCES requests (serial),
            reason TEXT NOT NULL,
            revoked_at INTEGER NOT NULL,
            revoked_by TEXT NOT NULL,
            entry INTEGER NOT NULL UNIQUE REFERENCES audit (number)
        ) STRICT;
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_has_no_gaps BEFORE INSERT ON audit
            WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER certificates_are_not_changed
            BEFORE UPDATE OF serial, generation, root, name, suite, valid_from, valid_to, issued_at, issued_by, entry, certificate ON certificates
            BEGIN SELECT RAISE(ABORT, 'a certificate does not change'); END;
        CREATE TRIGGER certificates_are_not_deleted BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'a certificate is kept'); END;
        CREATE TRIGGER revocations_are_not_changed BEFORE UPDATE ON revocations BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END;
        CREATE TRIGGER revocations_are_not_deleted BEFORE DELETE ON revocations BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END;
        """;

    private const string Version2 =
        """
        CREATE TABLE revocation_lists (
            number INTEGER PRIMARY KEY,
            issued_at INTEGER NOT NULL,
            next_update INTEGER NOT NULL,
            entries INTEGER NOT NULL,
            digest TEXT NOT NULL,
            published_by TEXT NOT NULL,
            entry INTEGER NOT NULL UNIQUE REFERENCES audit (number)
        ) STRICT;
        CREATE TRIGGER revocation_lists_ascend BEFORE INSERT ON revocation_lists
            WHEN NEW.number <= (SELECT COALESCE(MAX(number), 0) FROM revocation_lists)
            BEGIN SELECT RAISE(ABORT, 'the numbers of lists ascend'); END;
        CREATE TRIGGER revocation_lists_are_not_changed BEFORE UPDATE ON revocation_lists BEGIN SELECT RAISE(ABORT, 'a published list is final'); END;
        CREATE TRIGGER revocation_lists_are_not_deleted BEFORE DELETE ON revocation_lists BEGIN SELECT RAISE(ABORT, 'a published list is final'); END;
        """;

    private const string Version3 =
        """
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            pattern TEXT NOT NULL,
            days INTEGER,
            uses INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            entry INTEGER NOT NULL UNIQUE REFERENCES audit (number),
            hash BLOB NOT NULL
        ) STRICT;
        CREATE TABLE submissions (
            id TEXT PRIMARY KEY,
            serial TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            origin TEXT NOT NULL,
            submitted_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'refused')),
            decided_by TEXT,
            decided_at INTEGER,
            entry INTEGER UNIQUE REFERENCES audit (number),
            request BLOB NOT NULL,
            CHECK ((state = 'submitted') = (entry IS NULL))
        ) STRICT;
        CREATE INDEX certificates_by_issuer ON certificates (issued_by);
        CREATE TRIGGER tokens_are_not_changed BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'a token does not change'); END;
        CREATE TRIGGER tokens_are_not_deleted BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'a token is kept'); END;
        CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON submissions WHEN OLD.state <> 'submitted'
            BEGIN SELECT RAISE(ABORT, 'a decision is final'); END;
        CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON submissions WHEN OLD.state <> 'submitted'
            BEGIN SELECT RAISE(ABORT, 'a decision is final'); END;
        """;
}
