//! A private CA in one command: makes a root, an intermediate and a server certificate, writes them,
//! says what it made, and prints the OpenSSL lines that verify it.
//!
//! `cargo run --release -p private_ca -- --help` lists the options.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use certwright::issuance::Issued;
use certwright::key::KeyFamily;
use certwright::name::{AttributeType, NameBuilder};
use certwright::policy::{CommonNameUse, OnDenial};
use certwright::time::Lifetime;
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Name, Policy, Profile,
};

const USAGE: &str = "\
Makes a private CA (root and intermediate) and a server certificate.

Usage: private_ca [OPTIONS]

  --algorithm NAME  P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096 or SM2; also
                    as the cloud service has them, such as SM2_256
                    (default: that of the CSR, or else P-256)
  --domain LIST     DNS names and IP addresses, comma-separated
                    (default: the names of the CSR, or else a.example,*.b.example,10.0.0.7)
  --days N          lifetime of the server certificate (default: 365)
  --csr FILE        issue for this request, PEM or DER, instead of making a key
  --out DIR         where to write (default: ./ca-demo)
  --help            print this

Writes root.pem intermediate.pem server.pem chain.pem server.csr server.key (no server.key with --csr).";

/// What the command line says.
struct Options {
    algorithm: Option<KeyAlgorithm>,
    domains: Option<Vec<AltName>>,
    days: u32,
    csr: Option<PathBuf>,
    out: PathBuf,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("private_ca: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let given = options.csr.as_deref().map(read_request).transpose()?;
    let of_request = given.as_ref().map(|request| request.public_key().algorithm());
    let algorithm = options.algorithm.or(of_request).unwrap_or(KeyAlgorithm::EcdsaP256);

    // The CA. Its keys are gone when this ends: a demonstration, or a CA for one certificate.
    let root_name = "CN=Demo Root,O=certwright demo".parse()?;
    let root = Issuer::self_signed(root_name, Profile::root(), KeyPair::generate(algorithm)?)?;
    let ca_name = "CN=Demo CA 1,O=certwright demo".parse()?;
    let ca = root.delegate(ca_name, Profile::intermediate(0), KeyPair::generate(algorithm)?)?;

    // The request: the one given, or a new one with a new key.
    let (request, key) = match given {
        Some(request) => (request, None),
        None => {
            let key = KeyPair::generate(algorithm)?;
            (make_request(options, &key)?, Some(key))
        }
    };

    let authority = Authority::new(ca, policy(options, &request), MemoryStore::default());
    let issued = authority.issue(&request)?;

    write_files(&options.out, &root, &authority, &issued, &request, key.as_ref())?;
    print_tree(&root, &authority, &issued);
    print_review(&issued);
    print_files(&options.out, key.is_some())?;
    print_verification(&options.out, algorithm.family(), issued.certificate());
    Ok(())
}

/// What the operator of this command grants: the names given with `--domain`, or else those of the
/// request, one by one; anything else in a given request is left out and reported.
fn policy(options: &Options, request: &CertificateRequest) -> Policy {
    let profile = Profile::tls_server().with_lifetime(Lifetime::days(options.days));
    let mut policy = Policy::new(profile)
        .with_on_denial(OnDenial::LeaveOut)
        .with_common_name_use(CommonNameUse::AddToAltNames);
    for attribute in [
        AttributeType::COMMON_NAME,
        AttributeType::ORGANIZATION,
        AttributeType::ORGANIZATIONAL_UNIT,
        AttributeType::LOCALITY,
        AttributeType::STATE_OR_PROVINCE,
        AttributeType::COUNTRY,
    ] {
        policy = policy.allow_subject_attribute(attribute);
    }
    if let Some(domains) = &options.domains {
        return policy.with_alt_names(domains.clone());
    }
    let common_name = request.subject().common_name().and_then(|text| text.parse().ok());
    let requested = request.requested_alt_names().iter().filter_map(|name| name.check().ok());
    requested.chain(common_name).fold(policy, Policy::allow_name)
}

fn make_request(options: &Options, key: &KeyPair) -> Result<CertificateRequest, Box<dyn Error>> {
    let names = match &options.domains {
        Some(names) => names.clone(),
        None => parse_domains("a.example,*.b.example,10.0.0.7")?,
    };
    // X.520 allows 64 characters of common name; a longer name is an alternative name only.
    let common_name = names.first().and_then(|name| Name::builder().common_name(&plain(name)).ok());
    let subject = common_name.map(NameBuilder::build).unwrap_or_default();
    Ok(CertificateRequest::builder(subject).alt_names(names).sign(key)?)
}

fn read_request(path: &Path) -> Result<CertificateRequest, Box<dyn Error>> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let request = match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("-----BEGIN") => CertificateRequest::from_pem(text)?,
        _ => CertificateRequest::from_der(&bytes)?,
    };
    Ok(request)
}

fn write_files(
    out: &Path,
    root: &Issuer,
    authority: &Authority,
    issued: &Issued,
    request: &CertificateRequest,
    key: Option<&KeyPair>,
) -> Result<(), Box<dyn Error>> {
    let at = |error: std::io::Error| format!("{}: {error}", out.display());
    fs::create_dir_all(out).map_err(at)?;
    if let Some(key) = key {
        write_private(&out.join("server.key"), key.to_pkcs8_pem()?.as_str()).map_err(at)?;
    }
    for (name, text) in [
        ("root.pem", root.certificate().to_pem()),
        ("intermediate.pem", authority.issuer().certificate().to_pem()),
        ("server.pem", issued.certificate().to_pem()),
        ("chain.pem", issued.chain().to_pem()),
        ("server.csr", request.to_pem()),
    ] {
        fs::write(out.join(name), text).map_err(at)?;
    }
    Ok(())
}

