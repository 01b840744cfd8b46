use super::*;

const PASSPHRASE: &str = "a key of the operator";
const SALT: [u8; 16] = [7; 16];

fn seal(setting: &str) -> Seal {
    Seal::new(&KeySetting::new(Secret::new(setting)), &SALT).expect("a key")
}

/// What a channel's token is sealed for in these tests.
fn opened(seal: &Seal, tenant: &str, channel: &str, sealed: &[u8]) -> Option<String> {
    let (tenant, channel) = (TenantId::from(tenant), ChannelId::from(channel));
    let secret = seal.open(SealedField::AccessToken(&tenant, &channel), sealed).ok()?;
    Some(secret.expose().to_owned())
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).expect("hexadecimal digits")
}

#[test]
fn a_value_opens_with_its_key_and_undamaged_only() {
    let (entropy, tenant) = (Entropy::seeded(1), TenantId::from("ten_1"));
    let field = SealedField::ModelKey(&tenant);
    let seal = Seal::of_key([1; 32]);
    let sealed = seal.seal(&entropy, field, "EAAG-token").expect("seals");
    assert!(!sealed.windows(4).any(|part| part == b"EAAG"));
    assert_eq!(seal.open(field, &sealed).expect("opens").expose(), "EAAG-token");
    assert!(Seal::of_key([2; 32]).open(field, &sealed).is_err());
    for at in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[at] ^= 1;
        assert!(seal.open(field, &bent).is_err(), "byte {at}");
        assert!(seal.open(field, &sealed[..at]).is_err(), "{at} bytes");
    }
}

#[test]
fn a_value_opens_in_its_own_tenant_row_and_column_only() {
    let (one, other, app) = (TenantId::from("ten_1"), TenantId::from("ten_2"), AppId::from("ten_1"));
    let (channel, neighbour) = (ChannelId::from("chn_1"), ChannelId::from("chn_2"));
    let (factor, another) = (FactorId::from("fac_1"), FactorId::from("fac_2"));
    let fields = [
        SealedField::AppSecret(&app),
        SealedField::VerifyToken(&app),
        SealedField::AccessToken(&one, &channel),
        SealedField::AccessToken(&one, &neighbour),
        SealedField::AccessToken(&other, &channel),
        SealedField::ModelKey(&one),
        SealedField::ModelKey(&other),
        SealedField::Named(&one, "SHOP"),
        SealedField::Named(&one, "SHOP_2"),
        SealedField::Named(&other, "SHOP"),
        SealedField::SecondFactor(&one, &factor),
        SealedField::SecondFactor(&one, &another),
        SealedField::SecondFactor(&other, &factor),
    ];
    let (entropy, seal) = (Entropy::seeded(1), Seal::of_key([1; 32]));
    for (nth, field) in fields.into_iter().enumerate() {
        let sealed = seal.seal(&entropy, field, "a value").expect("seals");
        for (at, place) in fields.into_iter().enumerate() {
            assert_eq!(seal.open(place, &sealed).is_ok(), at == nth, "{field:?} in {place:?}");
        }
    }
}

/// A value as version 1 stored it: databases hold such values.
#[test]
fn a_value_of_version_1_opens_in_any_row_and_is_not_current() {
    let sealed = bytes("46512ba3000102030405060708090a0b88bdc62fae86383a9ee0e67909988f4f6b2bf6857543b01bb22a");
    let seal = seal(PASSPHRASE);
    assert_eq!(opened(&seal, "ten_1", "chn_1", &sealed).as_deref(), Some("EAAG-token"));
    assert!(seal.is_own(&sealed) && !seal.is_current(&sealed));
    let other = self::seal("another key of the operator");
    assert!(!other.is_own(&sealed) && opened(&other, "ten_1", "chn_1", &sealed).is_none());
}

/// Values as this version stores them, of a passphrase and of a random key.
#[test]
fn the_format_and_both_ways_to_a_key_are_unchanged() {
    for (setting, sealed) in [
        (
            PASSPHRASE,
            "68730259bb4b9e2d5c51bd000102030405060708090a0b15bc4a6c2b60a0b14d2a6267116d6985abffb915806bc4faeaa9",
        ),
        (
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "687302c742454684ed2d6f000102030405060708090a0bc46f1ef264e8e953888675763b26dfd69bdcdc7fca17f7b49daa",
        ),
        (
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "687302c742454684ed2d6f000102030405060708090a0bc46f1ef264e8e953888675763b26dfd69bdcdc7fca17f7b49daa",
        ),
    ] {
        let (seal, sealed) = (seal(setting), bytes(sealed));
        assert_eq!(opened(&seal, "ten_1", "chn_1", &sealed).as_deref(), Some("EAAG-token"), "{setting}");
        assert_eq!(opened(&seal, "ten_2", "chn_1", &sealed), None, "{setting}");
        assert!(seal.is_current(&sealed) && seal.is_own(&sealed), "{setting}");
    }
}

#[test]
fn a_passphrase_depends_on_the_salt_and_a_random_key_does_not() {
    let key_id = |setting: &str, salt: &[u8]| {
        let setting = KeySetting::new(Secret::new(setting));
        Seal::new(&setting, salt).expect("a key").key_id()
    };
    assert_ne!(key_id(PASSPHRASE, &SALT), key_id(PASSPHRASE, &[8; 16]));
    let random = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert_eq!(key_id(random, &SALT), key_id(random, &[]));
    for passphrase in [PASSPHRASE, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh!=", &"g".repeat(64)] {
        assert!(KeySetting::new(Secret::new(passphrase)).needs_salt(), "{passphrase}");
    }
}
