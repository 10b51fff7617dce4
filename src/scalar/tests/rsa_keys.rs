//! Fixed keys: two primes each, made by `openssl prime -generate`.

#![cfg(test)] // what is not as it should be panics

use crypto_bigint::BoxedUint;

use super::oracle::{bytes, hexadecimal, inverse, minus, modulo, plus, small, times};
use crate::scalar::PrivateNumbers;

/// The numbers of a private key, which a test may change.
#[derive(Clone)]
pub(crate) struct Numbers {
    pub(crate) modulus: BoxedUint,
    pub(crate) p: BoxedUint,
    pub(crate) q: BoxedUint,
    pub(crate) d: BoxedUint,
    pub(crate) dp: BoxedUint,
    pub(crate) dq: BoxedUint,
    pub(crate) q_inverse: BoxedUint,
}

impl Numbers {
    /// The key of primes of these bits.
    pub(crate) fn of_bits(bits: u32) -> Self {
        let numbers = Self::of(PRIMES[bits as usize / 512 - 1]);
        assert_eq!(numbers.bits(), bits);
        numbers
    }

    /// A key of two primes of 96 bits, for two digits: no key for anything, but quick.
    pub(crate) fn small() -> Self {
        Self::of(["F4F265A0EDF10C5EFB52C501", "D62E4268CB97F7FCB951DE97"])
    }

    /// Another one.
    pub(crate) fn other_small() -> Self {
        Self::of(["D28573AF77375CE64E6CA66F", "F1C436EB109F0CD02FEC0319"])
    }

    /// The bits of each prime.
    pub(crate) fn bits(&self) -> u32 {
        self.modulus.bit_width_vartime().div_ceil(2)
    }

    fn of(primes: [&str; 2]) -> Self {
        let [p, q] = primes.map(hexadecimal);
        let less_one = |prime: &BoxedUint| minus(prime, &small(1));
        let (below_p, below_q) = (less_one(&p), less_one(&q));
        let d = private_exponent(&times(&below_p, &below_q));
        Self {
            modulus: times(&p, &q),
            dp: modulo(&d, &below_p),
            dq: modulo(&d, &below_q),
            q_inverse: inverse(&q, &p),
            d,
            p,
            q,
        }
    }