/// Writes a file that only its owner reads, from its first byte on, and that is whole or not there.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let put = written.and_then(|()| fs::rename(&new, path));
    if put.is_err() {
        let _ = fs::remove_file(&new);
    }
    put
}

fn print_tree(root: &Issuer, authority: &Authority, issued: &Issued) {
    println!("{}", root.certificate().subject());
    println!("└── {}", authority.issuer().certificate().subject());
    println!("    └── {}", issued.certificate().subject());
    print_certificate("Root", root.certificate());
    print_certificate("Intermediate", authority.issuer().certificate());
    print_certificate("Server", issued.certificate());
}

fn print_certificate(title: &str, certificate: &Certificate) {
    let fingerprint: Vec<String> =
        certificate.fingerprint().iter().map(|byte| format!("{byte:02X}")).collect();
    println!("\n{title}");
    println!("  subject      {}", certificate.subject());
    for (index, name) in certificate.alt_names().iter().enumerate() {
        println!("  {:<12} {name}", if index == 0 { "names" } else { "" });
    }
    println!("  key          {}", certificate.public_key().unwrap().algorithm());
    println!("  signed with  {}", certificate.signature_algorithm().unwrap());
    println!("  not before   {}", certificate.validity().not_before());
    println!("  not after    {}", certificate.validity().not_after());
    println!("  serial       {}", certificate.serial());
    println!("  SHA-256      {}", fingerprint.join(":"));
}

fn print_review(issued: &Issued) {
    println!("\nReview of the request");
    issued.outcome().iter().for_each(|item| println!("  {item}"));
}

fn print_files(out: &Path, with_key: bool) -> std::io::Result<()> {
    println!("\nWritten to {}", out.canonicalize()?.display());
    let key = if with_key { " server.key (mode 0600)" } else { "" };
    println!("  root.pem intermediate.pem server.pem chain.pem server.csr{key}");
    Ok(())
}

/// Lines for a shell, each of which ends well.
fn print_verification(out: &Path, family: KeyFamily, leaf: &Certificate) {
    let file = |name: &str| quote(&out.join(name).to_string_lossy());
    let (root, ca) = (file("root.pem"), file("intermediate.pem"));
    let (server, csr) = (file("server.pem"), file("server.csr"));
    let checks: String =
        leaf.alt_names().iter().find_map(|name| name.check().ok()).map_or(String::new(), |name| {
            match &name {
                AltName::Ip(address) => format!(" -verify_ip {address}"),
                AltName::Dns(dns) => {
                    format!(" -verify_hostname {}", dns.as_str().replacen("*.", "any.", 1))
                }
                _ => String::new(),
            }
        });
    println!("\nVerify it");
    if family == KeyFamily::Sm2 {
        // OpenSSL 3.0 applies the identifier to the first certificate only: one line a link.
        let id = "-vfyopt distid:1234567812345678";
        println!("openssl req -verify -noout {id} -in {csr}");
        let verify = format!("openssl verify -x509_strict -partial_chain {id}");
        println!("{verify} -trusted {root} {ca}");
        println!("{verify} -purpose sslserver{checks} -trusted {ca} {server}");
    } else {
        println!("openssl req -verify -noout -in {csr}");
        println!(
            "openssl verify -x509_strict -check_ss_sig -purpose sslserver{checks} -CAfile {root} \
             -untrusted {ca} {server}"
        );
    }
}

/// A path as one word of a shell.
fn quote(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// A name without its type.
fn plain(name: &AltName) -> String {
    match name {
        AltName::Dns(dns) => dns.to_string(),
        AltName::Ip(address) => address.to_string(),
        other => other.to_string(),
    }
}

fn parse_domains(list: &str) -> Result<Vec<AltName>, certwright::Error> {
    list.split(',').map(|item| item.trim().parse()).collect()
}

/// The options, or none where help is asked for.
fn options() -> Result<Option<Options>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let mut options = Options {
        algorithm: None,
        domains: None,
        days: 365,
        csr: None,
        out: PathBuf::from("./ca-demo"),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("algorithm") => {
                options.algorithm = Some(read_algorithm(&parser.value()?.string()?)?);
            }
            Long("domain") => options.domains = Some(parse_domains(&parser.value()?.string()?)?),
            Long("days") => options.days = parser.value()?.parse()?,
            Long("csr") => options.csr = Some(parser.value()?.into()),
            Long("out") => options.out = parser.value()?.into(),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(options))
}

/// The error with its causes; of a denial, one line a reason.
fn report(error: &(dyn Error + 'static)) {
    let reasons = error.downcast_ref::<certwright::Error>().map(certwright::Error::reasons);
    match reasons {
        Some(reasons) if !reasons.is_empty() => {
            eprintln!("private_ca: denied");
            reasons.iter().for_each(|reason| eprintln!("  {reason}"));
        }
        _ => eprintln!("private_ca: {error}"),
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
}

/// A key by the name of the standards, or by the cloud service's.
fn read_algorithm(name: &str) -> Result<KeyAlgorithm, certwright::Error> {
    match name {
        "RSA_2048" => Ok(KeyAlgorithm::Rsa2048),
        "RSA_3072" => Ok(KeyAlgorithm::Rsa3072),
        "RSA_4096" => Ok(KeyAlgorithm::Rsa4096),
        "ECC_256" => Ok(KeyAlgorithm::EcdsaP256),
        "ECC_384" => Ok(KeyAlgorithm::EcdsaP384),
        "ECC_512" => Ok(KeyAlgorithm::EcdsaP521),
        "SM2_256" => Ok(KeyAlgorithm::Sm2),
        _ => name.parse(),
    }
}
