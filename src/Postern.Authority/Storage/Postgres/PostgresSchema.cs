namespace Postern.Authority.Storage;

/// <summary>The tables of <see cref="SqliteSchema"/> for PostgreSQL, step by step the same, in a schema of their own.</summary>
internal static class PostgresSchema
{
    /// <summary>"Pstn": the lock that makes one writer of many, and the mark of every inventory.</summary>
    public const long ApplicationId = SqliteSchema.ApplicationId;

    /// <summary>Makes the schema, of version 0.</summary>
    public const string Empty =
        """
        CREATE SCHEMA postern;
        CREATE TABLE postern.inventory (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            application BIGINT NOT NULL,
            version INTEGER NOT NULL
        );
        """;

    /// <summary>Steps from one version to the next; the first makes an empty schema version 1.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Version1, Version2, Version3];

    // Serials sort by their bytes, as in SQLite. UPDATE OF and TRUNCATE fire for statements, so the triggers are not for rows.
    private const string Version1 =
        """
        CREATE TABLE postern.audit (
            number BIGINT PRIMARY KEY,
            time BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            details TEXT NOT NULL,
            previous BYTEA NOT NULL,
            hash BYTEA NOT NULL,
            signer TEXT,
            signature BYTEA
        );
        CREATE TABLE postern.audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number BIGINT NOT NULL,
            hash BYTEA NOT NULL
        );
        INSERT INTO postern.audit_head VALUES (1, 0, decode(repeat('00', 32), 'hex'));
        CREATE TABLE postern.roots (
            serial TEXT COLLATE "C" PRIMARY KEY,
            entry BIGINT NOT NULL UNIQUE REFERENCES postern.audit (number),
            certificate BYTEA NOT NULL
        );
        CREATE TABLE postern.requests (
            serial TEXT COLLATE "C" PRIMARY KEY,
            valid_from BIGINT NOT NULL,
            valid_to BIGINT NOT NULL,
            hash BYTEA NOT NULL
        );
        CREATE TABLE postern.certificates (
            serial TEXT COLLATE "C" NOT NULL REFERENCES postern.requests (serial),
            generation INTEGER NOT NULL,
            root TEXT COLLATE "C" NOT NULL REFERENCES postern.roots (serial),
            name TEXT NOT NULL,
            suite INTEGER NOT NULL,
            valid_from BIGINT NOT NULL,
            valid_to BIGINT NOT NULL,
            issued_at BIGINT NOT NULL,
            issued_by TEXT NOT NULL,
            replaced_by INTEGER,
            entry BIGINT NOT NULL UNIQUE REFERENCES postern.audit (number),
            certificate BYTEA NOT NULL,
            UNIQUE (serial, generation),
            FOREIGN KEY (serial, replaced_by) REFERENCES postern.certificates (serial, generation)
        );
        CREATE TABLE postern.revocations (
            serial TEXT COLLATE "C" PRIMARY KEY REFERENCES postern.requests (serial),
            reason TEXT NOT NULL,
            revoked_at BIGINT NOT NULL,
            revoked_by TEXT NOT NULL,
            entry BIGINT NOT NULL UNIQUE REFERENCES postern.audit (number)
        );
        CREATE FUNCTION postern.refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
        CREATE FUNCTION postern.refuse_gap() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN
                IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM postern.audit) THEN
                    RAISE EXCEPTION 'the audit log is append-only';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON postern.audit
            EXECUTE FUNCTION postern.refuse('the audit log is append-only');
        CREATE TRIGGER audit_has_no_gaps BEFORE INSERT ON postern.audit FOR EACH ROW EXECUTE FUNCTION postern.refuse_gap();
        CREATE TRIGGER certificates_are_not_changed
            BEFORE UPDATE OF serial, generation, root, name, suite, valid_from, valid_to, issued_at, issued_by, entry, certificate ON postern.certificates
            EXECUTE FUNCTION postern.refuse('a certificate does not change');
        CREATE TRIGGER certificates_are_kept BEFORE DELETE OR TRUNCATE ON postern.certificates
            EXECUTE FUNCTION postern.refuse('a certificate is kept');
        CREATE TRIGGER revocations_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON postern.revocations
            EXECUTE FUNCTION postern.refuse('a revocation is final');
        """;

    private const string Version2 =
        """
        CREATE TABLE postern.revocation_lists (
            number BIGINT PRIMARY KEY,
            issued_at BIGINT NOT NULL,
            next_update BIGINT NOT NULL,
            entries INTEGER NOT NULL,
            digest TEXT NOT NULL,
            published_by TEXT NOT NULL,
            entry BIGINT NOT NULL UNIQUE REFERENCES postern.audit (number)
        );
        CREATE FUNCTION postern.refuse_lower_number() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN
                IF NEW.number <= (SELECT COALESCE(MAX(number), 0) FROM postern.revocation_lists) THEN
                    RAISE EXCEPTION 'the numbers of lists ascend';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER revocation_lists_ascend BEFORE INSERT ON postern.revocation_lists
            FOR EACH ROW EXECUTE FUNCTION postern.refuse_lower_number();
        CREATE TRIGGER revocation_lists_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON postern.revocation_lists
            EXECUTE FUNCTION postern.refuse('a published list is final');
        """;

    private const string Version3 =
        """
        CREATE TABLE postern.tokens (
            id TEXT COLLATE "C" PRIMARY KEY,
            kind TEXT NOT NULL,
            pattern TEXT NOT NULL,
            days INTEGER,
            uses INTEGER NOT NULL,
            expires_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            created_by TEXT NOT NULL,
            entry BIGINT NOT NULL UNIQUE REFERENCES postern.audit (number),
            hash BYTEA NOT NULL
        );
        CREATE TABLE postern.submissions (
            id TEXT COLLATE "C" PRIMARY KEY,
            serial TEXT COLLATE "C" NOT NULL UNIQUE,
            name TEXT NOT NULL,
            origin TEXT NOT NULL,
            submitted_at BIGINT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'refused')),
            decided_by TEXT,
            decided_at BIGINT,
            entry BIGINT UNIQUE REFERENCES postern.audit (number),
            request BYTEA NOT NULL,
            CHECK ((state = 'submitted') = (entry IS NULL))
        );
        CREATE INDEX certificates_by_issuer ON postern.certificates (issued_by);
        CREATE FUNCTION postern.refuse_decided() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN
                IF OLD.state <> 'submitted' THEN RAISE EXCEPTION 'a decision is final'; END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER tokens_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON postern.tokens
            EXECUTE FUNCTION postern.refuse('a token does not change');
        CREATE TRIGGER decisions_are_final BEFORE UPDATE OR DELETE ON postern.submissions
            FOR EACH ROW EXECUTE FUNCTION postern.refuse_decided();
        """;
}
