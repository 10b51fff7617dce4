//! Every seed of the fuzzer once more, in a build without it, which needs neither its C++ nor nightly.

use std::fs;
use std::path::{Path, PathBuf};

/// A test for each target that takes bytes. What the others take is made of bytes by libFuzzer's
/// rules, so that they have no seeds.
macro_rules! replay {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                let files = files(&seeds().join(stringify!($target)));
                assert!(!files.is_empty());
                for file in files {
                    // The last one is the one that a check fell over.
                    println!("{}", file.display());
                    certwright_fuzz::$target::check(&fs::read(file).unwrap());
                }
            }
        )*

        #[test]
        fn every_folder_of_seeds_is_replayed() {
            let names = files(&seeds());
            let names: Vec<&str> =
                names.iter().map(|folder| folder.file_name().unwrap().to_str().unwrap()).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

replay!(
    armor bundle call certificate chain crl csr difference encrypted general_names issue lint names pem
    pkcs8
);

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz/seeds")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
