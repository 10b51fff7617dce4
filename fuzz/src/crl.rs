//! Revocation lists.

use certwright::SerialNumber;
use certwright::crl::RevocationList;

use crate::INPUT_BYTES;
use crate::keys::{CA, sign_again};

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    read(input);
    if let Some(der) = sign_again(input, &CA)
        && let Some(list) = read(&der)
    {
        // Inside it may name another algorithm than outside, which is that of the key.
        let usable = list.check_usable().is_ok() && list.signature_algorithm().is_ok();
        assert_eq!(list.verify_signature(CA.public_key()).is_ok(), usable);
    }
}

fn read(der: &[u8]) -> Option<RevocationList> {
    let list = RevocationList::from_der(der).ok()?;
    assert_eq!(list.as_der(), der);
    let _ = format!("{list:?}");
    let _ = (list.signature_identifier().to_string(), list.foreign_entries());
    for serial in list.serials() {
        assert!(list.find(serial).is_some());
    }
    let _ = (list.number(), list.delta_base(), list.is_delta(), list.distribution_urls());
    list.find(&SerialNumber::from_bytes(&[1]).unwrap());
    Some(list)
}
