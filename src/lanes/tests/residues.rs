//! Remainders of divisions by small primes, against those of the machine.

use super::super::residues::Residues;

#[test]
fn numbers_of_any_length_are_divided() {
    for length in 1..=16 {
        let number = (u128::MAX / 7) >> (128 - 8 * length);
        let bytes = &number.to_be_bytes()[16 - length..];
        let residues = Residues::new(bytes);
        for (prime, residue) in residues.below(752) {
            assert_eq!(u128::from(residue), number % u128::from(prime), "{length} {prime}");
        }
        assert_eq!(u128::from(residues.modulo(1009)), number % 1009, "{length}");
    }
}
