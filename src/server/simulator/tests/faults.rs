//! Faults over HTTP: the error that a client sees instead of an answer, and answers that are lost.

use super::*;

fn upload(fixture: &Fixture) -> reqwest::RequestBuilder {
    let part = reqwest::multipart::Part::bytes(vec![1; 8]).file_name("a.png").mime_str("image/png").expect("a type");
    let form = reqwest::multipart::Form::new().text("messaging_product", "whatsapp").part("file", part);
    fixture.http.post(format!("{}/v26.0/100/media", fixture.base)).bearer_auth("token").multipart(form)
}

#[tokio::test]
async fn an_error_has_the_status_and_the_word_that_were_ordered() {
    let fixture = Fixture::new().await;
    for (status, code, is_transient) in [(500, 190, Some(true)), (503, 999_999, Some(false)), (429, 4, None)] {
        fixture.simulator.inject("c1", Fault::once(Effect::Error { status, code: Some(code), is_transient }));
        let (found, answer) = fixture.text("+919876543210").await.expect("answers");
        let error = &answer["error"];
        assert_eq!((found, &error["code"]), (status, &json!(code)), "{answer}");
        assert_eq!(error.get("is_transient"), is_transient.map(Value::Bool).as_ref(), "{answer}");
        assert!(error["message"].is_string() && error["fbtrace_id"].is_string(), "{answer}");
    }
    // Meta's usual errors do not have the word.
    fixture.simulator.inject("c1", Fault::once(Effect::Http { code: 131_000 }));
    let (found, answer) = fixture.text("+919876543210").await.expect("answers");
    assert_eq!((found, answer["error"].get("is_transient")), (500, None), "{answer}");
    // Without a code there is no body.
    fixture.simulator.inject("c1", Fault::once(Effect::Error { status: 429, code: None, is_transient: None }));
    let bare = fixture.text("+919876543210").await.expect_err("nothing to read");
    assert!(bare.is_decode(), "{bare}");
    assert!(fixture.simulator.sent().is_empty(), "a refused message does not arrive");
}

#[tokio::test]
async fn an_upload_meets_the_faults_that_a_send_meets() {
    let fixture = Fixture::new().await;
    let files = || fixture.simulator.inner.world().media.len();
    for (effect, status, kept) in [
        (Effect::Http { code: 131_053 }, 400, 0),
        (Effect::Error { status: 503, code: Some(131_016), is_transient: Some(true) }, 503, 0),
        (Effect::Error { status: 429, code: None, is_transient: None }, 429, 0),
        (Effect::Garbage { moment: Moment::Before }, 502, 0),
        (Effect::Garbage { moment: Moment::After }, 502, 1),
        (Effect::Latency { ms: 5 }, 200, 2),
    ] {
        fixture.simulator.inject("media", Fault::once(effect.clone()));
        let answer = upload(&fixture).send().await.expect("answers");
        assert_eq!((answer.status().as_u16(), files()), (status, kept), "{effect:?}");
    }
    fixture.simulator.inject("media", Fault::once(Effect::Drop { moment: Moment::After }));
    assert!(upload(&fixture).send().await.is_err(), "no answer");
    assert_eq!(files(), 3, "the file arrived");
    assert_eq!(upload(&fixture).send().await.expect("answers").status(), 200, "the faults are used up");
}
