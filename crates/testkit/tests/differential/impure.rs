//! Functions whose answers depend on the moment, on chance, or on an order that Go does not have: what they are
//! called with, and what of their answers is always the same.

use crate::random::Random;

/// Functions that tell the time where they are given none.
const DATES: &[&str] = &[
    "date",
    "dateInZone",
    "date_in_zone",
    "htmlDate",
    "htmlDateInZone",
];

const MOMENTS: &[&str] = &[
    "0",
    "(int64 1700000000)",
    "(int 951782400)",
    "(toDate \"2006-01-02\" \"2024-02-29\")",
    "(toDate \"2006-01-02T15:04:05Z07:00\" \"1999-12-31T23:59:59+02:00\")",
    "(toDate \"2006-01-02\" \"nonsense\")",
];

const LAYOUTS: &[&str] = &[
    r#""2006-01-02""#,
    r#""Mon Jan _2 15:04:05.000 MST 2006""#,
    r#""02/01/06 3:04PM -0700""#,
    r#""Monday, 2 January 2006 at 15h""#,
    r#""002 __2 .999 Z07:00:00""#,
    r#""""#,
];

const ZONES: &[&str] = &[
    r#""UTC""#,
    r#""Europe/Vienna""#,
    r#""America/St_Johns""#,
    r#""Nowhere/None""#,
    r#""""#,
    r#""Local""#,
];

const DURATIONS: &[&str] = &[r#""1h30m""#, r#""-25h""#, r#""2s""#, r#""x""#, r#""""#];

const NUMBERS: &[&str] = &["0", "1", "5", "12", "-1"];

const NAMES: &[&str] = &[r#""""#, r#""a""#, r#""localhost""#, r#""Pod""#, r#""v1""#];

const KEYS: &[&str] = &[r#""ecdsa""#, r#""ed25519""#, r#""x""#, r#""""#];

const PEMS: &[&str] = &[
    r#""""#,
    r#""x""#,
    r#"(b64enc "x")"#,
    r#"(b64enc (genPrivateKey "ed25519"))"#,
    r#"(b64enc "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")"#,
];

const CERTIFICATES: &[&str] = &[
    r#"(genCAWithKey "ca" 1 (genPrivateKey "ecdsa"))"#,
    r#"(genCAWithKey "ca" 1 (genPrivateKey "ed25519"))"#,
    r#"(buildCustomCert "eA==" "eA==")"#,
    r#"(dict "Cert" "x")"#,
];

const PRIVATE_KEYS: &[&str] = &[
    r#"(genPrivateKey "ecdsa")"#,
    r#"(genPrivateKey "ed25519")"#,
    r#""x""#,
    r#""""#,
];

const DAYS: &[&str] = &["1", "365", "-1", "0"];

const ADDRESSES: &[&str] = &[
    "nil",
    "(list)",
    r#"(list "10.0.0.1" "::1")"#,
    r#"(list "x")"#,
    "(list 1)",
    r#"(list "a.example" "*.b")"#,
];

/// Arguments that fit, where any text or number seldom does.
pub(crate) fn arguments(random: &mut Random, name: &str) -> Option<Vec<String>> {
    let pools: &[&[&str]] = match name {
        "date" => &[LAYOUTS, MOMENTS],
        "dateInZone" | "date_in_zone" => &[LAYOUTS, MOMENTS, ZONES],
        "htmlDate" => &[MOMENTS],
        "htmlDateInZone" => &[MOMENTS, ZONES],
        "dateModify" | "date_modify" | "mustDateModify" | "must_date_modify" => {
            &[DURATIONS, MOMENTS]
        }
        "ago" | "unixEpoch" => &[MOMENTS],
        "durationRound" | "duration" => &[DURATIONS],
        "genPrivateKey" => &[KEYS],
        "genCAWithKey" => &[NAMES, DAYS, PRIVATE_KEYS],
        "genSelfSignedCertWithKey" => &[NAMES, ADDRESSES, ADDRESSES, DAYS, PRIVATE_KEYS],
        "genSignedCertWithKey" => &[
            NAMES,
            ADDRESSES,
            ADDRESSES,
            DAYS,
            CERTIFICATES,
            PRIVATE_KEYS,
        ],
        "genSignedCert" => &[NAMES, ADDRESSES, ADDRESSES, DAYS, &[r#"(dict)"#]],
        "buildCustomCert" => &[PEMS, PEMS],
        "randAlpha" | "randAlphaNum" | "randAscii" | "randNumeric" | "randBytes" => &[NUMBERS],
        "randInt" => &[&["0", "1", "-5"], &["2", "3", "100"]],
        "htpasswd" => &[NAMES, NAMES],
        "encryptAES" => &[NAMES, NAMES],
        "lookup" => &[NAMES, NAMES, NAMES, NAMES],
        "getHostByName" | "bcrypt" => &[NAMES],
        _ => return None,
    };
    let picked = pools.iter().map(|pool| random.pick(pool).to_owned());
    Some(picked.collect())
}

/// A template for what is always the same in the answer to a call; `None` where all of it is.
pub(crate) fn shown(name: &str, call: &str, arguments: &[String]) -> Option<String> {
    let fixed = |argument: &String| MOMENTS.contains(&argument.as_str());
    let kind = format!("{{{{ typeOf ({call}) }}}}");
    let length = format!("{{{{ $x := {call} }}}}{{{{ typeOf $x }}}} {{{{ len $x }}}}");
    match name {
        name if DATES.contains(&name) && arguments.iter().any(fixed) => None,
        "durationRound" if arguments.iter().all(|a| DURATIONS.contains(&a.as_str())) => None,
        name if DATES.contains(&name) => Some(kind),
        "dateModify" | "date_modify" | "mustDateModify" | "must_date_modify" => None,
        "ago" | "durationRound" | "now" | "randInt" => Some(kind),
        "bcrypt" | "randAlpha" | "randAlphaNum" | "randAscii" | "randBytes" | "randNumeric"
        | "shuffle" | "uuidv4" => Some(length),
        "keys" | "values" => Some(format!("{{{{ {call} | sortAlpha }}}}")),
        "encryptAES" => {
            let key = arguments.first().map_or("\"\"", String::as_str);
            Some(format!("{{{{ {call} | decryptAES {key} }}}}"))
        }
        "htpasswd" => Some(format!("{{{{ {call} | splitList \":\" | first }}}}")),
        "genPrivateKey" => Some(format!("{{{{ {call} | regexFind \"-----.*\" }}}}")),
        "genCA"
        | "genCAWithKey"
        | "genSelfSignedCert"
        | "genSelfSignedCertWithKey"
        | "genSignedCert"
        | "genSignedCertWithKey" => Some(format!(
            "{{{{ $x := {call} }}}}{{{{ typeOf $x }}}} {{{{ regexFindAll \"-----.*\" (print $x.Cert $x.Key) -1 }}}}"
        )),
        _ => None,
    }
}
