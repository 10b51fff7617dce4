//! A client of the service: what it asks for, and what it must be told.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use certwright::crl::RevocationList;
use certwright::{AltName, Certificate, CertificateRequest, KeyAlgorithm, KeyPair, Name};
use serde_json::{Value, json};

use crate::Failed;

/// Asks for a certificate that is granted, for one that is denied, and for the CRL.
pub fn check(address: SocketAddr) -> Result<(), Failed> {
    let (status, body) = order(address, "db.internal")?;
    expect(status, 201)?;
    let answer: Value = serde_json::from_slice(&body)?;
    let chain = Certificate::many_from_pem(answer["chain"].as_str().ok_or("no chain")?)?;
    println!("db.internal: {status}, serial number {}", answer["serial"]);
    println!("  {} certificates", chain.len());

    let (status, body) = order(address, "bank.example")?;
    expect(status, 403)?;
    let answer: Value = serde_json::from_slice(&body)?;
    println!("bank.example: {status}, {}", answer["reasons"][0]);

    let (status, body) = ask(address, "POST", "/certificates", r#"{"csr":"none"}"#)?;
    expect(status, 400)?;
    println!("no request: {status}, {}", String::from_utf8_lossy(&body));

    let (status, body) = ask(address, "GET", "/ca.crl", "")?;
    expect(status, 200)?;
    let list = RevocationList::from_der(&body)?;
    println!("CRL: {status}, number {}", list.number().unwrap_or_default());
    Ok(())
}

fn expect(status: u16, expected: u16) -> Result<(), Failed> {
    if status == expected { Ok(()) } else { Err(format!("{status} instead of {expected}").into()) }
}

fn order(address: SocketAddr, name: &str) -> Result<(u16, Vec<u8>), Failed> {
    let request = CertificateRequest::builder(Name::default())
        .alt_name(AltName::dns(name)?)
        .sign(&KeyPair::generate(KeyAlgorithm::EcdsaP256)?)?;
    let order = json!({ "csr": request.to_pem() }).to_string();
    ask(address, "POST", "/certificates", &order)
}

/// One request over one connection: the status and the body.
fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, Vec<u8>), Failed> {
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cut)?;
    let body = answer.split_off(end + 4);
    let status = str::from_utf8(&answer)?.split(' ').nth(1).ok_or_else(cut)?;
    Ok((status.parse()?, body))
}
