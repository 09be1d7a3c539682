//! `EventBreakpoints`: instrumentation breakpoints by name, such as `setTimeout.callback`, as DevTools sets them.

use std::rc::Rc;

use rondo_protocol::command::BreakpointAction;
use rondo_protocol::filter::Filter;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Inspector;
use crate::matching::Matcher;
use crate::sentence::kind_of_event;
use crate::session::Session;
use crate::stepping::Breakpoint;
use crate::wire::{Answer, Fault, empty, params};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventName {
    event_name: String,
}

impl Inspector {
    pub(super) fn event_breakpoints(
        &self,
        session: &Rc<Session>,
        name: &str,
        raw: Option<&RawValue>,
    ) -> Option<Answer> {
        let answer = match name {
            "setInstrumentationBreakpoint" => params(raw).and_then(|asked| self.set_instrumentation(session, asked)),
            "removeInstrumentationBreakpoint" => params(raw).and_then(|asked: EventName| {
                let id = breakpoint_id(&asked.event_name);
                self.stepping.borrow_mut().remove_breakpoint(session.peer.id, &id);
                session.peer.instrumentation.borrow_mut().retain(|set| *set != asked.event_name);
                self.update_needs();
                empty()
            }),
            "disable" => {
                for event in session.peer.instrumentation.take() {
                    self.stepping.borrow_mut().remove_breakpoint(session.peer.id, &breakpoint_id(&event));
                }
                self.update_needs();
                empty()
            }
            _ => return None,
        };
        Some(answer)
    }

    fn set_instrumentation(&self, session: &Rc<Session>, asked: EventName) -> Answer {
        let Some(kind) = kind_of_event(&asked.event_name) else {
            return Err(Fault::params(format!("no callback has the event name {}", asked.event_name)));
        };
        let mut set = session.peer.instrumentation.borrow_mut();
        if set.contains(&asked.event_name) {
            return empty();
        }
        let filter = Filter { kinds: Some(vec![kind]), ..Filter::default() };
        let matcher = Matcher::new(filter).map_err(Fault::params)?;
        self.stepping.borrow_mut().add_breakpoint(Breakpoint {
            id: breakpoint_id(&asked.event_name),
            client: session.peer.id,
            matcher,
            condition: None,
            action: BreakpointAction::Pause,
            remaining: None,
        });
        set.push(asked.event_name);
        self.update_needs();
        empty()
    }
}

/// Its place among callback breakpoints; clients never see it.
fn breakpoint_id(event_name: &str) -> String {
    format!("instrumentation:{event_name}")
}
