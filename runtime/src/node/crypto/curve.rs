//! Elliptic curves by name.

use openssl::nid::Nid;

/// Curves have OpenSSL's names and the NIST's.
pub fn nid(name: &str) -> Option<Nid> {
    match name {
        "P-256" => return Some(Nid::X9_62_PRIME256V1),
        "P-384" => return Some(Nid::SECP384R1),
        "P-521" => return Some(Nid::SECP521R1),
        _ => {}
    }
    let nid = super::raw::nid_of_name(name)?;
    openssl::ec::EcGroup::from_curve_name(nid).is_ok().then_some(nid)
}

pub fn name(nid: Nid) -> &'static str {
    nid.short_name().unwrap_or_default()
}
