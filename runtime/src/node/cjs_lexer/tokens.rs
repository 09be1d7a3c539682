//! JavaScript text as tokens, as far as the search for exports needs them: comments and regular expressions are left out,
//! templates only show what stands in their `${…}`.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    Word(&'a str),
    /// The inside of a string, escapes as written.
    Text(&'a str),
    Number,
    Sign(u8),
    /// A template or regular expression: a value.
    Opaque,
    End,
}

/// More tokens than this are not looked at: exports stand earlier, and memory is bounded.
const TOKENS_MAX: usize = 8_000_000;

/// Words after which a slash begins a regular expression.
const BEFORE_REGEX: &[&str] = &[
    "return",
    "typeof",
    "case",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "void",
    "delete",
    "throw",
    "yield",
    "await",
    "of",
];

struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Braces that are open; true for the `${` of a template.
    braces: Vec<bool>,
    /// For each open parenthesis whether it belongs to `if`, `while`, `for` or `with`.
    parens: Vec<bool>,
    regex_after_paren: bool,
}

pub fn tokenize(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        source,
        bytes: source.as_bytes(),
        at: 0,
        tokens: Vec::new(),
        braces: Vec::new(),
        parens: Vec::new(),
        regex_after_paren: false,
    };
    if source.starts_with("#!") {
        lexer.skip_line();
    }
    while lexer.at < lexer.bytes.len() && lexer.tokens.len() < TOKENS_MAX {
        lexer.step();
    }
    lexer.tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'#' || byte >= 0x80
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_line(&mut self) {
        self.at += memchr::memchr(b'\n', &self.bytes[self.at..]).unwrap_or(self.bytes.len() - self.at);
    }

    fn step(&mut self) {
        let byte = self.bytes[self.at];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
            b'/' if self.peek(1) == b'/' => self.skip_line(),
            b'/' if self.peek(1) == b'*' => {
                let end = memchr::memmem::find(&self.bytes[self.at + 2..], b"*/");
                self.at = end.map_or(self.bytes.len(), |end| self.at + 2 + end + 2);
            }
            b'/' if self.regex_allowed() => self.regex(),
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                self.at += 1;
                self.template();
            }
            b'0'..=b'9' => {
                while is_word(self.peek(0)) || (self.peek(0) == b'.' && self.peek(1).is_ascii_digit()) {
                    self.at += 1;
                }
                self.tokens.push(Token::Number);
            }
            _ if is_word(byte) => {
                let start = self.at;
                while is_word(self.peek(0)) {
                    self.at += 1;
                }
                self.tokens.push(Token::Word(&self.source[start..self.at]));
            }
            _ => self.sign(byte),
        }
    }

    fn sign(&mut self, byte: u8) {
        self.at += 1;
        match byte {
            b'(' => {
                let keyword = matches!(self.tokens.last(), Some(Token::Word("if" | "while" | "for" | "with")));
                self.parens.push(keyword);
            }
            b')' => self.regex_after_paren = self.parens.pop().unwrap_or(false),
            b'{' => self.braces.push(false),
            b'}' if self.braces.pop() == Some(true) => return self.template(),
            _ => {}
        }
        self.tokens.push(Token::Sign(byte));
    }

    fn regex_allowed(&self) -> bool {
        match self.tokens.last() {
            None => true,
            Some(Token::Word(word)) => BEFORE_REGEX.contains(word),
            Some(Token::Sign(b')')) => self.regex_after_paren,
            Some(Token::Sign(b']')) => false,
            Some(Token::Sign(_)) => true,
            _ => false,
        }
    }

    /// A regular expression; a slash that turns out to be a division is a sign.
    fn regex(&mut self) {
        let mut end = self.at + 1;
        let mut in_class = false;
        while let Some(&byte) = self.bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'\n' => return self.sign(b'/'),
                b'/' if !in_class => break,
                _ => {}
            }
            end += 1;
        }
        self.at = (end + 1).min(self.bytes.len());
        while is_word(self.peek(0)) {
            self.at += 1;
        }
        self.tokens.push(Token::Opaque);
    }

    fn string(&mut self, quote: u8) {
        let start = self.at + 1;
        let mut end = start;
        while let Some(&byte) = self.bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'\n' => break,
                _ if byte == quote => break,
                _ => {}
            }
            end += 1;
        }
        let end = end.min(self.bytes.len());
        self.tokens.push(Token::Text(self.source.get(start..end).unwrap_or("")));
        self.at = (end + 1).min(self.bytes.len());
    }

    /// The rest of a template, up to its end or its next `${`.
    fn template(&mut self) {
        while self.at < self.bytes.len() {
            match self.bytes[self.at] {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    return self.tokens.push(Token::Opaque);
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 2;
                    self.braces.push(true);
                    return self.tokens.push(Token::Sign(b','));
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
    }
}

/// The value of a string's inside; None when an escape is malformed or leaves Unicode.
pub fn unescape(raw: &str) -> Option<String> {
    if !raw.contains('\\') {
        return Some(raw.to_owned());
    }
    let mut units: Vec<u16> = Vec::new();
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            units.extend(character.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        let escaped = match characters.next()? {
            'n' => u16::from(b'\n'),
            't' => u16::from(b'\t'),
            'r' => u16::from(b'\r'),
            'b' => 8,
            'f' => 12,
            'v' => 11,
            '0' => 0,
            'x' => u16::from_str_radix(&characters.by_ref().take(2).collect::<String>(), 16).ok()?,
            'u' if characters.as_str().starts_with('{') => {
                let digits: String = characters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let character = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                units.extend(character.encode_utf16(&mut [0; 2]).iter());
                continue;
            }
            'u' => u16::from_str_radix(&characters.by_ref().take(4).collect::<String>(), 16).ok()?,
            '\n' => continue,
            other => {
                units.extend(other.encode_utf16(&mut [0; 2]).iter());
                continue;
            }
        };
        units.push(escaped);
    }
    String::from_utf16(&units).ok()
}
