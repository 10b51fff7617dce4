//! Numbers for RSA keys that nobody should have. Made with python3 from a fixed seed: `random` for
//! the candidates, 32 rounds of Miller-Rabin for primality; no p - 1 is divisible by 65537.

/// The larger prime of a healthy key: 1024 bits, 2 modulo 3 (so that 3 is an exponent for it, too).
pub const P: &str = "\
    e455fca171effe790516ab78b7f5c8519e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f966569abcb5a8311a975ad86418db18163a22f725f63746\
    0af9bcac44eb71eff11df8b0be4c2f6e50ec9c4fffdc75b4f371a9dfdd2d3ba8ae8af591808b07215f11";

/// The smaller prime of a healthy key, likewise.
pub const Q: &str = "\
    cfd1ead3015a8f13f620a76ba3d32236fdb5daa9340d25fed5d423510b9a9949c7b693e4f6f9516ab8419f\
    0833023738f66c816342875f9d821e2de398fbb63a39add7f7b9e1ffcce2550c62135dd63b3caf7e4e8371\
    7a13479a1b0af038510ebbcfa1fdaa1c08a7246cffc68ea3867af0509d59951328fa5847741e3d24daa9";

/// The next prime after P.
pub const NEXT_TO_P: &str = "\
    e455fca171effe790516ab78b7f5c8519e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f966569abcb5a8311a975ad86418db18163a22f725f63746\
    0af9bcac44eb71eff11df8b0be4c2f6e50ec9c4fffdc75b4f371a9dfdd2d3ba8ae8af591808b0721613f";

/// A prime so near to P that Fermat's method finds P times it in round 95.
pub const FERMAT_95: &str = "\
    e455fca171effe790516ab78b7f5c8519e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f94c4d64de5b76872c513448ca05c9d7106aad69f13b541f\
    ad163f6c1c5a8431a320369df3a933efa703879b75b4e90e2f27def515c84e6a1bad61713d2d7638f401";

/// The same in round 110.
pub const FERMAT_110: &str = "\
    e455fca171effe790516ab78b7f5c8519e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f94a5278645c1015f7062e572074e1c27190482ce896470f\
    f7b672e42142555160508c6ef3a943591f8528339a0f81fa0db3cb82d4f2d6d121a1baf1c6f6fccd7161";

/// A prime with P - it = 2^924 - about 2^900.
pub const TOO_CLOSE: &str = "\
    e455fca171effe790516ab78a7f5c8619e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f966569abcb5a8311a975ad86418db18163a22f725f63746\
    0af9bcac44eb71eff11df8b0be4c2f6e50ec9c4fffdc75b4f371a9dfdd2d3ba8ae8af591808b0721663f";

/// A prime with P - it = 2^924 + about 2^900.
pub const FAR_ENOUGH: &str = "\
    e455fca171effe790516ab78a7f5c8419e867bcdbb0830c11913f919a3dc7074d048bcb32b36ea575fa211\
    04a357f27a00a7399e6b2aaca9f5706b435d81f966569abcb5a8311a975ad86418db18163a22f725f63746\
    0af9bcac44eb71eff11df8b0be4c2f6e50ec9c4fffdc75b4f371a9dfdd2d3ba8ae8af591808b07216071";

/// The product of two primes of 512 bits.
pub const COMPOSITE: &str = "\
    b4eff648133fbbca50d5296e1255288181ac2697385ad2edf06765bd678368841196a048017a9b7447a77b\
    9266b3d3624228f602bce6bcc57d7f938d17af58643b3a6d1d3f4736fe4e9ae9b13256d7b4186c35e7dbbc\
    e642357b1983a39f3a5678c3e59548d05a5a4d9cd44c1a26fc65863cbdd5d41f78a81b6a43081d578937";

/// 4g + 1 for a g such that SHARED_Q = 6g + 1: both prime, lcm(p-1, q-1) = 12g is
/// short, and the inverse of 65537 modulo it is below 2^1024.
pub const SHARED_P: &str = "\
    a812cb265f00883a0df3f22d7cd6e8d273902a24859530e465fa5933e9fc98920a3ad460ae74485a974df9\
    b1df81f708d3048a1bbc1f8a1f71f5208463c8879b5c58b7ae5851708b5ea08bfeeea5b2c4dc45b372e2bd\
    b554818e2b4ea4997b196ed94fdd79e065889a1a7a9807d61d2d91d854cd0d73505cb20711fcbd14f8c9";

/// 6g + 1.
pub const SHARED_Q: &str = "\
    fc1c30b98e80cc5714edeb443b425d3bad583f36c85fc95698f785cddefae4db0f583e9105ae6c87e2f4f6\
    8acf42f28d3c86cf299a2f4f2f2aefb0c695accb690a851385847a28d10df0d1fe65f88c274a688d2c541c\
    8ffec25540f5f6e638a62645f7cc36d0984ce727b7e40bc12bc45ac47f33942cf88b0b0a9afb1b9f752d";

/// k·M + (65537^a mod M), where M is the product of the first 126 primes (CVE-2017-15361).
pub const ROCA_P: &str = "\
    d5101903f2d9bb2bec0cfeb3a0072b4611a0dc6411c2d3c7dbe5614d25a8e18cc88d28e44b67483b9088bb\
    dced19eec0a3442f8498719eb3d0d50ae0318089e0ac06beb6a48fc6f6bc0f23c7f49d4c4724edb81fa833\
    0b238294cb67ac54649bc012761a67b1d9d11ee039a185d6100ff3167f38f828826d05583d6044f4870d";

/// Another such prime.
pub const ROCA_Q: &str = "\
    d4ba508d306cbd28e74e920fbd7ec85fc659f9b52615dd6c00bd141a56e9dd1b1484df63012445e76bb0f1\
    6c7a5f0b735e3254fb16addb2bf6250ebd9b1e14d9decb430714ef9e253a394cf5c03f03f8824de06b5789\
    bd4bb1e4b55a815ae9518251c42d8ddb98fa5dc6c137eb67527a9ef333af8d1744dcfa832c6e9b2b0f01";

/// A prime of 1015 bits: P times 747, 751 or 757 times it has 2048 bits.
pub const COFACTOR: &str = "\
    5543229589faa19394387a1b4a14390a06491c038847e74ede0279abd8d8bd889e4fea4a6cabeb25d70d09\
    49d1f896ca82e920af9f001028ee6c40da244d5e9381856ea3739c74ce6997db64771feef5d4492fc35804\
    8684404fec027fc3df4d5b5625e8d331c7a6d1004d24284d3fcc19302e9cc61ca0477025994e294ce9";
