//! What is refused: URLs, and servers that would lose what they said is written.

use certwright::Store;
use certwright::error::StoreErrorKind;
use certwright::store::{PostgresSettings, PostgresStore};
use certwright_tests::postgres::{Server, settings, shared};

#[test]
fn urls_are_read_or_refused_by_what_is_wrong() {
    let read = PostgresSettings::from_url;
    for url in [
        "postgres://ca@localhost/pki?sslmode=disable",
        "postgresql://ca@db1,db2:5433/pki?sslmode=disable&schema=two",
        "postgres://ca@[::1]:5433/pki?sslmode=disable",
        "postgres://ca@/pki?host=/var/run/postgresql",
        "postgres:///?host=/run&user=ca&dbname=pki",
        "postgres://ca@db.internal/pki",
    ] {
        read(url).unwrap();
    }
    for (url, words) in [
        ("ca.redb", "the beginning"),
        ("postgres://ca:geheim@db/pki", "a URL has none here"),
        ("postgres://ca@db/pki?password=geheim", "a URL has none here"),
        ("postgres://db/pki", "the user"),
        ("postgres://ca@db", "the database"),
        ("postgres://ca@/pki", "the host"),
        ("postgres://ca@db/pki?sslmode=prefer", "sslmode"),
        ("postgres://ca@db/pki?sslmode=allow", "sslmode"),
        ("postgres://ca@/pki?host=/run&sslmode=verify-full", "a Unix socket has no TLS"),
        ("postgres://ca@db/pki?options=-csynchronous_commit%3Doff", "a parameter"),
        ("postgres://ca@db/pki?schema=a;b", "schema"),
        ("postgres://ca@db/pki?schema=A", "schema"),
        ("postgres://ca@db/pki?schema=", "schema"),
        ("postgres://ca@db:x/pki", "its form"),
        ("postgres://ca@db/pki?sslrootcert=/nowhere/root.pem", "/nowhere/root.pem"),
    ] {
        let error = read(url).map(drop).unwrap_err().to_string();
        assert!(error.contains(words), "{url}: {error}");
        assert!(!error.contains("geheim"), "{error}");
    }
    let settings = read("postgres://ca@db/pki?sslmode=disable").unwrap();
    let settings = settings.with_password("geheim").unwrap();
    assert!(!format!("{settings:?}").contains("geheim"), "{settings:?}");
    for password in ["", "x".repeat(1_025).as_str()] {
        assert!(settings.clone().with_password(password).is_err());
    }
    settings.with_password(&"x".repeat(1_024)).unwrap();
}

#[test]
fn without_roots_there_is_no_tls_and_nothing_is_sent() {
    let settings = PostgresSettings::from_url("postgres://ca@127.0.0.1:1/pki").unwrap();
    let error = PostgresStore::open(&settings).unwrap_err();
    assert!(error.to_string().contains("sslrootcert=FILE"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let settings = PostgresSettings::from_url("postgres://ca@127.0.0.1:1/pki?sslmode=disable");
    let error = PostgresStore::open(&settings.unwrap()).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("try again later"), "{error}");
}

#[test]
fn tables_of_another_version_or_that_a_crash_empties_are_refused() {
    let Some(server) = shared() else { return };
    for (name, sql, words) in [
        ("later", "UPDATE later.format SET version = 2", "tables of version 2"),
        ("unlogged", "ALTER TABLE unlogged.records SET UNLOGGED", "5 of the 6 tables"),
        ("cut", "DROP TABLE cut.commits", "5 of the 6 tables"),
        ("versions", "INSERT INTO versions.format VALUES (1)", "exactly one row"),
        ("none", "DELETE FROM none.format", "exactly one row"),
    ] {
        let settings = settings(name).unwrap();
        drop(PostgresStore::create(&settings).unwrap());
        server.sql(sql);
        let error = PostgresStore::open(&settings).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_server_that_would_lose_a_commit_is_refused_also_when_it_becomes_one() {
    let Some(server) = Server::start("") else { return };
    let settings = PostgresSettings::from_url(&server.url("")).unwrap();
    let store = PostgresStore::create(&settings).unwrap();
    let put = |value: &[u8]| store.write(&mut |t| t.put(b"key", value));
    put(b"1").unwrap();
    for (line, words) in [
        ("fsync = off", "fsync is off"),
        ("full_page_writes = off", "full_page_writes is off"),
        ("synchronous_commit = off", "synchronous_commit is off"),
        (
            "synchronous_commit = local\nsynchronous_standby_names = 'standby'",
            "synchronous_commit is local",
        ),
        (
            "synchronous_commit = remote_write\nsynchronous_standby_names = 'standby'",
            "synchronous_commit is remote_write",
        ),
        ("default_transaction_read_only = on", "the server only reads"),
    ] {
        server.configure(&format!("{line}\n"));
        server.reload();
        let error = PostgresStore::open(&settings).unwrap_err().to_string();
        assert!(error.contains(words), "{line}: {error}");
        let name = line.split(' ').next().unwrap();
        if ["fsync", "full_page_writes"].contains(&name) {
            // The connection that is there notices before it commits.
            let error = put(b"2").unwrap_err().to_string();
            assert!(error.contains(words), "{line}: {error}");
        }
        let good = match name {
            "default_transaction_read_only" => "off",
            _ => "on",
        };
        server.configure(&format!("{name} = {good}\nsynchronous_standby_names = ''\n"));
        server.reload();
        drop(PostgresStore::open(&settings).unwrap());
    }
    store.read(&mut |t| t.get(b"key").map(|found| assert_eq!(found.unwrap(), b"1"))).unwrap();
    put(b"3").unwrap();
    // Where nothing but a disk is to be waited for, it is the same as `on`.
    server.configure("synchronous_commit = local\n");
    server.reload();
    drop(PostgresStore::open(&settings).unwrap());
    server.configure("synchronous_commit = on\n");
    server.reload();
    // A default of the role is made better, in each transaction.
    server.sql("ALTER ROLE ca SET synchronous_commit = off");
    let store = PostgresStore::open(&settings).unwrap();
    server.sql(
        "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF current_setting('synchronous_commit') <> 'on' THEN RAISE 'not synchronous'; END IF; \
         RETURN NEW; END $$; \
         CREATE TRIGGER told BEFORE INSERT ON certwright.records FOR EACH ROW EXECUTE FUNCTION told()",
    );
    store.write(&mut |t| t.put(b"key", b"4")).unwrap();
}
