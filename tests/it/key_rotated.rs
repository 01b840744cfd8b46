//! The operator's key: rotated while the server is stopped, continued after a kill, and bound to the rows it encrypts.

use handoff::{
    domain::{model::ModelSettings, time::Span},
    server::{
        accounts::{CallerDevice, Reauthenticated, sign_in::SignInError},
        admin::rotate_key::{KeyRotation, RotationReport},
        clock::{Clock, Entropy},
        config::Config,
        gateway::Timeouts,
        seal::{KeySetting, Seal, SealedField},
        secret::Secret,
        services::{Services, StartError, sealing},
        store::{Db, apps, channels, models, secrets},
    },
};

use crate::{
    app::{APP, APP_SECRET, PASSWORD, SECRET_KEY, TestApp, VERIFY_TOKEN, on_both, on_postgres, on_sqlite},
    second_factor,
};

const PASSPHRASE: &str = "the new passphrase of the operator";
const NEW_KEY: &str = "a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=";
const OTHER_KEY: &str = "1HNeOiZeFu7gP1lxi5tdAwGcB9i2xR+Q2jpmbuwTqzU=";

/// Fills every column with secrets.
async fn fill(app: &TestApp) {
    let settings = &app.services.settings;
    for name in ["ONE", "TWO"] {
        settings
            .secret_set(&app.tenant, Reauthenticated::operator(), name, "shop.example.com", name)
            .await
            .expect("sets");
    }
    settings
        .model_save(&app.tenant, Reauthenticated::operator(), ModelSettings::default(), Some("sk-key"))
        .await
        .expect("saves");
}

async fn begin(app: &TestApp, old: &str, new: &str) -> Result<KeyRotation, String> {
    let db = Db::open(&app.config.database_url).await.expect("opens");
    let [old, new] = [old, new].map(|text| KeySetting::new(Secret::new(text)));
    KeyRotation::begin(db, app.now(), Entropy::seeded(9), old, new).await.map_err(|error| error.to_string())
}

async fn rotate(app: &TestApp, old: &str, new: &str) -> RotationReport {
    let mut rotation = begin(app, old, new).await.expect("begins");
    while rotation.batch(1).await.expect("a batch") {}
    rotation.finish().await.expect("ends")
}

async fn start(app: &TestApp, key: &str) -> Result<Services, StartError> {
    let config = Config { secret_key: Secret::new(key), ..app.config.clone() };
    let clock = Clock::clone(&app.services.clock);
    Services::build(&config, clock, Entropy::seeded(8), Timeouts::default()).await
}

/// Whether everything opens with a key.
async fn all_open(app: &TestApp, key: &str) -> bool {
    let db = &app.services.db;
    let setting = KeySetting::new(Secret::new(key));
    let seal = sealing::derive(db, &app.services.entropy, setting).await.expect("a key");
    let (mut tx, tenant) = (db.begin_read().await.expect("a view"), &app.tenant);
    let app_row = apps::find(&mut tx, &APP.into()).await.expect("reads").expect("the app");
    let channel = channels::find(&mut tx, tenant, &app.channel).await.expect("reads").expect("the number");
    let model = models::find(&mut tx, tenant).await.expect("reads").expect("the model").key.expect("a key");
    let one = secrets::find(&mut tx, tenant, "ONE").await.expect("reads").expect("a secret").value;
    let two = secrets::find(&mut tx, tenant, "TWO").await.expect("reads").expect("a secret").value;
    [
        (SealedField::AppSecret(&app_row.id), &app_row.secret, APP_SECRET),
        (SealedField::VerifyToken(&app_row.id), &app_row.verify_token, VERIFY_TOKEN),
        (SealedField::AccessToken(tenant, &channel.id), &channel.token, "acme-token"),
        (SealedField::ModelKey(tenant), &model, "sk-key"),
        (SealedField::Named(tenant, "ONE"), &one, "ONE"),
        (SealedField::Named(tenant, "TWO"), &two, "TWO"),
    ]
    .into_iter()
    .all(|(field, sealed, plain)| seal.open(field, sealed).is_ok_and(|opened| opened.expose() == plain))
}

on_both!(a_rotation_encrypts_everything_with_the_new_key, async |app| {
    // given
    fill(app).await;
    // when
    let report = rotate(app, SECRET_KEY, PASSPHRASE).await;
    // then the new key opens everything, and the old one starts no server
    assert_eq!(report, RotationReport { resealed: 6, unreadable: Vec::new() });
    assert!(all_open(app, PASSPHRASE).await && !all_open(app, SECRET_KEY).await);
    assert!(matches!(start(app, SECRET_KEY).await, Err(StartError::ForeignKey)));
    start(app, PASSPHRASE).await.expect("starts");
    let again = begin(app, SECRET_KEY, PASSPHRASE).await.err().expect("the old key is no longer the key");
    assert!(again.contains("isn't the key"), "{again}");
});

on_both!(a_second_factor_is_asked_for_after_a_rotation, async |app| {
    // given one factor that is set up, and one whose first code is awaited
    let (ana, _) = app.agent("Ana").await;
    let (key, _) = second_factor::set_up(app, &ana).await;
    let (ben, _) = app.agent("Ben").await;
    second_factor::begin(app, &ben).await;
    fill(app).await;
    // when
    let report = rotate(app, SECRET_KEY, NEW_KEY).await;
    // then
    assert_eq!(report, RotationReport { resealed: 8, unreadable: Vec::new() });
    let services = start(app, NEW_KEY).await.expect("starts");
    app.turn(Span::minutes(1));
    let (accounts, from) = (&services.accounts, CallerDevice::default());
    let Err(SignInError::CodeNeeded(pending)) = accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await
    else {
        panic!("no code is asked for")
    };
    let code = second_factor::shown(app, &key);
    accounts.sign_in_code(pending.expose(), &code, &from, None).await.expect("signs in");
});

