//! The crate openssl-src, with the one option by which distributions build OpenSSL faster: the
//! arithmetic for P-384 and P-521 on 64-bit machines (`enable-ec_nistp_64_gcc_128`), which OpenSSL
//! leaves out by default because not every compiler has integers of 128 bits.

use std::path::PathBuf;

pub use real::Artifacts;

/// What openssl-sys calls of the real one.
pub struct Build(real::Build);

impl Build {
    /// A build as the build script's environment asks for it.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(real::Build::new())
    }

    /// Where the library looks for its configuration.
    pub fn openssl_dir(&mut self, path: PathBuf) -> &mut Self {
        self.0.openssl_dir(path);
        self
    }

    /// Configures and compiles.
    pub fn build(&mut self) -> Artifacts {
        if cfg!(all(unix, target_pointer_width = "64", target_endian = "little")) {
            // The real one has no call for options, but lets its caller choose a perl. A build script
            // has one thread here, so that nobody reads the environment meanwhile.
            std::env::set_var("OPENSSL_SRC_PERL", concat!(env!("CARGO_MANIFEST_DIR"), "/perl"));
        }
        self.0.build()
    }
}
