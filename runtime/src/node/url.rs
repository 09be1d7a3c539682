//! URLs as the WHATWG URL standard has them: the native half of `internal/url`.
//!
//! The parser is `ada-url`, which is also Node's: it answers as Node does where the standard leaves room (opaque paths,
//! setters that do nothing), has the same eight component offsets, and on short `http:` URLs takes about a third of the
//! time of the crate `url`, which counts since servers make one URL per request.
//!
//! A parsed URL crosses to JavaScript as its href and the offsets of its components, which go into the one
//! `Uint32Array` `binding('url').offsets`; JavaScript reads them at once and cuts the components from the href when
//! somebody asks. A parsed href is ASCII, so byte offsets are string offsets.

use crate::node::binder::{Binder, memory_of};
use std::cell::RefCell;
use std::mem::MaybeUninit;

use ada_url::{Idna, Url};

use crate::node::{set_value, throw};

/// Stands for an absent port, search or hash.
const ABSENT: u32 = u32::MAX;

/// How many numbers `offsets` holds: where the protocol ends (after its colon), the username ends, the host starts (at
/// `@` if there is one) and ends; the port's number; where the path, the search and the hash start.
/// `internal/url/url.js` reads them in this order.
const OFFSETS_COUNT: usize = 8;

/// Texts up to this many bytes are read without an allocation.
const STACK_TEXT_BYTES_MAX: usize = 1024;

/// The parts that `update(href, part, value)` can set; `internal/url/url.js` has the same list.
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
    Href,
}

impl Part {
    fn from_index(index: u32) -> Option<Part> {
        use Part::*;
        [Protocol, Username, Password, Host, Hostname, Port, Pathname, Search, Hash, Href].get(index as usize).copied()
    }
}

thread_local! {
    /// The bytes behind `offsets`.
    static OFFSETS: RefCell<Option<v8::SharedRef<v8::BackingStore>>> = const { RefCell::new(None) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// Sets the operations of `binding('url')` on `target`.
pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("parse", parse);
    to.function("canParse", can_parse);
    to.function("update", update);
    to.function("domainToASCII", domain_to_ascii);
    to.function("domainToUnicode", domain_to_unicode);
    to.function("toASCII", to_ascii);
    to.values(|scope, target| {
        let buffer = v8::ArrayBuffer::new(scope, OFFSETS_COUNT * size_of::<u32>());
        let offsets = v8::Uint32Array::new(scope, buffer, 0, OFFSETS_COUNT).expect("the buffer is long enough");
        set_value(scope, target, "offsets", offsets.into());
    });
    to.at_start(|scope, target| OFFSETS.set(Some(memory_of(scope, target, "offsets"))));
}

/// Calls `read` with the text of `value`, `None` if it is no string. Lone surrogates become U+FFFD, as the standard asks.
fn with_text<R>(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
    read: impl FnOnce(&mut v8::PinScope<'_, '_>, &str) -> R,
) -> Option<R> {
    let string = v8::Local::<v8::String>::try_from(value).ok()?;
    let mut stack = [MaybeUninit::<u8>::uninit(); STACK_TEXT_BYTES_MAX];
    let text = string.to_rust_cow_lossy(scope, &mut stack);
    Some(read(scope, &text))
}

/// The URL that the arguments `(input, base)` name; without a base if that is no string.
fn parse_arguments(scope: &mut v8::PinScope<'_, '_>, args: &Arguments<'_>) -> Option<Url> {
    with_text(scope, args.get(0), |scope, input| {
        let with_base = with_text(scope, args.get(1), |_, base| Url::parse(input, Some(base)).ok());
        with_base.unwrap_or_else(|| Url::parse(input, None).ok())
    })
    .flatten()
}

/// `parse(input, base)`: the href, and its offsets in `offsets`; `undefined` if it is no URL.
fn parse<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    if let Some(url) = parse_arguments(scope, &args) {
        answer(scope, &url, &mut rv);
    }
}

