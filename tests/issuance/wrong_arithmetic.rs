//! A signer whose arithmetic goes wrong: one bit, one half, the wrong key, numbers out of range.
//! What it answers is never released, the serial number stays claimed and can be revoked, and the
//! next signature is as good as ever. An RSA signature with a fault in one half of its CRT gives the
//! private key to whoever gets to see it (Boneh, DeMillo and Lipton, 1997).

use std::sync::{Arc, Mutex};

use certwright::crl::{CrlRequest, RevocationList, RevocationReason};
use certwright::key::{KeyFamily, PublicKey, SignatureAlgorithm};
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    Authority, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Profile, SerialNumber, Signer,
};

use crate::common;
use crate::craft::{self, Ladder, internal, now};
use crate::devices::{builder, name};
use crate::key_files::{INTEGER, SEQUENCE, content, hex, integer, value, whole};

/// What becomes of a right signature of a message.
type Fault = Box<dyn Fn(&[u8], Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A key that signs rightly, and a fault that may come after it.
struct Faulty {
    key: Arc<KeyPair>,
    fault: Mutex<Option<Fault>>,
    /// Where the fault strikes in a batch.
    position: usize,
    asked: Mutex<Vec<Vec<u8>>>,
}

impl Faulty {
    fn new(key: Arc<KeyPair>) -> Arc<Self> {
        let (fault, asked) = (Mutex::default(), Mutex::default());
        Arc::new(Self { key, fault, position: 2, asked })
    }

    fn set(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap() = fault;
    }

    /// The serial number of the certificate that it was asked to sign last.
    fn last_serial(&self) -> SerialNumber {
        serial_of(self.asked.lock().unwrap().last().unwrap())
    }

    fn spoil(&self, message: &[u8], signature: Vec<u8>) -> Vec<u8> {
        match &*self.fault.lock().unwrap() {
            Some(fault) => {
                let spoiled = fault(message, signature.clone());
                assert_ne!(spoiled, signature, "the fault does something");
                spoiled
            }
            None => signature,
        }
    }
}

impl Signer for Faulty {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.asked.lock().unwrap().push(message.to_vec());
        Ok(self.spoil(message, self.key.sign(message)?))
    }

    fn sign_many(&self, messages: &[&[u8]]) -> Vec<Result<Vec<u8>, Error>> {
        let signed = messages.iter().enumerate().map(|(position, message)| {
            if position == self.position || messages.len() == 1 {
                return self.sign(message);
            }
            self.key.sign(message)
        });
        signed.collect()
    }
}

#[test]
fn no_fault_is_released_and_the_next_certificate_is_good() {
    for algorithm in common::families() {
        let (ladder, device, authority) = scene(algorithm);
        let request = ladder.request(&["db.internal"]);
        let mut claimed = Vec::new();
        // RSA is slow: of the flipped bits, those of every 16th byte.
        let rare = if algorithm.family() == KeyFamily::Rsa { 16 } else { 1 };
        for (fault, spoil) in faults(algorithm, rare) {
            device.set(Some(spoil));
            unreleased(&fault, "certificate", authority.issue(&request));
            let serial = device.last_serial();
            assert_eq!(authority.find(&serial).unwrap(), None, "{fault}");
            authority.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
            claimed.push(serial);

            unreleased(&fault, "certificate request", builder().sign(&device));
            let crl = || authority.issue_crl(&CrlRequest::full(Lifetime::days(7)));
            unreleased(&fault, "certificate revocation list", crl());
            let below = |key| authority.delegate(name("Below"), Profile::intermediate(0), key);
            unreleased(&fault, "certificate", below(craft::key(algorithm, 3)));
            authority.revoke(&device.last_serial(), RevocationReason::CaCompromise).unwrap();
            claimed.push(device.last_serial());
            let root = Issuer::self_signed(name("Own"), Profile::root(), Arc::clone(&device));
            unreleased(&fault, "certificate", root);

            device.set(None);
            let chain = authority.issue(&request).unwrap().into_chain();
            assert!(!claimed.contains(chain.leaf().serial()), "{fault}");
            chain.leaf().verify_signature(device.public_key()).unwrap();
        }
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        let list = RevocationList::from_der(&list.to_der()).unwrap();
        list.verify_signature(device.public_key()).unwrap();
        assert!(claimed.iter().all(|serial| list.find(serial).is_some()), "all are revoked");
        builder().sign(&device).unwrap();
        authority
            .delegate(name("Below"), Profile::intermediate(0), craft::key(algorithm, 3))
            .unwrap();
    }
}

