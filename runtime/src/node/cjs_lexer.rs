//! Which names a CommonJS module exports, found without running it: what `import { name } from './x.cjs'` may ask for.
//!
//! The text is cut into tokens; a handful of shapes that people and compilers write are looked for among them. A shape that
//! is not known is skipped, so the result is a guess that is right for usual code, as Node's is.

mod tokens;

use tokens::{Token, tokenize};

#[derive(Default, Debug, PartialEq)]
pub struct Found {
    pub exports: Vec<String>,
    /// Specifiers of modules whose exports are passed on.
    pub reexports: Vec<String>,
}

/// Looks for exports in `source`.
pub fn find_exports(source: &str) -> Found {
    let tokens = tokenize(source);
    let mut search = Search { tokens: &tokens, found: Found::default(), required: Vec::new() };
    for at in 0..tokens.len() {
        search.look(at);
    }
    search.found
}

struct Search<'a> {
    tokens: &'a [Token<'a>],
    found: Found,
    /// `var name = require('specifier')`, for loops that copy a module's names.
    required: Vec<(&'a str, String)>,
}

impl<'a> Search<'a> {
    fn token(&self, at: usize) -> Token<'a> {
        self.tokens.get(at).copied().unwrap_or(Token::End)
    }

    fn word(&self, at: usize) -> &'a str {
        match self.token(at) {
            Token::Word(word) => word,
            _ => "",
        }
    }

    fn is(&self, at: usize, sign: u8) -> bool {
        self.token(at) == Token::Sign(sign)
    }

    fn text(&self, at: usize) -> Option<String> {
        match self.token(at) {
            Token::Text(raw) => tokens::unescape(raw),
            _ => None,
        }
    }

    fn look(&mut self, at: usize) {
        if at > 0 && self.is(at - 1, b'.') {
            return;
        }
        match self.word(at) {
            "exports" => self.assignment(at + 1),
            "module" if self.is(at + 1, b'.') && self.word(at + 2) == "exports" => {
                if self.is(at + 3, b'=') && !self.is(at + 4, b'=') {
                    self.whole(at + 4);
                } else {
                    self.assignment(at + 3);
                }
            }
            "Object" if self.is(at + 1, b'.') && self.word(at + 2) == "defineProperty" => self.definition(at + 3),
            "Object" if self.is(at + 1, b'.') && self.word(at + 2) == "keys" => self.copy_loop(at + 3),
            "var" | "let" | "const" => self.required_as(at + 1),
            "__exportStar" | "__export" | "__reExport" => self.star(at + 1),
            "tslib" if self.is(at + 1, b'.') && self.word(at + 2) == "__exportStar" => self.star(at + 3),
            _ => {}
        }
        if matches!(self.word(at), "tslib_1" | "tslib_2")
            && self.is(at + 1, b'.')
            && self.word(at + 2) == "__exportStar"
        {
            self.star(at + 3);
        }
    }

    fn add(&mut self, name: String) {
        if !self.found.exports.contains(&name) {
            self.found.exports.push(name);
        }
    }

    fn pass_on(&mut self, specifier: String) {
        if !self.found.reexports.contains(&specifier) {
            self.found.reexports.push(specifier);
        }
    }

    /// After `exports`: `.name =` or `['name'] =`.
    fn assignment(&mut self, at: usize) {
        let (name, next) = if self.is(at, b'.') {
            (Some(self.word(at + 1).to_owned()).filter(|name| !name.is_empty()), at + 2)
        } else if self.is(at, b'[') && self.is(at + 2, b']') {
            (self.text(at + 1), at + 3)
        } else {
            return;
        };
        if let Some(name) = name
            && self.is(next, b'=')
            && !self.is(next + 1, b'=')
        {
            self.add(name);
        }
    }

    /// After `module.exports =`: an object, or another module.
    fn whole(&mut self, at: usize) {
        if self.is(at, b'{') {
            // What was assigned before is gone; names that were found stay, as in Node.
            self.members(at + 1);
        } else if let Some(specifier) = self.require_at(at) {
            self.found.reexports.clear();
            self.pass_on(specifier);
        }
    }

    /// `require('specifier')` at a place
    fn require_at(&self, at: usize) -> Option<String> {
        if self.word(at) == "require" && self.is(at + 1, b'(') && self.is(at + 3, b')') {
            return self.text(at + 2);
        }
        None
    }

    /// The members of an object: `name`, `name: value`, `'name': value`, `...require('x')`; stops at what it can't follow.
    fn members(&mut self, mut at: usize) {
        loop {
            if self.is(at, b'.') && self.is(at + 1, b'.') && self.is(at + 2, b'.') {
                let Some(specifier) = self.require_at(at + 3) else { return };
                self.pass_on(specifier);
                at += 7;
            } else if let Token::Word(name) = self.token(at) {
                if matches!(name, "get" | "set" | "async")
                    && !self.is(at + 1, b',')
                    && !self.is(at + 1, b':')
                    && !self.is(at + 1, b'}')
                {
                    return;
                }
                self.add(name.to_owned());
                at = match self.after_value(at + 1) {
                    Some(next) => next,
                    None => return,
                };
            } else if let Some(name) = self.text(at) {
                self.add(name);
                at = match self.after_value(at + 1) {
                    Some(next) => next,
                    None => return,
                };
            } else {
                return;
            }
            if !self.is(at, b',') {
                return;
            }
            at += 1;
        }
    }

    /// Skips `: value` of a member when the value is a plain name, path, literal or require; None when it is more.
    fn after_value(&self, at: usize) -> Option<usize> {
        if !self.is(at, b':') {
            return Some(at);
        }
        let mut at = at + 1;
        if self.require_at(at).is_some() {
            return Some(at + 4);
        }
        if matches!(self.word(at), "" | "function" | "async" | "class" | "new")
            && !matches!(self.token(at), Token::Text(_) | Token::Number)
        {
            return None;
        }
        at += 1;
        while self.is(at, b'.') && !self.word(at + 1).is_empty() {
            at += 2;
        }
        Some(at)
    }

    /// After `Object.defineProperty`: `(exports, 'name', { value | enumerable: true, get … })`.
    fn definition(&mut self, at: usize) {
        if !self.is(at, b'(') {
            return;
        }
        let target = match (self.word(at + 1), self.word(at + 3)) {
            ("exports", _) => at + 2,
            ("module", "exports") => at + 4,
            _ => return,
        };
        if !self.is(target, b',') || !self.is(target + 2, b',') || !self.is(target + 3, b'{') {
            return;
        }
        let Some(name) = self.text(target + 1) else { return };
        let mut at = target + 4;
        if self.word(at) == "enumerable" {
            let on = self.word(at + 2) == "true" || (self.is(at + 2, b'!') && self.token(at + 3) == Token::Number);
            if !on {
                return;
            }
            while !self.is(at, b',') && self.token(at) != Token::End {
                at += 1;
            }
            at += 1;
        }
        match self.word(at) {
            "value" if self.is(at + 1, b':') => self.add(name),
            "get" if self.returns_a_path(at + 1) => self.add(name),
            _ => {}
        }
    }

    /// Whether a getter only returns a name or a path, `function () { return a.b; }`, as compilers write them.
    fn returns_a_path(&self, at: usize) -> bool {
        let mut at = at;
        if self.is(at, b':') {
            at += 1;
        }
        if self.word(at) == "function" {
            at += 1;
        }
        if !self.word(at).is_empty() {
            at += 1;
        }
        if !self.is(at, b'(') || !self.is(at + 1, b')') {
            return false;
        }
        at += 2;
        if self.is(at, b'=') && self.is(at + 1, b'>') {
            return true;
        }
        self.is(at, b'{') && self.word(at + 1) == "return" && !self.word(at + 2).is_empty()
    }

    /// After `Object.keys`: `(_x).forEach(function (k) { … exports[k] = _x[k] …` passes on the module `_x`.
    fn copy_loop(&mut self, at: usize) {
        let name = self.word(at + 1);
        if !self.is(at, b'(')
            || name.is_empty()
            || !self.is(at + 2, b')')
            || !self.is(at + 3, b'.')
            || self.word(at + 4) != "forEach"
        {
            return;
        }
        let Some((_, specifier)) = self.required.iter().rev().find(|(known, _)| *known == name).cloned() else {
            return;
        };
        let end = (at + 120).min(self.tokens.len());
        let copies = (at..end).any(|i| self.word(i) == "exports" && (self.is(i + 1, b'[') || self.is(i + 1, b',')));
        if copies {
            self.pass_on(specifier);
        }
    }

    /// After `var`: `name = require('x')`, also within a helper's call, `name = _interop(require('x'))`.
    fn required_as(&mut self, at: usize) {
        let name = self.word(at);
        if name.is_empty() || !self.is(at + 1, b'=') {
            return;
        }
        let plain = self.require_at(at + 2);
        let wrapped = || if self.is(at + 3, b'(') { self.require_at(at + 4) } else { None };
        if let Some(specifier) = plain.or_else(wrapped) {
            self.required.push((name, specifier));
        }
    }

    /// After `__exportStar`: `(require('x'), exports)`.
    fn star(&mut self, at: usize) {
        if !self.is(at, b'(') {
            return;
        }
        if let Some(specifier) = self.require_at(at + 1) {
            self.pass_on(specifier);
        } else if let Some(specifier) = self.require_at(at + 3) {
            self.pass_on(specifier);
        } else if let Some((_, specifier)) =
            self.required.iter().rev().find(|(known, _)| *known == self.word(at + 1)).cloned()
        {
            self.pass_on(specifier);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find_exports;

    fn check(source: &str, exports: &str, reexports: &str) {
        let found = find_exports(source);
        assert_eq!(
            (found.exports.join(" ").as_str(), found.reexports.join(" ").as_str()),
            (exports, reexports),
            "{source}"
        );
    }

    #[test]
    fn assignments() {
        check(
            "exports.a = 1; module.exports.b = exports['c-d'] = 2; if (exports.e == 1) x.exports.f = 2;",
            "a b c-d",
            "",
        );
        check(
            "// exports.no = 1\n/* exports.no = 1 */ 'exports.no = 1'; `exports.no = ${exports.yes = 1}`; /exports.no = 1/;",
            "yes",
            "",
        );
    }

    #[test]
    fn whole_objects() {
        check("module.exports = { a, b: c.d, 'e': 1, ...require('f'), g() {}, h }", "a b e g", "f");
        check("0 && (module.exports = { x, y })", "x y", "");
        check("module.exports = require('./lib')", "", "./lib");
    }

    #[test]
    fn what_compilers_write() {
        check("Object.defineProperty(exports, '__esModule', { value: true }); exports.x = void 0;", "__esModule x", "");
        check("Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m.a; } });", "a", "");
        check("Object.defineProperty(exports, 'a', { enumerable: false, get: function () { return m.a; } });", "", "");
        check("__exportStar(require('./a'), exports); tslib_1.__exportStar(require(\"./b\"), exports)", "", "./a ./b");
        check(
            "var _x = require('./x'); Object.keys(_x).forEach(function (key) { if (key === 'default') return; exports[key] = _x[key]; });",
            "",
            "./x",
        );
    }
}