/// `canParse(input, base)`
fn can_parse<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let can = with_text(scope, args.get(0), |scope, input| {
        let with_base = with_text(scope, args.get(1), |_, base| Url::can_parse(input, Some(base)));
        with_base.unwrap_or_else(|| Url::can_parse(input, None))
    });
    rv.set_bool(can == Some(true));
}

/// `update(href, part, value)`: the new href, and its offsets in `offsets`; `undefined` if the value does not fit.
fn update<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let part = v8::Local::<v8::Uint32>::try_from(args.get(1)).ok().and_then(|part| Part::from_index(part.value()));
    let Some(part) = part else { return };
    let Some(Some(mut url)) = with_text(scope, args.get(0), |_, href| Url::parse(href, None).ok()) else { return };
    let fits = with_text(scope, args.get(2), |_, value| set_part(&mut url, part, value));
    if fits == Some(true) {
        answer(scope, &url, &mut rv);
    }
}

/// Whether the value fits; a setter of the standard ignores what does not.
fn set_part(url: &mut Url, part: Part, value: &str) -> bool {
    let set = match part {
        Part::Protocol => url.set_protocol(value),
        Part::Username => url.set_username(Some(value)),
        Part::Password => url.set_password(Some(value)),
        Part::Host => url.set_host(Some(value)),
        Part::Hostname => url.set_hostname(Some(value)),
        Part::Port => url.set_port(Some(value)),
        Part::Pathname => url.set_pathname(Some(value)),
        Part::Search => {
            url.set_search(Some(value));
            Ok(())
        }
        Part::Hash => {
            url.set_hash(Some(value));
            Ok(())
        }
        Part::Href => url.set_href(value),
    };
    set.is_ok()
}

fn answer(scope: &mut v8::PinScope<'_, '_>, url: &Url, rv: &mut Returned<'_>) {
    let parts = url.components();
    let offsets: [u32; OFFSETS_COUNT] = [
        parts.protocol_end,
        parts.username_end,
        parts.host_start,
        parts.host_end,
        parts.port.unwrap_or(ABSENT),
        parts.pathname_start.unwrap_or(ABSENT),
        parts.search_start.unwrap_or(ABSENT),
        parts.hash_start.unwrap_or(ABSENT),
    ];
    OFFSETS.with_borrow(|store| {
        let store = store.as_ref().expect("bind made the offsets");
        for (cell, byte) in store.iter().zip(offsets.iter().flat_map(|offset| offset.to_ne_bytes())) {
            cell.set(byte);
        }
    });
    let href = v8::String::new_from_one_byte(scope, url.href().as_bytes(), v8::NewStringType::Normal);
    if let Some(href) = href {
        rv.set(href.into());
    }
}

/// The host that a special URL would have with this domain; `None` if it is not allowed.
fn host_of(domain: &str) -> Option<Url> {
    let mut url = Url::parse("ws://x", None).ok()?;
    url.set_hostname(Some(domain)).ok()?;
    Some(url)
}

/// `domainToASCII(domain)`: empty if it is no domain.
fn domain_to_ascii<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let host = with_text(scope, args.get(0), |_, domain| host_of(domain)).flatten();
    answer_text(scope, host.as_ref().map_or("", Url::hostname), &mut rv);
}

/// `domainToUnicode(domain)`: empty if it is no domain.
fn domain_to_unicode<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let host = with_text(scope, args.get(0), |_, domain| host_of(domain)).flatten();
    let unicode = host.map_or(String::new(), |host| Idna::unicode(host.hostname()));
    answer_text(scope, &unicode, &mut rv);
}

/// `toASCII(host)`: the host in Punycode without the other checks of a URL's host, for the legacy `url.parse`.
fn to_ascii<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let ascii = with_text(scope, args.get(0), |_, host| Idna::ascii(host)).unwrap_or_default();
    answer_text(scope, &ascii, &mut rv);
}

fn answer_text(scope: &mut v8::PinScope<'_, '_>, text: &str, rv: &mut Returned<'_>) {
    match v8::String::new(scope, text) {
        Some(text) => rv.set(text.into()),
        None => throw(scope, "ERR_STRING_TOO_LONG", "the host is too long for a string"),
    }
}
