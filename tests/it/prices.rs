//! The price list: admins edit it, whoever is slower sees what changed, and no tenant reads another one's.

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        access::Role,
        event::Initiator,
        prices::{Amount, MarketPrices, PriceList},
    },
    server::settings::SettingsError,
};

use crate::app::{TestApp, on_both};

pub fn germany(utility: i64) -> PriceList {
    let row = MarketPrices { calling_code: "49".to_owned(), utility: Some(Amount(utility)), ..MarketPrices::default() };
    PriceList { currency: "EUR".to_owned(), markets: vec![row] }
}

async fn read(app: &TestApp) -> (i64, PriceList) {
    let prices = app.services.settings.read_prices(&app.tenant).await.expect("reads");
    (prices.revision, prices.list)
}

/// What the audit log says about prices, newest first.
async fn audited(app: &TestApp) -> Vec<(String, String)> {
    let lines =
        app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads").lines;
    let about_prices = lines.into_iter().filter(|line| line.what.contains("prices"));
    about_prices.map(|line| (line.who, line.what)).collect()
}

on_both!(a_saved_list_is_read_again_sorted_and_each_change_is_audited, async |app| {
    let (ada, _) = app.admin().await;
    let settings = &app.services.settings;
    assert_eq!(read(app).await, (0, PriceList::default()));

    let other = MarketPrices { service: Some(Amount(1)), ..MarketPrices::default() };
    let france = MarketPrices {
        calling_code: "33".to_owned(),
        marketing: Some(Amount(120_000)),
        authentication: Some(Amount(0)),
        ..MarketPrices::default()
    };
    let empty = MarketPrices { calling_code: "39".to_owned(), ..MarketPrices::default() };
    let mut list = germany(50_000);
    list.markets.extend([empty, other.clone(), france.clone()]);
    let revision = settings.prices_save(&app.tenant, ada.initiator(None), 0, list.clone()).await.expect("saves");
    let stored = PriceList { markets: vec![france, germany(50_000).markets.remove(0), other], ..list.clone() };
    assert_eq!(read(app).await, (revision, stored.clone()));

    // Saved again as it is, nothing happens.
    let again = settings.prices_save(&app.tenant, ada.initiator(None), revision, list).await.expect("saves");
    assert_eq!((again, audited(app).await.len()), (revision, 1));

    let revision = settings.prices_save(&app.tenant, ada.initiator(None), revision, germany(1)).await.expect("saves");
    let none = PriceList { currency: "EUR".to_owned(), markets: Vec::new() };
    settings.prices_save(&app.tenant, Initiator::SYSTEM, revision, none.clone()).await.expect("saves");
    assert_eq!(read(app).await.1, none);
    let line = |who: &str, what: &str| (who.to_owned(), format!("{what} the prices of messages"));
    assert_eq!(audited(app).await, [line("Handoff", "Removed"), line("Ada", "Changed"), line("Ada", "Added")]);
});

on_both!(whoever_has_not_seen_the_newest_list_saves_nothing, async |app| {
    let (ada, _) = app.admin().await;
    let (bea, _) = app.person(&app.tenant, "Bea", Role::Admin).await;
    let settings = &app.services.settings;
    // given two admins who opened the page at once
    let seen = read(app).await.0;
    settings.prices_save(&app.tenant, ada.initiator(None), seen, germany(50_000)).await.expect("saves");
    // when the second one saves
    let refused = settings.prices_save(&app.tenant, bea.initiator(None), seen, germany(70_000)).await;
    // then the first one's list stands, and the second one reads whose it is
    let detail = match refused {
        Err(SettingsError::Stale(detail)) => detail,
        other => panic!("stale, not {other:?}"),
    };
    assert!(detail.starts_with("Ada saved the prices while you were editing."), "{detail}");
    let (newest, list) = read(app).await;
    assert_eq!((list, audited(app).await.len()), (germany(50_000), 1));
    // when they have seen it, their own is saved
    settings.prices_save(&app.tenant, bea.initiator(None), newest, germany(70_000)).await.expect("saves");
    assert_eq!(read(app).await.1, germany(70_000));
});

on_both!(what_is_no_price_list_is_refused, async |app| {
    let settings = &app.services.settings;
    let odd = [
        PriceList { currency: String::new(), ..germany(1) },
        germany(-1),
        PriceList { markets: [germany(1).markets, germany(2).markets].concat(), ..germany(1) },
    ];
    for list in odd {
        let refused = settings.prices_save(&app.tenant, Initiator::SYSTEM, 0, list.clone()).await;
        assert!(matches!(refused, Err(SettingsError::Invalid(_))), "{list:?}: {refused:?}");
    }
    assert_eq!(read(app).await, (0, PriceList::default()));
});

on_both!(a_tenant_has_its_own_prices, async |app| {
    let (globex, _) = app.other_tenant().await;
    let settings = &app.services.settings;
    settings.prices_save(&app.tenant, Initiator::SYSTEM, 0, germany(50_000)).await.expect("saves");
    assert_eq!(settings.read_prices(&globex).await.expect("reads").list, PriceList::default());
    settings.prices_save(&globex, Initiator::SYSTEM, 0, germany(1)).await.expect("saves");
    assert_eq!(read(app).await, (1, germany(50_000)));
});