    /// Calls with the numbers in bytes.
    pub(crate) fn with<T>(&self, call: impl FnOnce(&PrivateNumbers<'_>) -> T) -> T {
        // A changed number may be longer by a bit.
        let bytes =
            |number: &BoxedUint| bytes(number, number.bit_width_vartime().div_ceil(8) as usize);
        call(&PrivateNumbers {
            modulus: &bytes(&self.modulus),
            p: &bytes(&self.p),
            q: &bytes(&self.q),
            dp: &bytes(&self.dp),
            dq: &bytes(&self.dq),
            q_inverse: &bytes(&self.q_inverse),
        })
    }
}

/// 1/65537 modulo the even φ = (p−1)·(q−1): (1 + k·φ)/65537 for the one k below 65537 that makes it
/// whole.
fn private_exponent(phi: &BoxedUint) -> BoxedUint {
    let e = small(65_537);
    let k = minus(&e, &inverse(phi, &e));
    let numerator = plus(&times(&k, phi), &small(1));
    let (d, rest) = numerator.div_rem_vartime(&crypto_bigint::NonZero::new(e).unwrap());
    assert!(rest.bit_width_vartime() == 0);
    d
}

#[rustfmt::skip]
const PRIMES: [[&str; 2]; 4] = [
    [
        "F27A274B16D356F09FF0A893C18F41102A1B5E9754C028AE19B843F4C025737C79AFA2ADA3691F5F8D51\
         5295C06BA2905130C57A913056C1490B4AA097DD0FAD",
        "FAFEAE64A210EB46E435A3B995064F74B71730E3962639D4015DA7791DCC9A0C9540897795C5B5ED945C\
         CBD53B940D09A4453E0F9F2A6BC856C67BC13DB38C31",
    ],
    [
        "E56DEC338EA8CE86FEF8A654AC7C4C9A7A3C61F206239CF49BD3640932765FE8612AD0F687A1120368AD\
         47A78E34E8FFADC43F07E68B2BEEC545A473A2B1BC2BEB7BDC908730868296BDCA5C3164F123B44F9360\
         3AA63BAA36BD48CAB9800E2FD598D46424F727D46938B6F70C9EC0B663AD8DE83BC4D6E8683FD15A671B\
         D37B",
        "C367BCD3C07720025E8BA435A875871B7C633CA888FE1C5F9FA26DE0ADBFFA72081F15E5440E403BDC58\
         D672F9058BBD0BADB7084F75879FE6403F3064DF1A97D37586CBCF7077278ED65445D52D39E7F216438F\
         82FAA600991FD2652772E689F8D4D8C6D4F614DCA530AC0138544425CA10700716AB04158CE2D086D638\
         4AE1",
    ],
    [
        "D6A5930A3BA54846B0F7E4E08666FCC0C74C55F711B90A1A1155CD2607F7CDB9CC352DD54E930EE05094\
         E4932F212ED33FD911D2AB9F8638FFEAD87B5E2D98F65F155B316F0F59A9EFD5FA963CD48F3BA10FC767\
         7AF2A0688AE93A272543A20F9FD4F35D504B9F9804265C4C4F57758587D333BE7C27717D305C93B7C930\
         E7A800D24660E349712355E046796DE2DCC497C06257105E21CDA817E4BEEF333B6E5351601D13095383\
         B66FC50E8AE09243CF391A23AE720BAE0B85C03DE994A5E5",
        "EB2E1D7E79E67BC32AC02971CDBF66641447C15F727A788526B5B3C5770ED411DBAA852F7F7D182C2CD1\
         71907A961D78CEAB91BA6731A514E133B7F97DDB0A426D0581869F4CE2498FD6DFB6461EBB6D6F62B03B\
         DA24F30BA281F4B8928E8EB507ABBDAB0BBA7A10D2DB5C3C12769BA2FDA29C0DBF33A6038924A25E1828\
         44CF0BFEAF3C40D18B090AEA46BB01C2BABE3A6FC0CF166DFBAA13BEC61A1C74B6B9C94D6F2A39BEA020\
         477F2B33C572F15604B14094D6B7465153C36A12559C4365",
    ],
    [
        "C22147D3C05F91C700D6A381EB36C96B72FF9ACC277FD8C91D29DE07EA74584BBDAD9E44C56FFB7107D8\
         B5E3093903EB4873C035E2C6C5FC8ADE173F5903EB772649B5FB922B3B1BB7B338CC686240758324F196\
         9E8004B49C83E3C323A13738DC3A51798422BC83516A181C243A2CA002393B10CF5F914CD2CD3C460A7E\
         96ED45F679467C03270AAC0AAAA473C27BA0A318B35E4D1515883A75E11BA743985440B5008297F52ED2\
         93303D297FE902B0B9D094F0C1AE6C11C0BAEC306C4C6A9A1E70D65289885FAA24197F0AD984914194E5\
         FF57565485F34F0CDBDD0302DC9C22843CD6E84444964039BFB0110F25EDAB484312BC9CE5F7E904A64E\
         5DDFD4F9",
        "FA9E39DD75BBC12EB40EA8FF6E2D0660818E0CF065C54A0FBD1985B5B24F3C17976215650F2320CDA9C2\
         6A2F3928FB302AB7BFBACE1A8A8ACE681CCBED1A493D8DE017B32674C2B02ED013946596A02DE9545B3E\
         0A3B5B14D9F658E5C011A9A8606EAC5FB4865933EF414E6BAC11C8CB89C506F518452103F1B4E88F9EE4\
         9C1FDFF29055F887A69DFA31AAFF7E0872AB08982196647DF041B3A2BC305CCB67D84075433BB81B6D22\
         54B68B44F111B7C0302AA867071F2F0339D42D714545320F3ADBDCB7D2C3B4E88CACDA9AD5DDCC3883BA\
         31FADAF5169C87712FC0DAA295CCDA1B2C55D014ADE958D2F148C36EBD3A80A30372C9490DC02DD5E52D\
         55730CAD",
    ],
];
