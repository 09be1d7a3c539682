//! The keyboard: read on a thread of its own, since the terminal can only be waited for.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::Sender;

use crate::model::{Model, Panel, Sort};

/// Rows of a page.
const PAGE: isize = 10;

pub enum Step {
    GoOn,
    Leave,
}

/// Passes events on until the terminal or the listener is gone.
pub fn listen(pressed: &Sender<Event>) {
    while let Ok(event) = crossterm::event::read() {
        if pressed.blocking_send(event).is_err() {
            return;
        }
    }
}

/// A change of the terminal's size needs nothing but the next picture.
pub fn serve(event: &Event, model: &mut Model) -> Step {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press(key, model),
        _ => Step::GoOn,
    }
}

fn press(key: &KeyEvent, model: &mut Model) -> Step {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c' | 'd') if control => return Step::Leave,
        KeyCode::Esc if model.shows_help => model.shows_help = false,
        KeyCode::Char('q') | KeyCode::Esc => return Step::Leave,
        KeyCode::Char(' ') => model.is_paused = !model.is_paused,
        KeyCode::Char('?' | 'h') => model.shows_help = !model.shows_help,
        KeyCode::Char('s') => sort(model, 1),
        KeyCode::Char('S') => sort(model, Sort::ALL.len() - 1),
        KeyCode::Char('c') => model.forget(),
        KeyCode::Tab | KeyCode::BackTab => {
            model.panel = if model.panel == Panel::Sites { Panel::Stalls } else { Panel::Sites };
        }
        KeyCode::Up | KeyCode::Char('k') => model.scroll_by(-1),
        KeyCode::Down | KeyCode::Char('j') => model.scroll_by(1),
        KeyCode::PageUp => model.scroll_by(-PAGE),
        KeyCode::PageDown => model.scroll_by(PAGE),
        KeyCode::Home => model.scroll_by(isize::MIN),
        _ => {}
    }
    Step::GoOn
}

fn sort(model: &mut Model, by: usize) {
    model.sort = model.sort.step(by);
    model.order();
}
