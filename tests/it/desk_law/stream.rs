//! A browser's side of `/live`: one real connection, read frame by frame.

use futures::{StreamExt, stream::BoxStream};
use handoff::domain::{
    desk::Frame,
    ids::{AgentId, Seq},
};
use http::StatusCode;

use crate::app::TestApp;

pub struct Stream {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    buffer: Vec<u8>,
    /// The id of the newest frame, from which a browser reconnects.
    pub cursor: Seq,
}

fn client() -> reqwest::Client {
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(redirects).build().expect("a client")
}

async fn ask(app: &TestApp, cookie: &str, after: i64) -> reqwest::Response {
    let address = format!("http://{}/live?after={after}", app.address);
    client().get(address).header("cookie", cookie).send().await.expect("an answer")
}

/// The status of the response to opening a stream.
pub async fn status(app: &TestApp, cookie: &str) -> StatusCode {
    ask(app, cookie, 0).await.status()
}

pub async fn sign_out(app: &TestApp, cookie: &str) -> StatusCode {
    let own = format!("http://{}", app.address);
    let request = client().post(format!("{own}/api/sign_out")).header("origin", own).header("cookie", cookie);
    request.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer").status()
}

impl Stream {
    pub async fn open(app: &TestApp, cookie: &str, after: Seq) -> Self {
        let answer = ask(app, cookie, after.0).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { bytes: answer.bytes_stream().boxed(), buffer: Vec::new(), cursor: after }
    }

    /// The next frame; `None` if the server ended the stream.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let block = String::from_utf8(block).expect("UTF-8");
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let Some(data) = field("data:") else { continue };
                assert_eq!(field("event:"), Some("frame"), "{block}");
                let cursor = Seq(field("id:").expect("an id").parse().expect("a number"));
                let frame: Frame = serde_json::from_str(data).expect("a frame");
                if !matches!(frame, Frame::Reset { .. }) {
                    assert!(cursor >= self.cursor, "a stream goes forward: {cursor:?} after {:?}", self.cursor);
                }
                self.cursor = cursor;
                return Some(frame);
            }
            match self.bytes.next().await? {
                Ok(bytes) => self.buffer.extend_from_slice(&bytes),
                Err(_) => return None,
            }
        }
    }

    /// The next frame that contains changes.
    pub async fn news(&mut self) -> Option<Frame> {
        loop {
            match self.next().await? {
                Frame::Heartbeat { .. } | Frame::Presence { .. } | Frame::Activity { .. } => {}
                frame => return Some(frame),
            }
        }
    }

    /// Reads frames until exactly these agents are online.
    pub async fn presence_of(&mut self, expected: &[AgentId]) {
        loop {
            let frame = self.next().await.expect("the stream goes on");
            if let Frame::Presence { online, .. } = frame
                && online == expected
            {
                return;
            }
        }
    }
}
