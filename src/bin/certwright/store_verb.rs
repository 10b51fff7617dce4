//! What is to be done with a store as a whole.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

/// What is to be done with a store as a whole.
#[derive(Debug, Subcommand)]
pub enum StoreVerb {
    /// Copy a store to a new file, or into the empty tables of a database, verified record by record; whatever
    /// fails leaves nothing there
    Copy {
        /// The store: a file or a URL
        #[arg(value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
        from: PathBuf,
        /// The new file, or the URL of tables that `create-schema` made
        #[arg(value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
        to: PathBuf,
        /// A file whose one line is the password of the database's user; else PGPASSWORD in the environment
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        store_password_file: Option<PathBuf>,
    },
    /// Make the tables of a store in a schema of a PostgreSQL database, once
    CreateSchema {
        /// postgres://USER@HOST/DATABASE, with ?schema=NAME for another schema than certwright
        #[arg(value_name = "URL")]
        url: PathBuf,
        /// A file whose one line is the password of the database's user; else PGPASSWORD in the environment
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        store_password_file: Option<PathBuf>,
    },
}
