//! The requests `loop/…`, for editors that know the event loop.

use std::rc::Rc;

use rondo_client::event_loop::GetState;
use rondo_protocol::command::{
    GetChain, GetHistory, GetQueues, GetSiteStats, PauseBetweenCallbacks, Position, SetStallBreakpoint,
    StepToNextCallback,
};
use rondo_protocol::filter::Filter;
use rondo_protocol::id::TaskId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dispatch::{Reply, arguments};
use crate::error::Error;
use crate::session::Session;

/// Callbacks of one answer, unless the request says otherwise.
const CALLBACKS: u32 = 100;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct StepCallback {
    filter: Option<Filter>,
    count: Option<u32>,
    /// Instead of a filter: only callbacks that this request, or whatever the chain began with, has caused.
    chain: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct History {
    limit: Option<u32>,
    before: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chain {
    id: Option<TaskId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Between {
    at: Option<Position>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stall {
    threshold_ms: Option<f64>,
    threshold_us: Option<u64>,
}

impl Session {
    pub async fn loop_request(self: &Rc<Self>, command: &str, raw: Value) -> Result<Reply, Error> {
        let target = self.target()?;
        target.need_loop()?;
        match command {
            "loop/stepCallback" => self.step_callback(arguments(raw)?).await,
            "loop/state" => reply(&target.send(&GetState {}).await?),
            "loop/queues" => reply(&target.send(&arguments::<GetQueues>(raw)?).await?),
            "loop/history" => {
                let History { limit, before } = arguments(raw)?;
                reply(&target.send(&GetHistory { limit: limit.unwrap_or(CALLBACKS), before }).await?)
            }
            "loop/chain" => {
                let asked: Chain = arguments(raw)?;
                let id = asked
                    .id
                    .or_else(|| self.current_callback())
                    .ok_or_else(|| Error::user("loop/chain needs an id, or a program that is stopped in a callback"))?;
                reply(&target.send(&GetChain { id }).await?)
            }
            "loop/siteStats" => reply(&target.send(&arguments::<GetSiteStats>(raw)?).await?),
            "loop/pauseBetween" => self.pause_between(arguments(raw)?).await,
            "loop/setStallBreakpoint" => {
                let asked: Stall = arguments(raw)?;
                let of_ms = asked.threshold_ms.map(|ms| (ms * 1000.0).max(1.0) as u64);
                let threshold_us = asked.threshold_us.or(of_ms);
                reply(&target.send(&SetStallBreakpoint { threshold_us }).await?)
            }
            _ => Err(Error::Editor(format!("the request {command:?} is not known"))),
        }
    }

    /// Goes on to the next callback that matches, from a stop or while the program runs.
    async fn step_callback(self: &Rc<Self>, asked: StepCallback) -> Result<Reply, Error> {
        let target = self.target()?;
        let mut filter = asked.filter;
        if asked.chain {
            let chain = self.current_loop()["callback"]["chainId"].as_str().and_then(|id| id.parse().ok());
            let chain_id = chain.ok_or_else(|| Error::user("the program is not stopped in a callback"))?;
            filter = Some(Filter { chain_id: Some(chain_id), ..filter.unwrap_or_default() });
        }
        let step = StepToNextCallback { filter, count: asked.count };
        if target.stop.borrow().is_none() {
            self.stepping.set(true);
            return reply(&target.send(&step).await?);
        }
        target.stop.replace(None);
        self.left_stop(&target);
        self.stepping.set(true);
        let session = self.clone();
        Reply::then(json!({ "allThreadsContinued": true }), async move {
            session.tell_continued();
            if let Err(error) = target.send(&step).await {
                session.complain(&error);
            }
        })
    }

    async fn pause_between(self: &Rc<Self>, asked: Between) -> Result<Reply, Error> {
        let target = self.target()?;
        let at = asked.at.unwrap_or(Position::Boundary);
        target.send(&PauseBetweenCallbacks { at }).await?;
        let stopped = target.stop.borrow().clone();
        match stopped {
            None => Reply::empty(),
            Some(stop) if stop.between => {
                target.stop.replace(None);
                self.left_stop(&target);
                self.tell_continued();
                let answer = target.send(&rondo_client::event_loop::Resume {}).await;
                answer.map(|_| Reply { body: Value::Null, then: None })
            }
            Some(_) => {
                target.stop.replace(None);
                self.left_stop(&target);
                let session = self.clone();
                Reply::then(Value::Null, async move {
                    session.tell_continued();
                    target.resume_with("Debugger.resume", json!({})).await;
                })
            }
        }
    }

    /// `data.loop` of the stop.
    pub fn current_loop(&self) -> Value {
        let stop = self.stop().ok().map(|(_, stop)| stop);
        stop.map(|stop| stop.loop_data.clone()).unwrap_or(Value::Null)
    }

    fn current_callback(&self) -> Option<TaskId> {
        self.current_loop()["callback"]["id"].as_str()?.parse().ok()
    }
}

fn reply<T: Serialize>(answer: &T) -> Result<Reply, Error> {
    Reply::of(serde_json::to_value(answer).map_err(|error| Error::Bug(error.to_string()))?)
}