#[test]
fn one_fault_in_a_batch_fails_one_certificate() {
    for algorithm in common::families() {
        let (ladder, device, authority) = scene(algorithm);
        let requests = [(); 5].map(|()| ladder.request(&["db.internal"]));
        for (fault, spoil) in faults(algorithm, 16).into_iter().step_by(3) {
            device.set(Some(spoil));
            for (position, answer) in authority.issue_many(&requests).into_iter().enumerate() {
                if position == device.position {
                    unreleased(&fault, "certificate", answer);
                } else {
                    let leaf = answer.unwrap().certificate().clone();
                    leaf.verify_signature(device.public_key()).unwrap();
                    assert_eq!(authority.find(leaf.serial()).unwrap(), Some(leaf));
                }
            }
            let serial = device.last_serial();
            assert_eq!(authority.find(&serial).unwrap(), None, "{fault}");
            authority.revoke(&serial, RevocationReason::Superseded).unwrap();
            device.set(None);
            assert!(authority.issue_many(&requests).iter().all(Result::is_ok), "{fault}");
        }
    }
}

/// A signature that came from elsewhere is checked by the same rule, and the right one still fits.
#[test]
fn a_faulty_signature_completes_nothing_and_the_right_one_still_does() {
    for algorithm in common::families() {
        let (ladder, device, authority) = scene(algorithm);
        let prepared = authority.prepare(&ladder.request(&["db.internal"])).unwrap();
        let (serial, bytes) = (*prepared.serial(), prepared.to_be_signed().to_vec());
        let right = device.key.sign(&bytes).unwrap();
        for (fault, spoil) in faults(algorithm, 1) {
            let answer = authority.complete(&serial, &spoil(&bytes, right.clone()));
            unreleased(&fault, "certificate", answer);
            assert_eq!(authority.find(&serial).unwrap(), None, "{fault}");
        }
        assert_eq!(authority.complete(&serial, &right).unwrap().certificate().signature(), right);
    }
}

/// An authority of the ladder's intermediate whose key is in a faulty device.
fn scene(algorithm: KeyAlgorithm) -> (Ladder, Arc<Faulty>, Authority) {
    let mut ladder = Ladder::new(algorithm);
    let device = Faulty::new(ladder.ca_key());
    // It may certify another CA below.
    let validity = *ladder.ca.certificate().validity();
    ladder.ca = ladder
        .root
        .delegate_at(
            name("CA"),
            Profile::intermediate(1),
            Arc::clone(&device),
            craft::serial(2),
            validity,
        )
        .unwrap();
    let authority = Authority::new(ladder.ca.clone(), internal(), MemoryStore::default())
        .with_clock(FixedClock(now()));
    (ladder, device, authority)
}

#[track_caller]
fn unreleased<T>(fault: &str, what: &str, answer: Result<T, Error>) {
    match answer {
        Err(error @ Error::Signer(_)) => {
            let text = error.to_string();
            let end = format!("signature of the {what}; nothing was released");
            assert!(text.ends_with(&end), "{fault}: {text}");
        }
        Err(other) => panic!("{fault}: not the signer's error: {other}"),
        Ok(_) => panic!("{fault}: it was released"),
    }
}

/// The serial number of a to-be-signed certificate.
fn serial_of(to_be_signed: &[u8]) -> SerialNumber {
    let mut fields = craft::children(to_be_signed).into_iter();
    let serial = fields.find(|field| field[0] == INTEGER).unwrap();
    SerialNumber::from_bytes(content(&serial)).unwrap()
}