on_both!(a_rotation_that_was_killed_is_continued, async |app| {
    for killed_after in 0..7 {
        // given a rotation that was killed between two batches
        if killed_after == 0 {
            fill(app).await;
        }
        let (old, new) = if killed_after % 2 == 0 { (SECRET_KEY, NEW_KEY) } else { (NEW_KEY, SECRET_KEY) };
        let mut rotation = begin(app, old, new).await.expect("begins");
        for _ in 0..killed_after {
            rotation.batch(1).await.expect("a batch");
        }
        drop(rotation);
        // then no server starts, and no rotation with other keys
        for key in [old, new] {
            assert!(matches!(start(app, key).await, Err(StartError::RotationUnfinished)), "{killed_after}");
        }
        let other = begin(app, OTHER_KEY, new).await.err().expect("other keys");
        assert!(other.contains("was interrupted"), "{other}");
        // and with the same keys it is finished
        let report = rotate(app, old, new).await;
        assert!(report.unreadable.is_empty() && report.resealed <= 6, "{report:?}");
        assert!(all_open(app, new).await, "{killed_after}");
        start(app, new).await.expect("starts");
    }
});

on_both!(a_value_that_no_key_opens_is_reported_and_left, async |app| {
    // given a value of one secret in the row of another
    fill(app).await;
    app.run("UPDATE secrets SET value = (SELECT one.value FROM secrets one WHERE one.name = 'ONE') WHERE name = 'TWO'")
        .await;
    // when
    let report = rotate(app, SECRET_KEY, NEW_KEY).await;
    // then
    let left = format!("the secret TWO of {}", app.tenant);
    assert_eq!(report, RotationReport { resealed: 5, unreadable: vec![left] });
    start(app, NEW_KEY).await.expect("the others are not stopped by it");
});

on_both!(a_value_of_version_1_is_bound_to_its_row_by_a_rotation_to_the_same_key, async |app| {
    // given a value as version 1 stored it, which opens in every row
    fill(app).await;
    let old = hex::decode("1d01e206000102030405060708090a0ba7b43bac65f30294683079bfb2da684f855b0a")
        .expect("hexadecimal digits");
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let was = secrets::find(&mut tx, &app.tenant, "ONE").await.expect("reads").expect("a secret").value;
    secrets::reseal(&mut tx, &app.tenant, "ONE", &was, &old).await.expect("saves");
    tx.commit().await.expect("commits");
    assert!(all_open(app, SECRET_KEY).await);
    // when
    let report = rotate(app, SECRET_KEY, SECRET_KEY).await;
    // then it is of version 2, and opens in its own row only
    assert_eq!(report, RotationReport { resealed: 1, unreadable: Vec::new() });
    assert!(all_open(app, SECRET_KEY).await);
    let seal = Seal::new(&KeySetting::new(Secret::new(SECRET_KEY)), &[]).expect("a key");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let value = secrets::find(&mut tx, &app.tenant, "ONE").await.expect("reads").expect("a secret").value;
    assert!(seal.is_current(&value) && seal.open(SealedField::Named(&app.tenant, "TWO"), &value).is_err());
});

on_both!(a_wrong_key_changes_nothing, async |app| {
    fill(app).await;
    let refused = begin(app, OTHER_KEY, NEW_KEY).await.err().expect("refused");
    assert!(refused.contains("isn't the key"), "{refused}");
    start(app, SECRET_KEY).await.expect("starts");
});

on_sqlite!(no_rotation_begins_while_a_server_runs, async |app| {
    fill(app).await;
    app.services.node.join().await.expect("joins");
    let refused = begin(app, SECRET_KEY, NEW_KEY).await.err().expect("refused");
    assert!(refused.contains("another Handoff works on"), "{refused}");
    app.services.node.leave().await.expect("leaves");
    assert_eq!(rotate(app, SECRET_KEY, NEW_KEY).await.resealed, 6);
});

on_postgres!(no_rotation_begins_while_a_server_is_present, async |app| {
    fill(app).await;
    app.services.node.join().await.expect("joins");
    let refused = begin(app, SECRET_KEY, NEW_KEY).await.err().expect("refused");
    assert!(refused.contains("a server works on this database"), "{refused}");
    app.services.node.leave().await.expect("leaves");
    assert_eq!(rotate(app, SECRET_KEY, NEW_KEY).await.resealed, 6);
});

on_both!(a_server_that_starts_during_a_rotation_leaves_again, async |app| {
    // given a server that was built, and then a rotation that begins
    fill(app).await;
    let mut late = app.another(8).await;
    let rotation = begin(app, SECRET_KEY, NEW_KEY).await.expect("begins");
    // On SQLite its lock keeps the server away; here the process was killed.
    drop(rotation);
    // when
    let Err(refused) = late.start().await else { panic!("the late server starts") };
    // then
    assert!(matches!(refused, StartError::RotationUnfinished), "{refused}");
    assert_eq!(rotate(app, SECRET_KEY, NEW_KEY).await.resealed, 6);
});
