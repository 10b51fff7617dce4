//! RSA signatures when the arithmetic in lanes is wrong.

use rand_core::UnwrapErr;

use super::random::{seeded, system};
use super::rsa::{Secret, scheme};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm, WeakKeys};
use crate::error::Error;
use crate::key::KeyPair;
use crate::lanes::{Arithmetic, PrivateNumbers, RsaKey};
use crate::wire::private_key::RsaParts;
