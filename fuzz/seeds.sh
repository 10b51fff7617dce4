#!/usr/bin/env bash
# Writes seeds/ anew: the golden files, what OpenSSL makes, what this engine makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

main() {
    rm -rf seeds
    mkdir -p seeds/{armor,bundle,encrypted,general_names,csr,certificate,crl,pem,pkcs8,issue,difference,call,chain,names,store,lint}
    golden
    by_openssl
    unknown
    cargo +nightly run --quiet --example seeds
    find seeds -type f | wc -l
}

# The blocks of the golden files, in PEM and one by one in DER.
golden() {
    local file name
    for file in ../tests/golden/*.pem; do
        name=golden-$(basename "$file" .pem)
        cp "$file" "seeds/pem/$name"
        openssl crl2pkcs7 -nocrl -certfile "$file" 2>"$scratch/log" |
            openssl pkcs7 -print_certs >"$scratch/all" 2>"$scratch/log" || continue
        csplit -s -z -f "$scratch/$name-" "$scratch/all" '/-----BEGIN/' '{*}'
        for part in "$scratch/$name"-*; do
            openssl x509 -in "$part" -outform DER -out "$scratch/der" 2>"$scratch/log" || continue
            place "$(basename "$part")" certificate difference lint
        done
    done
    for file in ../tests/data/*.csr; do
        openssl req -in "$file" -outform DER -out "$scratch/der"
        place "$(basename "$file" .csr)" csr issue
    done
}

by_openssl() {
    local key=$scratch/key
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key"
    openssl pkey -in "$key" -outform DER -out "$scratch/der" && place openssl-pkcs1 pkcs8
    openssl pkcs8 -topk8 -nocrypt -in "$key" -outform DER -out "$scratch/der"
    place openssl-rsa pkcs8
    names=subjectAltName=DNS:a.example.org,IP:10.0.0.7,email:x@example.org,URI:https://a.example.org/
    openssl req -new -key "$key" -subj /CN=a.example.org/O=Example -addext "$names" \
        -outform DER -out "$scratch/der"
    place openssl-rsa csr issue
    openssl req -x509 -new -key "$key" -subj /CN=Root -days 3650 -outform DER -out "$scratch/der"
    place openssl-rsa certificate difference lint
    openssl req -x509 -new -key "$key" -subj /DC=org/DC=example/CN=CA -days 3650 -addext "$names" \
        -addext nameConstraints=critical,permitted\;DNS:example.org,excluded\;IP:10.1.0.0/255.255.0.0 \
        -addext extendedKeyUsage=serverAuth,clientAuth -addext certificatePolicies=1.2.3.4 \
        -addext crlDistributionPoints=URI:http://crl.example.org/ca.crl \
        -outform DER -out "$scratch/der"
    place openssl-extensions certificate difference lint
    crl "$key"
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$key"
    openssl ec -in "$key" -outform DER -out "$scratch/der" 2>"$scratch/log"
    place openssl-sec1 pkcs8
    for scheme in "-v2 aes-256-cbc -iter 1" "-v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 2" \
        "-scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1"; do
        # shellcheck disable=SC2086
        openssl pkcs8 -topk8 $scheme -passout pass:fuzz -in "$key" -outform DER -out "$scratch/der"
        place "openssl-encrypted-${scheme//[^a-z0-9]/}" pkcs8 encrypted
    done
    openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -iter 2 -passout pass:fuzz -in "$key" -outform DER -out "$scratch/der"
    place openssl-pbes1-3des encrypted
    openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 2 -passout pass:fuzz -in "$key" -out "$scratch/der"
    place openssl-pbes2-pem encrypted
    openssl ec -aes128 -passout pass:fuzz -in "$key" -out "$scratch/der" 2>"$scratch/log"
    place openssl-rfc1421 encrypted
}

# What this engine reads and cannot use.
unknown() {
    local key=$scratch/odd kind
    for kind in "ED25519" "DSA" "EC -pkeyopt ec_paramgen_curve:secp256k1" "RSA -pkeyopt rsa_keygen_bits:1032"; do
        if [[ $kind == DSA ]]; then
            openssl dsaparam -noout -genkey 1024 -out "$key" 2>"$scratch/log"
        else
            # shellcheck disable=SC2086
            openssl genpkey -quiet -algorithm $kind -out "$key"
        fi
        openssl req -x509 -new -key "$key" -subj /CN=odd -set_serial 0 -days 3650 -out "$scratch/pem"
        cat "$scratch/pem" >>"seeds/bundle/openssl"
        openssl x509 -in "$scratch/pem" -outform DER -out "$scratch/der"
        place "openssl-${kind%% *}${kind##*:}" certificate difference lint
        openssl req -new -key "$key" -subj /CN=odd -outform DER -out "$scratch/der"
        place "openssl-${kind%% *}${kind##*:}" csr
        openssl pkey -in "$key" -pubout -outform DER -out "$scratch/der"
        place "openssl-${kind%% *}${kind##*:}" bundle
    done
}

crl() {
    printf '%s\n' '[ca]' 'default_ca = c' '[c]' "database = $scratch/index.txt" \
        "crlnumber = $scratch/number" 'default_md = sha256' 'default_crl_days = 7' >"$scratch/cnf"
    printf 'R\t360101000000Z\t260101000000Z,keyCompromise\t0A\tunknown\t/CN=x\n' >"$scratch/index.txt"
    echo 01 >"$scratch/number"
    openssl req -x509 -new -key "$1" -subj /CN=Root -days 3650 -out "$scratch/ca"
    openssl ca -gencrl -config "$scratch/cnf" -cert "$scratch/ca" -keyfile "$1" \
        -out "$scratch/crl" 2>"$scratch/log"
    openssl crl -in "$scratch/crl" -outform DER -out "$scratch/der"
    place openssl crl lint
}

# Copies what was made into the folders of these targets.
place() {
    local name=$1 target
    shift
    for target; do cp "$scratch/der" "seeds/$target/$name"; done
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
main