/// Every fault that fits a family, by its name, with a flipped bit in every byte whose position this
/// number divides.
fn faults(algorithm: KeyAlgorithm, rare: usize) -> Vec<(String, Fault)> {
    let mut faults = common_faults(algorithm);
    // The longest signatures of the keys here; where one is shorter, a position comes twice.
    let bytes = if algorithm.family() == KeyFamily::Rsa { 256 } else { 72 };
    for position in (0..bytes).step_by(rare) {
        faults.push(fault(format!("a bit of byte {position}"), move |_, mut right| {
            let (length, bit) = (right.len(), position % 8);
            right[position % length] ^= 1 << bit;
            right
        }));
    }
    match algorithm.family() {
        #[cfg(feature = "rsa")]
        KeyFamily::Rsa => faults.extend(rsa::faults(algorithm)),
        _ => faults.extend(pair_faults(algorithm)),
    }
    faults
}

fn fault(
    name: impl Into<String>,
    spoil: impl Fn(&[u8], Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
) -> (String, Fault) {
    (name.into(), Box::new(spoil))
}

fn common_faults(algorithm: KeyAlgorithm) -> Vec<(String, Fault)> {
    let other = craft::key(algorithm, 7);
    let same = craft::key(algorithm, 1);
    vec![
        fault("nothing at all", |_, _| Vec::new()),
        fault("zeros", |_, right| vec![0; right.len()]),
        fault("ones", |_, right| vec![0xff; right.len()]),
        fault("the last byte is missing", |_, right| right[..right.len() - 1].to_vec()),
        fault("one byte more", |_, right| [right, vec![0]].concat()),
        fault("one byte before", |_, right| [vec![0], right].concat()),
        fault("twice", |_, right| right.repeat(2)),
        fault("64 KiB", |_, right| [right, vec![0x30; 65_536]].concat()),
        fault("another key's", move |message, _| other.sign(message).unwrap()),
        fault("of another message", move |message, _| same.sign(&message[1..]).unwrap()),
    ]
}

/// Faults of r and s.
fn pair_faults(algorithm: KeyAlgorithm) -> Vec<(String, Fault)> {
    let order = hex(match algorithm {
        KeyAlgorithm::Sm2 => "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        _ => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    });
    let mut faults = Vec::new();
    for (number, name) in [(vec![0], "0"), (order.clone(), "n"), (vec![0xff; 32], "2^256-1")] {
        let (r_too, both) = (number.clone(), number.clone());
        faults.push(fault(format!("r = {name}"), move |_, right| pair(&r_too, &split(&right).1)));
        faults.push(fault(format!("s = {name}"), move |_, right| pair(&split(&right).0, &number)));
        faults.push(fault(format!("r = s = {name}"), move |_, _| pair(&both, &both)));
    }
    let reduced = order.clone();
    faults.extend([
        fault("r + n", move |_, right| {
            let (r, s) = split(&right);
            pair(&sum(&r, &order), &s)
        }),
        fault("s + n", move |_, right| {
            let (r, s) = split(&right);
            pair(&r, &sum(&s, &reduced))
        }),
        fault("s and r", |_, right| {
            let (r, s) = split(&right);
            pair(&s, &r)
        }),
        fault("r and r", |_, right| {
            let (r, _) = split(&right);
            pair(&r, &r)
        }),
        fault("r side by side with s", |_, right| {
            let (r, s) = split(&right);
            [r, s].map(|number| [&[0; 32], &number[..]].concat()[number.len()..].to_vec()).concat()
        }),
        fault("a third number inside", |_, right| {
            value(SEQUENCE, &[content(&right), &integer(&[1])])
        }),
        fault("r alone", |_, right| value(SEQUENCE, &[whole(content(&right))])),
        fault("a length in the long form", |_, right| {
            [&[SEQUENCE, 0x81, right[1]], &right[2..]].concat()
        }),
        fault("an INTEGER with zeros in front", |_, right| {
            let (r, s) = split(&right);
            value(SEQUENCE, &[&value(INTEGER, &[&[0, 0], &r]), &integer(&s)])
        }),
        fault("a negative r", |_, right| {
            let (_, s) = split(&right);
            value(SEQUENCE, &[&value(INTEGER, &[&[0x80; 32]]), &integer(&s)])
        }),
    ]);
    faults
}

fn split(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let numbers = content(signature);
    let first = whole(numbers);
    (content(first).to_vec(), content(&numbers[first.len()..]).to_vec())
}

fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    value(SEQUENCE, &[&integer(r), &integer(s)])
}

/// The sum of two big-endian numbers of at most 33 bytes.
fn sum(left: &[u8], right: &[u8]) -> Vec<u8> {
    let digit = |number: &[u8], place: usize| {
        number.len().checked_sub(place + 1).map_or(0, |at| u16::from(number[at]))
    };
    let mut carry = 0;
    let mut digits: Vec<u8> = (0..34)
        .map(|place| {
            let total = digit(left, place) + digit(right, place) + carry;
            carry = total >> 8;
            total as u8
        })
        .collect();
    digits.reverse();
    digits
}

#[cfg(feature = "rsa")]
mod rsa {
    use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Resize};

    use super::*;
    use crate::key_files::rsa::{Numbers, inverse, whole_private_key};

    /// Faults in the halves of the Chinese remainder theorem: one bit of s mod p or s mod q changes,
    /// and the other half stays right.
    pub(super) fn faults(algorithm: KeyAlgorithm) -> Vec<(String, Fault)> {
        let der = craft::key(algorithm, 1).to_pkcs8_der().unwrap();
        let numbers = Numbers::read(whole_private_key(der.as_bytes()));
        let mut faults = vec![
            fault("s = n", {
                let n = numbers.n.clone();
                move |_, _| bytes(&n)
            }),
            fault("n - s", {
                let n = numbers.n.clone();
                move |_, right| bytes(&n.wrapping_sub(read(&right)))
            }),
        ];
        for bit in [0, 1, 511, 1_000] {
            for half in ["p", "q"] {
                let numbers = numbers.clone();
                faults.push(fault(format!("bit {bit} of the half of {half}"), move |_, right| {
                    let wrong = in_half(&numbers, half, bit, &read(&right));
                    bytes(&wrong)
                }));
            }
        }
        faults
    }

    /// s + 2^bit modulo one prime, and s modulo the other.
    fn in_half(numbers: &Numbers, half: &str, bit: u32, s: &BoxedUint) -> BoxedUint {
        let (spoiled, kept) =
            if half == "p" { (&numbers.p, &numbers.q) } else { (&numbers.q, &numbers.p) };
        let inverse = inverse(&rem(kept, spoiled), spoiled);
        // 1 modulo the spoiled prime, 0 modulo the kept one.
        let unit = kept.concatenating_mul(&inverse);
        let change = BoxedUint::one_with_precision(1_024).wrapping_shl_vartime(bit);
        let wrong = rem(&unit.concatenating_mul(&change).wrapping_add(widen(s, 3_072)), &numbers.n);
        assert_eq!(rem(&wrong, kept), rem(s, kept), "one half is right");
        assert_ne!(rem(&wrong, spoiled), rem(s, spoiled), "the other is not");
        wrong
    }

    fn rem(number: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
        number.rem(&NonZero::new(modulus.clone()).unwrap())
    }

    fn widen(number: &BoxedUint, bits: u32) -> BoxedUint {
        number.clone().resize(bits)
    }

    fn read(bytes: &[u8]) -> BoxedUint {
        BoxedUint::from_be_slice_vartime(bytes)
    }

    /// 256 bytes.
    fn bytes(number: &BoxedUint) -> Vec<u8> {
        widen(number, 2_048).to_be_bytes().to_vec()
    }
}
