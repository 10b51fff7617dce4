//! A private key in the wrong place of the command line, or in the wrong file: nothing that is printed
//! shows it.

use certwright_tests::folded::{forms, key_files};

use crate::shop::Shop;

#[test]
fn a_key_in_the_wrong_place_is_not_printed() {
    let shop = Shop::new();
    let mut runs = 0;
    for (file, secret) in key_files() {
        let forms = forms(file);
        // A process takes its time: each form comes by in one of the places.
        for (number, form) in forms.iter().enumerate().step_by(5) {
            shop.secret("given", form);
            let parameters = format!("{{\"Name\": \"a\", \"Csr\": {}}}", serde_json::json!(form));
            let on_store = |rest: &[&'static str]| [&["--store", "ca.redb"], rest].concat();
            let argument = form.replace('\0', " ");
            let places: [Vec<&str>; 14] = [
                vec!["inspect", "given"],
                vec!["lint", "given"],
                vec!["verify", "--trust", "given", "given"],
                vec!["verify", "--trust", "given", "--crl", "given", "given"],
                on_store(&["--key-file", "given", "call", "ListCsr"]),
                on_store(&["--config", "given", "call", "ListCsr"]),
                on_store(&["call", "UploadCsr", "@given"]),
                ["--store", "ca.redb", "call", "UploadCsr", &parameters].into(),
                ["--store", "ca.redb", "call", "UploadCsr", &argument].into(),
                ["--store", "ca.redb", "call", &argument].into(),
                vec!["inspect", &argument],
                vec!["--store", &argument, "audit"],
                vec!["verify", "--name", &argument, "--trust", "given", "given"],
                vec![&argument],
            ];
            let arguments = &places[number / 5 % places.len()];
            let ran = shop.run(arguments);
            runs += 1;
            for printed in [&ran.stdout, &ran.stderr] {
                secret.check(printed, &format!("{:.60?}", arguments));
            }
            assert_ne!(ran.code, None, "{arguments:.60?}");
        }
    }
    assert!(runs > 150, "{runs}");
}
