//! The two HMACs of Meta's protocol: webhook signatures and `appsecret_proof`. The app's secret is the key of both.

use hmac::{Hmac, KeyInit, Mac, digest::InvalidLength};
use sha2::Sha256;

/// Signs with an app's secret.
#[derive(Clone)]
pub(super) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(super) fn new(app_secret: &str) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(app_secret.as_bytes()).map(Self)
    }

    /// `sha256=` and 64 lowercase hex digits, over the exact bytes that are posted.
    pub(super) fn header(&self, body: &[u8]) -> String {
        format!("sha256={}", self.hex(body))
    }

    /// Whether `proof` is the proof for `token`, in constant time.
    pub(super) fn proves(&self, token: &str, proof: &str) -> bool {
        let Ok(proof) = hex::decode(proof) else { return false };
        self.0.clone().chain_update(token.as_bytes()).verify_slice(&proof).is_ok()
    }

    fn hex(&self, message: &[u8]) -> String {
        hex::encode(self.0.clone().chain_update(message).finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::Signer;

    #[test]
    fn signs_the_exact_bytes() {
        let signer = Signer::new("test_app_secret").expect("any key length fits an HMAC");
        for (body, hex) in [
            (
                r#"{"object":"whatsapp_business_account","entry":[]}"#,
                "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
            ),
            ("{\"t\":\"äöå\"}", "07b8dabf93a804e697507061549bf1050a7e7efcff37c84effe4818d2a4f9c3e"),
            (r#"{"t":"\u00e4\u00f6\u00e5"}"#, "8cc2a80f11313ef9c69ca05a132f3f266a992c9b43953c1a520861f142a45c7a"),
        ] {
            assert_eq!(signer.header(body.as_bytes()), format!("sha256={hex}"));
        }
    }

    #[test]
    fn an_appsecret_proof_is_valid_for_one_token_only() {
        let signer = Signer::new("secret").expect("any key length fits an HMAC");
        let proof = signer.hex(b"token");
        assert!(signer.proves("token", &proof));
        assert!(!signer.proves("other", &proof));
        assert!(!signer.proves("token", "not hex"));
    }
}
