//! Programs of the main package, built as the running test was built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The command `certwright`.
pub fn certwright() -> &'static PathBuf {
    static BUILT: LazyLock<PathBuf> =
        LazyLock::new(|| build(&["--bin", "certwright", "--features", "cli"], "certwright"));
    &BUILT
}

/// Builds a program, with the families and the store of this build, and says where it is.
fn build(arguments: &[&str], place: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    // <target>/<profile>/deps/<this test>
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
    let features = [
        (cfg!(feature = "cas"), "cas"),
        (cfg!(feature = "ecc"), "ecc"),
        (cfg!(feature = "encrypted-keys"), "encrypted-keys"),
        (cfg!(feature = "fast-arithmetic"), "fast-arithmetic"),
        (cfg!(feature = "idna"), "idna"),
        (cfg!(feature = "openssl-ca"), "openssl-ca"),
        (cfg!(feature = "postgres"), "postgres"),
        (cfg!(feature = "redb"), "redb"),
        (cfg!(feature = "rsa"), "rsa"),
        (cfg!(feature = "sealed-keys"), "sealed-keys"),
        (cfg!(feature = "serve"), "serve"),
        (cfg!(feature = "sm2"), "sm2"),
    ];
    let features: Vec<&str> =
        features.into_iter().filter(|(is_on, _)| *is_on).map(|(_, name)| name).collect();
    let mut command = Command::new(cargo);
    // Of the whole workspace, as `cargo test` has it: for one package, cargo would choose other features of
    // the dependencies and build them all once more.
    command.args(["build", "--quiet", "--no-default-features"]);
    command.args(["--features", &features.join(",")]).args(arguments);
    command.arg("--target-dir").arg(profile.parent().unwrap());
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "{place} does not build");
    let place = profile.join(place);
    assert!(place.exists(), "{} is not there", place.display());
    place
}
