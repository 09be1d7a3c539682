//! `binding('typescript')`: TypeScript by erasing its types in place. What is erased becomes spaces, so that every line and
//! column holds without a source map. Syntax that would need code of its own (enums, namespaces with values, parameter
//! properties) is refused, as Node refuses it.

mod blanks;
mod eraser;

use crate::node::binder::Binder;
use oxc_allocator::Allocator;
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::{SourceType, Span};

use blanks::Blanks;
use eraser::Eraser;

/// Whose fault it is that types cannot be erased, and where.
#[derive(Debug, PartialEq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
    /// Bytes of the source.
    pub start: u32,
    pub end: u32,
}

const INVALID: &str = "ERR_INVALID_TYPESCRIPT_SYNTAX";

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("erase", erase_binding);
    to.function(
        "isModule",
        |scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
            let source = args.get(0).to_rust_string_lossy(scope);
            rv.set_bool(is_module(&source));
        },
    );
}

/// `erase(source, isCommonJs)` -> the text, or `[code, message, line, column, width, sourceLine]`
fn erase_binding<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let source = args.get(0).to_rust_string_lossy(scope);
    match erase(&source, args.get(1).is_true()) {
        Ok(text) => rv.set(v8::String::new(scope, &text).expect("as long as the source").into()),
        Err(fault) => {
            let place = Place::of(&source, &fault);
            let text =
                |scope: &mut v8::PinScope<'s, '_>, text: &str| v8::String::new(scope, text).expect("short").into();
            let number = |scope: &mut v8::PinScope<'s, '_>, n: usize| v8::Integer::new(scope, n as i32).into();
            let parts = [
                text(scope, fault.code),
                text(scope, &fault.message),
                number(scope, place.line),
                number(scope, place.column),
                number(scope, place.width),
                text(scope, place.text),
            ];
            rv.set(v8::Array::new_with_elements(scope, &parts).into());
        }
    }
}

/// Whether `source` says by its syntax that it is an ES module.
fn is_module(source: &str) -> bool {
    let allocator = Allocator::default();
    parse(&allocator, source, SourceType::ts().with_module(true)).module_record.has_module_syntax
}

/// The text of `source` without types.
pub fn erase(source: &str, is_commonjs: bool) -> Result<String, Fault> {
    let allocator = Allocator::default();
    let module = SourceType::ts().with_module(true);
    let script = SourceType::ts().with_commonjs(true);
    let (first, second) = if is_commonjs { (script, module) } else { (module, script) };
    let mut parsed = parse(&allocator, source, first);
    if is_faulty(&parsed) {
        // What is no module can be a script, which may return at its top level and call a variable `await`.
        let other = parse(&allocator, source, second);
        if is_faulty(&other) {
            return Err(fault_of(parsed));
        }
        parsed = other;
    }
    let mut eraser = Eraser::new(Blanks::new(source));
    eraser.visit_program(&parsed.program);
    eraser.finish()
}

fn parse<'a>(allocator: &'a Allocator, source: &'a str, kind: SourceType) -> ParserReturn<'a> {
    let options = ParseOptions { allow_return_outside_function: kind.is_commonjs(), ..ParseOptions::default() };
    Parser::new(allocator, source, kind).with_options(options).parse()
}

fn is_faulty(parsed: &ParserReturn<'_>) -> bool {
    parsed.panicked || parsed.diagnostics.has_errors()
}

fn fault_of(parsed: ParserReturn<'_>) -> Fault {
    let Some(first) = parsed.diagnostics.errors().next() else {
        return Fault {
            code: INVALID,
            message: "The file could not be read as TypeScript".to_owned(),
            start: 0,
            end: 0,
        };
    };
    let label = first.labels.first();
    let start = label.map_or(0, |label| label.offset());
    let length = label.map_or(0, |label| label.len());
    Fault { code: INVALID, message: first.message.to_string(), start, end: start + length }
}

