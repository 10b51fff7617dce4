//! Where serial numbers come from.

use rand_core::TryCryptoRng;

use crate::error::Error;
use crate::serial::SerialNumber;

/// A generator of serial numbers, whatever its error type.
pub(super) trait Serials: Send {
    fn draw(&mut self) -> Result<SerialNumber, Error>;
}

/// One serial number that the caller chose.
pub(super) struct Chosen(pub(super) SerialNumber);

impl Serials for Chosen {
    fn draw(&mut self) -> Result<SerialNumber, Error> {
        Ok(self.0)
    }
}

pub(super) struct FromRng<R>(pub(super) R);

impl<R: TryCryptoRng + Send> Serials for FromRng<R> {
    fn draw(&mut self) -> Result<SerialNumber, Error> {
        SerialNumber::generate(&mut self.0)
    }
}
