//! URLs as the WHATWG URL standard has them: the native half of `internal/url`.
//!
//! A parsed URL crosses to JavaScript as its href and the offsets of its components, which go into the one
//! `Uint32Array` `binding('url').offsets`; JavaScript reads them at once and cuts the components from the href when
//! somebody asks. A parsed href is ASCII, so byte offsets are string offsets.

use std::cell::RefCell;

use url::{Position, Url, quirks};

/// Stands for an absent port.
const NO_PORT: u32 = u32::MAX;

/// How many numbers `offsets` holds: where the protocol ends (after its colon), the username ends, the password ends
/// (which is where `@` is if there is one), and the host ends; the port's number; where the path, the search and the hash
/// start. `internal/url.js` has the same list.
const OFFSETS_COUNT: usize = 8;

/// The parts that `update(href, part, value)` can set; `internal/url.js` has the same list.
#[derive(Clone, Copy)]
enum Part {
    Protocol,
    Username,
    Password,
    Host,
    Hostname,
    Port,
    Pathname,
    Search,
    Hash,
}

impl Part {
    fn from_index(index: u32) -> Option<Part> {
        use Part::*;
        [Protocol, Username, Password, Host, Hostname, Port, Pathname, Search, Hash].get(index as usize).copied()
    }
}

thread_local! {
    /// The bytes behind `offsets`.
    static OFFSETS: RefCell<Option<v8::SharedRef<v8::BackingStore>>> = const { RefCell::new(None) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// Sets the operations of `binding('url')` on `target`.
pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    use v8::MapFnTo;
    let operations: [(&str, v8::FunctionCallback); 5] = [
        ("parse", parse.map_fn_to()),
        ("canParse", can_parse.map_fn_to()),
        ("update", update.map_fn_to()),
        ("domainToASCII", domain_to_ascii.map_fn_to()),
        ("domainToUnicode", domain_to_unicode.map_fn_to()),
    ];
    for (name, callback) in operations {
        let function = v8::Function::builder_raw(callback)
            .constructor_behavior(v8::ConstructorBehavior::Throw)
            .build(scope)
            .expect("a native function can be made before any script runs");
        set(scope, target, name, function.into());
    }
    let buffer = v8::ArrayBuffer::new(scope, OFFSETS_COUNT * size_of::<u32>());
    OFFSETS.set(Some(buffer.get_backing_store()));
    let offsets = v8::Uint32Array::new(scope, buffer, 0, OFFSETS_COUNT).expect("the buffer is long enough");
    set(scope, target, "offsets", offsets.into());
}

fn set<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    target: v8::Local<'s, v8::Object>,
    name: &str,
    value: v8::Local<'s, v8::Value>,
) {
    let key = v8::String::new(scope, name).expect("operation names are short");
    target.set(scope, key.into(), value).expect("a fresh object takes properties");
}

/// The text of an argument, `None` if it is no string. Lone surrogates become U+FFFD, as the standard asks.
fn text(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Option<String> {
    let string = v8::Local::<v8::String>::try_from(value).ok()?;
    Some(string.to_rust_string_lossy(scope))
}

/// The URL that the arguments `(input, base)` name; without a base if that is no string.
fn parse_arguments(scope: &mut v8::PinScope<'_, '_>, args: &Arguments<'_>) -> Option<Url> {
    let input = text(scope, args.get(0))?;
    match text(scope, args.get(1)) {
        Some(base) => Url::parse(&base).ok()?.join(&input).ok(),
        None => Url::parse(&input).ok(),
    }
}

/// `parse(input, base)`: the href, and its offsets in `offsets`; `undefined` if it is no URL.
fn parse<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    if let Some(url) = parse_arguments(scope, &args) {
        answer(scope, &url, &mut rv);
    }
}

/// `canParse(input, base)`
fn can_parse<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    rv.set_bool(parse_arguments(scope, &args).is_some());
}

/// `update(href, part, value)`: the new href, and its offsets in `offsets`. A value that does not fit changes nothing.
fn update<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let part = v8::Local::<v8::Uint32>::try_from(args.get(1)).ok().and_then(|part| Part::from_index(part.value()));
    let (Some(href), Some(part), Some(value)) = (text(scope, args.get(0)), part, text(scope, args.get(2))) else {
        return;
    };
    let Ok(mut url) = Url::parse(&href) else { return };
    // The setters of the standard ignore what they can't use.
    let _ = match part {
        Part::Protocol => quirks::set_protocol(&mut url, &value),
        Part::Username => quirks::set_username(&mut url, &value),
        Part::Password => quirks::set_password(&mut url, &value),
        Part::Host => quirks::set_host(&mut url, &value),
        Part::Hostname => quirks::set_hostname(&mut url, &value),
        Part::Port => quirks::set_port(&mut url, &value),
        Part::Pathname => {
            quirks::set_pathname(&mut url, &value);
            Ok(())
        }
        Part::Search => {
            quirks::set_search(&mut url, &value);
            Ok(())
        }
        Part::Hash => {
            quirks::set_hash(&mut url, &value);
            Ok(())
        }
    };
    answer(scope, &url, &mut rv);
}

fn answer(scope: &mut v8::PinScope<'_, '_>, url: &Url, rv: &mut Returned<'_>) {
    let place = |position: Position| url[..position].len() as u32;
    let offsets: [u32; OFFSETS_COUNT] = [
        place(Position::AfterScheme) + 1,
        place(Position::AfterUsername),
        place(Position::AfterPassword),
        place(Position::AfterHost),
        url.port().map_or(NO_PORT, u32::from),
        place(Position::BeforePath),
        place(Position::AfterPath),
        place(Position::AfterQuery),
    ];
    OFFSETS.with_borrow(|store| {
        let store = store.as_ref().expect("bind made the offsets");
        for (cell, byte) in store.iter().zip(offsets.iter().flat_map(|offset| offset.to_ne_bytes())) {
            cell.set(byte);
        }
    });
    let href = v8::String::new_from_one_byte(scope, url.as_str().as_bytes(), v8::NewStringType::Normal);
    if let Some(href) = href {
        rv.set(href.into());
    }
}

/// The host that a special URL would have with this domain; `None` if it is not allowed.
fn host_of(domain: &str) -> Option<Url> {
    let mut url = Url::parse("ws://x").expect("a valid URL");
    quirks::set_hostname(&mut url, domain).ok()?;
    Some(url)
}

/// `domainToASCII(domain)`: empty if it is no domain.
fn domain_to_ascii<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let host = text(scope, args.get(0)).and_then(|domain| host_of(&domain));
    answer_text(scope, host.as_ref().map_or("", quirks::hostname), &mut rv);
}

/// `domainToUnicode(domain)`: empty if it is no domain.
fn domain_to_unicode<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let host = text(scope, args.get(0)).and_then(|domain| host_of(&domain));
    let unicode = host.map_or(String::new(), |host| quirks::domain_to_unicode(quirks::hostname(&host)));
    answer_text(scope, &unicode, &mut rv);
}

fn answer_text(scope: &mut v8::PinScope<'_, '_>, text: &str, rv: &mut Returned<'_>) {
    if let Some(text) = v8::String::new(scope, text) {
        rv.set(text.into());
    }
}