pub fn unsupported(message: &str, span: Span) -> Fault {
    Fault { code: "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", message: message.to_owned(), start: span.start, end: span.end }
}

/// A fault's place as people count: lines from 1, the rest in characters.
struct Place<'a> {
    line: usize,
    column: usize,
    width: usize,
    text: &'a str,
}

impl Place<'_> {
    fn of<'a>(source: &'a str, fault: &Fault) -> Place<'a> {
        let start = (fault.start as usize).min(source.len());
        let before = source.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let text = source[line_start..].lines().next().unwrap_or("");
        let end = (fault.end as usize).clamp(start, line_start + text.len().max(start - line_start));
        let width = source.get(start..end).map_or(1, |part| part.chars().count()).max(1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count(), width, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(erase(source, false).as_deref(), Ok(expected), "{source}");
    }

    fn refuses(source: &str, code: &str) {
        assert_eq!(erase(source, false).expect_err(source).code, code, "{source}");
    }

    #[test]
    fn annotations_become_spaces() {
        check("let a: number = 1, b!: string", "let a         = 1, b         ");
        check(
            "function f(a?: number, ...b: string[]): a is number {}",
            "function f(a         , ...b          )              {}",
        );
        check("x = function(this: number, a){}", "x = function(              a){}");
        check(
            "f<number>(1); new Map<string, T>(); new F<T>; a<b>`x`",
            "f        (1); new Map           (); new F   ; a   `x`",
        );
        check("try {} catch (e: unknown) {}", "try {} catch (e         ) {}");
        check("let x = y! + z!.a!<T>()", "let x = y  + z .a    ()");
    }

    #[test]
    fn positions_count_in_utf16() {
        check("let é: \"日𝒳\" = 1", "let é        = 1");
    }

    #[test]
    fn declarations_that_are_only_types_go() {
        check("type A = 1\nfoo", "          \nfoo");
        check("export default interface Foo {}", "                               ");
        check("import {type B, c} from \"b\"; export type {D}", "import {        c} from \"b\";                ");
        check("function g(): void;\nfunction g() {}", "                   \nfunction g() {}");
        check("declare enum A{B} namespace X { type a=1 }", "                                          ");
    }

    #[test]
    fn members_of_classes() {
        check("class A extends B<T> implements C, D {}", "class A extends B                    {}");
        check("abstract class A { abstract m(); n(){} }", "         class A {               n(){} }");
        check("class A { public static override m?(): void {} }", "class A {        static          m ()       {} }");
        check(
            "class A { declare x: number; readonly z!: number }",
            "class A {                             z          }",
        );
        check("class A { a: number\n[\"b\"]: string\n*c() {} }", "class A { a;       \n[\"b\"];       \n*c() {} }");
    }

    #[test]
    fn a_semicolon_stands_where_the_next_line_would_go_on() {
        check("let a = b as any\n(c)", "let a = b ;     \n(c)");
        check("let a = b\ntype A = 1\n(c)", "let a = b\n;         \n(c)");
        check("class A { x = 1 as number\n[\"y\"] = 2 }", "class A { x = 1 ;        \n[\"y\"] = 2 }");
        check("class A { x = 1\n private [\"y\"] = 2 }", "class A { x = 1\n ;       [\"y\"] = 2 }");
        check("class A { get: number\n set: number }", "class A { get;       \n set;        }");
    }

    #[test]
    fn an_arrow_stays_on_its_line() {
        check("(a: T): P<\nT> => a", "(a        \n ) => a");
        check("async <T,\nU>(x: T) => x", "async (  \n   x   ) => x");
    }

    #[test]
    fn what_needs_code_is_refused() {
        for source in [
            "enum A {B}",
            "namespace X { export const a = 1 }",
            "class A { constructor(private a) {} }",
            "const a = <T>b",
            "import a = require('x')",
            "export = 1",
            "module X { const a = 1 }",
        ] {
            refuses(source, "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX");
        }
        refuses("let x: = 1", INVALID);
    }
}
