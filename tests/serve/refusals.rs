//! Every way in which a request is not passed on, once, in both forms of signatures where both have it.

use crate::asked::{Asked, FORMS, Form};
use crate::served::Served;

#[test]
fn each_refusal_has_the_services_own_code() {
    let served = Served::start();
    let list = |form| Asked::new("ListCsr", &[]).older().form(form);
    for form in FORMS {
        list(form).answered(&served);
        let refused = |asked: Asked, status, code: &str| asked.send(&served).refused(status, code);

        let other = "secret-of-nobody-at-all-1234";
        let wrong = refused(list(form).of("operator", other), 400, "SignatureDoesNotMatch");
        let message = wrong["Message"].as_str().unwrap();
        assert!(message.contains("server string to sign is:"), "{message}");
        refused(list(form).of("nobody", other), 404, "InvalidAccessKeyId.NotFound");

        // The same request again, and its nonce with another; but a caller has nonces of its own.
        let once = list(form);
        once.answered(&served);
        refused(once.clone(), 400, "SignatureNonceUsed");
        let again =
            Asked { nonce: once.nonce.clone(), ..Asked::new("DescribeCACertificateCount", &[]) };
        refused(again.form(form), 400, "SignatureNonceUsed");
        once.clone().applicant().answered(&served);
        // A request that was refused for its signature takes no nonce.
        let later = list(form);
        refused(later.clone().of("operator", other), 400, "SignatureDoesNotMatch");
        later.answered(&served);

        for skew in [-16 * 60, 16 * 60, -86_400] {
            let asked = Asked { skew, ..list(form) };
            refused(asked, 400, "InvalidTimeStamp.Expired");
        }
        Asked { skew: 14 * 60, ..list(form) }.answered(&served);
        // Before the service was started; a recorded request would be.
        let message = refused(Asked { skew: -600, ..list(form) }, 400, "InvalidTimeStamp.Expired");
        assert!(message["Message"].as_str().unwrap().contains("before the service started"));

        let unknown = Asked { action: "DropTables".to_owned(), ..list(form) };
        refused(unknown, 404, "InvalidAction.NotFound");
        let unsupported = Asked { action: "CreateDeploymentJob".to_owned(), ..list(form) };
        refused(unsupported, 400, "UnsupportedOperation");
        let of_the_other = Asked { version: "2020-06-30".to_owned(), ..list(form) };
        let message = refused(of_the_other, 404, "InvalidAction.NotFound");
        assert!(message["Message"].as_str().unwrap().contains("2020-04-07"));
        let version = Asked { version: "2018-07-13".to_owned(), ..list(form) };
        refused(version, 400, "InvalidVersion");

        let forbidden = Asked::new("CreateRootCACertificate", &[]).reader().form(form);
        refused(forbidden, 403, "Forbidden.RAM");
        list(form).reader().answered(&served);
        let of_operators = Asked::new("AddPackage", &[("Count", "1")]).form(form);
        refused(of_operators.clone().applicant(), 403, "NoPermission");
        of_operators.answered(&served);

        // What the engine refuses.
        let missing = Asked::new("DescribeCACertificate", &[]).form(form);
        refused(missing, 400, "MissingParameter");
        let unknown = Asked::new("DescribeCACertificate", &[("Identifier", "x")]).form(form);
        refused(unknown, 400, "NotFound");
        let twice = Asked::new("ListCsr", &[("ShowSize", "1"), ("ShowSize", "2")]).older();
        refused(twice.form(form), 400, "InvalidParameter");

        let token = match form {
            Form::Headers => Asked {
                headers: vec![("x-acs-security-token".to_owned(), "t".to_owned())],
                ..list(form)
            },
            Form::Parameters => Asked::new("ListCsr", &[("SecurityToken", "t")]).older().form(form),
        };
        refused(token, 400, "InvalidSecurityToken");
    }
}

#[test]
fn what_is_missing_is_named() {
    let served = Served::start();
    let send = |asked: &Asked| asked.send(&served);
    let empty = String::new;
    let list = |form| Asked::new("ListCsr", &[]).older().form(form);
    for form in FORMS {
        let unnamed = Asked { nonce: empty(), ..list(form) };
        let name = if form == Form::Headers { "x-acs-signature-nonce" } else { "SignatureNonce" };
        let refused = send(&unnamed).refused(400, "MissingParameter");
        assert!(refused["Message"].as_str().unwrap().contains(name));
    }
    // Without these, an older client's signature is right.
    for (asked, name) in [
        (Asked { action: empty(), ..list(Form::Parameters) }, "Action"),
        (Asked { version: empty(), ..list(Form::Parameters) }, "Version"),
    ] {
        let refused = send(&asked).refused(400, "MissingParameter");
        assert!(refused["Message"].as_str().unwrap().contains(name));
        // A header that is not signed does not stand in.
        let headers = vec![
            ("x-acs-action".to_owned(), "ListCsr".to_owned()),
            ("x-acs-version".to_owned(), "2020-04-07".to_owned()),
        ];
        send(&Asked { headers, nonce: format!("{}-2", asked.nonce), ..asked })
            .refused(400, "MissingParameter");
    }
    // In headers they must be signed, so that they are there.
    for asked in [
        Asked { action: empty(), ..list(Form::Headers) },
        Asked { version: empty(), ..list(Form::Headers) },
    ] {
        send(&asked).refused(400, "IncompleteSignature");
    }
    let long = Asked { nonce: "n".repeat(129), ..list(Form::Headers) };
    send(&long).refused(400, "InvalidParameter");
}

#[test]
fn an_older_client_may_send_headers_that_it_does_not_sign() {
    let served = Served::start();
    // As @alicloud/pop-core does; what counts is what is signed.
    let headers = vec![
        ("x-acs-action".to_owned(), "DeleteCsr".to_owned()),
        ("x-acs-version".to_owned(), "2018-07-13".to_owned()),
    ];
    let asked = Asked { headers, ..Asked::new("ListCsr", &[]).older().form(Form::Parameters) };
    asked.answered(&served);
}

#[test]
fn parameters_may_be_in_the_query_or_in_the_body_and_answers_in_xml() {
    let served = Served::start();
    for form in FORMS {
        for (method, in_body) in [("GET", false), ("POST", false), ("POST", true)] {
            let asked =
                Asked { method, in_body, ..Asked::new("ListCsr", &[("KeyWord", "例 ~*+/&=")]) };
            asked.older().form(form).answered(&served);
            let xml = Asked::new("DescribeCACertificateCount", &[("Format", "XML")]);
            let answer = Asked { method, in_body, ..xml }.form(form).send(&served);
            assert_eq!(answer.header("content-type"), Some("text/xml;charset=utf-8"));
            assert!(answer.text().contains("<DescribeCACertificateCountResponse>"), "{answer:?}");
            let error = Asked::new("DescribeCACertificate", &[("Format", "xml")]);
            let answer = Asked { method, in_body, ..error }.form(form).send(&served);
            assert_eq!(answer.status, 400);
            assert!(answer.text().contains("<Error><Code>MissingParameter</Code>"), "{answer:?}");
        }
        let put = Asked { method: "PUT", ..Asked::new("ListCsr", &[]).older().form(form) };
        put.send(&served).refused(405, "UnsupportedHTTPMethod");
    }
    let host = &served.address;
    let text = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n\r\nx"
    );
    served.send(text).refused(415, "UnsupportedContentType");
    served
        .send(format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
        .refused(400, "IncompleteSignature");
    assert_eq!(served.get("/elsewhere").status, 404);
}
